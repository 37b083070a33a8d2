import { describe, expect, it } from 'vitest';
import { DurationError, formatDuration, humanDuration, parseDuration, shortHumanDuration } from './duration.ts';
import { getScaledValueFromIntOrPercent, parseIntOrString } from './int-or-string.ts';
import { generateName, safeEncodeString } from './names.ts';
import { formatMicroTime, formatTime, parseMicroTime, parseTime, TimeError } from './time.ts';
import { fnv32a } from './hash.ts';

const epoch = Date.UTC(2024, 0, 2, 3, 4, 5, 678);

describe('times', () => {
  it('print in seconds and microseconds', () => {
    expect(formatTime(epoch)).toBe('2024-01-02T03:04:05Z');
    expect(formatMicroTime(epoch + 0.25)).toBe('2024-01-02T03:04:05.678250Z');
    expect(formatTime(-1)).toBe('1969-12-31T23:59:59Z');
  });

  it.each([
    ['2024-01-02T03:04:05Z', epoch - 678],
    ['2024-01-02T03:04:05.678Z', epoch],
    ['2024-01-02T05:04:05.678+02:00', epoch],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ])('%s is read', (text, expected) => {
    expect(parseTime(text)).toBe(expected);
  });

  it.each([
    ['', 'parsing time "" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"'],
    ['now', 'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"'],
    ['2024-01-01', 'parsing time "2024-01-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"'],
    ['2024-13-01T00:00:00Z', 'parsing time "2024-13-01T00:00:00Z": month out of range'],
    ['2023-02-29T00:00:00Z', 'parsing time "2023-02-29T00:00:00Z": day out of range'],
    ['2024-01-01T00:00:00Zx', 'parsing time "2024-01-01T00:00:00Zx": extra text: "x"'],
  ])('%j is refused', (text, message) => {
    expect(() => parseTime(text)).toThrow(new TimeError(message));
  });

  it('want six decimals where microseconds are asked for', () => {
    expect(parseMicroTime('2024-01-02T03:04:05.678000Z')).toBe(epoch);
    expect(() => parseMicroTime('2024-01-02T03:04:05Z')).toThrow('cannot parse "Z" as ".000000"');
    expect(() => parseMicroTime('2024-01-02T03:04:05.123456789Z')).toThrow('cannot parse "789Z" as "Z07:00"');
  });
});

describe('durations', () => {
  it.each([
    [0, '0s'],
    [1, '1ms'],
    [1.5, '1.5ms'],
    [0.002, '2µs'],
    [1500, '1.5s'],
    [60000, '1m0s'],
    [3723500, '1h2m3.5s'],
    [-3600000, '-1h0m0s'],
  ])('%d ms print as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
    expect(parseDuration(text)).toBeCloseTo(ms, 6);
  });

  it.each([
    ['', 'time: invalid duration ""'],
    ['5', 'time: missing unit in duration "5"'],
    ['5x', 'time: unknown unit "x" in duration "5x"'],
    ['abc', 'time: invalid duration "abc"'],
  ])('%j is refused', (text, message) => {
    expect(() => parseDuration(text)).toThrow(new DurationError(message));
  });

  // Cases of apimachinery/pkg/util/duration/duration_test.go.
  it.each([
    [-2000, '<invalid>', '<invalid>'],
    [-1000, '0s', '0s'],
    [119_000, '119s', '1m'],
    [120_000, '2m', '2m'],
    [121_000, '2m1s', '2m'],
    [600_000, '10m', '10m'],
    [10_800_000, '3h', '3h'],
    [10_860_000, '3h1m', '3h'],
    [28_800_000, '8h', '8h'],
    [172_800_000, '2d', '2d'],
    [176_400_000, '2d1h', '2d'],
    [691_200_000, '8d', '8d'],
    [63_072_000_000, '2y', '2y'],
    [63_158_400_000, '2y1d', '2y'],
    [252_288_000_000, '8y', '8y'],
  ])('%d ms for people: %s, %s', (ms, human, short) => {
    expect(humanDuration(ms)).toBe(human);
    expect(shortHumanDuration(ms)).toBe(short);
  });
});

describe('numbers, percentages and names', () => {
  it.each([
    ['25%', 10, true, 3],
    ['25%', 10, false, 2],
    [4, 10, true, 4],
    ['100%', 7, false, 7],
  ])('%s of %d', (value, total, roundUp, expected) => {
    expect(getScaledValueFromIntOrPercent(value, total, roundUp)).toBe(expected);
  });

  it('refuses text that is no percentage', () => {
    expect(() => getScaledValueFromIntOrPercent('5', 1, true)).toThrow('string is not a percentage');
    expect(parseIntOrString('80')).toBe(80);
    expect(parseIntOrString('http')).toBe('http');
  });

  it('makes names of at most 63 characters', () => {
    expect(generateName('a'.repeat(70), () => 'xxxxx')).toBe(`${'a'.repeat(58)}xxxxx`);
    expect(safeEncodeString('a1')).toBe('v5');
    expect(fnv32a('hello')).toBe(0x4f9f2cab);
  });
});
