/** `id`, `whoami`, `groups`, `logname`. */
import type { Credentials } from '../context.ts';
import { readGroups, resolveUser } from '../users.ts';
import { type Call, type Utility, UtilityError } from './utility.ts';

const groupName = (call: Call, gid: number) => readGroups(call.context.fs).find((group) => group.gid === gid)?.name;

/** The user that a word names, by name or number; without one, who asks. @throws UtilityError */
function userNamed(call: Call): Credentials {
  const [word] = call.args;
  if (word === undefined) return call.context.user;
  const user = word !== '' && !word.includes(':') ? resolveUser(call.context.fs, word) : undefined;
  if (!user || user.name === String(user.uid)) throw new UtilityError(`unknown user ${word}`);
  return user;
}

export const id: Utility = {
  names: ['id'],
  summary: 'Print information about USER or the current user',
  usage: '[-ugGnr] [USER]',
  options: 'ugGnr',
  long: { user: 'u', group: 'g', groups: 'G', name: 'n' },
  *run(call) {
    const { uid, gid, groups, name } = userNamed(call);
    const known = !/^\d+$/.test(name) || name !== String(uid);
    const shown = (number: number, text: string | undefined) => `${number}${text === undefined ? '' : `(${text})`}`;
    const all = [gid, ...groups.filter((group) => group !== gid)];
    if (call.has('n') && !call.has('u') && !call.has('g') && !call.has('G'))
      throw new UtilityError('cannot print only names or real IDs in default format');
    if (call.has('u')) yield* call.out(`${call.has('n') ? (known ? name : uid) : uid}\n`);
    else if (call.has('g')) yield* call.out(`${call.has('n') ? (groupName(call, gid) ?? gid) : gid}\n`);
    else if (call.has('G'))
      yield* call.out(`${all.map((group) => (call.has('n') ? (groupName(call, group) ?? group) : group)).join(' ')}\n`);
    else {
      const list = all.map((group) => shown(group, groupName(call, group))).join(',');
      yield* call.out(
        `uid=${shown(uid, known ? name : undefined)} gid=${shown(gid, groupName(call, gid))} groups=${list}\n`,
      );
    }
    return 0;
  },
};

export const whoami: Utility = {
  names: ['whoami', 'logname'],
  summary: 'Print the user name associated with the current effective user id',
  usage: '',
  *run(call) {
    const { name, uid } = call.context.user;
    if (name === String(uid)) throw new UtilityError(`unknown uid ${uid}`);
    yield* call.out(`${name}\n`);
    return 0;
  },
};

export const groups: Utility = {
  names: ['groups'],
  summary: 'Print the groups USER is in',
  usage: '[USER]',
  *run(call) {
    const { gid, groups: more } = userNamed(call);
    const all = [...new Set([gid, ...more])];
    yield* call.out(`${all.map((one) => groupName(call, one) ?? String(one)).join(' ')}\n`);
    return 0;
  },
};
