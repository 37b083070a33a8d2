import type { Process } from '../../process/process.ts';
import type { Signal } from '../../process/signal.ts';
import type { ProgramContext, SpawnOptions, Tty } from '../context.ts';
import type { NetworkStack } from '../network-stack.ts';

/** What programs inside a process share with it: everything but the command line, the streams and the environment. */
export abstract class OuterContext implements ProgramContext {
  abstract readonly argv: ProgramContext['argv'];
  abstract readonly env: ProgramContext['env'];
  abstract readonly stdin: ProgramContext['stdin'];
  abstract readonly stdout: ProgramContext['stdout'];
  abstract readonly stderr: ProgramContext['stderr'];
  abstract cwd: string;
  declare readonly tty?: Tty;
  declare readonly network?: NetworkStack;
  protected readonly outer: ProgramContext;

  constructor(outer: ProgramContext) {
    this.outer = outer;
    if (outer.tty) this.tty = outer.tty;
    if (outer.network) this.network = outer.network;
  }
  abstract onSignal(signal: Signal, action: (() => void) | 'ignore' | 'default'): void;
  abstract exec(options: SpawnOptions): Process<number>;

  get fs() {
    return this.outer.fs;
  }
  get user() {
    return this.outer.user;
  }
  get hostname() {
    return this.outer.hostname;
  }
  get pid() {
    return this.outer.pid;
  }
  get ppid() {
    return this.outer.ppid;
  }
  get processes() {
    return this.outer.processes;
  }
  get powers() {
    return this.outer.powers;
  }
  now(): number {
    return this.outer.now();
  }
  random(): number {
    return this.outer.random();
  }
}
