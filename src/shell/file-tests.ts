import type { ProgramContext } from './context.ts';
import type { FileStat, FileSystem } from './file-system.ts';
import { absolutePath } from './path.ts';

type Place = Pick<ProgramContext, 'fs' | 'cwd' | 'user' | 'tty'>;

const statOf = (fs: FileSystem, path: string, follow = true): FileStat | undefined => {
  try {
    return follow ? fs.stat(path) : fs.lstat(path);
  } catch {
    return undefined;
  }
};

const onStat =
  (test: (stat: FileStat) => boolean, follow = true) =>
  (place: Place, path: string): boolean => {
    const stat = path === '' ? undefined : statOf(place.fs, absolutePath(place.cwd, path), follow);
    return stat !== undefined && test(stat);
  };

/** Whether the permission bits let the user read (4), write (2) or execute (1). */
function permitted(place: Place, path: string, bit: 1 | 2 | 4): boolean {
  const absolute = absolutePath(place.cwd, path);
  const stat = path === '' ? undefined : statOf(place.fs, absolute);
  if (!stat) return false;
  if (bit === 2 && isReadOnly(place.fs, absolute)) return false;
  const { uid, gid, groups } = place.user;
  if (uid === 0) return bit !== 1 || stat.kind === 'directory' || (stat.mode & 0o111) !== 0;
  const shift = stat.uid === uid ? 6 : stat.gid === gid || groups.includes(stat.gid) ? 3 : 0;
  return ((stat.mode >> shift) & bit) !== 0;
}

function isReadOnly(fs: FileSystem, path: string): boolean {
  const real = fs.realpath(path);
  const mount = fs
    .mounts()
    .find((each) => real === each.path || real.startsWith(each.path === '/' ? '/' : `${each.path}/`));
  return mount?.readOnly ?? false;
}

/** The unary file tests of `test` and `[[`. */
export const fileTests: ReadonlyMap<string, (place: Place, path: string) => boolean> = new Map([
  ['-e', onStat(() => true)],
  ['-a', onStat(() => true)],
  ['-f', onStat((stat) => stat.kind === 'file')],
  ['-d', onStat((stat) => stat.kind === 'directory')],
  ['-s', onStat((stat) => stat.size > 0)],
  ['-h', onStat((stat) => stat.kind === 'symlink', false)],
  ['-L', onStat((stat) => stat.kind === 'symlink', false)],
  ['-c', onStat((stat) => stat.device === 'character')],
  ['-b', onStat((stat) => stat.device === 'block')],
  ['-p', onStat((stat) => stat.device === 'fifo')],
  ['-S', onStat((stat) => stat.device === 'socket')],
  ['-g', onStat((stat) => (stat.mode & 0o2000) !== 0)],
  ['-u', onStat((stat) => (stat.mode & 0o4000) !== 0)],
  ['-k', onStat((stat) => (stat.mode & 0o1000) !== 0)],
  ['-O', (place, path) => onStat((stat) => stat.uid === place.user.uid)(place, path)],
  ['-G', (place, path) => onStat((stat) => stat.gid === place.user.gid)(place, path)],
  ['-r', (place, path) => permitted(place, path, 4)],
  ['-w', (place, path) => permitted(place, path, 2)],
  ['-x', (place, path) => permitted(place, path, 1)],
  ['-t', (place, path) => /^[012]$/.test(path) && place.tty !== undefined],
]);

/** `-nt`, `-ot`, `-ef`; undefined for other operators. */
export function compareFiles(place: Place, operator: string, left: string, right: string): boolean | undefined {
  if (operator !== '-nt' && operator !== '-ot' && operator !== '-ef') return undefined;
  const a = statOf(place.fs, absolutePath(place.cwd, left));
  const b = statOf(place.fs, absolutePath(place.cwd, right));
  if (operator === '-ef') return a !== undefined && b !== undefined && a.inode === b.inode;
  if (operator === '-nt') return a !== undefined && (!b || a.mtimeMs > b.mtimeMs);
  return b !== undefined && (!a || a.mtimeMs < b.mtimeMs);
}

/** `-eq` and its kin; undefined for other operators. */
export function compareIntegers(operator: string, a: bigint, b: bigint): boolean | undefined {
  switch (operator) {
    case '-eq':
      return a === b;
    case '-ne':
      return a !== b;
    case '-lt':
      return a < b;
    case '-le':
      return a <= b;
    case '-gt':
      return a > b;
    case '-ge':
      return a >= b;
    default:
      return undefined;
  }
}
