import { expect, it } from 'vitest';
import { CursorColumn } from './cursor-column.ts';
import { encode } from './text.ts';

it.each([
  { name: 'counts characters, not bytes', text: 'grün', column: 4 },
  { name: 'starts anew with each line', text: 'one\r\nab', column: 2 },
  { name: 'goes back with a carriage return', text: 'one\ra', column: 1 },
  { name: 'goes back one', text: 'one\b', column: 2 },
  { name: 'leaves colours out', text: '\x1b[1;31mab\x1b[0m', column: 2 },
  { name: 'follows the cursor to the right', text: '\r\x1b[J$ x\r\x1b[3C', column: 3 },
])('$name', ({ text, column }) => {
  const cursor = new CursorColumn();
  cursor.advance(encode(text));
  expect(cursor.value).toBe(column);
});
