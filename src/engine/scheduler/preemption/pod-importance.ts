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

/**
 * The node where preemption hurts least: fewest violated budgets, then the lowest highest priority, the lowest sum of priorities, the
 * fewest pods, and the latest start.
 *
 * Upstream: pkg/scheduler/framework/preemption/preemption.go pickOneNodeForPreemption (v1.36). Differs: among equals the first candidate,
 * where upstream ranges over a map.
 */
export function pickOneNodeForPreemption(candidates: readonly Candidate[], nowMs: number): Candidate | undefined {
  const scores: ((candidate: Candidate) => number)[] = [
    ({ victims }) => -victims.numPdbViolations,
    ({ victims }) => -podPriority(victims.pods[0] as corev1.Pod),
    ({ victims }) => -victims.pods.reduce((sum, pod) => sum + podPriority(pod) + 2 ** 31, 0),
    ({ victims }) => -victims.pods.length,
    ({ victims }) => earliestStartTime(victims, nowMs),
  ];
  let left = candidates;
  for (const score of scores) {
    if (left.length <= 1) break;
    const most = Math.max(...left.map(score));
    left = left.filter((candidate) => score(candidate) === most);
  }
  return left[0];
}
