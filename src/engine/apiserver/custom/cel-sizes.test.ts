import { expect, it } from 'vitest';
import { sizedTypeOf, sizeEstimator } from './cel-sizes.ts';
import { compileRules } from './compiled-rules.ts';

const properties = {
  s: { type: 'string', maxLength: 100 },
  l: { type: 'array', maxItems: 30, items: { type: 'string', maxLength: 20 } },
  m: { type: 'object', maxProperties: 12, additionalProperties: { type: 'string', maxLength: 8 } },
  free: { type: 'array', items: { type: 'string' } },
};

// The most that evaluating may cost; the factors of v1.36's errors were recorded for these and others.
it.each([
  ['self.s == "abc"', 3],
  ['self.s.matches("^[a-z]+$")', 84],
  ['self.l.all(x, x == self.s)', 423],
  ['self.l.all(x, self.l.exists(y, y == x))', 12783],
  ['self.m.exists(k, self.m[k].contains("b"))', 147],
  ['self.free.all(x, x.size() > 1)', 6291453],
  ['self.l.isSorted()', 272],
  ['self.s.replace("a", "bb").size() > 1', 84],
  ['quantity(self.s).isGreaterThan(quantity("5"))', 44],
])('%s costs at most %d', (rule, most) => {
  const schema = { type: 'object', properties, 'x-kubernetes-validations': [{ rule }] };
  const [compiled] = compileRules(schema, false);
  const sized = sizedTypeOf(schema, false);
  expect(sized && compiled?.program?.estimateCost(sizeEstimator(sized)).max).toBe(most);
});
