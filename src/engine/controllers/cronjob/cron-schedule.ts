/** The field's name in errors, and its bounds. */
interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const minutes: Bounds = { min: 0, max: 59 };
const hours: Bounds = { min: 0, max: 23 };
const daysOfMonth: Bounds = { min: 1, max: 31 };
const months: Bounds = {
  min: 1,
  max: 12,
  names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
};
const daysOfWeek: Bounds = { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] };

const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const dayMs = 86_400_000;
const searchDays = 366 * 5;

/** What a search that finds nothing gives: Go's zero time, in ms since the Unix epoch. */
export const zeroTimeMs = -62_135_596_800_000;

/** Why a schedule cannot be read. */
export class CronParseError extends Error {
  override readonly name = 'CronParseError';
}

/** Says when a schedule is due next after a time; both in ms since the Unix epoch. */
export interface CronSchedule {
  next(afterMs: number): number;
}

/**
 * Reads a schedule of five fields or a descriptor (`@hourly`, `@every 5m`), in the given time zone (UTC unless told).
 *
 * @throws CronParseError when it cannot be read; RangeError when the time zone is unknown
 *
 * Differs from other cron libraries as robfig/cron v3 does: a time that daylight saving skips is skipped.
 */
export function parseCronSchedule(text: string, timeZone?: string): CronSchedule {
  const offset = offsetOf(timeZone);
  if (text.startsWith('@every ')) return every(text);
  const standard = text.startsWith('@') ? descriptors[text] : text;
  if (standard === undefined) throw new CronParseError(`unrecognized descriptor: ${text}`);
  const fields = standard.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== 5) {
    throw new CronParseError(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`);
  }
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = fields;
  return new FieldSchedule(
    {
      minutes: parseField(minute, minutes),
      hours: parseField(hour, hours),
      daysOfMonth: parseField(dayOfMonth, daysOfMonth),
      months: parseField(month, months),
      daysOfWeek: parseField(dayOfWeek, daysOfWeek),
      anyDayOfMonth: /^[*?](\/|$)/.test(dayOfMonth),
      anyDayOfWeek: /^[*?](\/|$)/.test(dayOfWeek),
    },
    offset,
  );
}

function every(text: string): CronSchedule {
  const match = /^@every (?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  const [, h = '0', m = '0', s = '0'] = match ?? [];
  const ms = (Number(h) * 3600 + Number(m) * 60 + Number(s)) * 1000;
  if (!match || ms === 0) throw new CronParseError(`failed to parse duration ${text}`);
  return { next: (afterMs) => Math.floor(afterMs / 1000) * 1000 + ms };
}

function parseField(text: string, bounds: Bounds): ReadonlySet<number> {
  const out = new Set<number>();
  for (const part of text.split(',')) for (const value of parseRange(part, bounds)) out.add(value);
  return out;
}

function parseRange(text: string, bounds: Bounds): number[] {
  const [range = '', stepText, ...tooMany] = text.split('/');
  const [low = '', high, ...tooManyHyphens] = range.split('-');
  if (tooManyHyphens.length > 0) throw new CronParseError(`too many hyphens: ${text}`);
  if (tooMany.length > 0) throw new CronParseError(`too many slashes: ${text}`);
  const any = low === '*' || low === '?';
  const start = any ? bounds.min : parseValue(low, bounds);
  const step = stepText === undefined ? 1 : parseNumber(stepText);
  const single = any || stepText !== undefined ? bounds.max : start;
  const end = high === undefined ? single : parseValue(high, bounds);
  if (start < bounds.min) {
    throw new CronParseError(`beginning of range (${start}) below minimum (${bounds.min}): ${text}`);
  }
  if (end > bounds.max) throw new CronParseError(`end of range (${end}) above maximum (${bounds.max}): ${text}`);
  if (start > end) throw new CronParseError(`beginning of range (${start}) beyond end of range (${end}): ${text}`);
  if (step === 0) throw new CronParseError(`step of range should be a positive number: ${text}`);
  const out: number[] = [];
  for (let value = start; value <= end; value += step) out.push(value);
  return out;
}

function parseValue(text: string, { names }: Bounds): number {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  return named >= 0 && text !== '' ? named : parseNumber(text);
}
function parseNumber(text: string): number {
  if (!/^[-+]?\d+$/.test(text)) {
    const why = `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
    throw new CronParseError(`failed to parse int from ${text}: ${why}`);
  }
  if (text.startsWith('-')) throw new CronParseError(`negative number (${text}) not allowed: ${text}`);
  return Number(text);
}

interface Fields {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly daysOfMonth: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly daysOfWeek: ReadonlySet<number>;
  readonly anyDayOfMonth: boolean;
  readonly anyDayOfWeek: boolean;
}

/** Searches in wall time, written as if it were UTC, and converts what it finds. */
class FieldSchedule implements CronSchedule {
  readonly #fields: Fields;
  readonly #times: readonly number[];
  readonly #offset: (utcMs: number) => number;

  constructor(fields: Fields, offset: (utcMs: number) => number) {
    this.#fields = fields;
    this.#offset = offset;
    const byHour = [...fields.hours].sort((a, b) => a - b);
    const byMinute = [...fields.minutes].sort((a, b) => a - b);
    this.#times = byHour.flatMap((hour) => byMinute.map((minute) => (hour * 60 + minute) * 60_000));
  }

  next(afterMs: number): number {
    const wall = afterMs + this.#offset(afterMs);
    const today = Math.floor(wall / dayMs) * dayMs;
    for (let day = 0; day <= searchDays; day++) {
      const midnight = today + day * dayMs;
      if (!this.#dayMatches(new Date(midnight))) continue;
      for (const time of this.#times) {
        const found = this.#utcOf(midnight + time, afterMs);
        if (found !== undefined) return found;
      }
    }
    return zeroTimeMs;
  }
  #dayMatches(date: Date): boolean {
    const { months: inMonths, daysOfMonth: ofMonth, daysOfWeek: ofWeek, anyDayOfMonth, anyDayOfWeek } = this.#fields;
    if (!inMonths.has(date.getUTCMonth() + 1)) return false;
    const dayOfMonth = ofMonth.has(date.getUTCDate());
    const dayOfWeek = ofWeek.has(date.getUTCDay());
    return anyDayOfMonth || anyDayOfWeek ? dayOfMonth && dayOfWeek : dayOfMonth || dayOfWeek;
  }
  /** The moment after `afterMs` when clocks show the wall time; undefined when they skip it, or have shown it already. */
  #utcOf(wall: number, afterMs: number): number | undefined {
    const guesses = [wall - this.#offset(wall - dayMs / 2), wall - this.#offset(wall + dayMs / 2)];
    const valid = guesses.filter((utc) => utc > afterMs && utc + this.#offset(utc) === wall);
    return valid.length === 0 ? undefined : Math.min(...valid);
  }
}

/** Milliseconds that a zone's clocks are ahead of UTC at a moment. @throws RangeError for an unknown zone */
export function offsetOf(timeZone: string | undefined): (utcMs: number) => number {
  if (timeZone === undefined || timeZone === '' || timeZone === 'UTC' || timeZone === 'Etc/UTC') return () => 0;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (utcMs) => {
    const whole = Math.floor(utcMs / 1000) * 1000;
    const parts = new Map(format.formatToParts(new Date(whole)).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return wall - whole;
  };
}
