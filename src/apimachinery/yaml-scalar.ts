// What plain text means in YAML 1.1, as go-yaml reads it.

/** The kind of value a plain scalar stands for. */
export type PlainKind = 'string' | 'null' | 'boolean' | 'integer' | 'float' | 'timestamp' | 'merge';

const words: ReadonlyMap<string, PlainKind> = new Map<string, PlainKind>([
  ...spellings('boolean', ['y', 'yes', 'true', 'on', 'n', 'no', 'false', 'off']),
  ...spellings('null', ['null']),
  ['', 'null'],
  ['~', 'null'],
  ['.nan', 'float'],
  ['.NaN', 'float'],
  ['.NAN', 'float'],
  ...['', '+', '-'].flatMap((sign) => ['.inf', '.Inf', '.INF'].map((w): [string, PlainKind] => [sign + w, 'float'])),
]);

/** `yes`, `Yes` and `YES`. */
function spellings(kind: PlainKind, list: readonly string[]): [string, PlainKind][] {
  return list.flatMap((word) => {
    const capital = word.charAt(0).toUpperCase() + word.slice(1);
    return [word, capital, word.toUpperCase()].map((spelling): [string, PlainKind] => [spelling, kind]);
  });
}

const integer = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)$/;
const signedBinary = /^0b[-+][01]+$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const dotFloat = /^\.[0-9]+(?:[eE][-+]?[0-9]+)?$/;
const date = /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})$/;
const time = /^([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?$/;
const zone = /^(.*?)(?:Z|[-+]([0-9]{2}):([0-9]{2}))$/;

/** The value of an integer as go-yaml writes and reads them, without underscores. */
export function parseYamlInteger(text: string): bigint | undefined {
  const plain = text.replaceAll('_', '');
  if (signedBinary.test(plain))
    return plain[2] === '-' ? -BigInt(`0b${plain.slice(3)}`) : BigInt(`0b${plain.slice(3)}`);
  if (!integer.test(plain)) return undefined;
  const negative = plain.startsWith('-');
  const digits = plain.replace(/^[-+]/, '');
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits.toLowerCase());
  const limit = negative ? 2n ** 63n : /^[-+]/.test(plain) ? 2n ** 63n - 1n : 2n ** 64n - 1n;
  return magnitude > limit ? undefined : negative ? -magnitude : magnitude;
}

function isDate(text: string): boolean {
  const match = date.exec(text);
  if (match === null) return false;
  const [, year, month, day] = match.map(Number);
  const then = new Date(0);
  then.setUTCFullYear(year ?? 0, (month ?? 0) - 1, day ?? 0);
  return then.getUTCMonth() === (month ?? 0) - 1 && then.getUTCDate() === day;
}

function isTimeOfDay(text: string): boolean {
  const match = time.exec(text);
  return match !== null && Number(match[1]) < 24 && Number(match[2]) < 60 && Number(match[3]) < 60;
}

function isTimestamp(text: string): boolean {
  if (!/^[0-9]{4}-/.test(text)) return false;
  const at = text.search(/[Tt ]/);
  if (at < 0) return isDate(text);
  const rest = text.slice(at + 1);
  const zoned = zone.exec(rest);
  if (text[at] === ' ') return isDate(text.slice(0, at)) && isTimeOfDay(rest);
  return isDate(text.slice(0, at)) && zoned !== null && isTimeOfDay(zoned[1] ?? '');
}

/**
 * What a plain scalar stands for.
 *
 * Upstream: go-yaml v2 resolve.go resolve
 */
export function plainKind(text: string): PlainKind {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (text.startsWith('.')) return dotFloat.test(text) && Number.isFinite(Number(text)) ? 'float' : 'string';
  if (!/^[-+0-9]/.test(text)) return 'string';
  if (isTimestamp(text)) return 'timestamp';
  if (parseYamlInteger(text) !== undefined) return 'integer';
  const plain = text.replaceAll('_', '');
  return float.test(plain) && Number.isFinite(Number(plain)) ? 'float' : 'string';
}
