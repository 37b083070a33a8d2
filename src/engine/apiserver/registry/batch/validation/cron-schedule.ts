/** What is wrong with a cron schedule, in robfig/cron v3's words. */
import { quote } from '../../../../../apimachinery/go-format.ts';
import { DurationError, parseDuration } from '../../../../../apimachinery/duration.ts';

type Bounds = readonly [min: number, max: number, names?: readonly string[]];

const bounds: readonly Bounds[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12, ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']],
  [0, 6, ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']],
];
const descriptors = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/;

/** A number; a text when it is none. */
function readNumber(text: string, names: readonly string[] = []): number | string {
  const named = text === '' ? -1 : names.indexOf(text.toLowerCase());
  if (named >= 0) return named;
  if (!/^[+-]?\d+$/.test(text)) {
    return `failed to parse int from ${text}: strconv.Atoi: parsing ${quote(text)}: invalid syntax`;
  }
  const value = Number(text);
  return value < 0 ? `negative number (${value}) not allowed: ${text}` : value;
}

function rangeComplaint(expression: string, [min, max, names]: Bounds): string | undefined {
  const parts = expression.split('/');
  const limits = (parts[0] ?? '').split('-');
  let [start, end]: [number, number] = [min, max];
  if (limits[0] !== '*' && limits[0] !== '?') {
    const first = readNumber(limits[0] ?? '', names);
    if (typeof first === 'string') return first;
    if (limits.length > 2) return `too many hyphens: ${expression}`;
    const last = limits.length === 2 ? readNumber(limits[1] ?? '', names) : first;
    if (typeof last === 'string') return last;
    [start, end] = [first, last];
  }
  if (parts.length > 2) return `too many slashes: ${expression}`;
  const step = parts.length === 2 ? readNumber(parts[1] ?? '') : 1;
  if (typeof step === 'string') return step;
  if (parts.length === 2 && limits.length === 1) end = max;
  if (start < min) return `beginning of range (${start}) below minimum (${min}): ${expression}`;
  if (end > max) return `end of range (${end}) above maximum (${max}): ${expression}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${expression}`;
  return step === 0 ? `step of range should be a positive number: ${expression}` : undefined;
}

function descriptorComplaint(text: string): string | undefined {
  if (descriptors.test(text)) return undefined;
  if (!text.startsWith('@every ')) return `unrecognized descriptor: ${text}`;
  try {
    parseDuration(text.slice('@every '.length));
    return undefined;
  } catch (error) {
    if (error instanceof DurationError) return `failed to parse duration ${text}: ${error.message}`;
    throw error;
  }
}

/** Why there is no such time zone. */
export function timeZoneComplaint(zone: string): string | undefined {
  if (zone === '' || zone === 'UTC' || zone === 'Local') return undefined;
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
    // Upstream looks for a file of that name: capitals count. An alias is resolved to another name, which cannot be compared.
    const isWritten = known.toLowerCase() === zone.toLowerCase() ? known === zone : /^[A-Z]/.test(zone);
    if (isWritten) return undefined;
  } catch {
    // Not known.
  }
  return `unknown time zone ${zone}`;
}

/** Why a schedule cannot be read; undefined when it can. */
export function scheduleComplaint(schedule: string): string | undefined {
  let rest = schedule;
  const zone = /^(?:CRON_)?TZ=/.exec(schedule);
  if (zone) {
    const space = schedule.indexOf(' ');
    const start = zone[0].length;
    if (space < 0) return `invalid schedule format: runtime error: slice bounds out of range [:-1]`;
    const name = schedule.slice(start, space);
    const why = timeZoneComplaint(name);
    if (why !== undefined) return `provided bad location ${name}: ${why}`;
    rest = schedule.slice(space).trim();
  }
  if (rest.startsWith('@')) return descriptorComplaint(rest);
  const fields = rest.split(/\s+/).filter((one) => one !== '');
  if (fields.length !== 5) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`;
  for (const [i, limit] of bounds.entries()) {
    for (const expression of (fields[i] ?? '').split(',')) {
      const why = expression === '' ? undefined : rangeComplaint(expression, limit);
      if (why !== undefined) return why;
    }
  }
  return undefined;
}
