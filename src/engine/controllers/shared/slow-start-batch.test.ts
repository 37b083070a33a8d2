import { expect, it } from 'vitest';
import { sleep } from '../../../process/process.ts';
import { Sim } from '../../sim/sim.ts';
import { slowStartBatch } from './slow-start-batch.ts';

// Upstream: pkg/controller/replicaset/replica_set_test.go TestSlowStartBatch (v1.36)
it.each([
  { name: 'callsLeft = 0 (all fail)', count: 10, succeed: 0, calls: 1, successes: 0 },
  { name: 'callsLeft = count (all succeed)', count: 10, succeed: 10, calls: 10, successes: 10 },
  { name: 'callsLeft < count (1 fails per batch)', count: 10, succeed: 6, calls: 7, successes: 6 },
  { name: 'nothing to do', count: 0, succeed: 0, calls: 0, successes: 0 },
])('$name', ({ count, succeed, calls, successes }) => {
  const sim = new Sim({ onError: (error) => expect.unreachable(String(error)) });
  let called = 0;
  let side = 0;
  let most = 0;
  const task = sim.spawn(
    slowStartBatch(count, 1, function* () {
      called++;
      most = Math.max(most, ++side);
      const fails = called > succeed;
      yield* sleep(10);
      side--;
      if (fails) throw new Error('fake error');
    }),
  );
  sim.advance(1000);
  const { outcome } = task;
  const value = outcome?.kind === 'returned' ? outcome.value : undefined;
  expect({ called, successes: value?.successes, failed: value?.error !== undefined }).toEqual({
    called: calls,
    successes,
    failed: successes < count,
  });
  expect(most).toBeLessThanOrEqual(4);
  sim.stop();
});
