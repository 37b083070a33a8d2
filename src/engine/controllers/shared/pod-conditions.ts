import type * as corev1 from '../../../api/core/v1.ts';
import { getCondition } from './conditions.ts';

/**
 * The pod's conditions with one put in place of the one of its type; undefined when nothing changes.
 *
 * Upstream: pkg/api/v1/pod/util.go UpdatePodCondition (v1.36)
 */
export function withPodCondition(
  pod: corev1.Pod,
  condition: Pick<corev1.PodCondition, 'type' | 'status' | 'reason' | 'message'>,
  now: string,
): readonly corev1.PodCondition[] | undefined {
  const conditions = pod.status?.conditions ?? [];
  const old = getCondition(conditions, condition.type);
  const { generation } = pod.metadata;
  const lastTransitionTime = old?.status === condition.status ? (old.lastTransitionTime ?? now) : now;
  const next = {
    ...condition,
    lastTransitionTime,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  } as corev1.PodCondition;
  if (!old) return [...conditions, next];
  if (old.status === next.status && old.reason === next.reason && old.message === next.message) return undefined;
  return conditions.map((one) => (one === old ? next : one));
}
