import type * as corev1 from '../../../api/core/v1.ts';
import { parseTime } from '../../../apimachinery/time.ts';
import type { Victims } from '../framework.ts';
import { podPriority } from '../pod-info.ts';

/** When the pod started, in ms since the Unix epoch; now, if it has not. Upstream: pkg/scheduler/util/utils.go GetPodStartTime */
export const getPodStartTime = (pod: corev1.Pod, nowMs: number): number =>
  pod.status?.startTime ? parseTime(pod.status.startTime) : nowMs;

/** Higher priority first, then the longer running. Upstream: util.MoreImportantPod (v1.36) */
export function compareImportance(a: corev1.Pod, b: corev1.Pod, nowMs: number): number {
  return podPriority(b) - podPriority(a) || getPodStartTime(a, nowMs) - getPodStartTime(b, nowMs);
}

/** The earliest start among the victims of highest priority. Upstream: util.GetEarliestPodStartTime */
function earliestStartTime({ pods }: Victims, nowMs: number): number {
  const highest = Math.max(...pods.map(podPriority));
  return Math.min(...pods.filter((pod) => podPriority(pod) === highest).map((pod) => getPodStartTime(pod, nowMs)));
}

/** A node that would fit the pod if its victims were gone. */
export interface Candidate {
  readonly nodeName: string;
  readonly victims: Victims;
}

interface Criterion {
  readonly says: string;
  /** The higher, the less it hurts. */
  score(candidate: Candidate, nowMs: number): number;
}

const criteria: readonly Criterion[] = [
  { says: 'fewest violated disruption budgets', score: ({ victims }) => -victims.numPdbViolations },
  {
    says: 'its most important victim is the least important',
    score: ({ victims }) => -podPriority(victims.pods[0] as corev1.Pod),
  },
  {
    says: 'lowest sum of priorities',
    score: ({ victims }) => -victims.pods.reduce((sum, pod) => sum + podPriority(pod) + 2 ** 31, 0),
  },
  { says: 'fewest victims', score: ({ victims }) => -victims.pods.length },
  { says: 'its victims started last', score: ({ victims }, nowMs) => earliestStartTime(victims, nowMs) },
];

function leastHurt(candidates: readonly Candidate[], { score }: Criterion, nowMs: number): readonly Candidate[] {
  const most = Math.max(...candidates.map((candidate) => score(candidate, nowMs)));
  return candidates.filter((candidate) => score(candidate, nowMs) === most);
}

/**
 * The node where preemption hurts least: fewest violated budgets, then the lowest highest priority, the lowest sum of priorities, the
 * fewest pods, and the latest start.
 *
 * Upstream: pkg/scheduler/framework/preemption/preemption.go pickOneNodeForPreemption (v1.36). Differs: among equals the first candidate,
 * where upstream ranges over a map.
 */
export function pickOneNodeForPreemption(candidates: readonly Candidate[], nowMs: number): Candidate | undefined {
  let left = candidates;
  for (const criterion of criteria) {
    if (left.length <= 1) break;
    left = leastHurt(left, criterion, nowMs);
  }
  return left[0];
}

/** What decided between candidates, in words. */
export function decidingCriterion(candidates: readonly Candidate[], nowMs: number): string {
  let left = candidates;
  if (left.length === 1) return 'the only node where it helps';
  for (const criterion of criteria) {
    left = leastHurt(left, criterion, nowMs);
    if (left.length === 1) return criterion.says;
  }
  return 'the first of equals';
}
