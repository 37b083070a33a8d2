/** What all utilities share: options, help, input files, output. A utility is data and a `run`. */
import type { Reader } from '../../process/pipe.ts';
import type { Process } from '../../process/process.ts';
import type { Program, ProgramContext } from '../context.ts';
import { FileSystemError } from '../file-system.ts';
import { openReader } from '../files.ts';
import { absolutePath } from '../path.ts';
import { LineReader, readAll, writeText } from '../streams.ts';
import { decode } from '../text.ts';

export interface Utility {
  /** Names it is called by, the main one first. */
  readonly names: readonly string[];
  /** One line for help and completion. */
  readonly summary: string;
  /** What follows the name in the usage line. */
  readonly usage: string;
  /** Short options as for getopt(3): `an:`, `I::` for a value that may be left out; absent when it reads its words itself. */
  readonly options?: string;
  /** Long options and the short ones they stand for. */
  readonly long?: Readonly<Record<string, string>>;
  /** Whether options end at the first operand (`xargs`, `env`, `timeout`). */
  readonly stopAtOperand?: boolean;
  /** `-5` stands for this option with value 5 (`head`, `tail`). */
  readonly numeric?: string;
  run(call: Call): Process<number>;
}

/** A wrong command line or an input that cannot be used: the text goes to stderr. */
export class UtilityError extends Error {
  override readonly name = 'UtilityError';
  readonly status: number;
  constructor(message: string, status = 1) {
    super(message);
    this.status = status;
  }
}

/** One call of a utility. */
export class Call {
  readonly context: ProgramContext;
  readonly name: string;
  readonly args: readonly string[];
  readonly #options: ReadonlyMap<string, readonly string[]>;
  /** The exit status when something went wrong on the way. */
  status = 0;

  constructor(context: ProgramContext, args: readonly string[], options: ReadonlyMap<string, readonly string[]>) {
    this.context = context;
    this.name = (context.argv[0] ?? '').replace(/^.*\//, '');
    this.args = args;
    this.#options = options;
  }
  has(option: string): boolean {
    return this.#options.has(option);
  }
  /** The last value given to an option. */
  value(option: string): string | undefined {
    return this.#options.get(option)?.at(-1);
  }
  values(option: string): readonly string[] {
    return this.#options.get(option) ?? [];
  }
  /** The last value as a number. @throws UtilityError */
  number(option: string, fallback: number): number {
    const text = this.value(option);
    if (text === undefined) return fallback;
    const value = parseSize(text);
    if (value === undefined) throw new UtilityError(`invalid number '${text}'`);
    return value;
  }
  path(path: string): string {
    return absolutePath(this.context.cwd, path);
  }
  out(text: string): Process<void> {
    return writeText(this.context.stdout, text);
  }
  write(bytes: Uint8Array): Process<void> {
    return this.context.stdout.write(bytes);
  }
  /** Says what went wrong, and that the status is 1. */
  *error(text: string, status = 1): Process<void> {
    this.status = status;
    yield* writeText(this.context.stderr, `${this.name}: ${text}\n`);
  }
  /** Says what went wrong with a file. */
  *fileError(path: string, error: unknown): Process<void> {
    if (!(error instanceof FileSystemError)) throw error;
    yield* this.error(`${path}: ${reasonOf(error)}`);
  }
  open(path: string): Reader {
    if (path === '-') return this.context.stdin;
    if (this.context.fs.exists(this.path(path)) && this.context.fs.stat(this.path(path)).kind === 'directory') {
      throw new FileSystemError('EISDIR', path);
    }
    return openReader(this.context, path);
  }
  /** Opens a file, or says why not. */
  *tryOpen(path: string): Process<Reader | undefined> {
    try {
      return this.open(path);
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error;
      yield* this.error(
        error.code === 'EISDIR' ? `read error: Is a directory` : `can't open '${path}': ${reasonOf(error)}`,
      );
      return undefined;
    }
  }
  /** The whole text of the files, or of stdin. */
  *text(paths: readonly string[]): Process<string> {
    let text = '';
    for (const path of paths.length === 0 ? ['-'] : paths) {
      const reader = yield* this.tryOpen(path);
      if (reader) text += decode(yield* readAll(reader));
    }
    return text;
  }
  /** The lines of the files, or of stdin, without line ends. */
  *lines(paths: readonly string[]): Process<string[]> {
    const out: string[] = [];
    for (const path of paths.length === 0 ? ['-'] : paths) {
      const reader = yield* this.tryOpen(path);
      if (!reader) continue;
      const lines = new LineReader(reader);
      for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) out.push(line);
    }
    return out;
  }
}

/** What strerror says of a file system error. */
export function reasonOf(error: FileSystemError): string {
  return error.message.slice(0, error.message.length - error.path.length - 2);
}

/** `10`, `4k`, `1M`: a size with busybox's suffixes. */
export function parseSize(text: string): number | undefined {
  const match = /^([-+]?\d+)([bkKmMgG]?)[Bb]?$/.exec(text);
  if (!match) return undefined;
  const units: Readonly<Record<string, number>> = {
    '': 1,
    b: 512,
    k: 1024,
    K: 1024,
    m: 1_048_576,
    M: 1_048_576,
    g: 2 ** 30,
    G: 2 ** 30,
  };
  return Number(match[1]) * (units[match[2] ?? ''] ?? 1);
}

/** The program of a utility. */
export function utilityProgram(utility: Utility): Program {
  return function* (context): Process<number> {
    if (
      context.argv.length === 2 &&
      context.argv[1] === '--help' &&
      utility.names[0] !== 'echo' &&
      utility.names[0] !== 'test'
    ) {
      yield* writeText(context.stdout, helpText(utility, context.argv[0] ?? ''));
      return 0;
    }
    const name = (context.argv[0] ?? '').replace(/^.*\//, '');
    const parsed = parseOptions(utility, context.argv.slice(1));
    if ('problem' in parsed) {
      yield* writeText(context.stderr, `${name}: ${parsed.problem}\n${helpText(utility, name)}`);
      return 1;
    }
    const call = new Call(context, parsed.args, parsed.options);
    try {
      const status = yield* utility.run(call);
      return status === 0 ? call.status : status;
    } catch (error) {
      if (error instanceof UtilityError) {
        yield* writeText(context.stderr, `${name}: ${error.message}\n`);
        return error.status;
      }
      if (!(error instanceof FileSystemError)) throw error;
      yield* writeText(context.stderr, `${name}: ${error.path}: ${reasonOf(error)}\n`);
      return 1;
    }
  };
}

/** What `--help` shows. */
export function helpText(utility: Utility, name: string): string {
  const shown = name.replace(/^.*\//, '');
  return `BusyBox v1.37.0 (simulated) multi-call binary.\n\nUsage: ${shown} ${utility.usage}\n\n${utility.summary}\n`;
}

type Parsed =
  | { readonly args: string[]; readonly options: ReadonlyMap<string, readonly string[]> }
  | { readonly problem: string };

function parseOptions(utility: Utility, words: readonly string[]): Parsed {
  const options = new Map<string, string[]>();
  if (utility.options === undefined) return { args: [...words], options };
  const args: string[] = [];
  const add = (option: string, value: string) => options.set(option, [...(options.get(option) ?? []), value]);
  const takesValue = (option: string) => {
    const at = utility.options?.indexOf(option) ?? -1;
    return at >= 0 && utility.options?.[at + 1] === ':';
  };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--') {
      args.push(...words.slice(i + 1));
      break;
    }
    if (utility.numeric && /^-\d+$/.test(word)) add(utility.numeric, word.slice(1));
    else if (word.startsWith('--')) {
      const [long = '', ...rest] = word.slice(2).split('=');
      const option = longOption(utility, long);
      if (option === undefined) return { problem: `unrecognized option: ${long}` };
      if (!takesValue(option) || utility.options.includes(`${option}::`)) add(option, rest.join('='));
      else if (rest.length > 0) add(option, rest.join('='));
      else if (++i < words.length) add(option, words[i] ?? '');
      else return { problem: `option requires an argument: ${long}` };
    } else if (word.startsWith('-') && word !== '-') {
      for (let at = 1; at < word.length; at++) {
        const letter = word.charAt(at);
        if (letter === ':' || !utility.options.includes(letter)) return { problem: `unrecognized option: ${letter}` };
        if (!takesValue(letter)) {
          add(letter, '');
          continue;
        }
        if (utility.options.includes(`${letter}::`)) {
          add(letter, word.slice(at + 1));
          break;
        }
        const value = word.slice(at + 1) || words[++i];
        if (value === undefined) return { problem: `option requires an argument: ${letter}` };
        add(letter, value);
        break;
      }
    } else if (utility.stopAtOperand) {
      args.push(...words.slice(i));
      break;
    } else args.push(word);
  }
  return { args, options };
}

/** A long option may be shortened while it stays clear. */
function longOption(utility: Utility, name: string): string | undefined {
  const long = utility.long ?? {};
  if (Object.hasOwn(long, name)) return long[name];
  const matches = Object.keys(long).filter((each) => each.startsWith(name));
  return matches.length === 1 ? long[matches[0] ?? ''] : undefined;
}
