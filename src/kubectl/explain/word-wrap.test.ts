import { expect, test } from 'vitest';
import { wordWrap } from './word-wrap.ts';

test.each([
  ['short', 10, 'short'],
  ['two words here', 9, 'two words\nhere'],
  ['a  b', 10, 'a  b'],
  ['unbreakableword x', 5, 'unbreakableword\nx'],
  ['one\ntwo three', 8, 'one\ntwo\nthree'],
])('%j at %d', (text, limit, expected) => {
  expect(wordWrap(text, limit)).toBe(expected);
});
