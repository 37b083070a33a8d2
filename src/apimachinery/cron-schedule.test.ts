import { describe, expect, it } from 'vitest';
import { CronParseError, parseCronSchedule, zeroTimeMs } from './cron-schedule.ts';

const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16);
const at = (text: string) => Date.parse(`${text}Z`);

describe('next', () => {
  it.each([
    ['*/15 * * * *', '2026-01-01T00:00', '2026-01-01T00:15'],
    ['0 0 * * *', '2026-01-01T00:00', '2026-01-02T00:00'],
    ['0 0 13 * 5', '2026-01-01T00:00', '2026-01-02T00:00'],
    // A step other than 1 chooses days like a list does: either field may say yes.
    ['0 0 */2 * 5', '2026-01-01T00:00', '2026-01-02T00:00'],
    ['0 0 */1 * 5', '2026-01-01T00:00', '2026-01-02T00:00'],
    ['0 0 13,* * 5', '2026-01-02T00:00', '2026-01-09T00:00'],
    ['@every 90.5s', '2026-01-01T00:00', '2026-01-01T00:01'],
    ['@every 1ms', '2026-01-01T00:00', '2026-01-01T00:00'],
    ['TZ=Asia/Tokyo 0 0 * * *', '2026-01-01T00:00', '2026-01-01T15:00'],
    ['30 8 * feb mon-wed', '2026-01-01T00:00', '2026-02-02T08:30'],
    ['@hourly', '2026-01-01T00:10', '2026-01-01T01:00'],
    ['@every 1h30m', '2026-01-01T00:00', '2026-01-01T01:30'],
    ['0 0 29 2 *', '2026-01-01T00:00', '2028-02-29T00:00'],
  ])('%s after %s is %s', (schedule, after, expected) => {
    expect(iso(parseCronSchedule(schedule).next(at(after)))).toBe(expected);
  });
  it('finds nothing for a date that never comes', () => {
    expect(parseCronSchedule('0 0 30 2 *').next(at('2026-01-01T00:00'))).toBe(zeroTimeMs);
  });
  it.each([
    ['0 12 * * *', 'Europe/Berlin', '2026-01-01T12:00', '2026-01-02T11:00'],
    ['30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00', '2026-03-30T00:30'],
    ['30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00', '2026-10-25T00:30'],
  ])('%s in %s after %s is %s', (schedule, zone, after, expected) => {
    expect(iso(parseCronSchedule(schedule, zone).next(at(after)))).toBe(expected);
  });
});

it.each([
  ['', 'empty spec string'],
  ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
  ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
  ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
  ['* * * * mon-', 'failed to parse int from : strconv.Atoi: parsing "": invalid syntax'],
  ['*/-1 * * * *', 'negative number (-1) not allowed: -1'],
  ['@often', 'unrecognized descriptor: @often'],
  ['@every x', 'failed to parse duration @every x: time: invalid duration "x"'],
  ['TZ=Nowhere * * * * *', 'provided bad location Nowhere: unknown time zone Nowhere'],
])('refuses %s', (text, message) => {
  expect(() => parseCronSchedule(text)).toThrow(new CronParseError(message));
});
