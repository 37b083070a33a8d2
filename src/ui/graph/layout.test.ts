import { expect, it } from 'vitest';
import { BandsLayout } from './layout-bands.ts';
import { BoxesLayout } from './layout-boxes.ts';
import type { BandsPlan, BoxesPlan, Figure, PlacedFigure } from './picture.ts';
import { Slots } from './slots.ts';

const figure = (id: string, shape: Figure['shape']): Figure => ({
  id,
  shape,
  title: id,
  subtitle: '',
  level: 'ok',
  symbol: '',
});
const boxes = (contents: Readonly<Record<string, readonly string[]>>): BoxesPlan => ({
  kind: 'boxes',
  boxes: Object.entries(contents).map(([id, items]) => ({
    figure: figure(id, 'box'),
    items: items.map((item) => figure(item, 'chip')),
  })),
  edges: [],
  standIns: new Map(),
});
const bands = (contents: Readonly<Record<string, readonly (readonly string[])[]>>): BandsPlan => ({
  kind: 'bands',
  bands: Object.entries(contents).map(([id, columns]) => ({
    id,
    columns: columns.map((column, index) => column.map((item) => figure(item, index === 0 ? 'card' : 'chip'))),
  })),
  edges: [],
  standIns: new Map(),
});
const places = (placed: readonly PlacedFigure[]) => new Map(placed.map(({ figure, x, y }) => [figure.id, `${x},${y}`]));
const overlaps = (placed: readonly PlacedFigure[]) => {
  const flat = placed.filter(({ figure }) => figure.shape !== 'box');
  return flat.flatMap((a, i) =>
    flat
      .slice(i + 1)
      .filter((b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height)
      .map((b) => [a.figure.id, b.figure.id]),
  );
};

it('gives a newcomer the lowest free place and moves nobody', () => {
  const slots = new Slots();
  slots.update(['a', 'b', 'c']);
  slots.update(['a', 'c']);
  slots.update(['a', 'c', 'd', 'e']);
  expect(['a', 'c', 'd', 'e'].map((id) => slots.of(id))).toEqual([0, 2, 1, 3]);
});

it('closes ranks when most places are empty', () => {
  const slots = new Slots();
  slots.update(Array.from({ length: 20 }, (_, i) => `p${i}`));
  slots.update(['p3', 'p19']);
  expect([slots.of('p3'), slots.of('p19')]).toEqual([0, 1]);
});

it('keeps pods in place when others come and go', () => {
  const layout = new BoxesLayout();
  const first = places(layout.place(boxes({ n1: ['a', 'b'], n2: ['c'], n3: [] }), 1.6));
  const second = layout.place(boxes({ n1: ['b'], n2: ['c', 'd'], n3: ['e'] }), 1.6);
  for (const id of ['n1', 'n2', 'n3', 'b', 'c']) expect(places(second).get(id)).toBe(first.get(id));
  expect(overlaps(second)).toEqual([]);
});

it('moves only the rows below a box that grew', () => {
  const layout = new BoxesLayout();
  const many = Array.from({ length: 12 }, (_, i) => `p${i}`);
  const contents = { n1: ['a'], n2: ['b'], n3: ['c'], n4: ['d'] };
  const first = places(layout.place(boxes(contents), 1));
  const second = places(layout.place(boxes({ ...contents, n1: many }), 1));
  expect(second.get('n1')).toBe(first.get('n1'));
  expect(second.get('n2')).toBe(first.get('n2'));
  expect(second.get('n4')).not.toBe(first.get('n4'));
});

it('keeps bands in place and reuses the gap of one that is gone', () => {
  const layout = new BandsLayout();
  const first = places(layout.place(bands({ a: [['a1'], ['p1', 'p2']], b: [['b1'], ['p3']], c: [['c1'], ['p4']] })));
  const second = places(layout.place(bands({ a: [['a1'], ['p1', 'p2']], c: [['c1'], ['p4']] })));
  expect(second.get('c1')).toBe(first.get('c1'));
  const third = layout.place(bands({ a: [['a1'], ['p1', 'p2']], c: [['c1'], ['p4']], d: [['d1'], ['p5']] }));
  expect(places(third).get('d1')).toBe(first.get('b1'));
  expect(overlaps(third)).toEqual([]);
});

it('never lets figures overlap, whatever comes', () => {
  const layout = new BandsLayout();
  for (let step = 0; step < 30; step++) {
    const contents = Object.fromEntries(
      Array.from({ length: 1 + ((step * 7) % 5) }, (_, band) => [
        `band${(band * 3 + step) % 7}`,
        [
          [`root${(band * 3 + step) % 7}`],
          Array.from(
            { length: (step * band * 5) % 17 },
            (_, i) => `pod${(band * 3 + step) % 7}-${(i * 3 + step) % 23}`,
          ),
        ],
      ]),
    );
    const unique = Object.fromEntries(
      Object.entries(contents).map(([id, columns]) => [id, columns.map((column) => [...new Set(column)])]),
    );
    expect(overlaps(layout.place(bands(unique)))).toEqual([]);
  }
});
