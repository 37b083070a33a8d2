import type { Process } from '../../process/process.ts';
import type { ChildProcess, ProgramContext, SpawnOptions } from '../context.ts';
import { OuterContext } from './outer-context.ts';

/** A subshell inside the process: has a working directory of its own. */
export class SubshellContext extends OuterContext {
  cwd: string;

  constructor(outer: ProgramContext) {
    super(outer);
    this.cwd = outer.cwd;
  }
  get argv() {
    return this.outer.argv;
  }
  get env() {
    return this.outer.env;
  }
  get stdin() {
    return this.outer.stdin;
  }
  get stdout() {
    return this.outer.stdout;
  }
  get stderr() {
    return this.outer.stderr;
  }
  /** A trap set in a subshell must not outlive it in the shell around it. */
  onSignal(): void {}
  /** A process of its own: the shell around the subshell goes on in this one. */
  exec(options: SpawnOptions): Process<number> {
    return statusOf(this.processes.spawn(options));
  }
}

function* statusOf(child: ChildProcess): Process<number> {
  return (yield* child.wait()).code;
}
