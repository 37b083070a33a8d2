import { posixRegExp } from './posix-regex.ts';
import { formatWords, general } from './printf.ts';
import { UtilityError } from './utility.ts';

/** A value: text from input counts as a number when it looks like one. */
export type Value = number | string | Numeric;

/** Text that came from outside and looks like a number. */
export class Numeric {
  readonly text: string;
  readonly value: number;
  constructor(text: string) {
    this.text = text;
    this.value = Number(text);
  }
}

/** A field, an argument or a variable from outside: a number too, if it looks like one. */
export const fromInput = (text: string): Value =>
  /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(text) ? new Numeric(text) : text;
/** The number that a value begins with; 0 when there is none. */
export const toNumber = (value: Value): number => {
  if (typeof value === 'number') return value;
  if (value instanceof Numeric) return value.value;
  return Number(/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(value)?.[0] ?? 0);
};
/** Whole numbers as they are, others by the format (CONVFMT or OFMT). */
export const toText = (value: Value, format = '%.6g'): string => {
  if (typeof value === 'string') return value;
  if (value instanceof Numeric) return value.text;
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return String(value);
  return format === '%.6g' ? general(value, 6) : formatWords(format, [String(value)]).text;
};
/** Numbers but 0, and texts that are not empty; input that looks like a number counts as one. */
export const isTrue = (value: Value): boolean => (typeof value === 'string' ? value !== '' : toNumber(value) !== 0);

/** Fields by a separator: one blank means runs of white space, none each character, more than a character a pattern. `lines`: line ends separate, too. */
export function splitText(text: string, separator: string, lines: boolean, regex = false): string[] {
  if (text === '') return [];
  if (separator === ' ' && !regex) return text.trim() === '' ? [] : text.trim().split(/\s+/);
  if (separator === '') return [...text];
  const source =
    separator.length === 1 && !regex
      ? separator.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      : posixRegExp(separator, { extended: true }).source;
  return text.split(new RegExp(lines ? `${source}|\n` : source.replace(/\((?!\?)/g, '(?:')));
}

/** One of `+ - * / % ^`. @throws UtilityError on division by zero */
export const calculate = (operator: string, a: number, b: number): number => {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      if (b === 0) throw new UtilityError('cmd. line:1: Division by zero');
      return a / b;
    case '%':
      if (b === 0) throw new UtilityError('cmd. line:1: Division by zero');
      return a % b;
    default:
      return a ** b;
  }
};

/** Compares as numbers when both are, else as texts. */
export function compare(operator: string, left: Value, right: Value): boolean {
  const numbers = typeof left !== 'string' && typeof right !== 'string';
  const emptyAsNumber = (a: Value, b: Value) => a === '' && typeof b === 'number';
  const numeric = numbers || emptyAsNumber(left, right) || emptyAsNumber(right, left);
  const [a, b] = numeric ? [toNumber(left), toNumber(right)] : [toText(left), toText(right)];
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '>':
      return a > b;
    default:
      return a >= b;
  }
}

/** printf of awk uses its format once, and truncates numbers for `%d`. */
export function formatOnce([format = '', ...values]: readonly string[]): string {
  let at = 0;
  return format.replace(/%(?:%|[-+ 0#]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[diouxXeEfFgGcs])/g, (directive) => {
    if (directive === '%%') return '%';
    const needed = (directive.match(/\*/g) ?? []).length + 1;
    const words = values.slice(at, at + needed);
    at += needed;
    if (/[diouxX]$/.test(directive)) words.push(String(Math.trunc(toNumber(words.pop() ?? ''))));
    else if (/[eEfFgG]$/.test(directive)) words.push(String(toNumber(words.pop() ?? '')));
    else if (directive.endsWith('c') && /^\d+$/.test(words.at(-1) ?? ''))
      words.push(String.fromCharCode(Number(words.pop())));
    return formatWords(directive, words.length === 0 ? [''] : words).text;
  });
}
