/**
 * What a program gets: one context object that carries every power. Programs are the shell, its coreutils, kubectl, and the mains
 * of container images. The same program runs in a container in virtual time and in the terminal of the page.
 */
import type { Process } from '../process/process.ts';
import type { Reader, Writer } from '../process/pipe.ts';
import type { Signal } from '../process/signal.ts';
import type { FileSystem } from './file-system.ts';
import type { NetworkStack } from './network-stack.ts';

/** The exit code, 0 to 255. */
export type Program = (context: ProgramContext) => Process<number>;

export interface ProgramContext {
  /** argv[0] is the name it was called by. */
  readonly argv: readonly string[];
  /** The process's own copy. */
  readonly env: Map<string, string>;
  /** Absolute. */
  cwd: string;
  readonly fs: FileSystem;
  readonly stdin: Reader;
  readonly stdout: Writer;
  readonly stderr: Writer;
  /** Present when the standard streams are a terminal. */
  readonly tty?: Tty;
  readonly user: Credentials;
  readonly hostname: string;
  readonly pid: number;
  readonly ppid: number;
  readonly processes: ProcessTable;
  /** Absent where there is no network (the page's terminal). */
  readonly network?: NetworkStack;
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** Replaces what a signal does: a handler, `ignore`, or `default` (which ends the process; SIGKILL always does). */
  onSignal(signal: Signal, action: (() => void) | 'ignore' | 'default'): void;
  /** Replaces the running program, as execve(2): same process, another program. @throws SpawnError ENOENT, EACCES */
  exec(options: SpawnOptions): Process<number>;
  /** Declares what the process uses now; the runtime's cpu and memory model reads it. */
  use?(usage: { readonly cpuMilli?: number; readonly memoryBytes?: number }): void;
  /** Powers that only some hosts have, by name (`kubectl.transport`, `editor`): the host and the program agree on the type. */
  readonly powers: ReadonlyMap<string, unknown>;
}

export interface Tty {
  readonly columns: number;
  readonly rows: number;
  /** Where the cursor stands, from 0, when the terminal knows: a prompt begins there. */
  readonly column?: number;
  onResize(callback: () => void): () => void;
  /** Raw mode: keys arrive one by one, without echo. */
  setRaw(raw: boolean): void;
  readonly raw: boolean;
  /** The process group that keys such as Ctrl-C reach. */
  setForeground(group: number): void;
}

export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly name: string;
}

export interface ExitStatus {
  /** 0 to 255; 128 + n when a signal ended it. */
  readonly code: number;
  readonly signal?: Signal;
}

export interface SpawnOptions {
  readonly argv: readonly string[];
  readonly env?: ReadonlyMap<string, string>;
  readonly cwd?: string;
  readonly stdin?: Reader;
  readonly stdout?: Writer;
  readonly stderr?: Writer;
  readonly tty?: Tty;
  readonly user?: Credentials;
  /** Other files and another view of processes than its parent's: chroot(2), setns(2). */
  readonly enter?: { readonly fs: FileSystem; readonly processes?: () => readonly ProcessInfo[] };
  /** The process group it joins, or its own: signals of the terminal reach groups. By default its parent's. */
  readonly group?: number | 'own';
}

export interface ChildProcess {
  readonly pid: number;
  wait(): Process<ExitStatus>;
  kill(signal: Signal): void;
}

export interface ProcessInfo {
  readonly pid: number;
  readonly ppid: number;
  readonly argv: readonly string[];
  readonly user: string;
  readonly startedAt: number;
  /** Process group. */
  readonly group: number;
  readonly memoryBytes: number;
  readonly cpuMilli: number;
}

/** The processes of one container (or of the page's terminal). */
export interface ProcessTable {
  /** Starts a program found on PATH (a registered program, or a file with `#!`). @throws SpawnError ENOENT, EACCES */
  spawn(options: SpawnOptions): ChildProcess;
  /** Starts a function as a process: subshells, pipelines of builtins. */
  spawnFunction(options: SpawnOptions, program: Program): ChildProcess;
  list(): readonly ProcessInfo[];
  /** Signals a process, or the group -pid when pid is negative. Gives false when there is no such process. */
  kill(pid: number, signal: Signal): boolean;
  /** Standard streams of a process (`/proc/1/fd/1`). */
  streams(pid: number): { readonly stdin: Reader; readonly stdout: Writer; readonly stderr: Writer } | undefined;
}

/** A program that could not be started; the code is that of exec(2). */
export class SpawnError extends Error {
  override readonly name = 'SpawnError';
  readonly code: 'ENOENT' | 'EACCES' | 'ENOEXEC';
  constructor(code: 'ENOENT' | 'EACCES' | 'ENOEXEC', message: string) {
    super(message);
    this.code = code;
  }
}
