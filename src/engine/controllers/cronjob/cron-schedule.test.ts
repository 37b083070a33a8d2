import { describe, expect, it } from 'vitest';
import { parseCronSchedule, zeroTimeMs } from './cron-schedule.ts';

const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16);
const at = (text: string) => Date.parse(`${text}Z`);

describe('next', () => {
  it.each([
    ['*/15 * * * *', '2026-01-01T00:00', '2026-01-01T00:15'],
    ['0 0 * * *', '2026-01-01T00:00', '2026-01-02T00:00'],
    ['0 0 13 * 5', '2026-01-01T00:00', '2026-01-02T00:00'],
    ['0 0 */2 * 5', '2026-01-01T00:00', '2026-01-09T00:00'],
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

it.each(['* * * *', '60 * * * *', '* * * * mon-', '@never', '5-1 * * * *', '*/0 * * * *'])('refuses %s', (text) => {
  expect(() => parseCronSchedule(text)).toThrow();
});
