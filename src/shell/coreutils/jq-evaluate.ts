/** Evaluates jq filters: each node gives any number of values for one input. */
import { describe, guard, JqError } from './jq-error.ts';
import { filters, type JqFilter, recurse, type Values } from './jq-filters.ts';
import { formatValue } from './jq-formats.ts';
import { functions, isKind, isTrue } from './jq-functions.ts';
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

function* call(name: string, args: readonly JqNode[], input: unknown, scope: Scope): Values {
  const key = `${name}/${args.length}`;
  const closure = scope.functions.get(key);
  if (closure) return yield* callClosure(closure, args, input, scope);
  const filter = Object.hasOwn(filters, key) ? filters[key] : undefined;
  if (filter) return yield* filter(input, bind(args, scope), scope.variables);
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
/** Arguments as what functions of filters take; their keys name how many there are. */
function bind(args: readonly JqNode[], scope: Scope): readonly [JqFilter, JqFilter, JqFilter] {
  const bound = args.map((node) => ({
    values: (input: unknown) => evaluate(node, input, scope),
    first: (input: unknown) => firstOf(node, input, scope),
    paths: (input: unknown) => paths(node, input, scope),
  }));
  return bound as unknown as readonly [JqFilter, JqFilter, JqFilter];
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
