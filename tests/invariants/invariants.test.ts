import fc from 'fast-check';
import { expect, it } from 'vitest';
import { scenarios } from './operations.ts';
import { play } from './play.ts';

/** A few histories in every test run, the same ones; `npm run invariants` plays thousands. */
const runs = Number(process.env['INVARIANT_RUNS'] ?? 12);
const seed = Number(process.env['INVARIANT_SEED'] ?? 1);

it(`holds what must always hold, whatever people do (${runs} histories from seed ${seed})`, {
  timeout: 86_400_000,
}, () => {
  fc.assert(
    fc.property(scenarios, (scenario) => {
      expect(play(scenario)).toEqual([]);
    }),
    { numRuns: runs, seed, endOnFailure: process.env['INVARIANT_SHRINK'] === undefined },
  );
});
