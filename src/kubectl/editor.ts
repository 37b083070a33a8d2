import type { Process } from '../process/process.ts';
import { type ProgramContext, SpawnError } from '../shell/context.ts';
import { KubectlError } from './errors.ts';
import { readFileText, writeFileText } from './files.ts';

/** Edits a file in place: the power `editor` of hosts whose editor is no program (the page). */
export type EditFile = (path: string) => Process<void>;

const defaultEditor = 'vi';

/** The words of `$KUBE_EDITOR`, else of `$EDITOR`; undefined when neither is set. */
function editorWords({
  env,
}: ProgramContext): { readonly words: readonly string[]; readonly shown: string } | undefined {
  const editor = env.get('KUBE_EDITOR') || env.get('EDITOR') || '';
  if (editor === '') return undefined;
  if (!editor.includes(' ')) return { words: [editor], shown: editor };
  if (!/["'\\]/.test(editor)) return { words: editor.split(' '), shown: editor };
  return { words: [env.get('SHELL') || '/bin/bash', '-c', editor], shown: editor };
}

/**
 * Puts a text into a temporary file and lets the editor change it.
 *
 * Upstream: kubectl/pkg/cmd/util/editor/editor.go LaunchTempFile (v1.36)
 * @throws KubectlError when the editor cannot be started or fails
 */
export function* editInTempFile(
  context: ProgramContext,
  text: string,
  suffix: string,
): Process<{ readonly path: string; readonly text: string }> {
  const random = Math.floor(context.random() * 2 ** 32);
  const path = `${context.env.get('TMPDIR') || '/tmp'}/kubectl-edit-${random}${suffix}`;
  writeFileText(context, path, text, 0o600);
  yield* launch(context, path);
  return { path, text: readFileText(context, path) };
}

function* launch(context: ProgramContext, path: string): Process<void> {
  const chosen = editorWords(context);
  const power = context.powers.get('editor') as EditFile | undefined;
  if (chosen === undefined && power !== undefined) return yield* power(path);
  const { words, shown } = chosen ?? { words: [defaultEditor], shown: defaultEditor };
  const throughShell = words[1] === '-c' && words.length === 3;
  const argv = throughShell ? [...words.slice(0, 2), `${words[2]} ${JSON.stringify(path)}`] : [...words, path];
  let code: number;
  try {
    const child = context.processes.spawn({
      argv,
      env: context.env,
      cwd: context.cwd,
      stdin: context.stdin,
      stdout: context.stdout,
      stderr: context.stderr,
      ...(context.tty === undefined ? {} : { tty: context.tty }),
    });
    ({ code } = yield* child.wait());
  } catch (error) {
    if (!(error instanceof SpawnError)) throw error;
    throw new KubectlError(`unable to launch the editor ${JSON.stringify(shown)}`);
  }
  if (code !== 0) throw new KubectlError(`there was a problem with the editor ${JSON.stringify(shown)}`);
}
