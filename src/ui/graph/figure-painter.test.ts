import { expect, it } from 'vitest';
import { shorten } from './figure-painter.ts';

it.each([
  ['web', 10, 'web'],
  ['web-5d4f8c7b9-x2x4z', 11, 'web-5d…2x4z'],
  ['recommendations-5d4f8c7b9-x2x4z', 20, 'recommendatio…-x2x4z'],
  ['recommendationservice', 14, 'recommen…rvice'],
  ['abcdef', 3, 'ab…'],
])('%s in %i', (text, width, short) => {
  expect(shorten(text, width, (candidate) => candidate.length)).toBe(short);
});
