import type { Reader, Writer } from '../../process/pipe.ts';
import type { Process } from '../../process/process.ts';
import type { Signal } from '../../process/signal.ts';
import type { ProgramContext, SpawnOptions } from '../context.ts';
import { OuterContext } from './outer-context.ts';
import type { Streams } from './state.ts';

/** The shell's own context with another command line and other streams: for utilities that run inside the shell. */
export class InnerContext extends OuterContext {
  readonly argv: readonly string[];
  readonly env: Map<string, string>;
  readonly stdin: Reader;
  readonly stdout: Writer;
  readonly stderr: Writer;

  constructor(outer: ProgramContext, argv: readonly string[], env: Map<string, string>, streams: Streams) {
    super(outer);
    this.argv = argv;
    this.env = env;
    this.stdin = streams.stdin;
    this.stdout = streams.stdout;
    this.stderr = streams.stderr;
  }
  get cwd() {
    return this.outer.cwd;
  }
  set cwd(path: string) {
    this.outer.cwd = path;
  }
  onSignal(signal: Signal, action: (() => void) | 'ignore' | 'default'): void {
    this.outer.onSignal(signal, action);
  }
  exec(options: SpawnOptions): Process<number> {
    return this.outer.exec(options);
  }
}
