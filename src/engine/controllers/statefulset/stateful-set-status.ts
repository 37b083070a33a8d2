import type * as appsv1 from '../../../api/apps/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { isPodAvailable, isPodReady } from '../shared/pod-status.ts';
import { getPodRevision, isCreated, isTerminating, replicasOf } from './stateful-pods.ts';
import type { Revisions } from './stateful-set-revisions.ts';

/**
 * What a set's status says of its pods.
 *
 * @param retired pods of the present revision that this look has deleted for the new one
 *
 * Upstream: pkg/controller/statefulset/stateful_set_control.go updateStatus, completeRollingUpdate (v1.36)
 */
export function statefulSetStatus(
  set: appsv1.StatefulSet,
  all: readonly corev1.Pod[],
  { current, update, collisionCount }: Revisions,
  retired: number,
  nowMs: number,
): appsv1.StatefulSetStatus {
  const pods = all.filter(isCreated);
  const ready = pods.filter((pod) => pod.status?.phase === 'Running' && isPodReady(pod));
  const alive = pods.filter((pod) => !isTerminating(pod));
  const ofRevision = (name: string | undefined) => alive.filter((pod) => getPodRevision(pod) === name).length;
  const updatedReplicas = ofRevision(update.metadata.name);
  let currentReplicas = ofRevision(current.metadata.name) - retired;
  let currentRevision = current.metadata.name ?? '';
  const updateRevision = update.metadata.name ?? '';
  const wanted = replicasOf(set);
  const complete = updatedReplicas === wanted && ready.length === wanted && pods.length === wanted;
  if (complete && set.spec?.updateStrategy?.type === 'RollingUpdate') {
    currentReplicas = updatedReplicas;
    currentRevision = updateRevision;
  }
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  return {
    ...(set.metadata.generation ? { observedGeneration: set.metadata.generation } : {}),
    replicas: pods.length,
    ...(ready.length > 0 ? { readyReplicas: ready.length } : {}),
    ...(currentReplicas !== 0 ? { currentReplicas } : {}),
    ...(updatedReplicas > 0 ? { updatedReplicas } : {}),
    currentRevision,
    updateRevision,
    collisionCount,
    availableReplicas: ready.filter((pod) => isPodAvailable(pod, minReadySeconds, nowMs)).length,
  };
}
