import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepEqual, semanticDeepEqual } from './deep-equal.ts';
import { deepFreeze } from './deep-freeze.ts';
import { shareStructure } from './structural-sharing.ts';

describe('shareStructure', () => {
  it('gives back the former value when nothing changed', () => {
    const previous = { a: [1, { b: 2 }], c: null };
    expect(shareStructure(previous, structuredClone(previous))).toBe(previous);
  });

  it('keeps what is equal and takes what changed', () => {
    const previous = { spec: { containers: [{ name: 'a' }] }, status: { phase: 'Pending' } };
    const next = shareStructure(previous, { spec: { containers: [{ name: 'a' }] }, status: { phase: 'Running' } });
    expect(next).toEqual({ spec: { containers: [{ name: 'a' }] }, status: { phase: 'Running' } });
    expect(next.spec).toBe(previous.spec);
  });

  it('shares items after an inserted one', () => {
    const previous = [{ n: 1 }, { n: 2 }, { n: 3 }];
    const next = shareStructure(previous, [{ n: 1 }, { n: 9 }, { n: 2 }, { n: 3 }]);
    expect(next[0]).toBe(previous[0]);
    expect(next[2]).toBe(previous[1]);
    expect(next[3]).toBe(previous[2]);
  });

  it('sees removed keys', () => {
    expect(shareStructure({ a: 1, b: 2 }, { a: 1 })).toEqual({ a: 1 });
  });

  it('gives a value equal to the next one, whatever came before', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (previous, next) => {
        const shared = shareStructure(deepFreeze(previous), deepFreeze(next));
        expect(deepEqual(shared, next)).toBe(true);
        expect(deepEqual(previous, next)).toBe(shared === previous || Object.is(previous, next));
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('semanticDeepEqual', () => {
  it.each([
    [{}, undefined, true],
    [{ a: [] }, {}, true],
    [{ a: { b: null } }, {}, true],
    [{ a: 0 }, {}, false],
    [{ a: [1] }, { a: [1] }, true],
    [{ a: [1] }, { a: [2] }, false],
    [{ a: '' }, {}, false],
  ])('%j and %j: %s', (a, b, equal) => {
    expect(semanticDeepEqual(a, b)).toBe(equal);
    expect(semanticDeepEqual(b, a)).toBe(equal);
  });
});
