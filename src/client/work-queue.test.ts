import { expect, it } from 'vitest';
import { Sim } from '../engine/sim/sim.ts';
import { runController, TerminalError } from './controller.ts';
import { RateLimitingQueue } from './rate-limiting-queue.ts';
import { WorkQueue } from './work-queue.ts';
import { sleep } from '../process/process.ts';

it('gives a key once, and again when it was added meanwhile', () => {
  const sim = new Sim();
  const queue = new WorkQueue(sim);
  const got: (string | undefined)[] = [];
  sim.spawn(
    (function* () {
      for (;;) {
        const key = yield* queue.get();
        got.push(key);
        if (key === undefined) return;
        if (got.length === 1) queue.add(key);
        queue.done(key);
      }
    })(),
  );
  for (const key of ['a', 'b', 'a']) queue.add(key);
  sim.settle();
  expect(got).toEqual(['a', 'b', 'a']);
  queue.shutDown();
  sim.settle();
  expect(got.at(-1)).toBeUndefined();
});

it('reconciles in the causes of all who added the key', () => {
  const sim = new Sim();
  const queue = new RateLimitingQueue(sim);
  const causes: string[] = [];
  sim.spawn(
    runController({
      name: 'test',
      queue,
      workers: 1,
      *reconcile() {
        yield* sleep(1);
        causes.push(...(sim.cause?.parents ?? []).map((cause) => cause.label));
      },
    }),
  );
  sim.withCause(sim.newCause('one'), () => queue.add('a'));
  sim.withCause(sim.newCause('two'), () => queue.add('a'));
  sim.runUntilIdle();
  expect(causes).toEqual(['one', 'two']);
});

it('tries failed keys later and later, and gives up terminal ones', () => {
  const sim = new Sim({ epochMs: 0 });
  const queue = new RateLimitingQueue(sim);
  const tries: string[] = [];
  const reported: string[] = [];
  sim.spawn(
    runController({
      name: 'test',
      queue,
      workers: 2,
      // biome-ignore lint/correctness/useYield: this reconcile never waits
      *reconcile(key) {
        tries.push(`${key} ${Math.round(sim.elapsed)}`);
        if (key === 'never') throw new TerminalError('no');
        if (sim.elapsed < 70) throw new Error('later');
      },
      report: (_, what) => reported.push(what),
    }),
  );
  queue.add('never');
  queue.add('a');
  sim.runUntilIdle();
  expect(tries).toEqual(['never 0', 'a 0', 'a 5', 'a 15', 'a 35', 'a 75']);
  expect(reported).toHaveLength(5);
  expect(queue.numRequeues('a')).toBe(0);
});

it('keeps the earliest of several waits', () => {
  const sim = new Sim();
  const queue = new RateLimitingQueue(sim);
  queue.addAfter('a', 100);
  queue.addAfter('a', 10);
  queue.addAfter('a', 50);
  sim.advance(20);
  expect(queue.length).toBe(1);
  sim.advance(1000);
  expect(queue.length).toBe(1);
});
