/** Evaluates jq filters: each node gives any number of values for one input. */
import { describe, guard, JqError } from './jq-error.ts';
import { formatValue, needArray, needString, stringOf } from './jq-formats.ts';
import { expression, functions, isKind, isTrue } from './jq-functions.ts';
import { deletePaths, everyPath, getPath, index, iterate, type Path, setPath, slice } from './jq-paths.ts';
import type { JqNode, JqPattern } from './jq-syntax.ts';
import { compareJson, jqAdd, jqDivide, jqMultiply, jqSubtract } from './jq-values.ts';

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
/** All values of a filter for an input. @throws JqError */
export function evaluateJq(node: JqNode, input: unknown, variables: ReadonlyMap<string, unknown>): Values {
  return evaluate(node, input, { variables, functions: new Map() });
}

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
