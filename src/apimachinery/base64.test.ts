import { expect, it } from 'vitest';
import { decodeBase64, encodeBase64 } from './base64.ts';

it.each([
  ['', []],
  ['AA==', [0]],
  ['/+8=', [255, 239]],
  ['AQID', [1, 2, 3]],
])('%s', (text, bytes) => {
  expect(encodeBase64(Uint8Array.from(bytes))).toBe(text);
  expect(decodeBase64(text)).toEqual(Uint8Array.from(bytes));
});

it('takes more bytes than a call has arguments', () => {
  const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => at & 255);
  expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
});
