import { encode } from '../text.ts';
import { describe, fail, guard, JqError } from './jq-error.ts';
import { needArray, needString, stringOf } from './jq-formats.ts';
import { deletePaths, getPath, index, type Path, setPath } from './jq-paths.ts';
import { compareJson, jqAdd, typeName } from './jq-values.ts';

/** Everything but null and false holds. */
export const isTrue = (value: unknown) => value !== null && value !== false && value !== undefined;

/** Functions of plain values; arguments are evaluated first. */
export const functions: Readonly<Record<string, (input: unknown, ...args: unknown[]) => unknown>> = {
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
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new JqError(`${text} (while parsing '${text}')`);
  }
}
/** A regular expression with jq's flags. @throws JqError when it is none */
export function expression(pattern: unknown, flags?: unknown): RegExp {
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

export const isKind: Readonly<Record<string, (value: unknown) => boolean>> = {
  numbers: (value) => typeof value === 'number',
  strings: (value) => typeof value === 'string',
  booleans: (value) => typeof value === 'boolean',
  nulls: (value) => value === null,
  arrays: (value) => Array.isArray(value),
  objects: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  iterables: (value) => typeof value === 'object' && value !== null,
  scalars: (value) => typeof value !== 'object' || value === null,
};
