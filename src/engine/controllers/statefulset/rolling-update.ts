import type * as appsv1 from '../../../api/apps/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { getPodRevision, isTerminating, isUnavailable } from './stateful-pods.ts';

/**
 * The pod that goes next so that it can come back in the new revision: the one of the highest ordinal that is not of it, from the partition
 * on, once all above it are available. `maxUnavailable` has no say: its feature gate is off by default.
 *
 * @param replicas by ordinal, from the first
 *
 * Upstream: pkg/controller/statefulset/stateful_set_control.go updateStatefulSet (v1.36)
 */
export function podForRollingUpdate(
  set: appsv1.StatefulSet,
  replicas: readonly corev1.Pod[],
  updateRevision: string,
  nowMs: number,
): corev1.Pod | undefined {
  const first = set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
  for (const pod of replicas.slice(first).reverse()) {
    if (getPodRevision(pod) !== updateRevision && !isTerminating(pod)) return pod;
    if (isUnavailable(pod, set, nowMs)) return undefined;
  }
  return undefined;
}
