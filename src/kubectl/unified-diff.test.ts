import { expect, test } from 'vitest';
import { unifiedDiff } from './unified-diff.ts';

const lines = (...texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');

test.each([
  ['equal texts', lines('a', 'b'), lines('a', 'b'), ''],
  ['a changed line', lines('a', 'b', 'c'), lines('a', 'x', 'c'), '@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n'],
  ['a new file', '', lines('a', 'b'), '@@ -0,0 +1,2 @@\n+a\n+b\n'],
  ['one line', lines('a'), lines('b'), '@@ -1 +1 @@\n-a\n+b\n'],
  [
    'three lines around a change',
    lines('1', '2', '3', '4', '5', '6', '7', '8', '9'),
    lines('1', '2', '3', '4', 'x', '6', '7', '8', '9'),
    '@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n',
  ],
])('%s', (_name, before, after, expected) => {
  expect(unifiedDiff(before, after)).toBe(expected);
});
