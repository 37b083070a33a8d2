import type { Writer } from '../../process/pipe.ts';
import type { Process } from '../../process/process.ts';
import { FileSystemError } from '../file-system.ts';
import { openReader, openWriter } from '../files.ts';
import { absolutePath, dirName, joinPath } from '../path.ts';
import { readAll, writeText } from '../streams.ts';
import { decodeTar, encodeTarEntry, tarEnd, type TarEntry } from '../tar-archive.ts';
import { listTime } from './dates.ts';
import { modeText } from './file-mode.ts';
import { matchesPattern } from '../interpreter/pattern.ts';
import { type Call, reasonOf, type Utility, UtilityError } from './utility.ts';

interface TarOptions {
  readonly flags: Set<string>;
  file: string;
  directory: string;
  strip: number;
  readonly excludes: string[];
  readonly names: string[];
}

/** Compression is not simulated: archives made with `z` are plain. */
export const tar: Utility = {
  names: ['tar'],
  summary: 'Create, extract, or list files from a tar file',
  usage: 'c|x|t [-ZzJjahmvokO] [-f TARFILE] [-C DIR] [FILE]...',
  *run(call) {
    const options = readOptions(call);
    if (options.flags.has('c')) return yield* create(call, options);
    if (options.flags.has('x') || options.flags.has('t')) return yield* extract(call, options);
    throw new UtilityError('need at least one option');
  },
};

const longFlags: Readonly<Record<string, string>> = {
  create: 'c',
  extract: 'x',
  list: 't',
  verbose: 'v',
  gzip: 'z',
  'to-stdout': 'O',
  'no-same-owner': 'o',
  'no-same-permissions': 'p',
  overwrite: 'm',
  'keep-old-files': 'k',
};

function readOptions(call: Call): TarOptions {
  const options: TarOptions = {
    flags: new Set(),
    file: '-',
    directory: call.context.cwd,
    strip: 0,
    excludes: [],
    names: [],
  };
  const words = [...call.args];
  if (words[0] !== undefined && /^[cxt]/.test(words[0])) words[0] = `-${words[0]}`;
  while (words.length > 0) {
    const word = words.shift() ?? '';
    const long = /^--([\w-]+)(?:=(.*))?$/.exec(word);
    if (long?.[1]) {
      const value = () => long[2] ?? words.shift() ?? '';
      if (long[1] === 'file') options.file = value();
      else if (long[1] === 'directory') options.directory = absolutePath(options.directory, value());
      else if (long[1] === 'strip-components') options.strip = Number(value());
      else if (long[1] === 'exclude') options.excludes.push(value());
      else options.flags.add(longFlags[long[1]] ?? '');
    } else if (/^-./.test(word)) {
      for (let at = 1; at < word.length; at++) {
        const letter = word.charAt(at);
        if (letter !== 'f' && letter !== 'C') {
          options.flags.add(letter);
          continue;
        }
        const value = word.slice(at + 1) || (words.shift() ?? '');
        // Letters may follow `f` in one word: `tar cfv name`.
        if (letter === 'f') options.file = value;
        else options.directory = absolutePath(options.directory, value);
        break;
      }
    } else options.names.push(word);
  }
  return options;
}

function* create(call: Call, options: TarOptions): Process<number> {
  const { context } = call;
  const writer = options.file === '-' ? context.stdout : openWriter(context, options.file);
  if (options.names.length === 0) throw new UtilityError('empty archive');
  for (const name of options.names) yield* add(call, options, writer, name);
  yield* writer.write(tarEnd());
  return 0;
}

function* add(call: Call, options: TarOptions, writer: Writer, name: string): Process<void> {
  const { fs } = call.context;
  const path = absolutePath(options.directory, name);
  if (
    options.excludes.some(
      (pattern) => matchesPattern(name, pattern) || matchesPattern(name.replace(/^.*\//, ''), pattern),
    )
  )
    return;
  try {
    const stat = options.flags.has('h') ? fs.stat(path) : fs.lstat(path);
    const directory = stat.kind === 'directory';
    const stored = name.replace(/^\/+/, '') + (directory && !name.endsWith('/') ? '/' : '');
    const kind = stat.kind === 'symlink' || directory ? stat.kind : 'file';
    const content = kind === 'file' ? fs.readFile(path) : new Uint8Array(0);
    const target = stat.kind === 'symlink' ? { target: fs.readlink(path) } : {};
    if (options.flags.has('v'))
      yield* writeText(options.file === '-' ? call.context.stderr : call.context.stdout, `${stored}\n`);
    yield* writer.write(
      encodeTarEntry({
        name: stored,
        kind,
        mode: stat.mode,
        uid: stat.uid,
        gid: stat.gid,
        mtimeMs: stat.mtimeMs,
        content,
        ...target,
      }),
    );
    if (directory) for (const inner of fs.readdir(path)) yield* add(call, options, writer, joinPath(name, inner));
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    yield* call.error(`${name}: ${reasonOf(error)}`);
  }
}

function* extract(call: Call, options: TarOptions): Process<number> {
  const { context } = call;
  const reader = options.file === '-' ? context.stdin : openReader(context, options.file);
  const entries = decodeTar(yield* readAll(reader));
  if (!entries) throw new UtilityError('invalid tar magic');
  for (const entry of entries) {
    const wanted =
      options.names.length === 0 ||
      options.names.some((name) => entry.name === name || entry.name.startsWith(`${name.replace(/\/$/, '')}/`));
    if (!wanted) continue;
    if (options.flags.has('t')) yield* call.out(`${listing(entry, options.flags.has('v'), context.now())}\n`);
    else yield* unpack(call, options, entry);
  }
  return 0;
}

function listing(entry: TarEntry, verbose: boolean, now: number): string {
  if (!verbose) return entry.name;
  return `${modeText(entry)} ${entry.uid}/${entry.gid} ${String(entry.content.length).padStart(9)} ${listTime(entry.mtimeMs, now)} ${entry.name}${entry.kind === 'symlink' ? ` -> ${entry.target ?? ''}` : ''}`;
}

function* unpack(call: Call, options: TarOptions, entry: TarEntry): Process<void> {
  const { fs, user } = call.context;
  const name = entry.name
    .replace(/^(?:\.?\/)+/, '')
    .split('/')
    .slice(options.strip)
    .join('/');
  if (name === '' || name.split('/').includes('..')) return;
  const path = absolutePath(options.directory, name.replace(/\/$/, ''));
  if (options.flags.has('v')) yield* call.out(`${entry.name}\n`);
  if (options.flags.has('O')) return yield* call.write(entry.content);
  try {
    fs.mkdir(dirName(path), { parents: true });
    if (entry.kind === 'directory') fs.mkdir(path, { parents: true, mode: entry.mode });
    else {
      if (fs.exists(path) && fs.lstat(path).kind !== 'directory' && entry.kind === 'symlink') fs.remove(path);
      if (entry.kind === 'symlink') return fs.symlink(entry.target ?? '', path);
      fs.writeFile(path, entry.content, { mode: entry.mode });
      fs.chmod(path, entry.mode);
    }
    if (user.uid === 0 && !options.flags.has('o')) fs.chown(path, entry.uid, entry.gid);
    if (!options.flags.has('m')) fs.utimes(path, entry.mtimeMs);
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    yield* call.error(`can't open '${name}': ${reasonOf(error)}`);
  }
}
