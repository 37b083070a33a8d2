/** Compound commands: groups, conditions, loops, `case`, `[[ … ]]` and `(( … ))`. */
import type { Process } from '../../process/process.ts';
import type { Command, CompoundCommand, Script } from './ast.ts';
import { step } from './busy-loop.ts';
import { evaluateConditional } from './conditional.ts';
import { type ExpansionHost, expandArithmetic, expandPattern, expandString, expandWords } from './expand.ts';
import { LoopExit } from './flow.ts';
import { matchesPattern } from './pattern.ts';
import { applyRedirections } from './redirect.ts';
import { SubshellContext } from './subshell-context.ts';

/** What compound commands ask of their shell. */
export interface CompoundHost extends ExpansionHost {
  runScript(script: Script, tail?: boolean): Process<number>;
  /** Runs a script in a subshell of the same process. */
  runInSubshell(script: Script): Process<number>;
  runPendingTraps(): Process<void>;
}

type Compound<Kind extends CompoundCommand['kind']> = Extract<CompoundCommand, { readonly kind: Kind }>;

/**
 * Runs a compound command with its redirections; the status is left in the state.
 * `tail` says that nothing follows in this process.
 * @throws RedirectionError, LoopExit, FunctionReturn, ShellExit
 */
export function* runCompound(
  host: CompoundHost,
  command: Extract<Command, { readonly kind: 'compound' }>,
  tail: boolean,
): Process<void> {
  const before = host.state.descriptors;
  const after = yield* applyRedirections(host, command.redirections, before);
  host.state.descriptors = after;
  try {
    yield* runBody(host, command.command, tail && after === before);
  } finally {
    host.state.descriptors = before;
  }
}

function* runBody(host: CompoundHost, command: CompoundCommand, tail: boolean): Process<void> {
  switch (command.kind) {
    case 'group':
      yield* host.runScript(command.body, tail);
      return;
    case 'subshell':
      return yield* runSubshell(host, command.body, tail);
    case 'if':
      return yield* runIf(host, command, tail);
    case 'for':
      return yield* runFor(host, command);
    case 'arithmetic-for':
      return yield* runArithmeticFor(host, command);
    case 'while':
      return yield* runWhile(host, command);
    case 'case':
      return yield* runCase(host, command, tail);
    case 'arithmetic-command':
      host.state.lastStatus = (yield* expandArithmetic(host, command.expression)) === 0n ? 1 : 0;
      return;
    case 'conditional':
      host.state.lastStatus = (yield* evaluateConditional(host, command.expression)) ? 0 : 1;
  }
}

/** As the last deed of a process a subshell needs no process of its own. */
function* runSubshell(host: CompoundHost, body: Script, tail: boolean): Process<void> {
  if (tail && !(host.state.context instanceof SubshellContext)) {
    yield* host.runScript(body, true);
    return;
  }
  host.state.lastStatus = yield* host.runInSubshell(body);
  yield* host.runPendingTraps();
}

/** Runs a list whose failure decides something. */
function* holds(host: CompoundHost, script: Script): Process<boolean> {
  host.state.conditionDepth++;
  try {
    return (yield* host.runScript(script)) === 0;
  } finally {
    host.state.conditionDepth--;
  }
}

function* runIf(host: CompoundHost, command: Compound<'if'>, tail: boolean): Process<void> {
  for (const { condition, body } of command.branches) {
    if (yield* holds(host, condition)) {
      yield* host.runScript(body, tail);
      return;
    }
  }
  if (command.otherwise) yield* host.runScript(command.otherwise, tail);
  else host.state.lastStatus = 0;
}

function* runFor(host: CompoundHost, command: Compound<'for'>): Process<void> {
  const values = command.words ? yield* expandWords(host, command.words) : host.state.positional;
  host.state.lastStatus = 0;
  for (const value of values) {
    host.state.set(command.name, value);
    if (!(yield* iteration(host, command.body))) break;
  }
}

function* runArithmeticFor(host: CompoundHost, command: Compound<'arithmetic-for'>): Process<void> {
  yield* expandArithmetic(host, command.initial);
  while (command.condition.length === 0 || (yield* expandArithmetic(host, command.condition)) !== 0n) {
    if (!(yield* iteration(host, command.body))) break;
    yield* expandArithmetic(host, command.step);
  }
}

function* runWhile(host: CompoundHost, command: Compound<'while'>): Process<void> {
  let status = 0;
  for (;;) {
    let met = false;
    const evaluate = function* (): Process<void> {
      met = yield* holds(host, command.condition);
    };
    const on = yield* guardLoop(host, evaluate());
    if (!on || met === command.until) break;
    const proceed = yield* iteration(host, command.body);
    status = host.state.lastStatus;
    if (!proceed) break;
  }
  host.state.lastStatus = status;
}

/** Runs a loop's body once; false when the loop ends. */
function* iteration(host: CompoundHost, body: Script): Process<boolean> {
  yield* step(host.state);
  return yield* guardLoop(host, host.runScript(body));
}

/** Runs a part of a loop, and takes the `break` or `continue` that is meant for it; false when the loop ends. */
function* guardLoop(host: CompoundHost, body: Process<unknown>): Process<boolean> {
  host.state.loopDepth++;
  try {
    yield* body;
    return true;
  } catch (error) {
    if (!(error instanceof LoopExit)) throw error;
    host.state.lastStatus = 0;
    if (error.levels > 1 && host.state.loopDepth > 1) {
      error.levels--;
      throw error;
    }
    return error.kind === 'continue';
  } finally {
    host.state.loopDepth--;
  }
}

function* runCase(host: CompoundHost, command: Compound<'case'>, tail: boolean): Process<void> {
  const word = yield* expandString(host, command.word);
  host.state.lastStatus = 0;
  let falling = false;
  for (const item of command.items) {
    let matched = falling;
    for (const pattern of matched ? [] : item.patterns) {
      matched ||= matchesPattern(word, yield* expandPattern(host, pattern));
    }
    if (!matched) continue;
    yield* host.runScript(item.body, tail && item.end === ';;');
    if (item.end === ';;') return;
    falling = item.end === ';&';
  }
}
