/** Simple commands: assignments, redirections, and the function, builtin or program that the first word names. */
import type { Process } from '../../process/process.ts';
import { FileSystemError } from '../file-system.ts';
import { writeText } from '../streams.ts';
import type { Assignment, Command, SimpleCommand, Word } from './ast.ts';
import type { Builtin, BuiltinHost } from './builtins/builtin.ts';
import { builtinNamed, specialBuiltins } from './builtins/registry.ts';
import { step } from './busy-loop.ts';
import { expandArithmetic, expandAssignment, expandWords } from './expand.ts';
import { type Assigned, exec, replaceBy, runExternal } from './external-command.ts';
import { FunctionReturn, ShellExit } from './flow.ts';
import { quoteForShell } from './parameter-expansion.ts';
import { applyRedirections, RedirectionError } from './redirect.ts';
import { type Descriptors, ShellError, type ShellState } from './state.ts';

/**
 * Expands a simple command and runs what it names: a function, a builtin or a program; the status is left in the state.
 * @throws RedirectionError, ShellError, ArithmeticError, LoopExit, FunctionReturn, ShellExit
 */
export function* runSimple(host: BuiltinHost, command: SimpleCommand, tail: boolean): Process<void> {
  const { state } = host;
  const words = yield* expandWords(host, command.words);
  if (words.length === 0) return yield* runAssignments(host, command);
  const [name = ''] = words;
  const shellFunction = state.functions.get(name);
  const builtin = shellFunction ? undefined : builtinNamed(name, state.flavour);
  const special = specialBuiltins.has(name);
  let descriptors: Descriptors;
  try {
    descriptors = yield* applyRedirections(host, command.redirections, state.descriptors);
  } catch (error) {
    if (!(error instanceof RedirectionError) || (special && !state.interactive && state.flavour !== 'bash'))
      throw error;
    yield* host.complain(error.message);
    state.lastStatus = error.status;
    return;
  }
  const assigned = yield* expandAssignments(host, command.assignments);
  yield* trace(
    host,
    assigned.map(([key, value]) => `${key}=${value}`),
    words,
  );
  if (name === 'exec') return yield* exec(host, words, assigned, descriptors);
  const temporary = special && state.flavour !== 'bash' ? [] : assigned;
  if (special && state.flavour !== 'bash') for (const [key, value] of assigned) state.set(key, value);
  if (shellFunction)
    state.lastStatus = yield* withTemporary(
      state,
      temporary,
      descriptors,
      callFunction(host, name, shellFunction, words.slice(1)),
    );
  else if (builtin)
    state.lastStatus = yield* withTemporary(state, temporary, descriptors, runBuiltin(host, builtin, words));
  else state.lastStatus = yield* runExternal(host, words, assigned, descriptors, tail);
}

function* runAssignments(host: BuiltinHost, command: SimpleCommand): Process<void> {
  const status = host.state.lastStatus;
  host.state.lastStatus = 0;
  for (const assignment of command.assignments) {
    host.state.lastStatus = 0;
    yield* assign(host, assignment);
  }
  const substituted = command.assignments.some((each) => hasCommand(each.value)) || command.words.some(hasCommand);
  if (!substituted) host.state.lastStatus = command.assignments.length + command.redirections.length > 0 ? 0 : status;
  try {
    yield* applyRedirections(host, command.redirections, host.state.descriptors);
  } catch (error) {
    if (!(error instanceof RedirectionError)) throw error;
    yield* host.complain(error.message);
    host.state.lastStatus = 1;
  }
  const texts = command.assignments.map((each) => `${each.name}=${host.state.get(each.name) ?? ''}`);
  yield* trace(host, texts, []);
}

/** Performs one assignment. */
export function* assign(host: BuiltinHost, assignment: Assignment): Process<void> {
  const { state } = host;
  if (assignment.elements) {
    const before = assignment.append ? state.elements(assignment.name) : [];
    state.setArray(assignment.name, [...before, ...(yield* expandWords(host, assignment.elements))]);
    return;
  }
  const value = yield* expandAssignment(host, assignment.value);
  if (assignment.index) {
    const index = Number(yield* expandArithmetic(host, assignment.index));
    const before = assignment.append ? (state.elements(assignment.name)[index] ?? '') : '';
    state.setElement(assignment.name, index, before + value);
  } else state.set(assignment.name, assignment.append ? (state.get(assignment.name) ?? '') + value : value);
}

function* expandAssignments(host: BuiltinHost, assignments: readonly Assignment[]): Process<[string, string][]> {
  const out: [string, string][] = [];
  for (const assignment of assignments) {
    const value = yield* expandAssignment(host, assignment.value);
    out.push([assignment.name, assignment.append ? (host.state.get(assignment.name) ?? '') + value : value]);
  }
  return out;
}

function* trace(host: BuiltinHost, assignments: readonly string[], words: readonly string[]): Process<void> {
  if (!host.state.options.has('x')) return;
  const prefix = host.state.get('PS4') ?? '+ ';
  const text = [...assignments, ...words.map((word) => quoteForShell(word))].join(' ');
  yield* writeText(host.streams.stderr, `${prefix}${text}\n`);
}

/** Runs words as a builtin or program, past the functions: what `command` does. */
export function* runWords(host: BuiltinHost, words: readonly string[]): Process<number> {
  const builtin = builtinNamed(words[0] ?? '', host.state.flavour);
  if (words[0] === 'exec') throw new ShellExit(yield* replaceBy(host, words.slice(1), [], host.state.descriptors));
  if (builtin) return yield* runBuiltin(host, builtin, words);
  return yield* runExternal(host, words, [], host.state.descriptors, false);
}

/** Runs a body with variables and descriptors that last as long as it. */
function* withTemporary(
  state: ShellState,
  assigned: Assigned,
  descriptors: Descriptors,
  body: Process<number>,
): Process<number> {
  const before = state.descriptors;
  const saved = assigned.map(([name]) => [name, state.variables.get(name)] as const);
  for (const [name, value] of assigned) {
    state.variables.set(name, { value, exported: true, readonly: false });
  }
  state.descriptors = descriptors;
  try {
    return yield* body;
  } finally {
    state.descriptors = before;
    for (const [name, variable] of saved) {
      if (variable) state.variables.set(name, variable);
      else state.variables.delete(name);
    }
  }
}

/** Calls a function of the script. */
export function* callFunction(
  host: BuiltinHost,
  name: string,
  body: Command,
  args: readonly string[],
): Process<number> {
  const { state } = host;
  if (state.functionNames.length > 1000) throw new ShellError(`${name}: maximum function nesting level exceeded`);
  const { positional, functionNames, loopDepth } = state;
  state.positional = args;
  state.functionNames = [name, ...functionNames];
  state.loopDepth = 0;
  state.scopes.push(new Map());
  try {
    return yield* host.runCommand(body);
  } catch (error) {
    if (error instanceof FunctionReturn) return error.status;
    throw error;
  } finally {
    state.leaveScope();
    state.positional = positional;
    state.functionNames = functionNames;
    state.loopDepth = loopDepth;
  }
}

function* runBuiltin(host: BuiltinHost, builtin: Builtin, words: readonly string[]): Process<number> {
  yield* step(host.state);
  try {
    return yield* builtin(host, words, host.streams);
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    yield* host.complain(`${words[0]}: ${error.message}`);
    return 1;
  }
}

function hasCommand(word: Word): boolean {
  return word.some((part) => part.kind === 'command' || (part.kind === 'double' && hasCommand(part.parts)));
}
