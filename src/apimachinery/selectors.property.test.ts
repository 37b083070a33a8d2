import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFieldSelector } from './fields.ts';
import { JsonPath } from './jsonpath.ts';
import { parseSelector } from './labels.ts';

const settings = { seed: 4_711, numRuns: 200 };
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,4}$/);
const labels = fc.dictionary(word, word, { maxKeys: 4 });
const values = fc.uniqueArray(word, { minLength: 1, maxLength: 3 });

describe('label selectors', () => {
  it('`in` and `notin` part everything between them', () => {
    fc.assert(
      fc.property(word, values, labels, (key, wanted, object) => {
        const isIn = parseSelector(`${key} in (${wanted.join(',')})`).matches(object);
        expect(parseSelector(`${key} notin (${wanted.join(',')})`).matches(object)).toBe(!isIn);
        expect(isIn).toBe(wanted.some((value) => parseSelector(`${key}=${value}`).matches(object)));
        expect(parseSelector(key).matches(object)).toBe(!parseSelector(`!${key}`).matches(object));
      }),
      settings,
    );
  });
  it('say the same after being written and read', () => {
    const term = fc.oneof(
      fc.tuple(word, word).map(([key, value]) => `${key}=${value}`),
      fc.tuple(word, word).map(([key, value]) => `${key}!=${value}`),
      fc.tuple(word, values).map(([key, list]) => `${key} in (${list.join(', ')})`),
      word.map((key) => `!${key}`),
      fc.tuple(word, fc.nat(9)).map(([key, bound]) => `${key}>${bound}`),
    );
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 4 }), labels, (terms, object) => {
        const selector = parseSelector(terms.join(','));
        const again = parseSelector(selector.toString());
        expect(again.toString()).toBe(selector.toString());
        expect(again.matches(object)).toBe(selector.matches(object));
        expect(selector.matches(object)).toBe(terms.every((one) => parseSelector(one).matches(object)));
      }),
      settings,
    );
  });
});

describe('field selectors', () => {
  it('take any value when it is escaped', () => {
    fc.assert(
      fc.property(word, fc.string({ maxLength: 6 }), (key, value) => {
        const escaped = value.replace(/[\\,=]/g, '\\$&');
        const selector = parseFieldSelector(`${key}=${escaped}`);
        expect(selector.requirements).toEqual([{ field: key, operator: '=', value }]);
        expect(parseFieldSelector(selector.toString()).requirements).toEqual(selector.requirements);
        expect(selector.matches({ [key]: value })).toBe(true);
        expect(parseFieldSelector(`${key}!=${escaped}`).matches({ [key]: value })).toBe(false);
      }),
      settings,
    );
  });
});

describe('JSONPath', () => {
  const items = fc.array(fc.record({ name: word, n: fc.nat(5) }), { minLength: 1, maxLength: 5 });
  const answer = (template: string, data: unknown): string =>
    new JsonPath(template, { allowMissingKeys: true }).execute(data);

  it('walks, slices and filters as written', () => {
    fc.assert(
      fc.property(items, fc.nat(4), fc.nat(5), fc.integer({ min: 1, max: 3 }), (list, a, b, step) => {
        const data = { items: list };
        const names = list.map(({ name }) => name);
        const [start, end] = [Math.min(a, b, list.length - 1), Math.min(Math.max(a, b), list.length)];
        expect(answer('{.items[*].name}', data)).toBe(names.join(' '));
        expect(answer('{range .items[*]}{.name};{end}', data)).toBe(names.map((name) => `${name};`).join(''));
        expect(answer(`{.items[${-list.length}].name}`, data)).toBe(names[0]);
        if (start < end) {
          const sliced = names.slice(start, end).filter((_, i) => i % step === 0);
          expect(answer(`{.items[${start}:${end}:${step}].name}`, data)).toBe(sliced.join(' '));
        }
        const matching = list.filter(({ n }) => n >= a).map(({ name }) => name);
        expect(answer(`{.items[?(@.n>=${a})].name}`, data)).toBe(matching.join(' '));
        expect(answer('{..name}', data)).toBe(names.join(' '));
      }),
      settings,
    );
  });
});
