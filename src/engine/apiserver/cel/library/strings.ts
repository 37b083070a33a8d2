/** Strings. Upstream: github.com/google/cel-go/ext/strings.go */
import { quote } from '../../../../apimachinery/go-format.ts';
import { overload, type Overload } from '../functions.ts';
import { CelError } from '../issues.ts';
import type { CelValue } from '../values.ts';
import { formatString } from './format-string.ts';
import { matches } from './regular-expressions.ts';

const outOfRange = (index: bigint | number): CelError => new CelError(`index out of range: ${index}`);

function charAt(text: string, index: bigint): string {
  const characters = [...text];
  if (index < 0n || index > characters.length) throw outOfRange(index);
  return characters[Number(index)] ?? '';
}

function indexOf(text: string, part: string, from = 0n): bigint {
  const characters = [...text];
  if (from < 0n) throw outOfRange(from);
  if (part === '') return from;
  const wanted = [...part];
  for (let i = Number(from); i <= characters.length - wanted.length; i++) {
    if (wanted.every((character, j) => characters[i + j] === character)) return BigInt(i);
  }
  return -1n;
}

function lastIndexOf(text: string, part: string, from?: bigint): bigint {
  const characters = [...text];
  const start = from ?? BigInt(characters.length);
  if (start < 0n) throw outOfRange(start);
  if (from !== undefined && start >= characters.length && part !== '') return -1n;
  if (part === '') return start;
  const wanted = [...part];
  for (let i = Math.min(Number(start), characters.length - wanted.length); i >= 0; i--) {
    if (wanted.every((character, j) => characters[i + j] === character)) return BigInt(i);
  }
  return -1n;
}

function substring(text: string, start: bigint, end?: bigint): string {
  const characters = [...text];
  const last = end ?? BigInt(characters.length);
  if (end !== undefined && start > last) {
    throw new CelError(`invalid substring range. start: ${start}, end: ${end}`);
  }
  if (start < 0n || start > characters.length) throw outOfRange(start);
  if (last < 0n || last > characters.length) throw outOfRange(last);
  return characters.slice(Number(start), Number(last)).join('');
}

function split(text: string, separator: string, limit = -1n): string[] {
  if (limit === 0n) return [];
  const parts = separator === '' ? [...text] : text.split(separator);
  if (limit < 0n || parts.length <= limit) return parts;
  const count = Number(limit) - 1;
  return [...parts.slice(0, count), parts.slice(count).join(separator)];
}

function replace(text: string, from: string, to: string, limit = -1n): string {
  if (limit < 0n) return text.replaceAll(from, () => to);
  let rest = text;
  let out = '';
  for (let i = 0n; i < limit; i++) {
    const at = rest.indexOf(from);
    if (at < 0) break;
    out += rest.slice(0, at) + to;
    rest = rest.slice(at + from.length);
    if (from !== '') continue;
    const [next = ''] = rest;
    out += next;
    rest = rest.slice(next.length);
  }
  return out + rest;
}

const space = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const around = new RegExp(`^${space}|${space}$`, 'g');
const lower = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
const upper = (text: string): string => text.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());
const join = (list: readonly CelValue[], separator = ''): string => {
  if (list.some((item) => typeof item !== 'string')) throw new CelError('no such overload');
  return list.join(separator);
};

export const strings: readonly Overload[] = [
  overload('contains', 'string.(string) -> bool', (text: string, part: string) => text.includes(part)),
  overload('startsWith', 'string.(string) -> bool', (text: string, part: string) => text.startsWith(part)),
  overload('endsWith', 'string.(string) -> bool', (text: string, part: string) => text.endsWith(part)),
  overload('matches', 'string.(string) -> bool', matches),
  overload('matches', '(string, string) -> bool', matches),
  overload('charAt', 'string.(int) -> string', charAt),
  overload('indexOf', 'string.(string) -> int', (text: string, part: string) => indexOf(text, part)),
  overload('indexOf', 'string.(string, int) -> int', indexOf),
  overload('lastIndexOf', 'string.(string) -> int', (text: string, part: string) => lastIndexOf(text, part)),
  overload('lastIndexOf', 'string.(string, int) -> int', lastIndexOf),
  overload('join', 'list(string).() -> string', (list: readonly CelValue[]) => join(list)),
  overload('join', 'list(string).(string) -> string', join),
  overload('lowerAscii', 'string.() -> string', lower),
  overload('upperAscii', 'string.() -> string', upper),
  overload('replace', 'string.(string, string) -> string', (text: string, from: string, to: string) =>
    replace(text, from, to),
  ),
  overload('replace', 'string.(string, string, int) -> string', replace),
  overload('split', 'string.(string) -> list(string)', (text: string, separator: string) => split(text, separator)),
  overload('split', 'string.(string, int) -> list(string)', split),
  overload('substring', 'string.(int) -> string', (text: string, start: bigint) => substring(text, start)),
  overload('substring', 'string.(int, int) -> string', substring),
  overload('trim', 'string.() -> string', (text: string) => text.replaceAll(around, '')),
  overload('strings.quote', '(string) -> string', (text: string) => quote(text)),
  overload('format', 'string.(list(dyn)) -> string', formatString),
];
