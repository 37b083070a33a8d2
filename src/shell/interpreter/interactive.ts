/** The interactive shell: prompt, line editor, history, start-up files, job notices. */
import { errorText } from '../../apimachinery/error-text.ts';
import type { Process } from '../../process/process.ts';
import { absolutePath } from '../path.ts';
import { completeWord } from '../completion.ts';
import { LineEditor } from '../line-editor.ts';
import { LineReader, writeText } from '../streams.ts';
import { decode } from '../text.ts';
import { builtinNames } from './builtins/registry.ts';
import { jobState } from './builtins/command-builtins.ts';
import { FunctionReturn, LoopExit, ShellExit } from './flow.ts';
import { expandString } from './expand.ts';
import { expandPrompt } from './prompt.ts';
import type { Shell } from './shell.ts';
import { ShellSyntaxError, Source } from './source.ts';
import { Parser, parseAll, parseHereDocumentBody } from './parser.ts';
import { BrokenPipeError } from '../../process/pipe.ts';

/** Completes a command line: the host may know more than file names (`powers.get('completer')`). */
export type Completer = (
  line: string,
  cursor: number,
) => Process<{ readonly start: number; readonly candidates: readonly string[] } | undefined>;

/** Reads and runs commands until the end of input or `exit`. */
export function* runInteractive(shell: Shell, login: boolean): Process<number> {
  const { state } = shell;
  const { context } = state;
  state.interactive = true;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGTSTP'] as const) context.onSignal(signal, () => undefined);
  context.tty?.setForeground(context.pid);
  yield* startupFiles(shell, login);
  const status = yield* shell.runToExit(readCommands);
  if (!context.tty) yield* writeText(context.stderr, state.flavour === 'bash' ? 'exit\n' : '\n');
  return status;
}

function* startupFiles(shell: Shell, login: boolean): Process<void> {
  const { state } = shell;
  const home = state.get('HOME') ?? '/';
  const bash = state.flavour === 'bash';
  const env = state.get('ENV');
  const files = [
    ...(login ? ['/etc/profile', `${home}/.profile`] : []),
    ...(bash ? ['/etc/bash.bashrc', `${home}/.bashrc`] : env === undefined ? [] : [env]),
  ];
  for (const file of files) {
    const path = absolutePath(state.context.cwd, file);
    if (!state.context.fs.exists(path)) continue;
    yield* runGuarded(shell, decode(state.context.fs.readFile(path)));
  }
}

/** Runs a text; a stray `break` or error ends the line, not the shell. */
function* runGuarded(shell: Shell, text: string): Process<void> {
  try {
    yield* shell.runText(text);
  } catch (error) {
    if (error instanceof ShellExit) throw error;
    if (error instanceof LoopExit || error instanceof FunctionReturn || error instanceof BrokenPipeError) return;
    yield* shell.complain(errorText(error));
    shell.state.lastStatus = 1;
  }
}

function* readCommands(shell: Shell): Process<number> {
  const { state } = shell;
  const history = historyOf(shell);
  const readLine = lineSource(shell, history);
  for (;;) {
    yield* reportJobs(shell);
    let text = yield* readLine(yield* promptText(shell, 'PS1'));
    if (text === undefined) return state.lastStatus;
    for (;;) {
      if (text === null || !isIncomplete(text, shell)) break;
      const more: string | null | undefined = yield* readLine(yield* promptText(shell, 'PS2'));
      if (more === undefined) break;
      text = more === null ? null : `${text}\n${more}`;
    }
    if (text === null) {
      state.lastStatus = 130;
      continue;
    }
    if (text.trim() === '') continue;
    const last = history.at(-1);
    if (last !== text && !text.startsWith(' ')) history.push(text);
    state.line = 1;
    yield* runGuarded(shell, text);
    yield* shell.runPendingTraps();
  }
}

/** Lines that were entered; shared with `history` through the host. */
function historyOf(shell: Shell): string[] {
  const given = shell.state.context.powers.get('history');
  return Array.isArray(given) ? given : [];
}

/** Reads one line: null when Ctrl-C dropped it, undefined at the end. */
function lineSource(shell: Shell, history: string[]): (prompt: string) => Process<string | null | undefined> {
  const { context } = shell.state;
  const reader = shell.state.descriptors.get(0)?.reader;
  const { tty } = context;
  if (!reader)
    return function* () {
      return undefined;
    };
  if (!tty) {
    const lines = new LineReader(reader);
    return function* (prompt) {
      yield* writeText(context.stderr, prompt);
      return yield* lines.next();
    };
  }
  const given = context.powers.get('completer') as Completer | undefined;
  const complete: Completer = function* (line, cursor) {
    return (
      (given ? yield* given(line, cursor) : undefined) ??
      completeWord(shell.state.context, line, cursor, wordsOf(shell))
    );
  };
  const editor = new LineEditor({ reader, writer: context.stdout, tty, history, complete });
  return (prompt) => editor.readLine(prompt);
}

function wordsOf(shell: Shell): readonly string[] {
  const { state } = shell;
  return [...builtinNames(state.flavour), ...state.functions.keys(), ...state.aliases.keys()];
}

function isIncomplete(text: string, shell: Shell): boolean {
  if (/(?:^|[^\\])(?:\\\\)*\\$/.test(text)) return true;
  try {
    const parser = new Parser(new Source(text, { interactive: true }), { aliases: shell.state.aliases });
    while (parser.next());
    return false;
  } catch (error) {
    return error instanceof ShellSyntaxError && error.incomplete;
  }
}

function* promptText(shell: Shell, name: 'PS1' | 'PS2'): Process<string> {
  const { state } = shell;
  const command = name === 'PS1' ? state.get('PROMPT_COMMAND') : undefined;
  if (command) yield* shell.runScript(parseAll(command));
  const raw = expandPrompt(state, state.get(name) ?? '');
  return raw.includes('$') && /\$[\w({]/.test(raw) ? yield* expandString(shell, parseHereDocumentBody(raw)) : raw;
}

function* reportJobs(shell: Shell): Process<void> {
  const { jobs } = shell.state;
  for (const job of [...jobs]) {
    if (job.status === undefined) continue;
    jobs.splice(jobs.indexOf(job), 1);
    yield* writeText(shell.streams.stderr, `[${job.id}]+  ${jobState(job.status).padEnd(24)}${job.source}\n`);
  }
}
