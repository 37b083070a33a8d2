import { expect, it } from 'vitest';
import { decodePemBlock, encodePem, pemBlocks } from './pem.ts';

const block = (type: string, body = 'AQID\n') => `-----BEGIN ${type}-----\n${body}-----END ${type}-----\n`;

// Upstream: encoding/pem/pem_test.go has the same sorts of texts.
it.each([
  ['one block', block('A'), ['A']],
  ['prose around', `hello\n${block('A')}bye\n${block('B')}`, ['A', 'B']],
  ['a beginning that no end follows', `-----BEGIN X-----\n${block('A')}`, ['A']],
  ['another end', '-----BEGIN A-----\nAQID\n-----END B-----\n', []],
  ['not at the beginning of a line', ` ${block('A')}`, []],
  ['words behind the end', '-----BEGIN A-----\nAQID\n-----END A----- x\n', []],
  ['blanks behind the end', '-----BEGIN A-----\nAQID\n-----END A----- \t\n', ['A']],
  ['carriage returns', block('A', 'AQID\r\n').replaceAll('-----\n', '-----\r\n'), ['A']],
  ['broken base64', block('A', 'AQI\n') + block('B'), ['B']],
  ['no line end at the end', block('A').trimEnd(), ['A']],
  ['an empty block', '-----BEGIN A-----\n-----END A-----', ['A']],
  ['headers', block('A', 'Proc-Type: 4,ENCRYPTED\nDEK-Info: x\n\nAQID\n'), ['A']],
  ['headers without a body', '-----BEGIN A-----\nk: v\n-----END A-----\n', []],
])('%s', (_name, text, types) => {
  expect([...pemBlocks(text)].map(({ type }) => type)).toEqual(types);
});

it('gives bytes, headers and the rest', () => {
  expect(decodePemBlock(`${block('A', 'k: v\n\nAQ ID\n')}rest`)).toEqual({
    type: 'A',
    hasHeaders: true,
    bytes: Uint8Array.of(1, 2, 3),
    rest: 'rest',
  });
});

it('writes lines of 64 characters', () => {
  const text = encodePem(new Uint8Array(50), 'KEY');
  expect(text).toBe(`-----BEGIN KEY-----\n${'A'.repeat(64)}\nAAA=\n-----END KEY-----\n`);
  expect(decodePemBlock(text)?.bytes).toEqual(new Uint8Array(50));
});
