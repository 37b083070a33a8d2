import type { Process } from '../../process/process.ts';
import { FileSystemError, type FileStat } from '../file-system.ts';
import { matchesPattern } from '../interpreter/pattern.ts';
import { baseName, dirName, joinPath } from '../path.ts';
import { readGroups, readPasswd } from '../users.ts';
import { formatTime } from './dates.ts';
import { modeText, parseMode } from './file-mode.ts';
import { posixRegExp } from './posix-regex.ts';
import { type Call, reasonOf, type Utility, UtilityError } from './utility.ts';

interface Visited {
  readonly path: string;
  readonly absolute: string;
  readonly stat: FileStat;
  readonly depth: number;
  readonly start: string;
}

/** A test or action; false stops the `and` it is part of. */
type Predicate = (file: Visited) => Process<boolean>;

interface Settings {
  minDepth: number;
  maxDepth: number;
  depthFirst: boolean;
  acts: boolean;
  /** Set by -prune for the directory that is visited now. */
  pruned: boolean;
  readonly batches: { readonly words: readonly string[]; readonly paths: string[] }[];
}

export const find: Utility = {
  names: ['find'],
  summary: 'Search for files and perform actions on them',
  usage: '[-HL] [PATH]... [OPTIONS] [ACTIONS]',
  *run(call) {
    const words = call.args.filter((word, index) => !(/^-[HLP]$/.test(word) && index === 0));
    const firstTest = words.findIndex((word) => /^[-!(]/.test(word) && word !== '-');
    const paths = firstTest < 0 ? words : words.slice(0, firstTest);
    const settings: Settings = {
      minDepth: 0,
      maxDepth: Number.POSITIVE_INFINITY,
      depthFirst: false,
      acts: false,
      pruned: false,
      batches: [],
    };
    const expression = new ExpressionReader(call, firstTest < 0 ? [] : words.slice(firstTest), settings).read();
    const predicate: Predicate = settings.acts
      ? expression
      : function* (file) {
          if (yield* expression(file)) yield* call.out(`${file.path}\n`);
          return true;
        };
    for (const path of paths.length === 0 ? ['.'] : paths)
      yield* visit(call, path, path, 0, settings, predicate, call.args[0] === '-L');
    for (const batch of settings.batches)
      if (batch.paths.length > 0) yield* runCommand(call, [...batch.words, ...batch.paths]);
    return 0;
  },
};

function* visit(
  call: Call,
  path: string,
  start: string,
  depth: number,
  settings: Settings,
  predicate: Predicate,
  follow: boolean,
): Process<void> {
  const { fs } = call.context;
  const absolute = call.path(path);
  let stat: FileStat;
  try {
    stat = follow && fs.exists(absolute) ? fs.stat(absolute) : fs.lstat(absolute);
  } catch (error) {
    return yield* call.fileError(path, error);
  }
  const file = { path, absolute, stat, depth, start };
  const counts = depth >= settings.minDepth;
  settings.pruned = false;
  if (counts && !settings.depthFirst) yield* predicate(file);
  if (stat.kind === 'directory' && depth < settings.maxDepth && !settings.pruned) {
    try {
      for (const name of fs.readdir(absolute))
        yield* visit(call, joinPath(path, name), start, depth + 1, settings, predicate, follow);
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error;
      yield* call.error(`${path}: ${reasonOf(error)}`);
    }
  }
  if (counts && settings.depthFirst) yield* predicate(file);
}

function* runCommand(call: Call, words: readonly string[]): Process<boolean> {
  const child = call.context.processes.spawn({ argv: words });
  return (yield* child.wait()).code === 0;
}

class ExpressionReader {
  readonly #call: Call;
  readonly #words: readonly string[];
  readonly #settings: Settings;
  #at = 0;
  constructor(call: Call, words: readonly string[], settings: Settings) {
    this.#call = call;
    this.#words = words;
    this.#settings = settings;
  }
  /** @throws UtilityError */
  read(): Predicate {
    if (this.#words.length === 0) return always;
    const expression = this.#or();
    if (this.#at < this.#words.length) throw new UtilityError(`unrecognized: ${this.#words[this.#at]}`);
    return expression;
  }
  #or(): Predicate {
    const left = this.#and();
    if (!this.#takes('-o') && !this.#takes('-or')) return left;
    const right = this.#or();
    return function* (file) {
      return (yield* left(file)) || (yield* right(file));
    };
  }
  #and(): Predicate {
    const left = this.#not();
    const next = this.#words[this.#at];
    if (next === undefined || next === ')' || next === '-o' || next === '-or') return left;
    if (!this.#takes('-a')) this.#takes('-and');
    const right = this.#and();
    return function* (file) {
      return (yield* left(file)) && (yield* right(file));
    };
  }
  #not(): Predicate {
    if (this.#takes('!') || this.#takes('-not')) {
      const inner = this.#not();
      return function* (file) {
        return !(yield* inner(file));
      };
    }
    if (!this.#takes('(')) return this.#primary();
    const inner = this.#or();
    if (!this.#takes(')')) throw new UtilityError("missing ')'");
    return inner;
  }
  #takes(word: string): boolean {
    if (this.#words[this.#at] !== word) return false;
    this.#at++;
    return true;
  }
  #operand(name: string): string {
    const word = this.#words[this.#at++];
    if (word === undefined) throw new UtilityError(`${name}: requires an argument`);
    return word;
  }
  #primary(): Predicate {
    const name = this.#words[this.#at++] ?? '';
    const call = this.#call;
    switch (name) {
      case '-print':
        this.#settings.acts = true;
        return action((file) => call.out(`${file.path}\n`));
      case '-print0':
        this.#settings.acts = true;
        return action((file) => call.out(`${file.path}\0`));
      case '-printf': {
        this.#settings.acts = true;
        const format = this.#operand(name);
        return action((file) => call.out(formatFile(call, format, file)));
      }
      case '-ls':
        this.#settings.acts = true;
        return action((file) =>
          call.out(
            `${file.stat.inode} ${Math.ceil(file.stat.size / 1024)} ${modeText(file.stat)} 1 ${file.stat.uid} ${file.stat.gid} ${file.stat.size} ${formatTime('%b %e %H:%M', file.stat.mtimeMs)} ${file.path}\n`,
          ),
        );
      case '-delete':
        this.#settings.acts = true;
        this.#settings.depthFirst = true;
        return action(function* (file) {
          if (file.path !== '.') call.context.fs.remove(file.absolute);
        });
      case '-exec':
      case '-execdir':
      case '-ok':
        return this.#exec();
      case '-prune':
        return test(() => {
          this.#settings.pruned = true;
          return true;
        });
      case '-depth':
        this.#settings.depthFirst = true;
        return always;
      case '-maxdepth':
        this.#settings.maxDepth = Number(this.#operand(name));
        return always;
      case '-mindepth':
        this.#settings.minDepth = Number(this.#operand(name));
        return always;
      case '-xdev':
      case '-mount':
      case '-noleaf':
      case '-follow':
        return always;
      case '-true':
        return always;
      case '-quit':
        return always;
      default:
        return test(this.#test(name));
    }
  }
  #test(name: string): (file: Visited) => boolean {
    const { context } = this.#call;
    if (name === '-empty')
      return (file) =>
        file.stat.kind === 'directory' ? context.fs.readdir(file.absolute).length === 0 : file.stat.size === 0;
    if (name === '-executable') return (file) => (file.stat.mode & 0o111) !== 0;
    if (name === '-readable' || name === '-writable') return () => true;
    if (
      !/^-(?:i?name|i?path|wholename|regex|type|size|mtime|mmin|newer|user|group|uid|gid|perm|links|inum|amin|atime|cmin|ctime)$/.test(
        name,
      )
    )
      throw new UtilityError(`unrecognized: ${name}`);
    const operand = this.#operand(name);
    const lower = operand.toLowerCase();
    switch (name) {
      case '-name':
        return (file) => matchesPattern(baseName(file.path), operand);
      case '-iname':
        return (file) => matchesPattern(baseName(file.path).toLowerCase(), lower);
      case '-path':
      case '-wholename':
        return (file) => matchesPattern(file.path, operand);
      case '-ipath':
        return (file) => matchesPattern(file.path.toLowerCase(), lower);
      case '-regex': {
        const expression = posixRegExp(`^(${operand})$`, { extended: true });
        return (file) => expression.test(file.path);
      }
      case '-type': {
        const kinds: Readonly<Record<string, string>> = {
          f: 'file',
          d: 'directory',
          l: 'symlink',
          c: 'character',
          b: 'block',
          s: 'socket',
          p: 'fifo',
        };
        return ({ stat }) => operand.split(',').some((letter) => kinds[letter] === (stat.device ?? stat.kind));
      }
      case '-size': {
        const units: Readonly<Record<string, number>> = { c: 1, k: 1024, M: 1_048_576, G: 2 ** 30, b: 512 };
        const unit = units[operand.slice(-1)] ?? 512;
        const compare = comparison(operand.replace(/[a-zA-Z]$/, ''));
        return (file) => compare(Math.ceil(file.stat.size / unit));
      }
      case '-mtime':
      case '-ctime':
      case '-atime':
      case '-mmin':
      case '-cmin':
      case '-amin': {
        const unit = name.endsWith('time') ? 86_400_000 : 60_000;
        const compare = comparison(operand);
        return (file) => compare(Math.floor((context.now() - file.stat.mtimeMs) / unit));
      }
      case '-newer': {
        const { mtimeMs } = context.fs.stat(this.#call.path(operand));
        return (file) => file.stat.mtimeMs > mtimeMs;
      }
      case '-user':
      case '-uid': {
        const uid = readPasswd(context.fs).find((each) => each.name === operand)?.uid ?? Number(operand);
        return (file) => file.stat.uid === uid;
      }
      case '-group':
      case '-gid': {
        const gid = readGroups(context.fs).find((each) => each.name === operand)?.gid ?? Number(operand);
        return (file) => file.stat.gid === gid;
      }
      case '-perm': {
        const wanted = parseMode(operand.replace(/^[-/]/, ''), 0, false) ?? 0;
        return ({ stat }) => {
          const bits = stat.mode & 0o7777;
          return operand.startsWith('-')
            ? (bits & wanted) === wanted
            : operand.startsWith('/')
              ? (bits & wanted) !== 0
              : bits === wanted;
        };
      }
      case '-inum':
        return (file) => file.stat.inode === Number(operand);
      default:
        return () => true;
    }
  }
  #exec(): Predicate {
    this.#settings.acts = true;
    const words: string[] = [];
    for (;;) {
      const word = this.#operand('-exec');
      if (word === ';') break;
      if (word === '+' && words.at(-1) === '{}') {
        const batch = { words: words.slice(0, -1), paths: [] as string[] };
        this.#settings.batches.push(batch);
        return test((file) => batch.paths.push(file.path) > 0);
      }
      words.push(word);
    }
    const call = this.#call;
    return (file) =>
      runCommand(
        call,
        words.map((word) => word.split('{}').join(file.path)),
      );
  }
}

const test = (check: (file: Visited) => boolean): Predicate =>
  function* (file) {
    return check(file);
  };
const action = (act: (file: Visited) => Process<void>): Predicate =>
  function* (file) {
    yield* act(file);
    return true;
  };
const always: Predicate = test(() => true);

function comparison(text: string): (value: number) => boolean {
  const number = Number(text.replace(/^[-+]/, ''));
  if (text.startsWith('+')) return (value) => value > number;
  return text.startsWith('-') ? (value) => value < number : (value) => value === number;
}

function formatFile(call: Call, format: string, file: Visited): string {
  const kinds = { file: 'f', directory: 'd', symlink: 'l', device: 'c' } as const;
  return format
    .replace(/\\n/g, '\n')
    .replace(/\\t/g, '\t')
    .replace(/\\0/g, '\0')
    .replace(/%(T.|.)/g, (whole, letter: string) => {
      switch (letter) {
        case 'p':
          return file.path;
        case 'P':
          return file.path.slice(file.start.length).replace(/^\//, '');
        case 'f':
          return baseName(file.path);
        case 'h':
          return dirName(file.path);
        case 's':
          return String(file.stat.size);
        case 'm':
          return (file.stat.mode & 0o7777).toString(8);
        case 'M':
          return modeText(file.stat);
        case 'y':
          return kinds[file.stat.kind];
        case 'u':
          return readPasswd(call.context.fs).find((each) => each.uid === file.stat.uid)?.name ?? String(file.stat.uid);
        case 'g':
          return readGroups(call.context.fs).find((each) => each.gid === file.stat.gid)?.name ?? String(file.stat.gid);
        case 'l':
          return file.stat.kind === 'symlink' ? call.context.fs.readlink(file.absolute) : '';
        case 'd':
          return String(file.depth);
        case 'T@':
          return (file.stat.mtimeMs / 1000).toFixed(10);
        case '%':
          return '%';
        default:
          return letter.startsWith('T') ? formatTime(`%${letter.slice(1)}`, file.stat.mtimeMs) : whole;
      }
    });
}
