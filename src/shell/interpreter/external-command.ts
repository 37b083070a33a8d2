/** Commands that are programs: processes of their own, or the one that takes the place of the shell. */
import type { Process } from '../../process/process.ts';
import { type ChildProcess, SpawnError } from '../context.ts';
import { notBusy } from './busy-loop.ts';
import { ShellExit } from './flow.ts';
import { waitForeground } from './jobs.ts';
import { streamsOf } from './redirect.ts';
import type { Descriptors, ShellState } from './state.ts';
import { SubshellContext } from './subshell-context.ts';

/** What programs ask of the shell that starts them. */
export interface ExternalHost {
  readonly state: ShellState;
  /** Writes an error in the shell's words. */
  complain(message: string): Process<void>;
}

/** Variables that stand before a command: name and value. */
export type Assigned = readonly (readonly [name: string, value: string])[];

/**
 * The `exec` builtin: keeps the descriptors, and puts the program, if one is named, in the place of this shell.
 * @throws ShellExit with the status of the program
 */
export function* exec(
  host: ExternalHost,
  words: readonly string[],
  assigned: Assigned,
  descriptors: Descriptors,
): Process<void> {
  host.state.descriptors = descriptors;
  host.state.lastStatus = 0;
  const rest = words[1] === '-a' ? words.slice(3) : words.slice(1);
  if (rest.length === 0) return;
  for (const [name, value] of assigned) host.state.set(name, value);
  throw new ShellExit(yield* replaceBy(host, rest, [], descriptors));
}

/** Puts a program into this process. */
export function* replaceBy(
  host: ExternalHost,
  words: readonly string[],
  assigned: Assigned,
  descriptors: Descriptors,
): Process<number> {
  const options = spawnOptions(host.state, words, assigned, descriptors);
  let program: Process<number>;
  try {
    program = host.state.context.exec(options);
  } catch (error) {
    return yield* spawnFailure(host, error, words, assigned, descriptors);
  }
  return yield* program;
}

function spawnOptions(state: ShellState, words: readonly string[], assigned: Assigned, descriptors: Descriptors) {
  const env = state.environment();
  for (const [name, value] of assigned) env.set(name, value);
  return { argv: words, env, cwd: state.context.cwd, ...streamsOf(descriptors) };
}

/** Runs a program and waits for it; as the last deed of a process it takes the process over. */
export function* runExternal(
  host: ExternalHost,
  words: readonly string[],
  assigned: Assigned,
  descriptors: Descriptors,
  tail: boolean,
): Process<number> {
  notBusy(host.state);
  if (
    tail &&
    host.state.traps.size === 0 &&
    !host.state.interactive &&
    !(host.state.context instanceof SubshellContext)
  ) {
    return yield* replaceBy(host, words, assigned, descriptors);
  }
  const group = host.state.interactive && !host.state.isSubshell ? ({ group: 'own' } as const) : {};
  let child: ChildProcess;
  try {
    child = host.state.context.processes.spawn({ ...spawnOptions(host.state, words, assigned, descriptors), ...group });
  } catch (error) {
    return yield* spawnFailure(host, error, words, assigned, descriptors);
  }
  const [status = 0] = yield* waitForeground(host.state, [child], group.group ? child.pid : undefined);
  return status;
}

/** Says why a program did not start; a text file without `#!` runs as a script. */
function* spawnFailure(
  host: ExternalHost,
  error: unknown,
  words: readonly string[],
  assigned: Assigned,
  descriptors: Descriptors,
): Process<number> {
  if (!(error instanceof SpawnError)) throw error;
  const [name = ''] = words;
  if (error.code === 'ENOEXEC') {
    const interpreter = host.state.flavour === 'bash' ? 'bash' : 'sh';
    return yield* runExternal(host, [interpreter, ...words], assigned, descriptors, false);
  }
  const bash = host.state.flavour === 'bash';
  const directory = error.message.endsWith('is a directory');
  const missing = bash ? (name.includes('/') ? 'No such file or directory' : 'command not found') : 'not found';
  const reason = error.code === 'ENOENT' ? missing : bash && directory ? 'Is a directory' : 'Permission denied';
  const before = host.state.descriptors;
  host.state.descriptors = descriptors;
  yield* host.complain(`${name}: ${reason}`);
  host.state.descriptors = before;
  return error.code === 'ENOENT' ? 127 : 126;
}
