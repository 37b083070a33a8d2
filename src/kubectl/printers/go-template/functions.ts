import { decodeBase64 } from '../../../apimachinery/base64.ts';
import { formatValue, quote } from '../../../apimachinery/go-format.ts';
import { formatGoSyntax } from '../../go-value.ts';
import { isJsonObject } from '../../../apimachinery/json-value.ts';

/** A failure of a function; the message is Go's. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
}

/** What a template takes for false: zero, empty and nil. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isJsonObject(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

export type TemplateFunction = (...args: readonly unknown[]) => unknown;

/** Functions of text/template and those kubectl adds. `and` and `or` stop early: the executor knows them. */
export const templateFunctions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['and', (...args) => args.find((value) => !isTrue(value)) ?? args.at(-1)],
  ['or', (...args) => args.find(isTrue) ?? args.at(-1)],
  ['not', (value) => !isTrue(value)],
  ['len', length],
  ['index', (item, ...keys) => keys.reduce(indexOne, item)],
  ['slice', sliceOf],
  ['print', (...args) => printAll(args)],
  ['println', (...args) => `${args.map(formatValue).join(' ')}\n`],
  ['printf', (format, ...args) => sprintf(String(format), args)],
  ['html', (...args) => escapeHtml(printAll(args))],
  ['js', (...args) => escapeJs(printAll(args))],
  [
    'urlquery',
    (...args) =>
      encodeURIComponent(printAll(args))
        .replaceAll('%20', '+')
        .replace(/[!'()*]/g, percent),
  ],
  ['call', () => fail('call of non-function')],
  ['eq', (first, ...rest) => rest.some((one) => compare(first, one) === 0)],
  ['ne', (a, b) => compare(a, b) !== 0],
  ['lt', (a, b) => ordered(a, b) < 0],
  ['le', (a, b) => ordered(a, b) <= 0],
  ['gt', (a, b) => ordered(a, b) > 0],
  ['ge', (a, b) => ordered(a, b) >= 0],
  ['exists', (item, ...keys) => exists(item, keys)],
  ['base64decode', base64decode],
]);

/** The least number of arguments; the most is unlimited unless it is here, too. */
export const argumentCounts: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ['and', [1, 99]],
  ['or', [1, 99]],
  ['not', [1, 1]],
  ['len', [1, 1]],
  ['index', [1, 99]],
  ['slice', [1, 99]],
  ['printf', [1, 99]],
  ['eq', [1, 99]],
  ['ne', [2, 2]],
  ['lt', [2, 2]],
  ['le', [2, 2]],
  ['gt', [2, 2]],
  ['ge', [2, 2]],
  ['exists', [1, 99]],
  ['base64decode', [1, 1]],
]);

const fail = (message: string): never => {
  throw new FunctionError(message);
};
const percent = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/** Blanks between operands when neither is a string, as fmt.Sprint. */
function printAll(args: readonly unknown[]): string {
  let out = '';
  args.forEach((value, index) => {
    const before = args[index - 1];
    if (index > 0 && typeof value !== 'string' && typeof before !== 'string') out += ' ';
    out += formatValue(value);
  });
  return out;
}

function length(value: unknown): number {
  if (typeof value === 'string') return new TextEncoder().encode(value).length;
  if (Array.isArray(value)) return value.length;
  if (isJsonObject(value)) return Object.keys(value).length;
  if (value === null || value === undefined) return fail('len of nil pointer');
  return fail(`len of type ${goTypeName(value)}`);
}

function indexOne(item: unknown, key: unknown): unknown {
  if (item === null || item === undefined) return fail('index of untyped nil');
  if (Array.isArray(item) || typeof item === 'string') {
    if (typeof key !== 'number') return fail(`cannot index slice/array with type ${goTypeName(key)}`);
    const size = Array.isArray(item) ? item.length : length(item);
    if (key < 0 || key >= size) return fail(`index out of range: ${key}`);
    return Array.isArray(item) ? item[key] : new TextEncoder().encode(item)[key];
  }
  if (!isJsonObject(item)) return fail(`can't index item of type ${goTypeName(item)}`);
  if (typeof key !== 'string') return fail(`value has type ${goTypeName(key)}; should be string`);
  return item[key] ?? null;
}

function sliceOf(item: unknown, ...indexes: readonly unknown[]): unknown {
  const [from = 0, to] = indexes as readonly number[];
  if (typeof item === 'string') return item.slice(from, to);
  if (Array.isArray(item)) return item.slice(from, to);
  return fail(`can't slice item of type ${goTypeName(item)}`);
}

function exists(item: unknown, keys: readonly unknown[]): boolean {
  let at = item;
  for (const key of keys) {
    if (at === null || at === undefined) return false;
    if (Array.isArray(at) && typeof key === 'number') at = at[key];
    else if (isJsonObject(at) && typeof key === 'string') at = at[key];
    else return false;
  }
  return at !== null && at !== undefined;
}

/** Go's name of a JSON value's type. */
export function goTypeName(value: unknown): string {
  if (value === null || value === undefined) return 'nil';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float64';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
}

function compare(a: unknown, b: unknown): number {
  if (isJsonObject(a) || Array.isArray(a)) return fail(`uncomparable type ${goTypeName(a)}: ${formatValue(a)}`);
  if (a === null || a === undefined || b === null || b === undefined) return (a ?? null) === (b ?? null) ? 0 : 1;
  if (typeof a !== typeof b) return fail('incompatible types for comparison');
  return a === b ? 0 : 1;
}

function ordered(a: unknown, b: unknown): number {
  if (typeof a !== typeof b) return fail('incompatible types for comparison');
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return fail('invalid type for comparison');
}

function base64decode(text: unknown): string {
  const value = String(text);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value) || value.length % 4 !== 0) {
    const at = value.search(/[^A-Za-z0-9+/]/);
    return fail(
      `base64 decode failed: illegal base64 data at input byte ${at < 0 ? value.length - (value.length % 4) : at}`,
    );
  }
  return new TextDecoder().decode(decodeBase64(value));
}

const htmlEscapes: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&#34;',
  "'": '&#39;',
};
const escapeHtml = (text: string): string =>
  text.replace(/[<>&"']/g, (character) => htmlEscapes[character] ?? character);

const jsEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};
const escapeJs = (text: string): string =>
  text.replace(/[\\'"<>&=\x00-\x1f]/g, (character) => {
    return jsEscapes[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });

/** fmt.Sprintf for JSON values. */
export function sprintf(format: string, args: readonly unknown[]): string {
  let next = 0;
  const out = format.replace(
    /%([-+# 0]*)(\d+|\*)?(?:\.(\d+))?([a-zA-Z%])/g,
    (_all, flags: string, width: string | undefined, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%';
      const size = width === '*' ? Number(args[next++]) : Number(width ?? 0);
      if (next >= args.length) return `%!${verb}(MISSING)`;
      const text = formatVerb(verb, flags, precision === undefined ? undefined : Number(precision), args[next++]);
      if (text.length >= size) return text;
      if (flags.includes('-')) return text.padEnd(size);
      return flags.includes('0') && /^[-+]?[\d.]+$/.test(text) ? text.padStart(size, '0') : text.padStart(size);
    },
  );
  const extra = args.slice(next).map((value) => `${goTypeName(value)}=${formatValue(value)}`);
  return extra.length === 0 ? out : `${out}%!(EXTRA ${extra.join(', ')})`;
}

function formatVerb(verb: string, flags: string, precision: number | undefined, value: unknown): string {
  const wrong = () =>
    `%!${verb}(${value === null || value === undefined ? '<nil>' : `${goTypeName(value)}=${formatValue(value)}`})`;
  switch (verb) {
    case 'v':
      return flags.includes('#') ? formatGoSyntax(value) : formatValue(value);
    case 's': {
      if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined)
        return wrong();
      const text = formatValue(value);
      return precision === undefined ? text : text.slice(0, precision);
    }
    case 'q':
      return typeof value === 'string' ? quote(value) : wrong();
    case 'd':
      return typeof value === 'number' && Number.isInteger(value)
        ? `${flags.includes('+') && value >= 0 ? '+' : ''}${value}`
        : wrong();
    case 'f':
      return typeof value === 'number' ? value.toFixed(precision ?? 6) : wrong();
    case 'e':
      return typeof value === 'number'
        ? value.toExponential(precision ?? 6).replace(/e([+-])(\d)$/, 'e$10$2')
        : wrong();
    case 'g':
      return typeof value === 'number' ? formatValue(value) : wrong();
    case 't':
      return typeof value === 'boolean' ? String(value) : wrong();
    case 'x':
      return typeof value === 'number' ? value.toString(16) : hexOf(String(value));
    case 'T':
      return goTypeName(value);
    case 'c':
      return typeof value === 'number' ? String.fromCodePoint(value) : wrong();
    default:
      return wrong();
  }
}

const hexOf = (text: string): string =>
  [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
