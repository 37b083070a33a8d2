/** `break`, `continue`, `return`, `exit`, `:`, `eval`, `.`, `wait`, `trap`, `exec`'s kin: what steers the script. */
import type { Process } from '../../../process/process.ts';
import { type Signal, signalNumbers } from '../../../process/signal.ts';
import { absolutePath } from '../../path.ts';
import { writeText } from '../../streams.ts';
import { decode } from '../../text.ts';
import { FunctionReturn, LoopExit, ShellExit } from '../flow.ts';
import { quoteForShell } from '../parameter-expansion.ts';
import type { Job } from '../state.ts';
import type { Builtin, BuiltinHost } from './builtin.ts';

/** `:` and `true`: nothing, with success. */
export function* colonBuiltin(): Process<number> {
  return 0;
}

const loopExit = (kind: 'break' | 'continue'): Builtin =>
  function* (host, words) {
    const levels = Number(words[1] ?? 1);
    if (!Number.isInteger(levels) || levels < 1) {
      yield* host.complain(`${kind}: Illegal number: ${words[1]}`);
      throw new ShellExit(2);
    }
    if (host.state.loopDepth === 0) return 0;
    throw new LoopExit(kind, levels);
  };
export const breakBuiltin = loopExit('break');
export const continueBuiltin = loopExit('continue');

function* statusArgument(host: BuiltinHost, words: readonly string[]): Process<number> {
  if (words[1] === undefined) return host.state.lastStatus;
  if (/^-?\d+$/.test(words[1])) return Number(words[1]) & 0xff;
  yield* host.complain(
    host.state.flavour === 'bash'
      ? `${words[0]}: ${words[1]}: numeric argument required`
      : `${words[0]}: Illegal number: ${words[1]}`,
  );
  return 2;
}

export const returnBuiltin: Builtin = function* (host, words) {
  throw new FunctionReturn(yield* statusArgument(host, words));
};
export const exitBuiltin: Builtin = function* (host, words) {
  throw new ShellExit(yield* statusArgument(host, words));
};
export const evalBuiltin: Builtin = function* (host, words) {
  const text = words.slice(words[1] === '--' ? 2 : 1).join(' ');
  host.state.lastStatus = 0;
  return yield* host.runText(text);
};

/** `. file`: looks on PATH when the name has no slash. */
export const dotBuiltin: Builtin = function* (host, words) {
  const { state } = host;
  const name = words[1];
  if (name === undefined) {
    yield* host.complain(`${words[0]}: filename argument required`);
    return 2;
  }
  const path = findSource(host, name);
  if (path === undefined) {
    const bash = state.flavour === 'bash';
    yield* host.complain(
      bash
        ? `${name}: No such file or directory`
        : `${words[0]}: ${state.flavour === 'dash' ? `cannot open ${name}: No such file` : `can't open '${name}': No such file or directory`}`,
    );
    if (bash || state.interactive) return 1;
    throw new ShellExit(2);
  }
  const text = decode(state.context.fs.readFile(path));
  const { positional } = state;
  if (words.length > 2) state.positional = words.slice(2);
  state.sourceDepth++;
  try {
    state.lastStatus = 0;
    return yield* host.runText(text);
  } catch (error) {
    if (error instanceof FunctionReturn) return error.status;
    throw error;
  } finally {
    state.sourceDepth--;
    if (words.length > 2) state.positional = positional;
  }
};

function findSource(host: BuiltinHost, name: string): string | undefined {
  const { context, flavour } = host.state;
  const here = absolutePath(context.cwd, name);
  if (name.includes('/')) return context.fs.exists(here) ? here : undefined;
  const path = (host.state.get('PATH') ?? '')
    .split(':')
    .map((directory) => absolutePath(context.cwd, `${directory}/${name}`));
  return [...path, ...(flavour === 'dash' ? [] : [here])].find(
    (file) => context.fs.exists(file) && context.fs.stat(file).kind === 'file',
  );
}

export const waitBuiltin: Builtin = function* (host, words) {
  const { state } = host;
  if (words.length === 1) {
    for (const job of [...state.jobs]) {
      const status = yield* host.waitFor(job);
      if (state.pendingTraps.length > 0) return status;
      removeJob(host, job);
    }
    return 0;
  }
  if (words[1] === '-n') return yield* waitForAny(host);
  let status = 0;
  for (const word of words.slice(1)) {
    const job = findJob(host, word);
    if (!job) status = 127;
    else {
      status = yield* host.waitFor(job);
      if (state.pendingTraps.length > 0) return status;
      removeJob(host, job);
    }
  }
  return status;
};

function* waitForAny(host: BuiltinHost): Process<number> {
  const done = host.state.jobs.find((job) => job.status !== undefined) ?? host.state.jobs[0];
  if (!done) return 127;
  const status = yield* host.waitFor(done);
  removeJob(host, done);
  return status;
}

/** A job by `%n`, `%%`, `%-` or pid. */
export function findJob(host: BuiltinHost, word: string): Job | undefined {
  const { jobs } = host.state;
  if (word === '%' || word === '%%' || word === '%+') return jobs[jobs.length - 1];
  if (word === '%-') return jobs[jobs.length - 2] ?? jobs[jobs.length - 1];
  if (word.startsWith('%'))
    return jobs.find((job) => String(job.id) === word.slice(1) || job.source.startsWith(word.slice(1)));
  return jobs.find((job) => String(job.pid) === word);
}

/** Forgets a job that has been waited for. */
export function removeJob(host: BuiltinHost, job: Job): void {
  const at = host.state.jobs.indexOf(job);
  if (at >= 0) host.state.jobs.splice(at, 1);
}

const pseudoSignals = new Set(['EXIT', 'ERR', 'DEBUG', 'RETURN']);

/** `INT` for `SIGINT`, `int` and `2`; undefined for what is no signal. */
export function signalName(word: string): string | undefined {
  if (word === '0') return 'EXIT';
  const upper = word.toUpperCase().replace(/^SIG/, '');
  if (pseudoSignals.has(upper)) return upper;
  const found = Object.entries(signalNumbers).find(
    ([name, number]) => name === `SIG${upper}` || String(number) === word,
  );
  return found?.[0].slice(3);
}

export const trapBuiltin: Builtin = function* (host, words, streams) {
  const { traps } = host.state;
  const args = words[1] === '--' ? words.slice(2) : words.slice(1);
  if (args.length === 0 || args[0] === '-p') {
    const number = (name: string) => signalNumbers[`SIG${name}` as Signal] ?? 0;
    for (const [name, action] of [...traps].sort(([a], [b]) => number(a) - number(b))) {
      const shown = name === 'EXIT' || host.state.flavour !== 'bash' ? name : `SIG${name}`;
      yield* writeText(streams.stdout, `trap -- ${quoteForShell(action, true)} ${shown}\n`);
    }
    return 0;
  }
  if (args[0] === '-l') {
    yield* writeText(
      streams.stdout,
      `${Object.keys(signalNumbers)
        .map((name) => name.slice(3))
        .join(' ')}\n`,
    );
    return 0;
  }
  const single = args.length === 1;
  const action = single || args[0] === '-' || /^\d+$/.test(args[0] ?? '') ? undefined : (args[0] ?? '');
  let status = 0;
  for (const word of single || /^\d+$/.test(args[0] ?? '') ? args : args.slice(1)) {
    const name = signalName(word);
    if (name === undefined) {
      yield* host.complain(`trap: ${word}: invalid signal specification`);
      status = 1;
    } else setTrap(host, name, action);
  }
  return status;
};

function setTrap(host: BuiltinHost, name: string, action: string | undefined): void {
  const { state } = host;
  if (action === undefined) state.traps.delete(name);
  else state.traps.set(name, action);
  if (pseudoSignals.has(name)) return;
  const signal = `SIG${name}` as Signal;
  if (action === undefined) state.context.onSignal(signal, 'default');
  else if (action === '') state.context.onSignal(signal, 'ignore');
  else {
    state.context.onSignal(signal, () => {
      state.pendingTraps.push(name);
      state.wakeWait?.();
    });
  }
}
