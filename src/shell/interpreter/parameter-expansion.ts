/** `$name` and all forms of `${…}`. */
import type { Process } from '../../process/process.ts';
import type { ParameterOperation, ParameterPart, Word } from './ast.ts';
import { patternSource } from './pattern.ts';
import { ShellError, type ShellState } from './state.ts';

/** Expands the words inside a parameter. */
export interface Expander {
  readonly state: ShellState;
  string(word: Word): Process<string>;
  pattern(word: Word): Process<string>;
  arithmetic(word: Word): Process<bigint>;
}

export type ParameterResult =
  | { readonly kind: 'text'; readonly text: string }
  /** `$@` and `$*`; joined for `$*`. */
  | { readonly kind: 'list'; readonly values: readonly string[]; readonly joined: boolean }
  /** The operand stands for it, and is expanded where the parameter stands. */
  | { readonly kind: 'word'; readonly word: Word };

type Value =
  | { readonly list?: undefined; readonly text: string | undefined }
  | { readonly list: readonly string[]; readonly joined: boolean; readonly text?: undefined };

const text = (value: string): ParameterResult => ({ kind: 'text', text: value });

/** The value of `${…}` with its operation. @throws ShellError for `${x?}`, an unset variable under `set -u`, or a bad substitution */
export function* expandParameter(expander: Expander, part: ParameterPart): Process<ParameterResult> {
  const { state } = expander;
  const value = yield* valueOf(expander, part);
  if (part.length)
    return text(String(value.list ? value.list.length : [...required(state, part.name, value.text)].length));
  if (part.indirect) return yield* indirect(expander, part, value);
  if (!part.operation) {
    if (value.list) return { kind: 'list', values: value.list, joined: value.joined };
    return text(required(state, part.name, value.text));
  }
  return yield* operate(expander, part, part.operation, value);
}

function* indirect(expander: Expander, part: ParameterPart, value: Value): Process<ParameterResult> {
  if (value.list) return { kind: 'list', values: expander.state.indexes(part.name), joined: value.joined };
  if (part.operation?.kind === 'transform') return text(part.name);
  const { indirect: _, index: __, ...rest } = part;
  return yield* expandParameter(expander, { ...rest, name: value.text ?? '' });
}

/** @throws ShellError for an unset one under `set -u` */
function required(state: ShellState, name: string, value: string | undefined): string {
  if (value === undefined && state.options.has('u')) throw unsetError(state, name);
  return value ?? '';
}

function* valueOf(expander: Expander, part: ParameterPart): Process<Value> {
  const { state } = expander;
  const { name } = part;
  if (name === '@' || name === '*') return { list: state.positional, joined: name === '*' };
  if (part.index) {
    const index = part.index.length === 1 && part.index[0]?.kind === 'literal' ? part.index[0].text : undefined;
    if (index === '@' || index === '*') return { list: state.elements(name), joined: index === '*' };
    const at = Number(yield* expander.arithmetic(part.index));
    const elements = state.elements(name);
    const stored = state.variables.get(name)?.elements;
    return { text: stored && at >= 0 ? stored.get(at) : elements[at < 0 ? elements.length + at : at] };
  }
  return { text: plainValue(state, name) };
}

function plainValue(state: ShellState, name: string): string | undefined {
  if (/^\d+$/.test(name)) return name === '0' ? state.name : state.positional[Number(name) - 1];
  switch (name) {
    case '#':
      return String(state.positional.length);
    case '?':
      return String(state.lastStatus);
    case '$':
      return String(state.shellPid);
    case '!':
      return state.lastBackgroundPid === undefined ? '' : String(state.lastBackgroundPid);
    case '-':
      return [...state.options].filter((option) => option.length === 1).join('');
    default:
      return state.get(name);
  }
}

function* operate(
  expander: Expander,
  part: ParameterPart,
  operation: ParameterOperation,
  value: Value,
): Process<ParameterResult> {
  switch (operation.kind) {
    case 'default':
    case 'assign':
    case 'error':
    case 'alternative':
      return yield* choose(expander, part, operation, value);
    case 'substring':
      return yield* substring(expander, operation, value, part.name === '@' || part.name === '*');
    default: {
      const change = yield* changer(expander, operation);
      if (value.list) return { kind: 'list', values: value.list.map(change), joined: value.joined };
      return text(change(required(expander.state, part.name, value.text)));
    }
  }
}

function* choose(
  expander: Expander,
  part: ParameterPart,
  operation: Extract<ParameterOperation, { readonly orEmpty: boolean }>,
  value: Value,
): Process<ParameterResult> {
  const empty = value.list
    ? value.list.length === 0 || (value.list.length === 1 && value.list[0] === '')
    : value.text === '';
  const unset = value.list ? value.list.length === 0 : value.text === undefined;
  const absent = unset || (operation.orEmpty && empty);
  if (operation.kind === 'alternative') return absent ? text('') : { kind: 'word', word: operation.word };
  if (!absent) return value.list ? { kind: 'list', values: value.list, joined: value.joined } : text(value.text ?? '');
  if (operation.kind === 'default') return { kind: 'word', word: operation.word };
  const expanded = yield* expander.string(operation.word);
  if (operation.kind === 'assign') {
    expander.state.set(part.name, expanded);
    return text(expanded);
  }
  const orEmpty = expander.state.flavour === 'bash' ? 'parameter null or not set' : 'parameter not set or null';
  const message = expanded || (operation.orEmpty ? orEmpty : 'parameter not set');
  throw new ShellError(`${part.name}: ${message}`, expander.state.flavour === 'bash' ? 1 : 2);
}

function* substring(
  expander: Expander,
  operation: Extract<ParameterOperation, { readonly kind: 'substring' }>,
  value: Value,
  positional: boolean,
): Process<ParameterResult> {
  const items = value.list
    ? positional
      ? [expander.state.name, ...value.list]
      : [...value.list]
    : [...(value.text ?? '')];
  const offset = Number(yield* expander.arithmetic(operation.offset));
  const start = offset < 0 ? items.length + offset : offset;
  const length = operation.length ? Number(yield* expander.arithmetic(operation.length)) : undefined;
  const end = length === undefined ? items.length : length < 0 ? items.length + length : start + length;
  const taken = start < 0 ? [] : items.slice(start, Math.max(start, end));
  return value.list ? { kind: 'list', values: taken, joined: value.joined } : text(taken.join(''));
}

/** What the operation does to one value. */
function* changer(
  expander: Expander,
  operation: Extract<ParameterOperation, { readonly kind: 'prefix' | 'suffix' | 'replace' | 'case' | 'transform' }>,
): Process<(value: string) => string> {
  switch (operation.kind) {
    case 'prefix':
    case 'suffix': {
      const pattern = yield* expander.pattern(operation.pattern);
      return (value) => trim(value, pattern, operation.kind, operation.longest);
    }
    case 'replace': {
      const pattern = yield* expander.pattern(operation.pattern);
      const replacement = yield* expander.string(operation.replacement);
      const source = patternSource(pattern);
      const anchored =
        operation.mode === 'prefix' ? `^(?:${source})` : operation.mode === 'suffix' ? `(?:${source})$` : source;
      const expression = new RegExp(anchored, operation.mode === 'all' ? 'gu' : 'u');
      return (value) =>
        pattern === '' ? value : value.replace(expression, (match) => (match === '' ? '' : replacement));
    }
    case 'case':
      return (value) => {
        const convert = (part: string) => (operation.to === 'upper' ? part.toUpperCase() : part.toLowerCase());
        return operation.all ? convert(value) : convert(value.slice(0, 1)) + value.slice(1);
      };
    default:
      return (value) => transform(value, operation.operator);
  }
}

function transform(value: string, operator: string): string {
  if (operator === 'U') return value.toUpperCase();
  if (operator === 'L') return value.toLowerCase();
  if (operator === 'u') return value.slice(0, 1).toUpperCase() + value.slice(1);
  return operator === 'Q' ? quoteForShell(value, true) : value;
}

/** A text as a word that reads back as itself. */
export function quoteForShell(value: string, always = false): string {
  if (!always && value !== '' && /^[\w@%+=:,./-]+$/.test(value)) return value;
  return `'${value.replace(/'/g, "'\\''")}'`;
}

function trim(value: string, pattern: string, side: 'prefix' | 'suffix', longest: boolean): string {
  const expression = new RegExp(`^(?:${patternSource(pattern)})$`, 'u');
  const lengths = Array.from({ length: value.length + 1 }, (_, index) => index);
  for (const length of longest ? lengths.reverse() : lengths) {
    const part = side === 'prefix' ? value.slice(0, length) : value.slice(value.length - length);
    if (expression.test(part)) return side === 'prefix' ? value.slice(length) : value.slice(0, value.length - length);
  }
  return value;
}

/** What the shell says about an unset variable under `set -u`. */
export function unsetError(state: ShellState, name: string): ShellError {
  const reason = state.flavour === 'bash' ? 'unbound variable' : 'parameter not set';
  return new ShellError(`${name}: ${reason}`, state.flavour === 'bash' ? 1 : 2);
}
