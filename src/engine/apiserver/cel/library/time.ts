/** Timestamps and durations. Upstream: github.com/google/cel-go/common/types/{timestamp,duration}.go */
import { loadLocation, TimeZoneError } from '../../../../apimachinery/time-zone.ts';
import { overload, type Implementation, type Overload } from '../functions.ts';
import { CelError } from '../issues.ts';
import { CelDuration, CelTimestamp } from '../values.ts';

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Reads `1h30m`; undefined when it is none. Upstream: Go time.ParseDuration */
export function parseCelDuration(text: string): CelDuration | undefined {
  if (text === '0' || text === '+0' || text === '-0') return new CelDuration(0n);
  const match = /^([+-]?)((?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
  if (!match) return undefined;
  let total = 0n;
  for (const [, whole = '', fraction = '', unit = 's'] of (match[2] ?? '').matchAll(
    /([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)/g,
  )) {
    const scale = units[unit] ?? 1n;
    total += BigInt(whole || '0') * scale;
    if (fraction !== '') total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
  }
  if (total > (1n << 63n) - 1n) return undefined;
  return new CelDuration(match[1] === '-' ? -total : total);
}

/** Reads RFC 3339; undefined when it is none. */
export function parseCelTimestamp(text: string): CelTimestamp | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(ms);
  date.setUTCFullYear(year);
  const isReal =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!isReal || year === 0) return undefined;
  const fraction = BigInt((match[7] ?? '').padEnd(9, '0').slice(0, 9) || '0');
  const offset = (Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0)) * (match[8] === '-' ? -1 : 1);
  const nanos = BigInt(date.getTime()) * 1_000_000n - BigInt(offset) * 60_000_000_000n + fraction;
  return new CelTimestamp(nanos, offset);
}

/** RFC 3339, with as many decimals of seconds as there are. */
export function timestampText({ nanos, offsetMinutes }: CelTimestamp): string {
  const second = floorDivide(nanos, 1_000_000_000n);
  const date = new Date((Number(second) + offsetMinutes * 60) * 1000).toISOString().slice(0, 19);
  const rest = nanos - second * 1_000_000_000n;
  const fraction = rest === 0n ? '' : `.${String(rest).padStart(9, '0').replace(/0+$/, '')}`;
  return `${date}${fraction}${zoneText(offsetMinutes)}`;
}

function zoneText(minutes: number): string {
  if (minutes === 0) return 'Z';
  const two = (count: number): string => String(Math.trunc(Math.abs(count))).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}

/** Seconds, as `5400s` or `0.5s`. */
export function durationText({ nanos }: CelDuration): string {
  const magnitude = nanos < 0n ? -nanos : nanos;
  const rest = magnitude % 1_000_000_000n;
  const fraction = rest === 0n ? '' : `.${String(rest).padStart(9, '0').replace(/0+$/, '')}`;
  return `${nanos < 0n ? '-' : ''}${magnitude / 1_000_000_000n}${fraction}s`;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** The moment as a date whose UTC fields are those of a time zone. */
function localDate({ nanos }: CelTimestamp, zone: string): Date {
  const ms = Number(floorDivide(nanos, 1_000_000n));
  const fixed = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (fixed) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3]);
    return new Date(ms + (fixed[1] === '-' ? -1 : 1) * minutes * 60_000);
  }
  try {
    return new Date(ms + loadLocation(zone)(ms));
  } catch (error) {
    if (error instanceof TimeZoneError) throw new CelError(error.message);
    throw error;
  }
}

const dayOfYear = (date: Date): number =>
  Math.floor(
    (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0, 1)) /
      86_400_000,
  );

const fields: Readonly<Record<string, (date: Date) => number>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDayOfYear: dayOfYear,
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDate: (date) => date.getUTCDate(),
  getDayOfWeek: (date) => date.getUTCDay(),
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (date) => date.getUTCMilliseconds(),
};

const spans: Readonly<Record<string, bigint>> = {
  getHours: 3_600_000_000_000n,
  getMinutes: 60_000_000_000n,
  getSeconds: 1_000_000_000n,
  getMilliseconds: 1_000_000n,
};

export const time: readonly Overload[] = [
  ...Object.entries(fields).flatMap(([name, read]) => [
    overload(name, 'timestamp.() -> int', ((at: CelTimestamp) => BigInt(read(localDate(at, '')))) as Implementation),
    overload(name, 'timestamp.(string) -> int', ((at: CelTimestamp, zone: string) =>
      BigInt(read(localDate(at, zone)))) as Implementation),
  ]),
  ...Object.entries(spans).map(([name, span]) =>
    overload(name, 'duration.() -> int', ((value: CelDuration) => value.nanos / span) as Implementation),
  ),
];
