/** Which pods and which completion indexes come next. Upstream: pkg/controller/job/indexed_job_utils.go (v1.36) */
import type * as batchv1 from '../../../api/batch/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { compareActivePods } from '../shared/active-pods.ts';
import type { OrderedIntervals } from './ordered-intervals.ts';
import { getCompletionIndex, getIndexAbsoluteFailureCount, isIndexedJob } from './pod-failure.ts';

/**
 * Active pods that are to go: all without a use (an index out of range, a second pod of one index), and of the others as many, in
 * order of how little is lost, as make up the number.
 *
 * Upstream: job_controller.go activePodsForRemoval, indexed_job_utils.go appendDuplicatedIndexPodsForRemoval (v1.36)
 */
export function activePodsForRemoval(
  job: batchv1.Job,
  active: readonly corev1.Pod[],
  atLeast: number,
): readonly corev1.Pod[] {
  const { useless, useful } = isIndexedJob(job)
    ? splitByUse(active, job.spec?.completions ?? 0)
    : { useless: [], useful: active };
  if (useless.length >= atLeast) return useless;
  return [...useless, ...[...useful].sort(compareActivePods).slice(0, atLeast - useless.length)];
}

function splitByUse(active: readonly corev1.Pod[], completions: number) {
  const byIndex = new Map<number | undefined, corev1.Pod[]>();
  for (const pod of active) {
    const index = getCompletionIndex(pod);
    byIndex.set(index, [...(byIndex.get(index) ?? []), pod]);
  }
  const useless: corev1.Pod[] = [];
  const useful: corev1.Pod[] = [];
  for (const [index, same] of byIndex) {
    if (index === undefined || index >= completions) useless.push(...same);
    else {
      const sorted = same.sort(compareActivePods);
      useless.push(...sorted.slice(0, -1));
      useful.push(...sorted.slice(-1));
    }
  }
  return { useless, useful };
}

/** The lowest indexes that are not taken, in order; fewer than asked for when there are no more. Upstream: firstPendingIndexes */
export function firstPendingIndexes(taken: OrderedIntervals, completions: number, count: number): readonly number[] {
  const out: number[] = [];
  for (let index = 0; index < completions && out.length < count; index++) {
    if (!taken.has(index)) out.push(index);
  }
  return out;
}

/**
 * Of failed pods the one with most failures of each index, the last among equals: it stays until its replacement is there, so that
 * the index's failures stay known. Upstream: getPodsWithDelayedDeletionPerIndex
 */
export function latestFailureOfEachIndex(failed: readonly corev1.Pod[]): Map<number, corev1.Pod> {
  const out = new Map<number, corev1.Pod>();
  for (const pod of failed) {
    const index = getCompletionIndex(pod);
    if (index === undefined) continue;
    const other = out.get(index);
    if (!other || getIndexAbsoluteFailureCount(other) <= getIndexAbsoluteFailureCount(pod)) out.set(index, pod);
  }
  return out;
}
