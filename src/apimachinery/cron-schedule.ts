// Schedules as CronJobs state them. Upstream: github.com/robfig/cron v3 parser.go, spec.go, constantdelay.go
import { DurationError, parseDuration } from './duration.ts';
import { quote } from './go-format.ts';
import { loadLocation, TimeZoneError, type ZoneOffset } from './time-zone.ts';

/** A schedule that cannot be read; the message is upstream's. */
export class CronParseError extends Error {
  override readonly name = 'CronParseError';
}

/** Says when a schedule is due next after a time; both in ms since the Unix epoch. */
export interface CronSchedule {
  next(afterMs: number): number;
}

/** What a search that finds nothing gives: Go's zero time, in ms since the Unix epoch. */
export const zeroTimeMs = -62_135_596_800_000;

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

/** The values of one field. `star`: it was `*` or `?`, so that it does not choose days by itself. */
interface Field {
  readonly values: ReadonlySet<number>;
  readonly star: boolean;
}

const bounds = {
  minutes: { min: 0, max: 59 },
  hours: { min: 0, max: 23 },
  daysOfMonth: { min: 1, max: 31 },
  months: {
    min: 1,
    max: 12,
    names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  daysOfWeek: { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
} as const satisfies Readonly<Record<string, Bounds>>;

const descriptors: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

const dayMs = 86_400_000;
const secondMs = 1000;
/** Years in which a search goes on after the one it begins in. */
const searchYears = 5;

/**
 * Reads a schedule of five fields or a descriptor (`@hourly`, `@every 5m`), with `TZ=zone` before it or not. Its own
 * zone, or else the given one, or else UTC, is that of its times.
 *
 * @throws CronParseError when it cannot be read; TimeZoneError when the given zone is unknown
 *
 * Upstream: parser.go Parser.Parse, of ParseStandard
 */
export function parseCronSchedule(text: string, timeZone = ''): CronSchedule {
  if (text === '') throw new CronParseError('empty spec string');
  const { rest, offset } = zoneOf(text) ?? { rest: text, offset: loadLocation(timeZone) };
  const every = '@every ';
  if (rest.startsWith(every)) return constantDelay(rest, rest.slice(every.length));
  const standard = rest.startsWith('@') ? descriptors.get(rest) : rest;
  if (standard === undefined) throw new CronParseError(`unrecognized descriptor: ${rest}`);
  const fields = standard.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== 5) {
    throw new CronParseError(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`);
  }
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = fields;
  const parsed = {
    minutes: getField(minute, bounds.minutes),
    hours: getField(hour, bounds.hours),
    daysOfMonth: getField(dayOfMonth, bounds.daysOfMonth),
    months: getField(month, bounds.months),
    daysOfWeek: getField(dayOfWeek, bounds.daysOfWeek),
  };
  return new FieldSchedule(parsed, offset);
}

/** The zone that stands before a schedule, and what follows it. */
function zoneOf(text: string): { readonly rest: string; readonly offset: ZoneOffset } | undefined {
  const prefix = /^(?:CRON_)?TZ=/.exec(text)?.[0];
  if (prefix === undefined) return undefined;
  const space = text.indexOf(' ');
  // Upstream runs into its own bounds here, and the API server tells so.
  if (space < 0) throw new CronParseError('invalid schedule format: runtime error: slice bounds out of range [:-1]');
  const name = text.slice(prefix.length, space);
  try {
    return { rest: text.slice(space).trim(), offset: loadLocation(name) };
  } catch (error) {
    if (!(error instanceof TimeZoneError)) throw error;
    throw new CronParseError(`provided bad location ${name}: ${error.message}`);
  }
}

/** Whole seconds, at least one, counted from a whole second. Upstream: constantdelay.go Every */
function constantDelay(text: string, duration: string): CronSchedule {
  let ms: number;
  try {
    ms = parseDuration(duration);
  } catch (error) {
    if (!(error instanceof DurationError)) throw error;
    throw new CronParseError(`failed to parse duration ${text}: ${error.message}`);
  }
  const wholeSecondsMs = (value: number) => Math.floor(value / secondMs) * secondMs;
  const delayMs = wholeSecondsMs(Math.max(ms, secondMs));
  return { next: (afterMs) => wholeSecondsMs(afterMs) + delayMs };
}

function getField(text: string, field: Bounds): Field {
  const ranges = text.split(',').filter((range) => range !== '');
  const read = ranges.map((range) => getRange(range, field));
  return { values: new Set(read.flatMap(({ values }) => values)), star: read.some(({ star }) => star) };
}

/** `number`, `number-number` or `*`, and `/step` behind it. */
function getRange(text: string, { min, max, names }: Bounds): { readonly values: number[]; readonly star: boolean } {
  const [range = '', stepText, ...moreSteps] = text.split('/');
  const [low = '', high, ...moreHyphens] = range.split('-');
  const any = low === '*' || low === '?';
  const start = any ? min : parseIntOrName(low, names);
  let end = any ? max : start;
  if (!any && high !== undefined) {
    if (moreHyphens.length > 0) throw new CronParseError(`too many hyphens: ${text}`);
    end = parseIntOrName(high, names);
  }
  if (moreSteps.length > 0) throw new CronParseError(`too many slashes: ${text}`);
  const step = stepText === undefined ? 1 : mustParseInt(stepText);
  if (stepText !== undefined && high === undefined) end = max;
  if (start < min) throw new CronParseError(`beginning of range (${start}) below minimum (${min}): ${text}`);
  if (end > max) throw new CronParseError(`end of range (${end}) above maximum (${max}): ${text}`);
  if (start > end) throw new CronParseError(`beginning of range (${start}) beyond end of range (${end}): ${text}`);
  if (step === 0) throw new CronParseError(`step of range should be a positive number: ${text}`);
  const values: number[] = [];
  for (let value = start; value <= end; value += step) values.push(value);
  return { values, star: any && step === 1 };
}

function parseIntOrName(text: string, names: readonly string[] = []): number {
  const named = text === '' ? -1 : names.indexOf(text.toLowerCase());
  return named >= 0 ? named : mustParseInt(text);
}

function mustParseInt(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) {
    throw new CronParseError(`failed to parse int from ${text}: strconv.Atoi: parsing ${quote(text)}: invalid syntax`);
  }
  const value = Number(text);
  if (value < 0) throw new CronParseError(`negative number (${value}) not allowed: ${text}`);
  return value;
}

/** Searches in wall time, written as if it were UTC, and converts what it finds; times that clocks skip are skipped. */
class FieldSchedule implements CronSchedule {
  readonly #fields: Readonly<Record<keyof typeof bounds, Field>>;
  /** The times of a day, in ms since midnight. */
  readonly #times: readonly number[];
  readonly #offset: ZoneOffset;

  constructor(fields: Readonly<Record<keyof typeof bounds, Field>>, offset: ZoneOffset) {
    this.#fields = fields;
    this.#offset = offset;
    const ascending = ({ values }: Field) => [...values].sort((a, b) => a - b);
    const byMinute = ascending(fields.minutes);
    this.#times = ascending(fields.hours).flatMap((hour) => byMinute.map((minute) => (hour * 60 + minute) * 60_000));
  }

  next(afterMs: number): number {
    const wall = afterMs + this.#offset(afterMs);
    const lastYear = new Date(wall).getUTCFullYear() + searchYears;
    for (let midnight = Math.floor(wall / dayMs) * dayMs; ; midnight += dayMs) {
      const date = new Date(midnight);
      if (date.getUTCFullYear() > lastYear) return zeroTimeMs;
      if (!this.#dayMatches(date)) continue;
      for (const time of this.#times) {
        const found = this.#utcOf(midnight + time, afterMs);
        if (found !== undefined) return found;
      }
    }
  }
  /** Upstream: spec.go dayMatches */
  #dayMatches(date: Date): boolean {
    const { months, daysOfMonth, daysOfWeek } = this.#fields;
    if (!months.values.has(date.getUTCMonth() + 1)) return false;
    const ofMonth = daysOfMonth.values.has(date.getUTCDate());
    const ofWeek = daysOfWeek.values.has(date.getUTCDay());
    return daysOfMonth.star || daysOfWeek.star ? ofMonth && ofWeek : ofMonth || ofWeek;
  }
  /** The moment after `afterMs` when clocks show the wall time; undefined when they skip it, or have shown it already. */
  #utcOf(wall: number, afterMs: number): number | undefined {
    const guesses = [wall - this.#offset(wall - dayMs / 2), wall - this.#offset(wall + dayMs / 2)];
    const valid = guesses.filter((utc) => utc > afterMs && utc + this.#offset(utc) === wall);
    return valid.length === 0 ? undefined : Math.min(...valid);
  }
}
