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

const readLines = (fs: FileSystem, path: string): string[] => {
  try {
    return decode(fs.readFile(path)).split('\n');
  } catch {
    return [];
  }
};

/** Users of `/etc/passwd`; none when there is no such file. */
export function readPasswd(fs: FileSystem): PasswdEntry[] {
  return readLines(fs, '/etc/passwd').flatMap((line) => {
    const [name, , uid, gid, , home = '/', shell = '/bin/sh'] = line.split(':');
    return name && uid !== undefined ? [{ name, uid: Number(uid), gid: Number(gid), home, shell }] : [];
  });
}

/** Groups of `/etc/group`. */
export function readGroups(fs: FileSystem): GroupEntry[] {
  return readLines(fs, '/etc/group').flatMap((line) => {
    const [name, , gid, members = ''] = line.split(':');
    return name && gid !== undefined
      ? [{ name, gid: Number(gid), members: members.split(',').filter((member) => member !== '') }]
      : [];
  });
}

/**
 * The user that an image or a manifest names: `nginx`, `1000`, `1000:3000`, `` for root.
 * Gives undefined for a name that `/etc/passwd` (or, for the group, `/etc/group`) lacks.
 */
export function resolveUser(
  fs: FileSystem,
  user: string,
  overrides: { readonly gid?: number; readonly groups?: readonly number[] } = {},
): Credentials | undefined {
  const [userPart = '', groupPart] = user.split(':');
  const users = readPasswd(fs);
  const groups = readGroups(fs);
  const wanted = userPart === '' ? '0' : userPart;
  const entry = users.find((each) => each.name === wanted || String(each.uid) === wanted);
  const uid = entry?.uid ?? (/^\d+$/.test(wanted) ? Number(wanted) : undefined);
  const group =
    groupPart === undefined ? undefined : (groups.find((each) => each.name === groupPart)?.gid ?? groupPart);
  const gid = overrides.gid ?? Number(group ?? entry?.gid ?? 0);
  if (uid === undefined || Number.isNaN(gid)) return undefined;
  const listed = entry ? groups.filter((each) => each.members.includes(entry.name)).map((each) => each.gid) : [];
  const all = [...new Set([gid, ...listed, ...(overrides.groups ?? [])])];
  return { uid, gid, groups: all, name: entry?.name ?? String(uid) };
}

/** The home directory of a user; `/` when unknown. */
export function homeOf(fs: FileSystem, user: Credentials): string {
  return readPasswd(fs).find((each) => each.uid === user.uid)?.home ?? '/';
}
