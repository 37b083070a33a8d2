import { describe, expect, it } from 'vitest';
import { BackoffQueue } from './backoff-queue.ts';
import { makePod } from './plugin-fixture.ts';
import { newPrioritySort } from './plugins/priority-sort.ts';
import { QueuedPodInfo } from './queued-pod-info.ts';

/** A whole second, so that distances are what they look like. */
const now = Date.UTC(2026, 0, 1, 12);
const { less = () => false } = newPrioritySort();
const newQueue = (maxMs = 10_000) => new BackoffQueue({ initialMs: 1000, maxMs, now: () => now, less });

interface Row {
  readonly name: string;
  /** Of its last attempt, relative to now. */
  readonly at: number;
  readonly priority?: number;
  readonly failed?: boolean;
}
function infoOf({ name, at, priority = 0, failed = false }: Row, sequence = 0): QueuedPodInfo {
  const info = new QueuedPodInfo(makePod({ name, spec: { priority } }), now + at, sequence);
  if (failed) info.consecutiveErrorsCount = 1;
  else {
    info.unschedulableCount = 1;
    info.unschedulablePlugins.add('plugin');
  }
  return info;
}
const namesOf = (infos: readonly QueuedPodInfo[]) => infos.map(({ pod }) => pod.metadata.name);

// Rows named in lower case as in upstream's backoff_queue_test.go, TestBackoffQueue_calculateBackoffDuration.
describe('how long a pod backs off', () => {
  const table = [
    { name: 'no backoff', rejections: 0, errors: 0, seconds: undefined },
    { name: 'normal', rejections: 16, errors: 0, seconds: 10 },
    { name: 'overflow_32bit', rejections: 32, errors: 0, seconds: 10 },
    { name: 'overflow_64bit', rejections: 64, errors: 0, seconds: 10 },
    { name: 'the first time', rejections: 1, errors: 0, seconds: 1 },
    { name: 'twice as long each time', rejections: 4, errors: 0, seconds: 8 },
    { name: 'by its errors alone while there are any', rejections: 4, errors: 2, seconds: 2 },
  ];
  it.each(table)('$name', ({ rejections, errors, seconds }) => {
    const info = new QueuedPodInfo(makePod({ name: 'a' }), now, 0);
    info.unschedulableCount = rejections;
    info.consecutiveErrorsCount = errors;
    expect(newQueue().backoffTime(info)).toBe(seconds === undefined ? 0 : now + seconds * 1000);
  });
  it('is told in whole seconds', () => {
    expect(newQueue().backoffTime(infoOf({ name: 'a', at: 999 }))).toBe(now + 1000);
  });
  it('is nothing when the longest is nothing', () => {
    expect(newQueue(0).backoffTime(infoOf({ name: 'a', at: 0 }))).toBe(0);
  });
});

// Upstream: backoff_queue_test.go TestBackoffQueue_popEachBackoffCompleted
describe('whose back-off is over', () => {
  const rows = {
    pod0: { name: 'pod0', at: -2000 },
    pod1: { name: 'pod1', at: 1000 },
    pod2: { name: 'pod2', at: -2000, failed: true },
    pod3: { name: 'pod3', at: 1000, failed: true },
  };
  const { pod0, pod1, pod2, pod3 } = rows;
  it.each([
    { name: 'Both queues empty, no pods moved to activeQ', waiting: [], expected: [] },
    { name: 'Pods only in backoffQ, some pods moved to activeQ', waiting: [pod0, pod1], expected: ['pod0'] },
    { name: 'Pods only in errorBackoffQ, some pods moved to activeQ', waiting: [pod2, pod3], expected: ['pod2'] },
    {
      name: 'Pods in both queues, some pods moved to activeQ',
      waiting: [pod0, pod1, pod2, pod3],
      expected: ['pod0', 'pod2'],
    },
    { name: 'Pods in both queues, all pods moved to activeQ', waiting: [pod0, pod2], expected: ['pod0', 'pod2'] },
    { name: 'Pods in both queues, no pods moved to activeQ', waiting: [pod1, pod3], expected: [] },
  ])('$name', ({ waiting, expected }) => {
    const queue = newQueue();
    for (const row of waiting) queue.add(infoOf(row));
    expect(namesOf(queue.popCompleted())).toEqual(expected);
    expect(queue.size).toBe(waiting.length - expected.length);
  });
  // Upstream: TestBackoffQueueOrdering
  it('Pods with the same window are ordered by priority if PopFromBackoffQ is enabled', () => {
    const queue = newQueue();
    const waiting: readonly Row[] = [
      { name: 'pod0', at: 0, priority: 1 },
      { name: 'pod1', at: -1000, priority: 1 },
      { name: 'pod2', at: -1999, priority: 2 },
      { name: 'pod3', at: -2000, priority: 1 },
      { name: 'pod4', at: -2000, priority: 2 },
      { name: 'pod5', at: -3000, priority: 1 },
    ];
    for (const [i, row] of waiting.entries()) queue.add(infoOf(row, i));
    expect(namesOf(queue.popCompleted())).toEqual(['pod5', 'pod4', 'pod2', 'pod3']);
  });
});

it('gives a rejected pod before its time, never one that failed', () => {
  const queue = newQueue();
  queue.add(infoOf({ name: 'failed', at: 0, failed: true }));
  queue.add(infoOf({ name: 'rejected', at: 0 }));
  expect(queue.popEarly()?.pod.metadata.name).toBe('rejected');
  expect(queue.popEarly()).toBeUndefined();
  expect(queue.size).toBe(1);
});
