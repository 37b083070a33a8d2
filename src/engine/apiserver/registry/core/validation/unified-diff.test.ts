import { expect, it } from 'vitest';
import { unifiedDiff } from './unified-diff.ts';

const lines = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, i) => `line ${from + i}`).join('\n');

it('is empty for equal texts', () => {
  expect(unifiedDiff('a\nb', 'a\nb')).toBe('');
});

it('shows a change with three lines around it', () => {
  const from = lines(1, 10);
  const to = from.replace('line 5', 'line five');
  expect(unifiedDiff(from, to)).toBe(
    [
      '@@ -2,7 +2,7 @@',
      ' line 2',
      ' line 3',
      ' line 4',
      '-line 5',
      '+line five',
      ' line 6',
      ' line 7',
      ' line 8',
      '',
    ].join('\n'),
  );
});

it('joins changes that are near and parts those that are far', () => {
  const from = lines(1, 30);
  const to = from.replace('line 2\n', '').replace('line 29\n', 'line 29\nmore\n');
  expect(unifiedDiff(from, to).match(/^@@.*$/gm)).toEqual(['@@ -1,5 +1,4 @@', '@@ -27,4 +26,5 @@']);
});
