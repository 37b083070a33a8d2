import { expect, it } from 'vitest';
import { boundaryStep } from './ttl-controller.ts';

it.each([
  ['a first node', 0, 1, 0],
  ['a hundred', 0, 100, 0],
  ['one more', 0, 101, 1],
  ['back to a hundred: not at once', 1, 100, 1],
  ['back to 89', 1, 89, 0],
  ['from nothing to thousands', 0, 5000, 4],
  ['from thousands to none', 4, 0, 0],
])('%s', (_, step, nodes, expected) => {
  expect(boundaryStep(step, nodes)).toBe(expected);
});
