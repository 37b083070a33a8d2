/**
 * The processes of one container, or of the page's terminal: a tree with pid 1 at its root.
 *
 * Programs are files (see layer.ts) found on PATH; a process is a task of the injected driver. Pid 1 is the kernel's `init` of the
 * namespace: it does not feel a signal it has no handler for (so `sleep 3600` as pid 1 outlives SIGTERM, as in life), and all end with it.
 */
import { errorText } from '../apimachinery/error-text.ts';
import { BrokenPipeError, type Reader, type Writer } from '../process/pipe.ts';
import { type Driver, type Process, suspend } from '../process/process.ts';
import { type Signal, signalNumbers } from '../process/signal.ts';
import { spawn, type Task } from '../process/task.ts';
import {
  type ChildProcess,
  type Credentials,
  type ExitStatus,
  type ProcessInfo,
  type ProcessTable,
  type Program,
  type ProgramContext,
  SpawnError,
  type SpawnOptions,
  type Tty,
} from './context.ts';
import { FileSystemError } from './file-system.ts';
import { programOfContent } from './layer.ts';
import { MemoryFileSystem } from './memory-file-system.ts';
import type { NetworkStack } from './network-stack.ts';
import { absolutePath } from './path.ts';
import { BytesReader, holdStream, NullWriter, releaseStream } from './streams.ts';
import { decode, encode } from './text.ts';

/** What the processes of one container share. */
export interface ProcessEnvironment {
  readonly fs: MemoryFileSystem;
  readonly hostname: string;
  readonly network?: NetworkStack;
  readonly powers?: ReadonlyMap<string, unknown>;
  /** What `/proc` shows, where it is not the processes of this table. */
  readonly processes?: () => readonly ProcessInfo[];
}

export interface ProcessTableOptions {
  readonly driver: Driver;
  readonly environment: ProcessEnvironment;
  /** The program that a program file names. */
  readonly programNamed: (name: string) => Program | undefined;
  /** In [0, 1). */
  readonly random: () => number;
  /** Called when what the processes use together has changed. */
  readonly onUsage?: () => void;
}

type Handler = (() => void) | 'ignore';

/** One process. */
interface Entry {
  readonly pid: number;
  ppid: number;
  readonly group: number;
  argv: readonly string[];
  readonly user: Credentials;
  readonly startedAt: number;
  readonly handlers: Map<Signal, Handler>;
  environment: ProcessEnvironment;
  streams: Streams;
  task: Task<number> | undefined;
  exit: ExitStatus | undefined;
  cpuMilli: number;
  memoryBytes: number;
  readonly waiters: Set<(status: ExitStatus) => void>;
}

interface Streams {
  readonly stdin: Reader;
  readonly stdout: Writer;
  readonly stderr: Writer;
  readonly tty: Tty | undefined;
}

const root: Credentials = { uid: 0, gid: 0, groups: [0], name: 'root' };
const ignoredByDefault: ReadonlySet<Signal> = new Set(['SIGCHLD', 'SIGCONT', 'SIGWINCH', 'SIGTSTP', 'SIGSTOP']);
/** What a small process holds. */
const baseMemoryBytes = 1_048_576;

/** The processes of one container or machine: pids, parents, groups, signals, what they leave behind. */
export class ContainerProcesses {
  readonly #options: ProcessTableOptions;
  readonly #entries = new Map<number, Entry>();
  #nextPid = 1;

  constructor(options: ProcessTableOptions) {
    this.#options = options;
  }

  /**
   * Starts a process from outside: the first is pid 1; later ones are what exec starts. @throws SpawnError
   * Another environment is for containers that share one process namespace.
   */
  start(options: SpawnOptions, environment: ProcessEnvironment = this.#options.environment): ChildProcess {
    return this.#spawn(options, undefined, environment, undefined);
  }
  /** Starts a function as a process from outside. */
  startFunction(options: SpawnOptions, program: Program): ChildProcess {
    return this.#spawn(options, program, this.#options.environment, undefined);
  }
  /** Signals from outside the namespace, which pid 1 feels when it is SIGKILL. */
  kill(pid: number, signal: Signal): boolean {
    return this.#signal(pid, signal, true);
  }
  /** Ends everything at once, as when the machine loses power. */
  killAll(): void {
    for (const entry of [...this.#entries.values()]) this.#terminate(entry, { code: 137, signal: 'SIGKILL' });
  }
  list(): readonly ProcessInfo[] {
    return [...this.#entries.values()].map((entry) => ({
      pid: entry.pid,
      ppid: entry.ppid,
      argv: entry.argv,
      user: entry.user.name,
      startedAt: entry.startedAt,
      group: entry.group,
      memoryBytes: entry.memoryBytes,
      cpuMilli: entry.cpuMilli,
    }));
  }
  streams(pid: number): Streams | undefined {
    return this.#entries.get(pid)?.streams;
  }
  /** What all processes use now. */
  usage(): { readonly cpuMilli: number; readonly memoryBytes: number } {
    let cpuMilli = 0;
    let memoryBytes = 0;
    for (const entry of this.#entries.values()) {
      cpuMilli += entry.cpuMilli;
      memoryBytes += entry.memoryBytes;
    }
    return { cpuMilli, memoryBytes };
  }
  /** Ends the process that uses most memory, as the kernel does when the limit is passed. Gives its pid. */
  killLargest(): number | undefined {
    const [largest] = [...this.#entries.values()].sort((a, b) => b.memoryBytes - a.memoryBytes);
    if (largest) this.#terminate(largest, { code: 137, signal: 'SIGKILL' });
    return largest?.pid;
  }

  /** Finds what a command line runs. @throws SpawnError */
  #resolve(
    argv: readonly string[],
    path: string,
    cwd: string,
    fs: MemoryFileSystem,
  ): { program: Program; argv: readonly string[] } {
    const name = argv[0] ?? '';
    const file = findExecutable(name, path, cwd, fs);
    const content = readExecutable(fs, file, name);
    const marked = programOfContent(content);
    if (marked !== undefined) {
      const program = this.#options.programNamed(marked);
      if (!program) throw new SpawnError('ENOEXEC', `exec ${name}: exec format error`);
      return { program, argv };
    }
    const interpreter = /^#![ \t]*(\S+)(?:[ \t]+([^\n]*?))?[ \t]*(?:\n|$)/.exec(decode(content.subarray(0, 256)));
    if (!interpreter?.[1]) throw new SpawnError('ENOEXEC', `exec ${name}: exec format error`);
    const prefix = interpreter[2] ? [interpreter[1], interpreter[2]] : [interpreter[1]];
    if (!fs.exists(interpreter[1])) throw new SpawnError('ENOENT', `exec ${name}: no such file or directory`);
    // The script is named as it was called; what was found on PATH by where it is.
    return this.#resolve([...prefix, name.includes('/') ? name : file, ...argv.slice(1)], path, cwd, fs);
  }

  #spawn(
    options: SpawnOptions,
    program: Program | undefined,
    parentEnvironment: ProcessEnvironment,
    parent: ProcessContext | undefined,
  ): ChildProcess {
    const environment = entered(parentEnvironment, options);
    const env = new Map(options.env ?? parent?.env);
    const cwd = options.cwd ?? parent?.cwd ?? '/';
    const user = options.user ?? parent?.user ?? root;
    const fs = environment.fs.as(user);
    const found = program
      ? { program, argv: options.argv }
      : this.#resolve(options.argv, env.get('PATH') ?? defaultPath, cwd, fs);
    const pid = this.#nextPid++;
    const entry: Entry = {
      pid,
      ppid: parent?.pid ?? 0,
      group: !parent || options.group === 'own' ? pid : (options.group ?? parent.group),
      argv: found.argv,
      user,
      startedAt: this.#options.driver.now(),
      handlers: inheritIgnored(parent && this.#entries.get(parent.pid)),
      environment,
      streams: {
        stdin: options.stdin ?? parent?.stdin ?? new BytesReader(new Uint8Array(0)),
        stdout: options.stdout ?? parent?.stdout ?? new NullWriter(),
        stderr: options.stderr ?? parent?.stderr ?? new NullWriter(),
        tty: options.tty ?? parent?.tty,
      },
      task: undefined,
      exit: undefined,
      cpuMilli: 0,
      memoryBytes: baseMemoryBytes,
      waiters: new Set(),
    };
    this.#entries.set(pid, entry);
    this.#run(
      entry,
      found.program,
      new ProcessContext(this, entry, { argv: found.argv, env, cwd, fs, options: this.#options }),
    );
    this.#options.onUsage?.();
    return this.#handle(entry);
  }

  #run(entry: Entry, program: Program, context: ProcessContext): void {
    const { stdin, stdout, stderr } = entry.streams;
    for (const stream of [stdin, stdout, stderr]) holdStream(stream);
    const task = spawn(this.#options.driver, program(context), `${entry.argv[0]}[${entry.pid}]`);
    entry.task = task;
    task.onSettled((outcome) => {
      if (outcome.kind === 'returned') this.#end(entry, { code: outcome.value & 0xff });
      else if (outcome.kind === 'killed') this.#end(entry, entry.exit ?? { code: 137, signal: 'SIGKILL' });
      else this.#end(entry, this.#crash(entry, outcome.error));
    });
  }

  /** A program that throws ends like one that crashes; its text goes where its errors go. */
  #crash(entry: Entry, error: unknown): ExitStatus {
    if (error instanceof BrokenPipeError) return { code: 141, signal: 'SIGPIPE' };
    const text = errorText(error);
    spawn(this.#options.driver, reportCrash(entry, text), 'crash').onSettled(() => undefined);
    return error instanceof FileSystemError ? { code: 1 } : { code: 139, signal: 'SIGSEGV' };
  }

  #end(entry: Entry, status: ExitStatus): void {
    if (!this.#entries.delete(entry.pid)) return;
    entry.exit = status;
    for (const other of this.#entries.values()) if (other.ppid === entry.pid) other.ppid = 1;
    const { stdin, stdout, stderr } = entry.streams;
    for (const stream of [stdin, stdout, stderr]) releaseStream(stream);
    if (entry.pid === 1) this.killAll();
    const parent = this.#entries.get(entry.ppid);
    if (parent) this.#deliver(parent, 'SIGCHLD', false);
    for (const waiter of [...entry.waiters]) waiter(status);
    this.#options.onUsage?.();
  }

  #handle(entry: Entry): ChildProcess {
    return {
      pid: entry.pid,
      kill: (signal) => void this.#deliver(entry, signal, true),
      *wait(): Process<ExitStatus> {
        if (entry.exit && entry.task?.settled) return entry.exit;
        return yield* suspend<ExitStatus>((resume) => {
          entry.waiters.add(resume);
          return () => entry.waiters.delete(resume);
        });
      },
    };
  }

  #signal(pid: number, signal: Signal, outside: boolean): boolean {
    const targets = [...this.#entries.values()].filter((entry) =>
      pid > 0 ? entry.pid === pid : pid === -1 ? entry.pid !== 1 : entry.group === -pid,
    );
    for (const entry of targets) this.#deliver(entry, signal, outside);
    return targets.length > 0;
  }

  #deliver(entry: Entry, signal: Signal, outside: boolean): void {
    if (entry.exit) return;
    const handler = entry.handlers.get(signal);
    const fatal = signal === 'SIGKILL';
    if (handler && !fatal) {
      if (handler !== 'ignore') handler();
      return;
    }
    if (ignoredByDefault.has(signal) || (entry.pid === 1 && !(fatal && outside))) return;
    this.#terminate(entry, { code: 128 + signalNumbers[signal], signal });
  }
  #terminate(entry: Entry, status: ExitStatus): void {
    entry.exit ??= status;
    entry.task?.kill(status.signal);
  }

  /** The table as one process sees it: what it starts are its children. */
  tableFor(context: ProcessContext, environment: ProcessEnvironment): ProcessTable {
    return {
      spawn: (options) => this.#spawn(options, undefined, environment, context),
      spawnFunction: (options, program) => this.#spawn(options, program, environment, context),
      list: () => environment.processes?.() ?? this.list(),
      kill: (pid, signal) => this.#signal(pid === 0 ? -context.group : pid, signal, false),
      streams: (pid) => this.streams(pid),
    };
  }
  /** Puts another program into a process. @throws SpawnError */
  replace(context: ProcessContext, entry: Entry, options: SpawnOptions): Process<number> {
    const env = new Map(options.env ?? context.env);
    const cwd = options.cwd ?? context.cwd;
    entry.environment = entered(entry.environment, options);
    const fs = options.enter ? entry.environment.fs.as(context.user) : context.fs;
    const found = this.#resolve(options.argv, env.get('PATH') ?? defaultPath, cwd, fs);
    entry.argv = found.argv;
    for (const [signal, handler] of entry.handlers) if (handler !== 'ignore') entry.handlers.delete(signal);
    entry.streams = {
      stdin: options.stdin ?? context.stdin,
      stdout: options.stdout ?? context.stdout,
      stderr: options.stderr ?? context.stderr,
      tty: options.tty ?? context.tty,
    };
    return found.program(new ProcessContext(this, entry, { argv: found.argv, env, cwd, fs, options: this.#options }));
  }
}

/** What a process sees that enters other files. */
function entered(environment: ProcessEnvironment, { enter }: SpawnOptions): ProcessEnvironment {
  if (!(enter?.fs instanceof MemoryFileSystem)) return environment;
  const { fs, processes } = enter;
  return { ...environment, fs, ...(processes ? { processes } : {}) };
}

interface ContextParts {
  readonly argv: readonly string[];
  readonly env: Map<string, string>;
  readonly cwd: string;
  readonly fs: MemoryFileSystem;
  readonly options: ProcessTableOptions;
}

/** The context of one process. */
class ProcessContext implements ProgramContext {
  readonly argv: readonly string[];
  readonly env: Map<string, string>;
  cwd: string;
  readonly fs: MemoryFileSystem;
  readonly stdin: Reader;
  readonly stdout: Writer;
  readonly stderr: Writer;
  declare readonly tty?: Tty;
  declare readonly network?: NetworkStack;
  readonly processes: ProcessTable;
  readonly powers: ReadonlyMap<string, unknown>;
  readonly #table: ContainerProcesses;
  readonly #entry: Entry;
  readonly #options: ProcessTableOptions;

  constructor(table: ContainerProcesses, entry: Entry, parts: ContextParts) {
    const { environment, streams } = entry;
    this.#table = table;
    this.#entry = entry;
    this.#options = parts.options;
    this.argv = parts.argv;
    this.env = parts.env;
    this.cwd = parts.cwd;
    this.fs = parts.fs;
    this.stdin = streams.stdin;
    this.stdout = streams.stdout;
    this.stderr = streams.stderr;
    if (streams.tty) this.tty = streams.tty;
    if (environment.network) this.network = environment.network;
    this.powers = environment.powers ?? noPowers;
    this.processes = table.tableFor(this, environment);
  }
  get user(): Credentials {
    return this.#entry.user;
  }
  get hostname(): string {
    return this.#entry.environment.hostname;
  }
  get pid(): number {
    return this.#entry.pid;
  }
  get ppid(): number {
    return this.#entry.ppid;
  }
  get group(): number {
    return this.#entry.group;
  }
  now(): number {
    return this.#options.driver.now();
  }
  random(): number {
    return this.#options.random();
  }
  onSignal(signal: Signal, action: (() => void) | 'ignore' | 'default'): void {
    if (action === 'default') this.#entry.handlers.delete(signal);
    else this.#entry.handlers.set(signal, action);
  }
  use(usage: { readonly cpuMilli?: number; readonly memoryBytes?: number }): void {
    this.#entry.cpuMilli = usage.cpuMilli ?? this.#entry.cpuMilli;
    this.#entry.memoryBytes = usage.memoryBytes ?? this.#entry.memoryBytes;
    this.#options.onUsage?.();
  }
  exec(options: SpawnOptions): Process<number> {
    return this.#table.replace(this, this.#entry, options);
  }
}

const noPowers: ReadonlyMap<string, unknown> = new Map();
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function inheritIgnored(parent: Entry | undefined): Map<Signal, Handler> {
  const handlers = new Map<Signal, Handler>();
  for (const [signal, handler] of parent?.handlers ?? []) if (handler === 'ignore') handlers.set(signal, handler);
  return handlers;
}

function* reportCrash(entry: Entry, text: string): Process<void> {
  yield* entry.streams.stderr.write(encode(`${entry.argv[0] ?? ''}: ${text}\n`));
}

/** The path of a command: as it is with a slash, else by PATH. @throws SpawnError */
export function findExecutable(name: string, path: string, cwd: string, fs: MemoryFileSystem): string {
  if (name.includes('/')) return absolutePath(cwd, name);
  let denied = false;
  for (const directory of path.split(':')) {
    const file = absolutePath(cwd, `${directory === '' ? '.' : directory}/${name}`);
    if (name === '' || !fs.exists(file) || fs.stat(file).kind === 'directory') continue;
    if (fs.access(file, 1)) return file;
    denied = true;
  }
  if (denied) throw new SpawnError('EACCES', `exec: "${name}": permission denied`);
  throw new SpawnError('ENOENT', `exec: "${name}": executable file not found in $PATH`);
}

function readExecutable(fs: MemoryFileSystem, file: string, name: string): Uint8Array {
  try {
    const stat = fs.stat(file);
    if (stat.kind === 'directory') throw new SpawnError('EACCES', `exec: "${name}": is a directory`);
    if (!fs.access(file, 1)) throw new SpawnError('EACCES', `exec: "${name}": permission denied`);
    return fs.readFile(file);
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    if (error.code === 'EACCES') throw new SpawnError('EACCES', `exec: "${name}": permission denied`);
    throw new SpawnError('ENOENT', `exec: "${name}": stat ${file}: no such file or directory`);
  }
}
