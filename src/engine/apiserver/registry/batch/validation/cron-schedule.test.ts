import { describe, expect, it } from 'vitest';
import { scheduleComplaint } from './cron-schedule.ts';
import { countIndexes, findOverlap } from './job-indexes.ts';

describe('scheduleComplaint', () => {
  it.each([
    ['*/5 * * * *', undefined],
    ['@every 1h30m', undefined],
    ['0 0 1 jan sun', undefined],
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
    ['@often', 'unrecognized descriptor: @often'],
  ])('%s', (schedule, expected) => {
    expect(scheduleComplaint(schedule)).toBe(expected);
  });
});

describe('countIndexes', () => {
  it.each([
    ['', 0],
    ['0,2-4', 4],
    ['3,1', 'non-increasing order, previous: 3, current: 1'],
    [
      '1-2-3',
      'the fragment "1-2-3" violates the requirement that an index interval can have at most two parts separated by \'-\'',
    ],
    ['9', 'too large index: "9"'],
    ['x', 'cannot convert string to integer for index: "x"'],
  ])('%s', (text, expected) => {
    expect(countIndexes(text, 5)).toBe(expected);
  });

  it('finds the first index that two lists share', () => {
    expect(findOverlap('0-2,4', '2-3', 5)).toBe(2);
    expect(findOverlap('0,4', '1-3', 5)).toBeUndefined();
  });
});
