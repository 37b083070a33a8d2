import type { Process } from '../../process/process.ts';
import { FileSystemError, type FileStat } from '../file-system.ts';
import { joinPath } from '../path.ts';
import { readGroups, readPasswd } from '../users.ts';
import { listTime } from './dates.ts';
import { humanSize, modeText } from './file-mode.ts';
import { type Call, reasonOf, type Utility } from './utility.ts';

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly stat: FileStat;
}

export const ls: Utility = {
  names: ['ls'],
  summary: 'List directory contents',
  usage: '[-1AaCdlhFRrSt] [FILE]...',
  options: '1AaCdlhFRrStpinsHLcukmxgo',
  long: {
    all: 'a',
    'almost-all': 'A',
    'human-readable': 'h',
    recursive: 'R',
    reverse: 'r',
    directory: 'd',
    color: 'C',
    classify: 'F',
  },
  *run(call) {
    const files: Entry[] = [];
    const directories: Entry[] = [];
    for (const name of call.args.length === 0 ? ['.'] : call.args) {
      const entry = yield* entryOf(
        call,
        name,
        call.path(name),
        !call.has('l') || name.endsWith('/') ? true : call.has('L'),
      );
      if (!entry) continue;
      const target = entry.stat.kind === 'symlink' && !call.has('l') ? statOrUndefined(call, entry.path) : entry.stat;
      (target?.kind === 'directory' && !call.has('d') ? directories : files).push(entry);
    }
    yield* print(call, sorted(call, files));
    const titled = directories.length + files.length > 1 || call.has('R') || call.args.length > 1;
    let first = files.length === 0;
    for (const directory of sorted(call, directories)) {
      first = yield* listDirectory(call, directory, titled, first);
    }
    return 0;
  },
};

function statOrUndefined(call: Call, path: string): FileStat | undefined {
  return call.context.fs.exists(path) ? call.context.fs.stat(path) : undefined;
}

function* entryOf(call: Call, name: string, path: string, follow: boolean): Process<Entry | undefined> {
  try {
    const link = call.context.fs.lstat(path);
    const stat = follow && link.kind === 'symlink' && call.context.fs.exists(path) ? call.context.fs.stat(path) : link;
    return { name, path, stat };
  } catch (error) {
    yield* call.fileError(name, error);
    return undefined;
  }
}

function* listDirectory(call: Call, directory: Entry, titled: boolean, first: boolean): Process<boolean> {
  if (titled) yield* call.out(`${first ? '' : '\n'}${directory.name}:\n`);
  const { fs } = call.context;
  let names: readonly string[];
  try {
    names = fs.readdir(directory.path);
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    yield* call.error(`can't open '${directory.name}': ${reasonOf(error)}`);
    return false;
  }
  const shown = names.filter((name) => call.has('a') || call.has('A') || !name.startsWith('.'));
  const entries: Entry[] = [];
  for (const name of call.has('a') ? ['.', '..', ...shown] : shown) {
    const path = joinPath(directory.path, name);
    entries.push({ name, path, stat: fs.lstat(path) });
  }
  if (call.has('l') || call.has('s')) {
    const blocks = entries.reduce(
      (sum, entry) => sum + (entry.stat.kind === 'symlink' ? 0 : Math.ceil(entry.stat.size / 4096) * 4),
      0,
    );
    yield* call.out(`total ${call.has('h') ? humanSize(blocks * 1024) : blocks}\n`);
  }
  yield* print(call, sorted(call, entries));
  if (!call.has('R')) return false;
  for (const entry of sorted(call, entries)) {
    if (entry.stat.kind !== 'directory' || entry.name === '.' || entry.name === '..') continue;
    yield* listDirectory(call, { ...entry, name: joinPath(directory.name, entry.name) }, true, false);
  }
  return false;
}

function sorted(call: Call, entries: readonly Entry[]): Entry[] {
  const byName = (a: Entry, b: Entry) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const order = call.has('t')
    ? (a: Entry, b: Entry) => b.stat.mtimeMs - a.stat.mtimeMs || byName(a, b)
    : call.has('S')
      ? (a: Entry, b: Entry) => b.stat.size - a.stat.size || byName(a, b)
      : byName;
  const result = [...entries].sort(order);
  return call.has('r') ? result.reverse() : result;
}

function* print(call: Call, entries: readonly Entry[]): Process<void> {
  if (entries.length === 0) return;
  if (call.has('l') || call.has('n') || call.has('g') || call.has('o')) return yield* printLong(call, entries);
  const names = entries.map(
    (entry) => `${call.has('i') ? `${String(entry.stat.inode).padStart(7)} ` : ''}${entry.name}${suffix(call, entry)}`,
  );
  const columns = call.context.tty?.columns ?? 0;
  if (columns === 0 || call.has('1')) return yield* call.out(`${names.join('\n')}\n`);
  const width = Math.max(...names.map((name) => name.length)) + 2;
  const perRow = Math.max(1, Math.floor(columns / width));
  const rows = Math.ceil(names.length / perRow);
  for (let row = 0; row < rows; row++) {
    const cells = names.filter((_, index) => index % rows === row);
    yield* call.out(`${cells.map((cell, at) => (at === cells.length - 1 ? cell : cell.padEnd(width))).join('')}\n`);
  }
}

function suffix(call: Call, entry: Entry): string {
  if (!call.has('F') && !call.has('p')) return '';
  if (entry.stat.kind === 'directory') return '/';
  if (!call.has('F')) return '';
  if (entry.stat.kind === 'symlink') return '@';
  if (entry.stat.device === 'socket') return '=';
  if (entry.stat.device === 'fifo') return '|';
  return entry.stat.kind === 'file' && (entry.stat.mode & 0o111) !== 0 ? '*' : '';
}

function* printLong(call: Call, entries: readonly Entry[]): Process<void> {
  const { fs } = call.context;
  const users = new Map(readPasswd(fs).map((user) => [user.uid, user.name]));
  const groups = new Map(readGroups(fs).map((group) => [group.gid, group.name]));
  const now = call.context.now();
  let text = '';
  for (const entry of entries) {
    const { stat } = entry;
    const owner = (call.has('n') ? undefined : users.get(stat.uid)) ?? String(stat.uid);
    const group = (call.has('n') ? undefined : groups.get(stat.gid)) ?? String(stat.gid);
    const size = call.has('h') ? humanSize(stat.size) : String(stat.size);
    const links = stat.kind === 'directory' ? 2 : 1;
    const inode = call.has('i') ? `${String(stat.inode).padStart(7)} ` : '';
    const target = stat.kind === 'symlink' ? ` -> ${fs.readlink(entry.path)}` : '';
    text += `${inode}${modeText(stat)} ${String(links).padStart(4)} ${owner.padEnd(8)} ${group.padEnd(8)} ${size.padStart(9)} ${listTime(stat.mtimeMs, now)} ${entry.name}${suffix(call, entry)}${target}\n`;
  }
  yield* call.out(text);
}
