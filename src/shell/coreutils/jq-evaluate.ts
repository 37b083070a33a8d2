/** Evaluates jq filters: each node gives any number of values for one input. */
import { binaryString, decode, encode } from '../text.ts';
import type { JqNode, JqPattern } from './jq-syntax.ts';
import { compareJson, jqAdd, jqDivide, jqMultiply, jqSubtract, typeName } from './jq-values.ts';

/** An error that `try` may catch; `value` is what `error(value)` gave. */
export class JqError extends Error {
  override readonly name = 'JqError';
  readonly value: unknown;
  constructor(value: unknown) {
    super(typeof value === 'string' ? value : `${JSON.stringify(value)} (not a string)`);
    this.value = value;
  }
}

interface Closure {
  readonly node: JqNode;
  readonly scope: Scope;
  readonly parameters: readonly string[];
}

interface Scope {
  readonly variables: ReadonlyMap<string, unknown>;
  readonly functions: ReadonlyMap<string, Closure>;
}

type Values = Generator<unknown, void, unknown>;
type Path = readonly (string | number | { readonly from: number | null; readonly to: number | null })[];

/** All values of a filter for an input. @throws JqError */
export function evaluateJq(node: JqNode, input: unknown, variables: ReadonlyMap<string, unknown>): Values {
  return evaluate(node, input, { variables, functions: new Map() });
}

const isTrue = (value: unknown) => value !== null && value !== false && value !== undefined;

function* evaluate(node: JqNode, input: unknown, scope: Scope): Values {
  switch (node.kind) {
    case 'identity':
      yield input;
      return;
    case 'literal':
      yield node.value;
      return;
    case 'empty-array':
      yield [];
      return;
    case 'variable':
      yield variable(scope, node.name);
      return;
    case 'string':
      yield* interpolate(node.parts, input, scope, (value) =>
        typeof value === 'string' ? value : JSON.stringify(value),
      );
      return;
    case 'format':
      if (node.parts) yield* interpolate(node.parts, input, scope, (value) => formatValue(node.name, value));
      else yield formatValue(node.name, input);
      return;
    case 'recurse':
      yield* recurse(input);
      return;
    case 'index':
      for (const target of evaluate(node.target, input, scope))
        for (const key of evaluate(node.key, input, scope)) yield index(target, key);
      return;
    case 'slice':
      for (const target of evaluate(node.target, input, scope))
        yield slice(target, firstOf(node.from, input, scope), firstOf(node.to, input, scope));
      return;
    case 'iterate':
      for (const target of evaluate(node.inner, input, scope)) yield* iterate(target);
      return;
    case 'negate':
      for (const value of evaluate(node.inner, input, scope)) {
        if (typeof value !== 'number') throw new JqError(`${describe(value)} cannot be negated`);
        yield -value;
      }
      return;
    case 'array':
      yield [...evaluate(node.inner, input, scope)];
      return;
    case 'object':
      yield* buildObject(node.entries, 0, {}, input, scope);
      return;
    case 'try':
      try {
        yield* evaluate(node.inner, input, scope);
      } catch (error) {
        if (!(error instanceof JqError)) throw error;
      }
      return;
    case 'catch':
      try {
        yield* evaluate(node.body, input, scope);
      } catch (error) {
        if (!(error instanceof JqError)) throw error;
        yield* evaluate(node.handler, error.value, scope);
      }
      return;
    case 'if':
      yield* branch(node, 0, input, scope);
      return;
    case 'reduce': {
      let state = firstOf(node.initial, input, scope);
      for (const value of evaluate(node.source, input, scope)) {
        let last: unknown = null;
        for (const next of evaluate(node.update, state, withVariable(scope, node.name, value))) last = next;
        state = last;
      }
      yield state ?? null;
      return;
    }
    case 'foreach': {
      let state = firstOf(node.initial, input, scope);
      for (const value of evaluate(node.source, input, scope)) {
        const inner = withVariable(scope, node.name, value);
        for (const next of evaluate(node.update, state, inner)) {
          state = next;
          if (node.extract) yield* evaluate(node.extract, state, inner);
          else yield state;
        }
      }
      return;
    }
    case 'bind':
      for (const value of evaluate(node.source, input, scope))
        yield* evaluate(node.body, input, destructure(scope, node.pattern, value));
      return;
    case 'define':
      yield* evaluate(node.rest, input, define(scope, node));
      return;
    case 'binary':
      yield* binary(node, input, scope);
      return;
    case 'call':
      yield* call(node.name, node.args, input, scope);
  }
}

function define(scope: Scope, node: Extract<JqNode, { readonly kind: 'define' }>): Scope {
  const functions = new Map(scope.functions);
  const inner: Scope = { variables: scope.variables, functions };
  functions.set(`${node.name}/${node.parameters.length}`, {
    node: node.body,
    scope: inner,
    parameters: node.parameters,
  });
  return inner;
}

function variable(scope: Scope, name: string): unknown {
  if (!scope.variables.has(name)) throw new JqError(`$${name} is not defined`);
  return scope.variables.get(name);
}
function withVariable(scope: Scope, name: string, value: unknown): Scope {
  return { ...scope, variables: new Map(scope.variables).set(name, value) };
}
function destructure(scope: Scope, pattern: JqPattern, value: unknown): Scope {
  if (pattern.kind === 'name') return withVariable(scope, pattern.name, value);
  if (pattern.kind === 'list')
    return pattern.items.reduce((inner, item, at) => destructure(inner, item, index(value, at)), scope);
  return pattern.fields.reduce((inner, field) => destructure(inner, field.pattern, index(value, field.key)), scope);
}
function firstOf(node: JqNode | undefined, input: unknown, scope: Scope): unknown {
  if (!node) return null;
  const first = evaluate(node, input, scope).next();
  return first.done ? null : first.value;
}

function* interpolate(
  parts: readonly (string | JqNode)[],
  input: unknown,
  scope: Scope,
  show: (value: unknown) => string,
): Values {
  const [first, ...rest] = parts;
  if (first === undefined) {
    yield '';
    return;
  }
  for (const tail of interpolate(rest, input, scope, show)) {
    if (typeof first === 'string') yield first + String(tail);
    else for (const value of evaluate(first, input, scope)) yield show(value) + String(tail);
  }
}

function* recurse(input: unknown): Values {
  yield input;
  if (typeof input === 'object' && input !== null) for (const value of Object.values(input)) yield* recurse(value);
}

const describe = (value: unknown) =>
  `${typeName(value)}${value === null || value === undefined ? ' (null)' : ` (${shorten(JSON.stringify(value))})`}`;
const shorten = (text: string) => (text.length > 11 ? `${text.slice(0, 10)}...` : text);

function index(target: unknown, key: unknown): unknown {
  if (target === null || target === undefined) return null;
  if (Array.isArray(target) && typeof key === 'number')
    return target[key < 0 ? target.length + Math.floor(key) : Math.floor(key)] ?? null;
  if (typeof target === 'object' && !Array.isArray(target) && typeof key === 'string')
    return Object.hasOwn(target, key) ? ((target as Record<string, unknown>)[key] ?? null) : null;
  throw new JqError(
    typeof key === 'string'
      ? `Cannot index ${typeName(target)} with "${key}"`
      : `Cannot index ${typeName(target)} with ${typeName(key)}`,
  );
}
function slice(target: unknown, from: unknown, to: unknown): unknown {
  if (target === null) return null;
  if (typeof target !== 'string' && !Array.isArray(target))
    throw new JqError(`Cannot index ${typeName(target)} with object`);
  return target.slice(typeof from === 'number' ? from : 0, typeof to === 'number' ? to : undefined);
}
function* iterate(target: unknown): Values {
  if (typeof target !== 'object' || target === null) throw new JqError(`Cannot iterate over ${describe(target)}`);
  yield* Object.values(target);
}
function* buildObject(
  entries: readonly { readonly key: JqNode; readonly value: JqNode }[],
  at: number,
  built: Record<string, unknown>,
  input: unknown,
  scope: Scope,
): Values {
  const entry = entries[at];
  if (!entry) {
    yield built;
    return;
  }
  for (const key of evaluate(entry.key, input, scope)) {
    if (typeof key !== 'string') throw new JqError(`Object keys must be strings`);
    for (const value of evaluate(entry.value, input, scope))
      yield* buildObject(entries, at + 1, { ...built, [key]: value }, input, scope);
  }
}
function* branch(node: Extract<JqNode, { readonly kind: 'if' }>, at: number, input: unknown, scope: Scope): Values {
  const current = node.branches[at];
  if (!current) {
    if (node.otherwise) yield* evaluate(node.otherwise, input, scope);
    else yield input;
    return;
  }
  for (const condition of evaluate(current.condition, input, scope)) {
    if (isTrue(condition)) yield* evaluate(current.then, input, scope);
    else yield* branch(node, at + 1, input, scope);
  }
}

const arithmetic: Readonly<Record<string, (a: unknown, b: unknown) => unknown>> = {
  '+': jqAdd,
  '-': jqSubtract,
  '*': jqMultiply,
  '/': jqDivide,
  '%': (a, b) => {
    if (typeof a !== 'number' || typeof b !== 'number')
      throw new JqError(`${describe(a)} and ${describe(b)} cannot be divided`);
    if (Math.trunc(b) === 0)
      throw new JqError(`${describe(a)} and ${describe(b)} cannot be divided because the divisor is zero`);
    return Math.trunc(a) % Math.trunc(b);
  },
  '==': (a, b) => compareJson(a, b) === 0,
  '!=': (a, b) => compareJson(a, b) !== 0,
  '<': (a, b) => compareJson(a, b) < 0,
  '<=': (a, b) => compareJson(a, b) <= 0,
  '>': (a, b) => compareJson(a, b) > 0,
  '>=': (a, b) => compareJson(a, b) >= 0,
};

function* binary(node: Extract<JqNode, { readonly kind: 'binary' }>, input: unknown, scope: Scope): Values {
  const { operator, left, right } = node;
  switch (operator) {
    case '|':
      for (const value of evaluate(left, input, scope)) yield* evaluate(right, value, scope);
      return;
    case ',':
      yield* evaluate(left, input, scope);
      yield* evaluate(right, input, scope);
      return;
    case '//':
      yield* alternative(left, right, input, scope);
      return;
    case 'and':
    case 'or':
      for (const value of evaluate(left, input, scope)) {
        if (isTrue(value) === (operator === 'or')) yield operator === 'or';
        else for (const other of evaluate(right, input, scope)) yield isTrue(other);
      }
      return;
    case '=':
      for (const value of evaluate(right, input, scope)) yield update(input, left, scope, () => value);
      return;
    case '|=':
      yield update(input, left, scope, (before) => {
        const first = evaluate(right, before, scope).next();
        return first.done ? undefined : first.value;
      });
      return;
    default: {
      const assigns = operator.endsWith('=') && !/^(?:==|!=|<=|>=)$/.test(operator);
      const apply = arithmetic[assigns ? operator.slice(0, -1) : operator];
      if (assigns) {
        const combine = operator === '//=' ? (a: unknown, b: unknown) => (isTrue(a) ? a : b) : apply;
        for (const value of evaluate(right, input, scope))
          yield update(input, left, scope, (before) => guard(() => combine?.(before, value)));
        return;
      }
      for (const b of evaluate(right, input, scope))
        for (const a of evaluate(left, input, scope)) yield guard(() => apply?.(a, b));
    }
  }
}
/** Errors of the value functions become errors that `try` catches. */
function guard(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    if (error instanceof TypeError) throw new JqError(error.message);
    throw error;
  }
}
function* alternative(left: JqNode, right: JqNode, input: unknown, scope: Scope): Values {
  let any = false;
  try {
    for (const value of evaluate(left, input, scope)) {
      if (!isTrue(value)) continue;
      any = true;
      yield value;
    }
  } catch (error) {
    if (!(error instanceof JqError)) throw error;
  }
  if (!any) yield* evaluate(right, input, scope);
}

/** The paths that a path expression means. @throws JqError */
function* paths(node: JqNode, input: unknown, scope: Scope, base: Path = []): Generator<Path, void, unknown> {
  switch (node.kind) {
    case 'identity':
      yield base;
      return;
    case 'index':
      for (const path of paths(node.target, input, scope, base))
        for (const key of evaluate(node.key, input, scope)) yield [...path, key as string | number];
      return;
    case 'slice':
      for (const path of paths(node.target, input, scope, base))
        yield [
          ...path,
          {
            from: firstOf(node.from, input, scope) as number | null,
            to: firstOf(node.to, input, scope) as number | null,
          },
        ];
      return;
    case 'iterate':
      for (const path of paths(node.inner, input, scope, base)) {
        const value = getPath(input, path);
        for (const key of Array.isArray(value) ? value.keys() : Object.keys((value as object | null) ?? {}))
          yield [...path, key];
      }
      return;
    case 'recurse':
      yield* everyPath(input, base);
      return;
    case 'try':
      yield* paths(node.inner, input, scope, base);
      return;
    case 'if':
      for (const { condition, then } of node.branches) {
        if (isTrue(firstOf(condition, getPath(input, base), scope))) return yield* paths(then, input, scope, base);
      }
      if (node.otherwise) yield* paths(node.otherwise, input, scope, base);
      else yield base;
      return;
    case 'binary':
      if (node.operator === ',') {
        yield* paths(node.left, input, scope, base);
        yield* paths(node.right, input, scope, base);
        return;
      }
      if (node.operator === '|') {
        for (const path of paths(node.left, input, scope, base))
          for (const inner of paths(node.right, getPath(input, path), scope)) yield [...path, ...inner];
        return;
      }
      if (node.operator === '//') {
        const found = [...paths(node.left, input, scope, base)].filter((path) => isTrue(getPath(input, path)));
        if (found.length > 0) yield* found;
        else yield* paths(node.right, input, scope, base);
        return;
      }
      throw new JqError('Invalid path expression');
    case 'call': {
      const [argument] = node.args;
      if (node.name === 'select' && argument) {
        if (isTrue(firstOf(argument, getPath(input, base), scope))) yield base;
        return;
      }
      if (node.name === 'empty') return;
      if (node.name === 'recurse' && !argument) return yield* everyPath(input, base);
      if (node.name === 'first' && !argument) {
        yield [...base, 0];
        return;
      }
      if (node.name === 'last' && !argument) {
        yield [...base, -1];
        return;
      }
      const closure = scope.functions.get(`${node.name}/${node.args.length}`);
      if (closure) return yield* paths(closure.node, input, closure.scope, base);
      throw new JqError('Invalid path expression');
    }
    default:
      throw new JqError('Invalid path expression');
  }
}
function* everyPath(value: unknown, base: Path): Generator<Path, void, unknown> {
  yield base;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value))
    yield* everyPath(inner, [...base, Array.isArray(value) ? Number(key) : key]);
}

function getPath(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) at = typeof key === 'object' ? slice(at, key.from, key.to) : index(at, key);
  return at;
}
function setPath(value: unknown, path: Path, replacement: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return replacement;
  if (typeof key === 'object') {
    const list = Array.isArray(value) ? value : [];
    const [from, to] = [key.from ?? 0, key.to ?? list.length];
    const middle = setPath(list.slice(from, to), rest, replacement);
    return [...list.slice(0, from), ...(Array.isArray(middle) ? middle : []), ...list.slice(to)];
  }
  if (typeof key === 'number') {
    if (value !== null && !Array.isArray(value)) throw new JqError(`Cannot index ${typeName(value)} with number`);
    const list: unknown[] = Array.isArray(value) ? [...value] : [];
    const at = key < 0 ? list.length + key : key;
    while (list.length < at) list.push(null);
    list[at] = setPath(list[at] ?? null, rest, replacement);
    return list;
  }
  if (value !== null && value !== undefined && (typeof value !== 'object' || Array.isArray(value)))
    throw new JqError(`Cannot index ${typeName(value)} with "${key}"`);
  const object = (value ?? {}) as Record<string, unknown>;
  return { ...object, [key]: setPath(object[key] ?? null, rest, replacement) };
}
function deletePaths(value: unknown, all: readonly Path[]): unknown {
  const sorted = [...all].sort((a, b) => -compareJson(a, b));
  return sorted.reduce((current, path) => deletePath(current, path), value);
}
function deletePath(value: unknown, path: Path): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return null;
  if (value === null || value === undefined) return value;
  if (Array.isArray(value)) {
    if (typeof key === 'object') return [...value.slice(0, key.from ?? 0), ...value.slice(key.to ?? value.length)];
    const at = Number(key) < 0 ? value.length + Number(key) : Number(key);
    return rest.length === 0
      ? value.filter((_, position) => position !== at)
      : value.map((item, position) => (position === at ? deletePath(item, rest) : item));
  }
  const object = value as Record<string, unknown>;
  if (typeof key !== 'string' || !Object.hasOwn(object, key)) return value;
  if (rest.length > 0) return { ...object, [key]: deletePath(object[key], rest) };
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}
function update(input: unknown, left: JqNode, scope: Scope, change: (before: unknown) => unknown): unknown {
  let value = input;
  const gone: Path[] = [];
  for (const path of [...paths(left, input, scope)]) {
    const after = change(getPath(value, path));
    if (after === undefined) gone.push(path);
    else value = setPath(value, path, after);
  }
  return gone.length > 0 ? deletePaths(value, gone) : value;
}

const stringOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
const needString = (value: unknown, name: string): string => {
  if (typeof value !== 'string')
    throw new JqError(`${describe(value)} cannot be ${name === '' ? 'matched' : name}, as it is not a string`);
  return value;
};
const needArray = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw new JqError(`Cannot iterate over ${describe(value)}`);
  return value;
};

function formatValue(name: string, value: unknown): string {
  switch (name) {
    case '@text':
      return stringOf(value);
    case '@json':
      return JSON.stringify(value);
    case '@base64':
      return btoa(binaryString(encode(stringOf(value))));
    case '@base64d':
      try {
        return decode(Uint8Array.from(atob(stringOf(value)), (char) => char.charCodeAt(0)));
      } catch {
        throw new JqError(`${describe(value)} is not valid base64 data`);
      }
    case '@uri':
      return encodeURIComponent(stringOf(value)).replace(
        /[!'()*]/g,
        (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
      );
    case '@html':
      return stringOf(value).replace(
        /[&<>'"]/g,
        (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&#39;', '"': '&quot;' })[char] ?? char,
      );
    case '@sh':
      return (Array.isArray(value) ? value : [value])
        .map((each) => (typeof each === 'string' ? `'${each.replace(/'/g, "'\\''")}'` : JSON.stringify(each)))
        .join(' ');
    case '@csv':
      return needArray(value)
        .map((each) => (typeof each === 'string' ? `"${each.replace(/"/g, '""')}"` : each === null ? '' : String(each)))
        .join(',');
    case '@tsv':
      return needArray(value)
        .map((each) =>
          each === null ? '' : stringOf(each).replace(/\\/g, '\\\\').replace(/\t/g, '\\t').replace(/\n/g, '\\n'),
        )
        .join('\t');
    default:
      throw new JqError(`${name.slice(1)} is not a valid format`);
  }
}

/** Functions of plain values; arguments are evaluated first. */
const functions: Readonly<Record<string, (input: unknown, ...args: unknown[]) => unknown>> = {
  'length/0': (input) =>
    input === null
      ? 0
      : typeof input === 'number'
        ? Math.abs(input)
        : typeof input === 'string'
          ? [...input].length
          : typeof input === 'object'
            ? Object.keys(input as object).length
            : fail(`${describe(input)} has no length`),
  'utf8bytelength/0': (input) => encode(stringOf(input)).length,
  'keys/0': (input) =>
    Array.isArray(input)
      ? [...input.keys()]
      : typeof input === 'object' && input !== null
        ? Object.keys(input).sort()
        : fail(`${describe(input)} has no keys`),
  'keys_unsorted/0': (input) => (Array.isArray(input) ? [...input.keys()] : Object.keys(input as object)),
  'values/0': (input) => (input === null ? undefined : input),
  'not/0': (input) => !isTrue(input),
  'type/0': (input) => typeName(input),
  'tostring/0': (input) => stringOf(input),
  'tojson/0': (input) => JSON.stringify(input),
  'fromjson/0': (input) => parse(needString(input, 'parsed')),
  'tonumber/0': (input) =>
    typeof input === 'number'
      ? input
      : /^\s*-?\d/.test(stringOf(input)) && !Number.isNaN(Number(input))
        ? Number(input)
        : fail(`${describe(input)} cannot be parsed as a number`),
  'ascii_downcase/0': (input) => needString(input, 'lowercased').toLowerCase(),
  'ascii_upcase/0': (input) => needString(input, 'uppercased').toUpperCase(),
  'add/0': (input) =>
    Object.values((input as object | null) ?? {}).reduce<unknown>((sum, each) => guard(() => jqAdd(sum, each)), null),
  'any/0': (input) => needArray(input).some(isTrue),
  'all/0': (input) => needArray(input).every(isTrue),
  'flatten/0': (input) => needArray(input).flat(Number.POSITIVE_INFINITY),
  'flatten/1': (input, depth) => (needArray(input) as unknown[]).flat(Number(depth)),
  'reverse/0': (input) =>
    typeof input === 'string' ? [...input].reverse().join('') : input === null ? [] : [...needArray(input)].reverse(),
  'sort/0': (input) => [...needArray(input)].sort(compareJson),
  'unique/0': (input) =>
    [...needArray(input)].sort(compareJson).filter((each, at, all) => at === 0 || compareJson(each, all[at - 1]) !== 0),
  'min/0': (input) =>
    needArray(input).reduce(
      (best: unknown, each) => (best === null || compareJson(each, best) < 0 ? each : best),
      null,
    ),
  'max/0': (input) =>
    needArray(input).reduce(
      (best: unknown, each) => (best === null || compareJson(each, best) >= 0 ? each : best),
      null,
    ),
  'to_entries/0': (input) => Object.entries(input as object).map(([key, value]) => ({ key, value })),
  'from_entries/0': (input) =>
    Object.fromEntries(
      needArray(input).map((each) => {
        const entry = each as Record<string, unknown>;
        const key = entry.key ?? entry.k ?? entry.name ?? entry.Name ?? entry.Key ?? null;
        return [stringOf(key), entry.value ?? entry.v ?? entry.Value ?? null];
      }),
    ),
  'floor/0': (input) => Math.floor(Number(input)),
  'ceil/0': (input) => Math.ceil(Number(input)),
  'round/0': (input) => Math.round(Number(input)),
  'sqrt/0': (input) => Math.sqrt(Number(input)),
  'fabs/0': (input) => Math.abs(Number(input)),
  'abs/0': (input) => Math.abs(Number(input)),
  'trim/0': (input) => needString(input, 'trimmed').trim(),
  'ltrim/0': (input) => needString(input, 'trimmed').trimStart(),
  'rtrim/0': (input) => needString(input, 'trimmed').trimEnd(),
  'explode/0': (input) => [...needString(input, 'exploded')].map((char) => char.codePointAt(0)),
  'implode/0': (input) => String.fromCodePoint(...needArray(input).map(Number)),
  'first/0': (input) => index(input, 0),
  'last/0': (input) => index(input, -1),
  'transpose/0': (input) => {
    const rows = needArray(input).map(needArray);
    return Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, (_, at) =>
      rows.map((row) => row[at] ?? null),
    );
  },
  'todate/0': (input) => new Date(Number(input) * 1000).toISOString().replace(/\.\d+Z$/, 'Z'),
  'fromdate/0': (input) => Math.floor(Date.parse(stringOf(input)) / 1000),
  'fromdateiso8601/0': (input) => Math.floor(Date.parse(stringOf(input)) / 1000),
  'infinite/0': () => Number.MAX_VALUE,
  'nan/0': () => Number.NaN,
  'isnan/0': (input) => Number.isNaN(input),
  'has/1': (input, key) =>
    Array.isArray(input) ? Number(key) < input.length : Object.hasOwn(input as object, String(key)),
  'in/1': (input, container) => Object.hasOwn(container as object, String(input)),
  'contains/1': (input, other) => contains(input, other),
  'inside/1': (input, other) => contains(other, input),
  'startswith/1': (input, prefix) =>
    typeof input === 'string' && typeof prefix === 'string'
      ? input.startsWith(prefix)
      : fail('startswith() requires string inputs'),
  'endswith/1': (input, suffix) =>
    typeof input === 'string' && typeof suffix === 'string'
      ? input.endsWith(suffix)
      : fail('endswith() requires string inputs'),
  'ltrimstr/1': (input, prefix) =>
    typeof input === 'string' && typeof prefix === 'string' && input.startsWith(prefix)
      ? input.slice(prefix.length)
      : input,
  'rtrimstr/1': (input, suffix) =>
    typeof input === 'string' && typeof suffix === 'string' && suffix !== '' && input.endsWith(suffix)
      ? input.slice(0, -suffix.length)
      : input,
  'split/1': (input, separator) => (input === '' ? [] : needString(input, 'split').split(String(separator))),
  'join/1': (input, separator) =>
    needArray(input)
      .map((each) => (each === null ? '' : stringOf(each)))
      .join(String(separator)),
  'index/1': (input, part) => at(input, part)[0] ?? null,
  'rindex/1': (input, part) => at(input, part).at(-1) ?? null,
  'indices/1': (input, part) => at(input, part),
  'test/1': (input, pattern) => expression(pattern).test(needString(input, '')),
  'test/2': (input, pattern, flags) => expression(pattern, flags).test(needString(input, '')),
  'error/0': (input) => {
    throw new JqError(input);
  },
  'error/1': (_input, value) => {
    throw new JqError(value);
  },
  'getpath/1': (input, path) => getPath(input, path as Path),
  'setpath/2': (input, path, value) => setPath(input, path as Path, value),
  'delpaths/1': (input, all) => deletePaths(input, all as Path[]),
  'strptime/1': (input) => Math.floor(Date.parse(stringOf(input)) / 1000),
  'mktime/0': (input) => input,
  'ascii/0': (input) => String.fromCharCode(Number(input)),
  'pow/2': (_input, base, power) => Number(base) ** Number(power),
  'splits/1': (input, pattern) => needString(input, '').split(expression(pattern)),
};

function at(input: unknown, part: unknown): number[] {
  const found: number[] = [];
  if (typeof input === 'string' && typeof part === 'string')
    for (let position = input.indexOf(part); position >= 0 && part !== ''; position = input.indexOf(part, position + 1))
      found.push(position);
  else if (Array.isArray(input))
    for (const [position, each] of input.entries()) if (compareJson(each, part) === 0) found.push(position);
  return found;
}
function fail(message: string): never {
  throw new JqError(message);
}
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new JqError(`${text} (while parsing '${text}')`);
  }
}
function expression(pattern: unknown, flags?: unknown): RegExp {
  const letters = typeof flags === 'string' ? flags.replace(/[xnl]/g, '') : '';
  return new RegExp(String(pattern), `u${[...new Set(letters)].join('')}`);
}
function contains(value: unknown, part: unknown): boolean {
  if (typeof value === 'string' && typeof part === 'string') return value.includes(part);
  if (Array.isArray(value) && Array.isArray(part))
    return part.every((each) => value.some((other) => contains(other, each)));
  if (typeof value === 'object' && value !== null && typeof part === 'object' && part !== null) {
    return Object.entries(part).every(
      ([key, inner]) => Object.hasOwn(value, key) && contains((value as Record<string, unknown>)[key], inner),
    );
  }
  return compareJson(value, part) === 0;
}

const isKind: Readonly<Record<string, (value: unknown) => boolean>> = {
  numbers: (value) => typeof value === 'number',
  strings: (value) => typeof value === 'string',
  booleans: (value) => typeof value === 'boolean',
  nulls: (value) => value === null,
  arrays: (value) => Array.isArray(value),
  objects: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  iterables: (value) => typeof value === 'object' && value !== null,
  scalars: (value) => typeof value !== 'object' || value === null,
};

/** Functions that take filters. */
const filters: Readonly<Record<string, (input: unknown, scope: Scope, args: readonly JqNode[]) => Values>> = {
  *'empty/0'() {},
  *'select/1'(input, scope, [condition]) {
    for (const value of evaluate(condition as JqNode, input, scope)) if (isTrue(value)) yield input;
  },
  *'map/1'(input, scope, [filter]) {
    yield [...iterate(input)].flatMap((each) => [...evaluate(filter as JqNode, each, scope)]);
  },
  *'map_values/1'(input, scope, [filter]) {
    const pairs = Object.entries(input as object).flatMap(([key, value]) => {
      const first = evaluate(filter as JqNode, value, scope).next();
      return first.done ? [] : [[key, first.value] as const];
    });
    yield Array.isArray(input) ? pairs.map(([, value]) => value) : Object.fromEntries(pairs);
  },
  *'with_entries/1'(input, scope, [filter]) {
    const entries = functions['to_entries/0']?.(input) as unknown[];
    yield functions['from_entries/0']?.(entries.flatMap((each) => [...evaluate(filter as JqNode, each, scope)]));
  },
  *'recurse/0'(input) {
    yield* recurse(input);
  },
  *'recurse/1'(input, scope, [filter]): Values {
    yield input;
    for (const next of evaluate(filter as JqNode, input, scope))
      yield* filters['recurse/1']?.(next, scope, [filter as JqNode]) ?? [];
  },
  *'first/1'(input, scope, [filter]) {
    for (const value of evaluate(filter as JqNode, input, scope)) {
      yield value;
      return;
    }
  },
  *'last/1'(input, scope, [filter]) {
    const all = [...evaluate(filter as JqNode, input, scope)];
    if (all.length > 0) yield all.at(-1);
  },
  *'limit/2'(input, scope, [count, filter]) {
    let left = Number(firstOf(count, input, scope));
    if (left <= 0) return;
    for (const value of evaluate(filter as JqNode, input, scope)) {
      yield value;
      if (--left <= 0) return;
    }
  },
  *'isempty/1'(input, scope, [filter]) {
    yield evaluate(filter as JqNode, input, scope).next().done === true;
  },
  *'add/1'(input, scope, [filter]) {
    yield [...evaluate(filter as JqNode, input, scope)].reduce<unknown>(
      (sum, each) => guard(() => jqAdd(sum, each)),
      null,
    );
  },
  *'any/1'(input, scope, [filter]) {
    yield needArray(input).some((each) => [...evaluate(filter as JqNode, each, scope)].some(isTrue));
  },
  *'all/1'(input, scope, [filter]) {
    yield needArray(input).every((each) => [...evaluate(filter as JqNode, each, scope)].every(isTrue));
  },
  *'any/2'(input, scope, [source, filter]) {
    yield [...evaluate(source as JqNode, input, scope)].some((each) => isTrue(firstOf(filter, each, scope)));
  },
  *'all/2'(input, scope, [source, filter]) {
    yield [...evaluate(source as JqNode, input, scope)].every((each) => isTrue(firstOf(filter, each, scope)));
  },
  *'range/1'(input, scope, [to]) {
    for (let value = 0; value < Number(firstOf(to, input, scope)); value++) yield value;
  },
  *'range/2'(input, scope, [from, to]) {
    for (let value = Number(firstOf(from, input, scope)); value < Number(firstOf(to, input, scope)); value++)
      yield value;
  },
  *'range/3'(input, scope, [from, to, by]) {
    const step = Number(firstOf(by, input, scope));
    const end = Number(firstOf(to, input, scope));
    for (
      let value = Number(firstOf(from, input, scope));
      step > 0 ? value < end : step < 0 && value > end;
      value += step
    )
      yield value;
  },
  *'sort_by/1'(input, scope, [filter]) {
    yield keyed(input, filter as JqNode, scope).map((each) => each.value);
  },
  *'group_by/1'(input, scope, [filter]) {
    yield groups(input, filter as JqNode, scope);
  },
  *'unique_by/1'(input, scope, [filter]) {
    yield groups(input, filter as JqNode, scope).map((group) => group[0]);
  },
  *'min_by/1'(input, scope, [filter]) {
    yield keyed(input, filter as JqNode, scope)[0]?.value ?? null;
  },
  *'max_by/1'(input, scope, [filter]) {
    yield keyed(input, filter as JqNode, scope).at(-1)?.value ?? null;
  },
  *'paths/0'(input) {
    for (const path of everyPath(input, [])) if (path.length > 0) yield path;
  },
  *'leaf_paths/0'(input) {
    for (const path of everyPath(input, []))
      if (typeof getPath(input, path) !== 'object' || getPath(input, path) === null) yield path;
  },
  *'path/1'(input, scope, [filter]) {
    yield* paths(filter as JqNode, input, scope);
  },
  *'del/1'(input, scope, [filter]) {
    yield deletePaths(input, [...paths(filter as JqNode, input, scope)]);
  },
  *'walk/1'(input, scope, [filter]): Values {
    const inner = (value: unknown): unknown =>
      firstOf({ kind: 'call', name: 'walk', args: [filter as JqNode] }, value, scope);
    const walked = Array.isArray(input)
      ? input.map(inner)
      : typeof input === 'object' && input !== null
        ? Object.fromEntries(Object.entries(input).map(([key, value]) => [key, inner(value)]))
        : input;
    yield* evaluate(filter as JqNode, walked, scope);
  },
  *'env/0'(_input, scope) {
    yield scope.variables.get('ENV');
  },
  *'now/0'(_input, scope) {
    yield scope.variables.get('__now__');
  },
  *'input/0'() {
    throw new JqError('No more inputs');
  },
  *'while/2'(input, scope, [condition, next]): Values {
    if (!isTrue(firstOf(condition, input, scope))) return;
    yield input;
    for (const value of evaluate(next as JqNode, input, scope))
      yield* filters['while/2']?.(value, scope, [condition as JqNode, next as JqNode]) ?? [];
  },
  *'until/2'(input, scope, [condition, next]) {
    let value = input;
    while (!isTrue(firstOf(condition, value, scope))) value = firstOf(next, value, scope);
    yield value;
  },
  *'match/1'(input, scope, [pattern]) {
    const match = expression(firstOf(pattern, input, scope)).exec(needString(input, ''));
    if (match)
      yield {
        offset: match.index,
        length: match[0].length,
        string: match[0],
        captures: match.slice(1).map((group) => ({ string: group ?? null })),
      };
  },
  *'capture/1'(input, scope, [pattern]) {
    const match = expression(firstOf(pattern, input, scope)).exec(needString(input, ''));
    if (match) yield { ...match.groups };
  },
  *'scan/1'(input, scope, [pattern]) {
    for (const match of needString(input, '').matchAll(expression(firstOf(pattern, input, scope), 'g')))
      yield match.length > 1 ? match.slice(1) : match[0];
  },
  *'sub/2'(input, scope, [pattern, replacement]) {
    yield substitute(input, scope, pattern, replacement, '');
  },
  *'gsub/2'(input, scope, [pattern, replacement]) {
    yield substitute(input, scope, pattern, replacement, 'g');
  },
  *'gsub/3'(input, scope, [pattern, replacement, flags]) {
    yield substitute(input, scope, pattern, replacement, `g${String(firstOf(flags, input, scope))}`);
  },
};

function substitute(
  input: unknown,
  scope: Scope,
  pattern: JqNode | undefined,
  replacement: JqNode | undefined,
  flags: string,
): string {
  return needString(input, '').replace(expression(firstOf(pattern, input, scope), flags), (...match) => {
    const groups = typeof match.at(-1) === 'object' ? (match.at(-1) as Record<string, string>) : {};
    return stringOf(firstOf(replacement, { ...groups }, scope));
  });
}
function keyed(input: unknown, filter: JqNode, scope: Scope): { readonly key: unknown; readonly value: unknown }[] {
  return needArray(input)
    .map((value) => ({ key: [...evaluate(filter, value, scope)], value }))
    .sort((a, b) => compareJson(a.key, b.key));
}
function groups(input: unknown, filter: JqNode, scope: Scope): unknown[][] {
  const out: { key: unknown; values: unknown[] }[] = [];
  for (const { key, value } of keyed(input, filter, scope)) {
    const last = out.at(-1);
    if (last && compareJson(last.key, key) === 0) last.values.push(value);
    else out.push({ key, values: [value] });
  }
  return out.map((group) => group.values);
}

function* call(name: string, args: readonly JqNode[], input: unknown, scope: Scope): Values {
  const key = `${name}/${args.length}`;
  const closure = scope.functions.get(key);
  if (closure) return yield* callClosure(closure, args, input, scope);
  const filter = Object.hasOwn(filters, key) ? filters[key] : undefined;
  if (filter) return yield* filter(input, scope, args);
  if (args.length === 0 && isKind[name]) {
    if (isKind[name](input)) yield input;
    return;
  }
  const plain = Object.hasOwn(functions, key) ? functions[key] : undefined;
  if (!plain) throw new JqError(`${key} is not defined`);
  for (const values of cartesian(args, input, scope)) {
    const result = plain(input, ...values);
    if (name === 'splits' && Array.isArray(result)) yield* result;
    else if (result !== undefined) yield result;
  }
}
function* callClosure(closure: Closure, args: readonly JqNode[], input: unknown, scope: Scope): Values {
  const functionsInside = new Map(closure.scope.functions);
  let inner: Scope = { variables: closure.scope.variables, functions: functionsInside };
  for (const [at, parameter] of closure.parameters.entries()) {
    const node = args[at] as JqNode;
    if (parameter.startsWith('$')) inner = withVariable(inner, parameter.slice(1), firstOf(node, input, scope));
    functionsInside.set(`${parameter.replace('$', '')}/0`, { node, scope, parameters: [] });
  }
  yield* evaluate(closure.node, input, inner);
}
function* cartesian(args: readonly JqNode[], input: unknown, scope: Scope): Generator<unknown[], void, unknown> {
  const [first, ...rest] = args;
  if (!first) {
    yield [];
    return;
  }
  for (const value of evaluate(first, input, scope))
    for (const others of cartesian(rest, input, scope)) yield [value, ...others];
}
