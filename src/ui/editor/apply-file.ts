import { commandLine } from '../controls/command-line.ts';
import { runKubectl } from '../controls/run-kubectl.ts';
import { notify } from '../stores/notice-store.ts';
import type { Session } from '../stores/session.ts';
import { problemsOf, type Problem } from './apply-problems.ts';

export interface Applied {
  readonly ok: boolean;
  readonly problems: ReadonlyMap<string, readonly Problem[]>;
}

/** Runs `kubectl apply` on files; what it complains about becomes problems of the file that it names. */
export async function applyFiles(session: Session, paths: readonly string[]): Promise<Applied> {
  const args = ['apply', ...paths.flatMap((path) => ['-f', path])];
  const texts = new Map(paths.map((path) => [path, session.files.getState().files.get(path) ?? '']));
  const result = await runKubectl(session, args, { quiet: true });
  const problems = new Map<string, readonly Problem[]>();
  if (result.code === 0) {
    session.files.setState(({ applied }) => ({ applied: new Map([...applied, ...texts]) }));
    notify(session.notices, {
      level: 'ok',
      brief: true,
      title: summaryOf(result.stdout),
      command: commandLine(['kubectl', ...args]),
    });
    for (const path of paths) problems.set(path, []);
    return { ok: true, problems };
  }
  for (const [path, text] of texts) {
    const own =
      paths.length === 1
        ? result.stderr
        : result.stderr
            .split('\n')
            .filter((line) => line.includes(`"${path}"`) || !mentionsAnother(line, paths))
            .join('\n');
    problems.set(path, problemsOf(text, own));
  }
  return { ok: false, problems };
}

const mentionsAnother = (line: string, paths: readonly string[]) => paths.some((path) => line.includes(`"${path}"`));

/** `deployment.apps/web created` … in a few words. */
export function summaryOf(stdout: string): string {
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (lines.length <= 2) return lines.join(', ') || 'Applied';
  const counts = new Map<string, number>();
  for (const line of lines) {
    const verb = line.split(' ').at(-1) ?? '';
    counts.set(verb, (counts.get(verb) ?? 0) + 1);
  }
  return [...counts].map(([verb, count]) => `${count} ${verb}`).join(', ');
}
