import { expect, it } from 'vitest';
import { LogBuffer } from './log-buffer.ts';

it('joins pieces into lines', () => {
  const buffer = new LogBuffer();
  buffer.add('a\nb');
  buffer.add('c\nd');
  expect(buffer.lines).toEqual(['a', 'bc', 'd']);
});

it('keeps the last lines and counts the others', () => {
  const buffer = new LogBuffer(2);
  buffer.add('1\n2\n3\n4\n');
  expect([buffer.lines, buffer.first]).toEqual([['3', '4'], 2]);
});
