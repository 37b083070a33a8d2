import type { Process } from '../../process/process.ts';
import type { Program } from '../context.ts';
import { writeText } from '../streams.ts';
import { quoteForShell } from '../interpreter/parameter-expansion.ts';
import { encodeUnescaped, unescapeText } from './escapes.ts';
import type { Utility } from './utility.ts';

const directive = /%(?:%|([-+ 0#]*)(\*|\d+)?(?:\.(\*|\d+)?)?([diouxXeEfFgGcsbqaA]))/g;

/** Formats words as printf(1): the format is used again while words are left. Also used by awk's printf. */
export function formatWords(
  format: string,
  words: readonly string[],
): { readonly text: string; readonly errors: readonly string[] } {
  const errors: string[] = [];
  let out = '';
  let at = 0;
  let stopped = false;
  const next = () => words[at++];
  do {
    const start = at;
    out += format.replace(
      directive,
      (whole: string, flags: string, width: string, precision: string | undefined, kind: string) => {
        if (stopped) return '';
        if (whole === '%%') return '%';
        const wide = width === '*' ? Number(next() ?? 0) : Number(width ?? 0);
        const precise =
          precision === '*'
            ? Number(next() ?? 0)
            : precision !== undefined
              ? Number(precision)
              : /\.[a-zA-Z]$/.test(whole)
                ? 0
                : undefined;
        const word = next();
        if (kind === 'b') {
          const unescaped = unescapeText(word ?? '', { zeroOctal: true, bytes: true });
          stopped ||= unescaped.stopped;
          return pad(precise === undefined ? unescaped.text : unescaped.text.slice(0, precise), wide, flags);
        }
        return formatOne(kind, flags, wide, precise, word ?? '', errors);
      },
    );
    if (at === start) break;
  } while (at < words.length && !stopped);
  return { text: out, errors };
}

/** One value by one directive. */
export function formatOne(
  kind: string,
  flags: string,
  width: number,
  precision: number | undefined,
  word: string,
  errors: string[],
): string {
  switch (kind) {
    case 's':
      return pad(precision === undefined ? word : word.slice(0, precision), width, flags);
    case 'q':
      return pad(quoteForShell(word), width, flags);
    case 'c':
      return pad(word.slice(0, 1), width, flags);
    case 'd':
    case 'i':
      return padNumber(withPrecision(integer(word, errors), precision), width, flags, precision === undefined);
    case 'u':
      return padNumber(
        withPrecision(BigInt.asUintN(64, integer(word, errors)), precision),
        width,
        flags,
        precision === undefined,
      );
    case 'o':
    case 'x':
    case 'X': {
      const value = BigInt.asUintN(64, integer(word, errors)).toString(kind === 'o' ? 8 : 16);
      const prefix = flags.includes('#') && value !== '0' ? (kind === 'o' ? '0' : `0${kind}`) : '';
      return padNumber(
        prefix + (kind === 'X' ? value.toUpperCase() : value).padStart(precision ?? 0, '0'),
        width,
        flags,
        precision === undefined,
      );
    }
    default:
      return padNumber(
        floating(kind, Number(word.startsWith("'") ? word.charCodeAt(1) : word || 0), precision ?? 6, flags),
        width,
        flags,
        true,
      );
  }
}

function integer(word: string, errors: string[]): bigint {
  if (/^['"]./.test(word)) return BigInt(word.codePointAt(1) ?? 0);
  const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|\d+)/.exec(word);
  if (!match || match[0].length !== word.length) {
    if (word !== '') errors.push(`invalid number '${word}'`);
    if (!match) return 0n;
  }
  const digits = match?.[2] ?? '0';
  const value = /^0\d/.test(digits) && /^[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
  return match?.[1] === '-' ? -value : value;
}

function withPrecision(value: bigint, precision: number | undefined): string {
  const digits = (value < 0n ? -value : value).toString().padStart(precision ?? 1, '0');
  return value < 0n ? `-${digits}` : digits;
}

function floating(kind: string, value: number, precision: number, flags: string): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const lower = kind.toLowerCase();
  let text: string;
  if (lower === 'f') text = value.toFixed(Math.min(precision, 100));
  else if (lower === 'e') text = exponent(value.toExponential(Math.min(precision, 100)));
  else text = general(value, precision === 0 ? 1 : precision, flags.includes('#'));
  return kind === lower ? text : text.toUpperCase();
}

const exponent = (text: string) => text.replace(/e([-+])(\d)$/, 'e$10$2');

/** `%g`: the shorter of `%e` and `%f`, without trailing zeros. */
export function general(value: number, precision: number, keepZeros = false): string {
  if (value === 0) return '0';
  const digits = value.toExponential(precision - 1);
  const power = Number(digits.slice(digits.indexOf('e') + 1));
  const scientific = power < -4 || power >= precision;
  const text = scientific ? digits : value.toFixed(Math.max(0, precision - 1 - power));
  if (keepZeros) return scientific ? exponent(text) : text;
  const trimmed = scientific ? text.replace(/\.?0*e/, 'e') : text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return scientific ? exponent(trimmed) : trimmed;
}

function pad(text: string, width: number, flags: string): string {
  const length = Math.abs(width);
  return flags.includes('-') || width < 0 ? text.padEnd(length) : text.padStart(length);
}

function padNumber(text: string, width: number, flags: string, zeros: boolean): string {
  const signed = text.startsWith('-')
    ? text
    : flags.includes('+')
      ? `+${text}`
      : flags.includes(' ')
        ? ` ${text}`
        : text;
  if (!flags.includes('0') || flags.includes('-') || !zeros) return pad(signed, width, flags);
  const sign = /^[-+ ]/.test(signed) ? signed.slice(0, 1) : '';
  return sign + signed.slice(sign.length).padStart(width - sign.length, '0');
}

export const printfProgram: Program = function* (context): Process<number> {
  const words = context.argv.slice(context.argv[1] === '--' ? 2 : 1);
  const [format, ...rest] = words;
  if (format === undefined) {
    yield* writeText(context.stderr, 'printf: usage: printf FORMAT [ARG]...\n');
    return 2;
  }
  const unescaped = unescapeText(format, { bytes: true });
  const { text, errors } = formatWords(unescaped.text, rest);
  yield* context.stdout.write(encodeUnescaped(text));
  for (const error of errors) yield* writeText(context.stderr, `printf: ${error}\n`);
  return errors.length > 0 ? 1 : 0;
};

export const printf: Utility = {
  names: ['printf'],
  summary: 'Format and print ARG(s) according to FORMAT',
  usage: 'FORMAT [ARG]...',
  run: (call) => printfProgram(call.context),
};
