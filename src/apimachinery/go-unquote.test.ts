import { expect, it } from 'vitest';
import { unescapeGo, unquote } from './go-unquote.ts';

// Upstream: strconv/quote_test.go unquotetests, misquoted
it.each([
  ['""', ''],
  ['"a"', 'a'],
  ['"☺"', '☺'],
  ['"\\a\\b\\f\\n\\r\\t\\v\\\\"', '\x07\b\f\n\r\t\v\\'],
  ['"\\xc3\\xa9"', 'é'],
  ['"\\xFF"', '\ufffd'],
  ['"\\377"', '\ufffd'],
  ['"\\141"', 'a'],
  ['"\\u1234"', '\u1234'],
  ['"\\U00010111"', '\u{10111}'],
  ['"\'"', "'"],
  ['"\\""', '"'],
  ['`a\\n\r`', 'a\\n'],
  ['"\\\'"', undefined],
  ['"\\9"', undefined],
  ['"\\19"', undefined],
  ['"\\400"', undefined],
  ['"\\x1!"', undefined],
  ['"\\ud800"', undefined],
  ['"\\U00110000"', undefined],
  ['"\\X41"', undefined],
  ['"\\"', undefined],
  ['"a"b"', undefined],
])('%s', (literal, text) => {
  expect(unquote(literal)).toBe(text);
});

it('knows the other sort of quote', () => {
  expect(unescapeGo('say "\\\'"', "'")).toBe('say "\'"');
  expect(unescapeGo('\\"', "'")).toBeUndefined();
});
