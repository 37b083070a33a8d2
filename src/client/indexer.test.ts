import { expect, it } from 'vitest';
import { compareStrings } from '../apimachinery/go-format.ts';
import { Indexer } from './indexer.ts';

interface Item {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly colors: readonly string[];
}

/** The same numbers each time, in [0, n). */
function numbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % n;
  };
}
const colorsOf = [['red'], ['blue'], ['red', 'blue'], [], ['red', 'red']];
const byKey = (a: Item, b: Item) => compareStrings(keyOf(a), keyOf(b));
const keyOf = ({ metadata }: Item) => `${metadata.namespace}/${metadata.name}`;

it.each([1, 2, 3, 4])('holds, in order of keys, what was put and not removed: %i', (seed) => {
  const next = numbers(seed);
  const indexer = new Indexer<Item>({ color: ({ colors }) => colors });
  const model = new Map<string, Item>();
  const items = () => [...model.values()].sort(byKey);
  for (let step = 0; step < 1500; step++) {
    const name = next(20) === 0 ? `\u{1f600}${next(3)}` : next(20) === 0 ? `\uffff${next(3)}` : `n${next(150)}`;
    const item: Item = { metadata: { name, namespace: `ns${next(3)}` }, colors: colorsOf[next(5)] ?? [] };
    if (next(5) < (step < 1000 ? 3 : 1)) {
      expect(indexer.put(item)).toBe(model.get(keyOf(item)));
      model.set(keyOf(item), item);
    } else {
      expect(indexer.remove(keyOf(item))).toBe(model.get(keyOf(item)));
      model.delete(keyOf(item));
    }
    if (next(30) > 0) continue;
    expect(indexer.list()).toEqual(items());
    expect(indexer.keys()).toEqual(items().map(keyOf));
    expect(indexer.list('ns1')).toEqual(items().filter(({ metadata }) => metadata.namespace === 'ns1'));
    expect(indexer.byIndex('color', 'red')).toEqual(items().filter(({ colors }) => colors.includes('red')));
    expect(indexer.indexValues('color')).toEqual([...new Set(items().flatMap(({ colors }) => colors))].sort());
  }
});
