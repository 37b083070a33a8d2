import { quote } from './go-format.ts';

/** A time that cannot be read; its message is Go's. */
export class TimeError extends Error {
  override readonly name = 'TimeError';
}

const layoutSeconds = '2006-01-02T15:04:05Z07:00';
const layoutMicro = '2006-01-02T15:04:05.000000Z07:00';

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function dateText(date: Date): string {
  const iso = Number.isNaN(date.getTime()) ? '' : date.toISOString();
  if (iso.length === 24) return iso.slice(0, 19);
  const day = `${pad(date.getUTCFullYear(), 4)}-${pad(date.getUTCMonth() + 1, 2)}-${pad(date.getUTCDate(), 2)}`;
  return `${day}T${pad(date.getUTCHours(), 2)}:${pad(date.getUTCMinutes(), 2)}:${pad(date.getUTCSeconds(), 2)}`;
}

/** `2006-01-02T15:04:05Z` from milliseconds since 1970: the form of `metav1.Time`. Fractions are cut off. */
export function formatTime(epochMs: number): string {
  return `${dateText(new Date(Math.floor(epochMs / 1000) * 1000))}Z`;
}

/** `2006-01-02T15:04:05.000000Z` from milliseconds since 1970: the form of `metav1.MicroTime`. */
export function formatMicroTime(epochMs: number): string {
  const seconds = Math.floor(epochMs / 1000);
  const micros = Math.floor((epochMs - seconds * 1000) * 1000 + 1e-6);
  return `${dateText(new Date(seconds * 1000))}.${pad(micros, 6)}Z`;
}

/** Takes a time apart as Go's time.Parse does for RFC 3339, with its errors. */
class TimeParser {
  readonly #source: string;
  readonly #layout: string;
  #rest: string;

  constructor(source: string, micro: boolean) {
    this.#source = source;
    this.#layout = micro ? layoutMicro : layoutSeconds;
    this.#rest = source;
  }

  parse(): number {
    const year = this.#number(/^[0-9]{4}/, '2006');
    this.#literal('-');
    const month = this.#number(/^[0-9]{2}/, '01');
    if (month < 1 || month > 12) throw this.#outOfRange('month');
    this.#literal('-');
    const day = this.#number(/^[0-9]{2}/, '02');
    this.#literal('T');
    const hour = this.#bounded(/^[0-9]{1,2}/, '15', 23, 'hour');
    this.#literal(':');
    const minute = this.#bounded(/^[0-9]{2}/, '04', 59, 'minute');
    this.#literal(':');
    const second = this.#bounded(/^[0-9]{2}/, '05', 59, 'second');
    const fraction = this.#fraction();
    const offsetMinutes = this.#zone();
    if (this.#rest !== '') throw new TimeError(`parsing time ${quote(this.#source)}: extra text: ${quote(this.#rest)}`);
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    if (day < 1 || date.getUTCDate() !== day) throw this.#outOfRange('day');
    date.setUTCHours(hour, minute, second);
    return date.getTime() - offsetMinutes * 60000 + fraction * 1000;
  }

  #fraction(): number {
    const pattern = this.#layout === layoutMicro ? /^\.[0-9]{6}/ : /^[.,][0-9]+/;
    const match = pattern.exec(this.#rest);
    if (match === null) {
      if (this.#layout === layoutMicro) throw this.#cannot('.000000');
      return 0;
    }
    this.#rest = this.#rest.slice(match[0].length);
    return Number(`0.${match[0].slice(1)}`);
  }

  #zone(): number {
    if (this.#rest.startsWith('Z')) {
      this.#rest = this.#rest.slice(1);
      return 0;
    }
    const match = /^([+-])([0-9]{2}):([0-9]{2})/.exec(this.#rest);
    if (match === null) throw this.#cannot('Z07:00');
    const [text, sign, hours, minutes] = match;
    if (Number(hours) > 24) throw this.#outOfRange('time zone offset hour');
    if (Number(minutes) > 60) throw this.#outOfRange('time zone offset minute');
    this.#rest = this.#rest.slice(text.length);
    return (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  }

  #bounded(pattern: RegExp, element: string, max: number, name: string): number {
    const value = this.#number(pattern, element);
    if (value > max) throw this.#outOfRange(name);
    return value;
  }

  #number(pattern: RegExp, element: string): number {
    const match = pattern.exec(this.#rest);
    if (match === null) throw this.#cannot(element);
    this.#rest = this.#rest.slice(match[0].length);
    return Number(match[0]);
  }

  #literal(text: string): void {
    if (!this.#rest.startsWith(text)) throw this.#cannot(text);
    this.#rest = this.#rest.slice(text.length);
  }

  #cannot(element: string): TimeError {
    const subject = `parsing time ${quote(this.#source)} as ${quote(this.#layout)}`;
    return new TimeError(`${subject}: cannot parse ${quote(this.#rest)} as ${quote(element)}`);
  }

  #outOfRange(name: string): TimeError {
    return new TimeError(`parsing time ${quote(this.#source)}: ${name} out of range`);
  }
}

const plainTime =
  /^(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{6})?Z$/;

/** Whether a text is a time in the very form that formatTime (20 letters) or formatMicroTime (27) writes. Some such times give false. */
export function isPlainTime(text: string, length: 20 | 27): boolean {
  return text.length === length && plainTime.test(text);
}

/** Milliseconds since 1970 of an RFC 3339 time; fractions of seconds are read. @throws TimeError with Go's message */
export function parseTime(text: string): number {
  if (isPlainTime(text, 20)) return Date.parse(text);
  return new TimeParser(text, false).parse();
}

/** Milliseconds since 1970 of a `metav1.MicroTime`, which must have six decimals. @throws TimeError */
export function parseMicroTime(text: string): number {
  return new TimeParser(text, true).parse();
}
