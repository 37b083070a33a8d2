/** jq's functions that take filters, which they apply themselves, as often as they like. */
import { guard, JqError } from './jq-error.ts';
import { needArray, needString, stringOf } from './jq-formats.ts';
import { expression, functions, isTrue } from './jq-functions.ts';
import { deletePaths, everyPath, getPath, iterate, type Path } from './jq-paths.ts';
import { compareJson, jqAdd } from './jq-values.ts';

export type Values = Generator<unknown, void, unknown>;

/** An argument: a filter in the scope of the call. */
export interface JqFilter {
  values(input: unknown): Values;
  /** The first value; null when there is none. */
  first(input: unknown): unknown;
  /** The paths that it means as a path expression. @throws JqError when it is none */
  paths(input: unknown): Generator<Path, void, unknown>;
}

/** Gets as many filters as its key says. */
type FilterFunction = (
  input: unknown,
  args: readonly [JqFilter, JqFilter, JqFilter],
  variables: ReadonlyMap<string, unknown>,
) => Values;

/** By name and number of arguments. */
export const filters: Readonly<Record<string, FilterFunction>> = {
  *'empty/0'() {},
  *'select/1'(input, [condition]) {
    for (const value of condition.values(input)) if (isTrue(value)) yield input;
  },
  *'map/1'(input, [filter]) {
    yield [...iterate(input)].flatMap((each) => [...filter.values(each)]);
  },
  *'map_values/1'(input, [filter]) {
    const pairs = Object.entries(input as object).flatMap(([key, value]) => {
      const first = filter.values(value).next();
      return first.done ? [] : [[key, first.value] as const];
    });
    yield Array.isArray(input) ? pairs.map(([, value]) => value) : Object.fromEntries(pairs);
  },
  *'with_entries/1'(input, [filter]) {
    const entries = functions['to_entries/0']?.(input) as unknown[];
    yield functions['from_entries/0']?.(entries.flatMap((each) => [...filter.values(each)]));
  },
  'recurse/0': (input) => recurse(input),
  'recurse/1': (input, [filter]) => recurseBy(input, filter),
  *'first/1'(input, [filter]) {
    for (const value of filter.values(input)) {
      yield value;
      return;
    }
  },
  *'last/1'(input, [filter]) {
    const all = [...filter.values(input)];
    if (all.length > 0) yield all.at(-1);
  },
  *'limit/2'(input, [count, filter]) {
    let left = Number(count.first(input));
    if (left <= 0) return;
    for (const value of filter.values(input)) {
      yield value;
      if (--left <= 0) return;
    }
  },
  *'isempty/1'(input, [filter]) {
    yield filter.values(input).next().done === true;
  },
  *'add/1'(input, [filter]) {
    yield [...filter.values(input)].reduce<unknown>((sum, each) => guard(() => jqAdd(sum, each)), null);
  },
  *'any/1'(input, [filter]) {
    yield needArray(input).some((each) => [...filter.values(each)].some(isTrue));
  },
  *'all/1'(input, [filter]) {
    yield needArray(input).every((each) => [...filter.values(each)].every(isTrue));
  },
  *'any/2'(input, [source, filter]) {
    yield [...source.values(input)].some((each) => isTrue(filter.first(each)));
  },
  *'all/2'(input, [source, filter]) {
    yield [...source.values(input)].every((each) => isTrue(filter.first(each)));
  },
  *'range/1'(input, [to]) {
    for (let value = 0; value < Number(to.first(input)); value++) yield value;
  },
  *'range/2'(input, [from, to]) {
    for (let value = Number(from.first(input)); value < Number(to.first(input)); value++) yield value;
  },
  *'range/3'(input, [from, to, by]) {
    const step = Number(by.first(input));
    const end = Number(to.first(input));
    for (let value = Number(from.first(input)); step > 0 ? value < end : step < 0 && value > end; value += step)
      yield value;
  },
  *'sort_by/1'(input, [filter]) {
    yield keyed(input, filter).map((each) => each.value);
  },
  *'group_by/1'(input, [filter]) {
    yield groups(input, filter);
  },
  *'unique_by/1'(input, [filter]) {
    yield groups(input, filter).map((group) => group[0]);
  },
  *'min_by/1'(input, [filter]) {
    yield keyed(input, filter)[0]?.value ?? null;
  },
  *'max_by/1'(input, [filter]) {
    yield keyed(input, filter).at(-1)?.value ?? null;
  },
  *'paths/0'(input) {
    for (const path of everyPath(input, [])) if (path.length > 0) yield path;
  },
  *'leaf_paths/0'(input) {
    for (const path of everyPath(input, []))
      if (typeof getPath(input, path) !== 'object' || getPath(input, path) === null) yield path;
  },
  *'path/1'(input, [filter]) {
    yield* filter.paths(input);
  },
  *'del/1'(input, [filter]) {
    yield deletePaths(input, [...filter.paths(input)]);
  },
  'walk/1': (input, [filter]) => walk(input, filter),
  *'env/0'(_input, _args, variables) {
    yield variables.get('ENV');
  },
  *'now/0'(_input, _args, variables) {
    yield variables.get('__now__');
  },
  *'input/0'() {
    throw new JqError('No more inputs');
  },
  'while/2': (input, [condition, next]) => whileHolds(input, condition, next),
  *'until/2'(input, [condition, next]) {
    let value = input;
    while (!isTrue(condition.first(value))) value = next.first(value);
    yield value;
  },
  *'match/1'(input, [pattern]) {
    const match = expression(pattern.first(input)).exec(needString(input, ''));
    if (match)
      yield {
        offset: match.index,
        length: match[0].length,
        string: match[0],
        captures: match.slice(1).map((group) => ({ string: group ?? null })),
      };
  },
  *'capture/1'(input, [pattern]) {
    const match = expression(pattern.first(input)).exec(needString(input, ''));
    if (match) yield { ...match.groups };
  },
  *'scan/1'(input, [pattern]) {
    for (const match of needString(input, '').matchAll(expression(pattern.first(input), 'g')))
      yield match.length > 1 ? match.slice(1) : match[0];
  },
  *'sub/2'(input, [pattern, replacement]) {
    yield substitute(input, pattern, replacement, '');
  },
  *'gsub/2'(input, [pattern, replacement]) {
    yield substitute(input, pattern, replacement, 'g');
  },
  *'gsub/3'(input, [pattern, replacement, flags]) {
    yield substitute(input, pattern, replacement, `g${String(flags.first(input))}`);
  },
};

/** An input and everything inside it, from the outside to the inside. */
export function* recurse(input: unknown): Values {
  yield input;
  if (typeof input === 'object' && input !== null) for (const value of Object.values(input)) yield* recurse(value);
}
function* recurseBy(input: unknown, next: JqFilter): Values {
  yield input;
  for (const value of next.values(input)) yield* recurseBy(value, next);
}
function* whileHolds(input: unknown, condition: JqFilter, next: JqFilter): Values {
  if (!isTrue(condition.first(input))) return;
  yield input;
  for (const value of next.values(input)) yield* whileHolds(value, condition, next);
}
/** Applies a filter to every part of a value, from the inside to the outside. */
function* walk(input: unknown, filter: JqFilter): Values {
  const inner = (value: unknown): unknown => {
    const first = walk(value, filter).next();
    return first.done ? null : first.value;
  };
  const walked = Array.isArray(input)
    ? input.map(inner)
    : typeof input === 'object' && input !== null
      ? Object.fromEntries(Object.entries(input).map(([key, value]) => [key, inner(value)]))
      : input;
  yield* filter.values(walked);
}
function substitute(input: unknown, pattern: JqFilter, replacement: JqFilter, flags: string): string {
  return needString(input, '').replace(expression(pattern.first(input), flags), (...match) => {
    const groups = typeof match.at(-1) === 'object' ? (match.at(-1) as Record<string, string>) : {};
    return stringOf(replacement.first({ ...groups }));
  });
}
function keyed(input: unknown, filter: JqFilter): { readonly key: unknown; readonly value: unknown }[] {
  return needArray(input)
    .map((value) => ({ key: [...filter.values(value)], value }))
    .sort((a, b) => compareJson(a.key, b.key));
}
function groups(input: unknown, filter: JqFilter): unknown[][] {
  const out: { key: unknown; values: unknown[] }[] = [];
  for (const { key, value } of keyed(input, filter)) {
    const last = out.at(-1);
    if (last && compareJson(last.key, key) === 0) last.values.push(value);
    else out.push({ key, values: [value] });
  }
  return out.map((group) => group.values);
}
