import type * as corev1 from '../../../api/core/v1.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { getCondition, removeCondition } from './conditions.ts';
import { compact } from './compact.ts';
import { isPodAvailable, isPodReady } from './pod-status.ts';

interface ReplicaCondition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** The status of a ReplicaSet, and of a ReplicationController. */
export interface ReplicaStatus {
  readonly replicas: number;
  readonly fullyLabeledReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly terminatingReplicas?: number;
  readonly observedGeneration?: number;
  readonly conditions?: readonly ReplicaCondition[];
}

export interface StatusInput {
  readonly status: ReplicaStatus;
  readonly replicas: number;
  readonly minReadySeconds: number;
  readonly templateLabels: Readonly<Record<string, string>>;
  readonly activePods: readonly corev1.Pod[];
  /** How many are on their way out; undefined for a ReplicationController, which does not say. */
  readonly terminating: number | undefined;
  readonly manageReplicasError: unknown;
  readonly nowMs: number;
}

/** Upstream: pkg/controller/replicaset/replica_set_utils.go calculateStatus (v1.36) */
export function calculateStatus(input: StatusInput): ReplicaStatus {
  const { activePods, minReadySeconds, templateLabels, terminating, nowMs } = input;
  const wanted = Object.entries(templateLabels);
  const fullyLabeled = activePods.filter((pod) =>
    wanted.every(([key, value]) => pod.metadata.labels?.[key] === value),
  ).length;
  const ready = activePods.filter(isPodReady);
  const conditions = failureConditions(input);
  return {
    ...compact<ReplicaStatus>({
      replicas: 0,
      fullyLabeledReplicas: fullyLabeled,
      readyReplicas: ready.length,
      availableReplicas: ready.filter((pod) => isPodAvailable(pod, minReadySeconds, nowMs)).length,
      observedGeneration: input.status.observedGeneration,
      conditions,
    }),
    replicas: activePods.length,
    ...(terminating === undefined ? {} : { terminatingReplicas: terminating }),
  };
}

function failureConditions({ status, activePods, replicas, manageReplicasError, nowMs }: StatusInput) {
  const failed = getCondition(status.conditions, 'ReplicaFailure');
  if (manageReplicasError === undefined)
    return failed ? removeCondition(status.conditions, 'ReplicaFailure') : status.conditions;
  if (failed) return status.conditions;
  const difference = activePods.length - replicas;
  const message = manageReplicasError instanceof Error ? manageReplicasError.message : String(manageReplicasError);
  const condition = compact<ReplicaCondition>({
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: formatTime(nowMs),
    reason: difference < 0 ? 'FailedCreate' : difference > 0 ? 'FailedDelete' : '',
    message,
  });
  return [...(status.conditions ?? []), condition];
}
