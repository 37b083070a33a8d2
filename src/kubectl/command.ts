import type { ProgramContext } from '../shell/context.ts';
import type { Process } from '../process/process.ts';
import type { Factory } from './factory.ts';
import type { FlagSet } from './flags/flag-set.ts';
import type { FlagSpec } from './flags/flag-spec.ts';
import type { Output } from './output.ts';

/** What the words after a command mean, for completion. */
export type CompletionKind =
  | 'none'
  | 'resource-type-and-name'
  | 'resource-type'
  | 'pod'
  | 'pod-or-workload'
  | 'node'
  | 'context'
  | 'cluster'
  | 'user'
  | 'shell';

/** A command as data: help, completion and parsing are made from it. */
export interface Command {
  /** The first word is the name: `get (TYPE …) [flags]`. */
  readonly use: string;
  readonly aliases?: readonly string[];
  /** Root help lists commands in groups. */
  readonly group?: CommandGroup;
  readonly short: string;
  readonly long?: string;
  readonly example?: string;
  readonly flags?: readonly FlagSpec[];
  readonly commands?: readonly Command[];
  /** The use line has no `[flags]`. */
  readonly plainUseLine?: boolean;
  readonly completion?: CompletionKind;
  readonly hidden?: boolean;
  /** `--help` prints nothing. */
  readonly silentHelp?: boolean;
  readonly deprecated?: string;
  /** Words that suggest this command when they are mistaken for one. */
  readonly suggestFor?: readonly string[];
  /** Errors end with this code more than usual (`diff`). */
  readonly errorCodeOffset?: number;
  /** Checks the number of arguments, as cobra does. */
  readonly args?: (args: readonly string[], path: string) => void;
  /** Flags that must be given. */
  readonly required?: readonly string[];
  /** What a group does without a subcommand: its help goes to stdout, or to stderr with exit code 1 (the default). */
  readonly bareHelp?: 'out' | 'err';
  /** The help is printed before an error about the number of arguments. */
  readonly helpOnArgumentError?: boolean;
  readonly run?: (invocation: Invocation) => Process<void>;
}

export type CommandGroup =
  | 'beginner'
  | 'intermediate'
  | 'deploy'
  | 'cluster'
  | 'debug'
  | 'advanced'
  | 'settings'
  | 'other';

/** One run of one command. */
export interface Invocation {
  readonly context: ProgramContext;
  readonly command: Command;
  /** `kubectl rollout undo`. */
  readonly path: string;
  readonly flags: FlagSet;
  readonly args: readonly string[];
  readonly factory: Factory;
  readonly out: Output;
  readonly err: Output;
}
