/** Milliseconds that a zone's clocks are ahead of UTC at a moment, which is in ms since the Unix epoch. */
export type ZoneOffset = (utcMs: number) => number;

/** There is no time zone of that name; the message is Go's. */
export class TimeZoneError extends Error {
  override readonly name = 'TimeZoneError';
  constructor(zone: string) {
    super(`unknown time zone ${zone}`);
  }
}

const utc: ZoneOffset = () => 0;
const utcNames: ReadonlySet<string> = new Set(['', 'UTC', 'Local', 'Etc/UTC']);

/**
 * A zone of the IANA database, by its name; `Local` and an empty name are UTC, as on a control plane's machine.
 *
 * @throws TimeZoneError when there is none
 *
 * Upstream: Go's time.LoadLocation. It looks for a file of that name, so capitals count. Differs: of an alias (`GB`),
 * which the host resolves to another name, only the first letter's case is checked.
 */
export function loadLocation(name: string): ZoneOffset {
  if (utcNames.has(name)) return utc;
  const format = wallClock(name);
  const known = format.resolvedOptions().timeZone;
  const isWritten = known.toLowerCase() === name.toLowerCase() ? known === name : /^[A-Z]/.test(name);
  if (!isWritten) throw new TimeZoneError(name);
  return (utcMs) => {
    const whole = Math.floor(utcMs / 1000) * 1000;
    const parts = new Map(format.formatToParts(new Date(whole)).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return wall - whole;
  };
}

function wallClock(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new TimeZoneError(timeZone);
  }
}
