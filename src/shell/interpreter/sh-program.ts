/** The programs `sh`, `ash`, `dash`, `bash`: command line, start-up files, and where commands come from. */
import type { Process } from '../../process/process.ts';
import type { Program, ProgramContext } from '../context.ts';
import { absolutePath, baseName } from '../path.ts';
import { writeText } from '../streams.ts';
import { decode } from '../text.ts';
import { homeOf } from '../users.ts';
import { takeOptions } from './builtins/variable-builtins.ts';
import { runInteractive } from './interactive.ts';
import { Shell } from './shell.ts';
import { type Flavour, ShellState } from './state.ts';

interface Invocation {
  readonly command: string | undefined;
  readonly fromStdin: boolean;
  readonly interactive: boolean;
  readonly login: boolean;
  readonly rest: readonly string[];
}

/** Makes the shell program of a flavour. */
export function shellProgram(flavour: Flavour): Program {
  return function* (context): Process<number> {
    const state = new ShellState(context, flavour, context.argv[0] ?? 'sh');
    const invocation = parseInvocation(context, state);
    if (typeof invocation === 'string') {
      yield* writeText(context.stderr, `${baseName(state.name)}: ${invocation}\n`);
      return 2;
    }
    importEnvironment(state);
    const shell = new Shell(state);
    const { command, rest } = invocation;
    if (command !== undefined) {
      if (rest[0] !== undefined) state.name = rest[0];
      state.positional = rest.slice(1);
      return yield* shell.runToExit((self) => self.runText(command, { tail: true }));
    }
    if (rest[0] !== undefined && !invocation.fromStdin) return yield* runFile(shell, rest[0], rest.slice(1));
    state.positional = rest;
    if (invocation.interactive) return yield* runInteractive(shell, invocation.login);
    return yield* shell.runToExit(runStdin);
  };
}

function parseInvocation(context: ProgramContext, state: ShellState): Invocation | string {
  const words = context.argv.slice(1);
  let isCommand = false;
  let fromStdin = false;
  let interactive = false;
  let login = state.name.startsWith('-');
  while (words[0] !== undefined && /^[-+]./.test(words[0])) {
    const word = words.shift() ?? '';
    if (word === '--') break;
    if (word.startsWith('--')) {
      if (word === '--login') login = true;
      if (word === '--rcfile' || word === '--init-file') words.shift();
      continue;
    }
    const letters = word.slice(1);
    if (word.startsWith('-')) {
      isCommand ||= letters.includes('c');
      fromStdin ||= letters.includes('s');
      interactive ||= letters.includes('i');
      login ||= letters.includes('l');
    }
    const options = word.slice(0, 1) + letters.replace(/[csil]/g, '');
    if (options.length === 1) continue;
    const taken = takeOptions(state.options, letters.includes('o') ? [options, words.shift() ?? ''] : [options]);
    if ('bad' in taken) return `illegal option ${word}`;
  }
  const command = isCommand ? words.shift() : undefined;
  if (isCommand && command === undefined) return '-c requires an argument';
  const onTerminal = command === undefined && (words.length === 0 || fromStdin) && context.tty !== undefined;
  return { command, fromStdin, interactive: interactive || onTerminal, login, rest: words };
}

/** The environment becomes exported variables. */
function importEnvironment(state: ShellState): void {
  const { context, variables } = state;
  const bring = (name: string, value: string, exported: boolean) =>
    variables.set(name, { value, exported, readonly: false });
  const nameable = (name: string) => /^[A-Za-z_]\w*$/.test(name);
  for (const [name, value] of context.env) if (nameable(name)) bring(name, value, true);
  // dash forgets them.
  if (state.flavour !== 'dash') state.unnameable = [...context.env].filter(([name]) => !nameable(name));
  const defaults: readonly (readonly [string, string, boolean])[] = [
    ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', false],
    ['PWD', context.cwd, true],
    ['IFS', ' \t\n', false],
    ['PS1', state.flavour === 'ash' ? '\\w \\$ ' : context.user.uid === 0 ? '# ' : '$ ', false],
    ['PS2', '> ', false],
    ['PS4', '+ ', false],
    ['OPTIND', '1', false],
    ['PPID', String(context.ppid), false],
  ];
  for (const [name, value, exported] of defaults)
    if (!variables.has(name) || name === 'IFS') bring(name, value, exported);
  variables.set('PWD', { value: context.cwd, exported: true, readonly: false });
  if (!variables.has('HOME')) bring('HOME', homeOf(context.fs, context.user), true);
  if (state.flavour === 'dash') return;
  if (!variables.has('HOSTNAME')) bring('HOSTNAME', context.hostname, state.flavour === 'ash');
  const level = Number(variables.get('SHLVL')?.value ?? 0) + 1;
  bring('SHLVL', String(level), true);
  if (state.flavour === 'bash') {
    bring('BASH_VERSION', '5.2.21(1)-release', false);
    bring('BASH', '/bin/bash', false);
    if (state.context.tty && context.argv.length <= 1) bring('PS1', '\\s-\\v\\$ ', false);
  }
}

function* runFile(shell: Shell, file: string, args: readonly string[]): Process<number> {
  const { state } = shell;
  const path = absolutePath(state.context.cwd, file);
  let text: string;
  try {
    text = decode(state.context.fs.readFile(path));
  } catch {
    const bash = state.flavour === 'bash';
    const exists = state.context.fs.exists(path);
    const reason = exists
      ? state.context.fs.stat(path).kind === 'directory'
        ? 'Is a directory'
        : 'Permission denied'
      : 'No such file or directory';
    const message = bash ? `${file}: ${reason}` : `can't open '${file}': ${reason}`;
    yield* writeText(
      state.context.stderr,
      `${baseName(state.name)}: ${state.flavour === 'dash' ? `0: cannot open ${file}: No such file` : message}\n`,
    );
    return bash ? (exists ? 126 : 127) : 2;
  }
  state.name = file;
  state.positional = args;
  state.scriptFile = true;
  return yield* shell.runToExit((self) => self.runText(text));
}

/** A script from a pipe: each command runs when it is complete. What its commands read of the same stream they take from what follows. */
function* runStdin(shell: Shell): Process<number> {
  const reader = shell.state.descriptors.get(0)?.reader;
  if (!reader) return 0;
  const decoder = new TextDecoder();
  let pending = '';
  let line = 1;
  for (let bytes = yield* reader.read(); bytes; bytes = yield* reader.read()) {
    pending += decoder.decode(bytes, { stream: true });
    const end = pending.lastIndexOf('\n') + 1;
    const ready = pending.slice(0, end);
    if (goesOn.test(ready)) continue;
    const left = yield* shell.runBeginning(ready, line);
    pending = left.rest + pending.slice(end);
    line = left.line;
  }
  return pending === '' ? shell.state.lastStatus : yield* shell.runText(pending, { line });
}

/** The last line ends in a backslash. */
const goesOn = /(?:^|[^\\])(?:\\\\)*\\\n$/;
