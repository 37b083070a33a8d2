import type * as corev1 from '../../../api/core/v1.ts';
import { compareRankedPods } from './active-pods.ts';
import { isPodActive } from './pod-status.ts';

/**
 * The `count` pods that are missed least. A pod ranks higher the more active pods of the same deployment stand on its node.
 *
 * Upstream: pkg/controller/replicaset/replica_set.go getPodsToDelete (v1.36)
 */
export function getPodsToDelete(
  pods: readonly corev1.Pod[],
  relatedPods: readonly corev1.Pod[],
  count: number,
  nowMs: number,
): readonly corev1.Pod[] {
  if (count >= pods.length) return pods;
  const onNode = new Map<string, number>();
  for (const pod of relatedPods) {
    const node = pod.spec?.nodeName ?? '';
    if (isPodActive(pod)) onNode.set(node, (onNode.get(node) ?? 0) + 1);
  }
  return pods
    .map((pod) => ({ pod, rank: onNode.get(pod.spec?.nodeName ?? '') ?? 0 }))
    .sort((a, b) => compareRankedPods(a, b, nowMs))
    .slice(0, count)
    .map(({ pod }) => pod);
}
