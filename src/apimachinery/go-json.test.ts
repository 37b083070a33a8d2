import { expect, it } from 'vitest';
import { jsonText } from './go-json.ts';

it.each([
  { value: { a: [1, 'x', null] }, text: '{"a":[1,"x",null]}' },
  {
    value: { a: 9223372036854775807n, b: [-9007199254740993n] },
    text: '{"a":9223372036854775807,"b":[-9007199254740993]}',
  },
])('$text', ({ value, text }) => {
  expect(jsonText(value)).toBe(text);
});
