import type { Process } from '../process/process.ts';
import type { ProgramContext } from '../shell/context.ts';
import { SpawnError } from '../shell/context.ts';
import { pathKind } from './files.ts';

/** Runs the program `kubectl-<words>` with the longest name there is on PATH. Gives its exit code, or undefined when there is none. */
export function* runPlugin(context: ProgramContext, words: readonly string[]): Process<number | undefined> {
  const flagAt = words.findIndex((word) => word.startsWith('-'));
  const names = words.slice(0, flagAt < 0 ? words.length : flagAt).map((word) => word.replaceAll('-', '_'));
  for (let count = names.length; count > 0; count--) {
    const program = findOnPath(context, `kubectl-${names.slice(0, count).join('-')}`);
    if (program === undefined) continue;
    try {
      const child = context.processes.spawn({
        argv: [program, ...words.slice(count)],
        env: context.env,
        cwd: context.cwd,
        stdin: context.stdin,
        stdout: context.stdout,
        stderr: context.stderr,
      });
      return (yield* child.wait()).code;
    } catch (error) {
      if (error instanceof SpawnError) return undefined;
      throw error;
    }
  }
  return undefined;
}

/** Directories of PATH, in order. */
export const pathDirectories = (context: ProgramContext): string[] => (context.env.get('PATH') ?? '').split(':');

function findOnPath(context: ProgramContext, name: string): string | undefined {
  for (const directory of pathDirectories(context)) {
    const path = directory === '' ? name : `${directory}/${name}`;
    if (pathKind(context, path) === 'file') return path.includes('/') ? path : `./${path}`;
  }
  return undefined;
}
