import type { Process } from '../../process/process.ts';
import type { ProgramContext } from '../context.ts';

/** A subshell inside the process: has a working directory of its own. */
export class SubshellContext implements ProgramContext {
  cwd: string;
  readonly #outer: ProgramContext;
  constructor(outer: ProgramContext) {
    this.#outer = outer;
    this.cwd = outer.cwd;
    if (outer.tty) this.tty = outer.tty;
    if (outer.network) this.network = outer.network;
  }
  declare readonly tty?: NonNullable<ProgramContext['tty']>;
  declare readonly network?: NonNullable<ProgramContext['network']>;
  get argv() {
    return this.#outer.argv;
  }
  get env() {
    return this.#outer.env;
  }
  get fs() {
    return this.#outer.fs;
  }
  get stdin() {
    return this.#outer.stdin;
  }
  get stdout() {
    return this.#outer.stdout;
  }
  get stderr() {
    return this.#outer.stderr;
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
  /** A trap set in a subshell must not outlive it in the shell around it. */
  onSignal(): void {}
  exec(options: Parameters<ProgramContext['exec']>[0]): Process<number> {
    return runChild(this.#outer, options);
  }
}

function* runChild(context: ProgramContext, options: Parameters<ProgramContext['exec']>[0]): Process<number> {
  return (yield* context.processes.spawn(options).wait()).code;
}
