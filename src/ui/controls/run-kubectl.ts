import { echoCommand, notify } from '../stores/notice-store.ts';
import type { Session } from '../stores/session.ts';
import type { RunResult } from '../terminal/workstation.ts';
import { commandLine } from './command-line.ts';

/** Runs kubectl as a button does: writes the command down, and shows what it said when it failed. */
export async function runKubectl(
  session: Session,
  args: readonly string[],
  options: { readonly stdin?: string; readonly quiet?: boolean } = {},
): Promise<RunResult> {
  const argv = ['kubectl', ...args];
  const command = commandLine(argv);
  try {
    const workstation = await session.workstation();
    const result = await workstation.run(argv, options.stdin);
    echoCommand(session.notices, command, result.code !== 0);
    if (result.code !== 0 && !options.quiet) {
      notify(session.notices, {
        level: 'error',
        title: 'The command failed',
        text: result.stderr.trim() || result.stdout.trim(),
        command,
      });
    }
    return result;
  } catch (error) {
    session.problem(command, error);
    return { code: 1, stdout: '', stderr: String(error) };
  }
}
