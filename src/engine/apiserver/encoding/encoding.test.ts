import { expect, it } from 'vitest';
import { listPieces } from './list-pieces.ts';
import { TextBudget, type TextHolder } from './text-budget.ts';

it.each([0, 1, 3, 5000])('a list of %i items in pieces is its JSON', (count) => {
  const items = Array.from({ length: count }, (_, i) => ({ name: `item ${i}`, text: 'ü'.repeat(i % 90) }));
  const pieces = [...listPieces({ kind: 'List', metadata: {} }, 'items', items, (item) => JSON.stringify(item))];
  expect(pieces.join('')).toBe(`${JSON.stringify({ kind: 'List', metadata: {}, items })}\n`);
  expect(pieces.every((piece) => piece.length < 200_000)).toBe(true);
  expect(pieces.length > 1).toBe(count === 5000);
});

it('makes a piece when it is taken', () => {
  let made = 0;
  const text = (): string => {
    made++;
    return `"${'x'.repeat(1000)}"`;
  };
  const pieces = listPieces({}, 'items', Array.from({ length: 1000 }), text);
  pieces.next();
  expect(made).toBeLessThan(200);
});

it('forgets the texts that nobody asks for, and keeps within its budget', () => {
  const budget = new TextBudget(10_000);
  const holders = Array.from({ length: 100 }, (): TextHolder => ({ text: 'x'.repeat(900), isYoung: false }));
  const [favourite] = holders;
  for (const holder of holders) {
    budget.use(holder);
    if (favourite) budget.use(favourite);
  }
  const kept = holders.filter(({ text }) => text !== undefined);
  expect(kept.length).toBeLessThanOrEqual(12);
  expect(kept).toContain(favourite);
});
