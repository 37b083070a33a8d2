import type * as corev1 from '../../../api/core/v1.ts';
import { timeOf } from './api-time.ts';

export function getPodCondition(pod: corev1.Pod, type: string): corev1.PodCondition | undefined {
  const conditions = pod.status?.conditions;
  if (conditions) for (const condition of conditions) if (condition.type === type) return condition;
  return undefined;
}

/** Upstream: pkg/api/v1/pod/util.go IsPodReady (v1.36) */
export function isPodReady(pod: corev1.Pod): boolean {
  return getPodCondition(pod, 'Ready')?.status === 'True';
}

/** When the pod became ready, in ms; undefined when it is not. */
export function podReadyTime(pod: corev1.Pod): number | undefined {
  const condition = getPodCondition(pod, 'Ready');
  return condition?.status === 'True' ? timeOf(condition.lastTransitionTime) : undefined;
}

/** Whether the pod has been ready for `minReadySeconds`. Upstream: pkg/api/v1/pod/util.go IsPodAvailable (v1.36) */
export function isPodAvailable(pod: corev1.Pod, minReadySeconds: number, nowMs: number): boolean {
  if (!isPodReady(pod)) return false;
  if (minReadySeconds === 0) return true;
  const readyMs = podReadyTime(pod);
  return readyMs !== undefined && readyMs + minReadySeconds * 1000 <= nowMs;
}

/** Whether no container of the pod will run again. */
export function isPodTerminal(pod: corev1.Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Upstream: pkg/controller/controller_utils.go IsPodActive (v1.36) */
export function isPodActive(pod: corev1.Pod): boolean {
  return !isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined;
}

/** Upstream: pkg/controller/controller_utils.go IsPodTerminating (v1.36) */
export function isPodTerminating(pod: corev1.Pod): boolean {
  return !isPodTerminal(pod) && pod.metadata.deletionTimestamp !== undefined;
}

/**
 * Milliseconds until the next of the ready pods has been ready for long enough; undefined when none is waiting.
 *
 * Upstream: pkg/controller/controller_utils.go FindMinNextPodAvailabilityCheck (v1.36)
 */
export function findMinNextPodAvailabilityCheck(
  pods: readonly corev1.Pod[],
  minReadySeconds: number,
  nowMs: number,
): number | undefined {
  let least: number | undefined;
  for (const pod of pods) {
    const readyMs = podReadyTime(pod);
    if (readyMs === undefined || minReadySeconds <= 0) continue;
    const next = readyMs + minReadySeconds * 1000 - nowMs;
    if (next > 0 && (least === undefined || next < least)) least = next;
  }
  return least;
}
