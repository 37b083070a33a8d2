/** `"%s is %d".format([a, b])`. Upstream: github.com/google/cel-go/ext/formatting_v2.go */
import { quote } from '../../../../apimachinery/go-format.ts';
import { CelError } from '../issues.ts';
import { CelDuration, CelTimestamp, CelTypeValue, CelUint, typeNameOf, type CelMap, type CelValue } from '../values.ts';
import { doubleText } from './double-text.ts';
import { durationText, timestampText } from './time.ts';

interface Clause {
  readonly verb: string;
  readonly precision: number;
}

/** Splits a format into texts and clauses. @throws CelError */
export function readFormat(format: string): readonly (string | Clause)[] {
  const parts: (string | Clause)[] = [];
  let text = '';
  for (let i = 0; i < format.length; i++) {
    if (format[i] !== '%') {
      text += format[i] ?? '';
      continue;
    }
    const match = /^%(?:\.([0-9]+))?(.?)/su.exec(format.slice(i));
    const verb = match?.[2] ?? '';
    if (verb === '') throw new CelError('unexpected end of string');
    i += (match?.[0].length ?? 1) - 1;
    if (verb === '%') {
      text += '%';
      continue;
    }
    if (!'sdfebxXo'.includes(verb)) {
      throw new CelError(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
    }
    parts.push(text, { verb, precision: match?.[1] === undefined ? 6 : Number(match[1]) });
    text = '';
  }
  return [...parts, text];
}

/** Fills in the clauses of a format (`%s`, `%.2f`). @throws CelError when an argument is missing or of the wrong type */
export function formatString(format: string, args: readonly CelValue[]): string {
  let next = 0;
  return readFormat(format)
    .map((part) => {
      if (typeof part === 'string') return part;
      if (next >= args.length) throw new CelError(`index ${next} out of range`);
      return clauseText(part, args[next++] ?? null);
    })
    .join('');
}

/** What the arguments of clauses have to be. */
export const clauseNeeds: Readonly<Record<string, string>> = {
  s: 'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
  d: 'decimal clause can only be used on integers',
  f: 'fixed-point clause can only be used on doubles',
  e: 'scientific clause can only be used on doubles',
  b: 'only integers and bools can be formatted as binary',
  o: 'octal clause can only be used on integers',
  x: 'only integers, byte buffers, and strings can be formatted as hex',
  X: 'only integers, byte buffers, and strings can be formatted as hex',
};

const failure = (what: string, value: CelValue): CelError =>
  new CelError(`error during formatting: ${what}, was given ${typeNameOf(value)}`);

function clauseText({ verb, precision }: Clause, value: CelValue): string {
  switch (verb) {
    case 's':
      return plainText(value);
    case 'd':
      if (typeof value === 'bigint') return String(value);
      if (value instanceof CelUint) return String(value.value);
      throw failure('decimal clause can only be used on integers', value);
    case 'f':
      return fixed(numberOf(value, 'fixed-point clause can only be used on doubles'), precision);
    case 'e':
      return scientific(numberOf(value, 'scientific clause can only be used on doubles'));
    case 'b':
      if (typeof value === 'boolean') return value ? '1' : '0';
      return integerText(value, 2, 'only integers and bools can be formatted as binary');
    case 'o':
      return integerText(value, 8, 'octal clause can only be used on integers');
    default:
      return hexText(value, verb === 'X');
  }
}

function numberOf(value: CelValue, what: string): number {
  if (typeof value === 'number') return value;
  throw failure(what, value);
}

function fixed(value: number, precision: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value < 0 ? '-∞' : '∞';
  return value.toFixed(precision);
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Upstream takes the precision of this clause from nobody: six digits. */
function scientific(value: number): string {
  if (!Number.isFinite(value)) return fixed(value, 0);
  const [mantissa = '', exponent = '0'] = value.toExponential(6).split('e');
  const digits = String(Math.abs(Number(exponent))).padStart(2, '0');
  const raised = [...digits].map((digit) => superscripts[Number(digit)] ?? '').join('');
  return `${mantissa}×10${exponent.startsWith('-') ? '⁻' : ''}${raised}`;
}

function integerText(value: CelValue, base: number, what: string): string {
  if (typeof value === 'bigint') return value.toString(base);
  if (value instanceof CelUint) return value.value.toString(base);
  throw failure(what, value);
}

function hexText(value: CelValue, isUpper: boolean): string {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  const text =
    bytes instanceof Uint8Array
      ? [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
      : integerText(value, 16, 'only integers, byte buffers, and strings can be formatted as hex');
  return isUpper ? text.toUpperCase() : text;
}

function plainText(value: CelValue): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (value instanceof CelTimestamp) return timestampText(value);
  if (value instanceof CelDuration) return durationText(value);
  return typeof value === 'number' ? doubleText(value) : nestedText(value);
}

function nestedText(value: CelValue): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value.toFixed(6) : doubleText(value);
  if (value instanceof CelUint) return String(value.value);
  if (value instanceof CelTimestamp) return `timestamp(${quote(timestampText(value))})`;
  if (value instanceof CelDuration) return `duration(${quote(durationText(value))})`;
  if (value instanceof CelTypeValue) return value.name;
  if (Array.isArray(value)) return `[${(value as readonly CelValue[]).map(nestedText).join(', ')}]`;
  if (value instanceof Uint8Array) return quote(new TextDecoder().decode(value));
  if (value instanceof Map) {
    const entries = [...(value as CelMap)].map(([key, member]) => `${nestedText(key)}:${nestedText(member)}`);
    return `{${entries.sort().join(', ')}}`;
  }
  throw failure(
    'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
    value,
  );
}
