import type { Reader, Writer } from '../../process/pipe.ts';
import type { Process } from '../../process/process.ts';
import type { Signal } from '../../process/signal.ts';
import type { ProgramContext, SpawnOptions, Tty } from '../context.ts';
import type { NetworkStack } from '../network-stack.ts';
import type { Streams } from './state.ts';

/** The shell's own context with another command line and other streams: for utilities that run inside the shell. */
export class InnerContext implements ProgramContext {
  readonly argv: readonly string[];
  readonly env: Map<string, string>;
  readonly stdin: Reader;
  readonly stdout: Writer;
  readonly stderr: Writer;
  declare readonly tty?: Tty;
  declare readonly network?: NetworkStack;
  readonly #outer: ProgramContext;

  constructor(outer: ProgramContext, argv: readonly string[], env: Map<string, string>, streams: Streams) {
    this.#outer = outer;
    this.argv = argv;
    this.env = env;
    this.stdin = streams.stdin;
    this.stdout = streams.stdout;
    this.stderr = streams.stderr;
    if (outer.tty) this.tty = outer.tty;
    if (outer.network) this.network = outer.network;
  }
  get cwd() {
    return this.#outer.cwd;
  }
  set cwd(path: string) {
    this.#outer.cwd = path;
  }
  get fs() {
    return this.#outer.fs;
  }
  get user() {
    return this.#outer.user;
  }
  get hostname() {
    return this.#outer.hostname;
  }
  get pid() {
    return this.#outer.pid;
  }
  get ppid() {
    return this.#outer.ppid;
  }
  get processes() {
    return this.#outer.processes;
  }
  get powers() {
    return this.#outer.powers;
  }
  now(): number {
    return this.#outer.now();
  }
  random(): number {
    return this.#outer.random();
  }
  onSignal(signal: Signal, action: (() => void) | 'ignore' | 'default'): void {
    this.#outer.onSignal(signal, action);
  }
  exec(options: SpawnOptions): Process<number> {
    return this.#outer.exec(options);
  }
}
