import { expect, it } from 'vitest';
import { readCorpus } from './corpus.ts';
import { emptyReport, fuzz, type PlaneKind } from './fuzz.ts';

const corpus = readCorpus(['api', 'rest', 'policy']);

it.each<{ seed: string; plane: PlaneKind; requests: number }>([
  { seed: 'one', plane: 'api', requests: 1500 },
  { seed: 'two', plane: 'hollow', requests: 700 },
  { seed: 'three', plane: 'nodes', requests: 500 },
])('$requests random requests of seed $seed to $plane all end well', ({ seed, plane, requests }) => {
  const report = emptyReport();
  fuzz({ seed, plane, requests, corpus, report });
  expect([...report.problems.values()]).toEqual([]);
  expect(report.requests).toBe(requests);
});
