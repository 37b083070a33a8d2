import type { Process } from '../../../process/process.ts';
import type { Assignment, Command, Script } from '../ast.ts';
import type { Job, ShellState, Streams } from '../state.ts';

/** What a builtin may ask of its shell. */
export interface BuiltinHost {
  readonly state: ShellState;
  readonly streams: Streams;
  runText(text: string): Process<number>;
  runCommand(command: Command): Process<number>;
  substitute(script: Script): Process<string>;
  substituteFile(script: Script): Process<string>;
  callFunction(name: string, body: Command, args: readonly string[]): Process<number>;
  assign(assignment: Assignment): Process<void>;
  waitFor(job: Job): Process<number>;
  /** Writes an error in the shell's words. */
  complain(message: string): Process<void>;
  /** Runs words as a simple command, without looking at functions. */
  runWords(words: readonly string[]): Process<number>;
}

/** A command of the shell itself. `words[0]` is its name. */
export type Builtin = (host: BuiltinHost, words: readonly string[], streams: Streams) => Process<number>;
