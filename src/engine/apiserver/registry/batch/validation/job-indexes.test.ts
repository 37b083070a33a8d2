import { describe, expect, it } from 'vitest';
import { countIndexes, findOverlap } from './job-indexes.ts';

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
