import type { Credentials } from './context.ts';
import type { FileSystem } from './file-system.ts';
import { decode } from './text.ts';

export interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

function* linesOf(fs: FileSystem, path: string): Generator<string, void> {
  let text: string;
  try {
    text = decode(fs.readFile(path));
  } catch {
    return;
  }
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    yield text.slice(at, end);
    at = end + 1;
  }
}

function passwdEntry(line: string): PasswdEntry | undefined {
  const [name, , uid, gid, , home = '/', shell = '/bin/sh'] = line.split(':');
  return name && uid !== undefined ? { name, uid: Number(uid), gid: Number(gid), home, shell } : undefined;
}

function groupEntry(line: string): GroupEntry | undefined {
  const [name, , gid, members = ''] = line.split(':');
  if (!name || gid === undefined) return undefined;
  return { name, gid: Number(gid), members: members.split(',').filter((member) => member !== '') };
}

/** Users of `/etc/passwd`; none when there is no such file. */
export function readPasswd(fs: FileSystem): PasswdEntry[] {
  return [...linesOf(fs, '/etc/passwd')].flatMap((line) => passwdEntry(line) ?? []);
}

/** Groups of `/etc/group`. */
export function readGroups(fs: FileSystem): GroupEntry[] {
  return [...linesOf(fs, '/etc/group')].flatMap((line) => groupEntry(line) ?? []);
}

/** The first user of whom that holds; reads no further. */
function findUser(fs: FileSystem, holds: (entry: PasswdEntry) => boolean): PasswdEntry | undefined {
  for (const line of linesOf(fs, '/etc/passwd')) {
    const entry = passwdEntry(line);
    if (entry && holds(entry)) return entry;
  }
  return undefined;
}

/** Groups whose line holds a word: most need not be taken apart. */
function groupsWith(fs: FileSystem, word: string): GroupEntry[] {
  return [...linesOf(fs, '/etc/group')].flatMap((line) => (line.includes(word) ? (groupEntry(line) ?? []) : []));
}

/**
 * The user that an image or a manifest names: `nginx`, `1000`, `1000:3000`, `` for root.
 * With `strict` the groups that list them in `/etc/group` do not count. Gives undefined for a name that `/etc/passwd` (or, for the group, `/etc/group`) lacks.
 */
export function resolveUser(
  fs: FileSystem,
  user: string,
  overrides: { readonly gid?: number; readonly groups?: readonly number[]; readonly strict?: boolean } = {},
): Credentials | undefined {
  const [userPart = '', groupPart] = user.split(':');
  const wanted = userPart === '' ? '0' : userPart;
  const entry = findUser(fs, (each) => each.name === wanted || String(each.uid) === wanted);
  const uid = entry?.uid ?? (/^\d+$/.test(wanted) ? Number(wanted) : undefined);
  const group =
    groupPart === undefined
      ? undefined
      : (groupsWith(fs, groupPart).find((each) => each.name === groupPart)?.gid ?? groupPart);
  const gid = overrides.gid ?? Number(group ?? entry?.gid ?? 0);
  if (uid === undefined || Number.isNaN(gid)) return undefined;
  const listed =
    entry && !overrides.strict
      ? groupsWith(fs, entry.name)
          .filter((each) => each.members.includes(entry.name))
          .map((each) => each.gid)
      : [];
  const all = [...new Set([gid, ...listed, ...(overrides.groups ?? [])])];
  return { uid, gid, groups: all, name: entry?.name ?? String(uid) };
}

/** The home directory of a user; `/` when unknown. */
export function homeOf(fs: FileSystem, user: Credentials): string {
  return findUser(fs, (each) => each.uid === user.uid)?.home ?? '/';
}
