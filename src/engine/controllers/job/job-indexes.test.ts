import { expect, it } from 'vitest';
import type * as batchv1 from '../../../api/batch/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { activePodsForRemoval, firstPendingIndexes, latestFailureOfEachIndex } from './job-indexes.ts';
import { OrderedIntervals } from './ordered-intervals.ts';

const job = (completionMode: 'Indexed' | 'NonIndexed'): batchv1.Job => ({
  metadata: { name: 'j' },
  spec: { completionMode, completions: 3, template: {} },
});
const podOf = (name: string, index: number, annotations = {}): corev1.Pod => ({
  metadata: { name, annotations: { 'batch.kubernetes.io/job-completion-index': String(index), ...annotations } },
  status: { phase: name.startsWith('pending') ? 'Pending' : 'Running' },
});
const namesOf = (pods: Iterable<corev1.Pod>) => [...pods].map(({ metadata }) => metadata.name);

// Upstream: pkg/controller/job/indexed_job_utils_test.go TestAppendDuplicatedIndexPodsForRemoval, TestFirstPendingIndexes
it.each([
  ['nobody is too many', 'Indexed', [podOf('a', 0), podOf('b', 1)], 0, []],
  ['out of range', 'Indexed', [podOf('a', 0), podOf('b', 3)], 0, ['b']],
  ['a second of one index, the one that runs stays', 'Indexed', [podOf('a', 0), podOf('pending', 0)], 0, ['pending']],
  ['more than the useless', 'Indexed', [podOf('a', 0), podOf('b', 3), podOf('pending', 1)], 2, ['b', 'pending']],
  ['without indexes', 'NonIndexed', [podOf('a', 0), podOf('pending', 0)], 1, ['pending']],
] as const)('%s', (_name, mode, active, atLeast, names) => {
  expect(namesOf(activePodsForRemoval(job(mode), active, atLeast))).toEqual(names);
});

it.each([
  ['', 2, [0, 1]],
  ['0,2', 5, [1, 3]],
  ['0-3', 1, []],
])('of 4 indexes with %j taken, %i', (taken, count, indexes) => {
  expect(firstPendingIndexes(OrderedIntervals.parse(taken, 4), 4, count)).toEqual(indexes);
});

it('keeps of each index the pod with most failures, the last among equals', () => {
  const failures = (count: number) => ({ 'batch.kubernetes.io/job-index-failure-count': String(count) });
  const failed = [podOf('a', 0, failures(1)), podOf('b', 0, failures(0)), podOf('c', 1), podOf('d', 1)];
  expect(namesOf(latestFailureOfEachIndex(failed).values())).toEqual(['a', 'd']);
});
