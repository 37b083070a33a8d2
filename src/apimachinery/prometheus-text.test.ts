import { expect, it } from 'vitest';
import { family } from './prometheus-text.ts';

it('writes numbers, labels and times as Prometheus reads them', () => {
  const samples = [
    { labels: { a: 'x"y', b: '' }, value: 12_345_678 },
    { labels: {}, value: 0.5, atMs: 1500.7 },
  ];
  expect(family('things_total', 'STABLE', 'How many.', 'counter', samples)).toBe(
    '# HELP things_total [STABLE] How many.\n# TYPE things_total counter\nthings_total{a="x\\"y",b=""} 1.2345678e+07\nthings_total 0.5 1500\n',
  );
  expect(family('none', 'ALPHA', 'None.', 'gauge', [])).toBe('');
});
