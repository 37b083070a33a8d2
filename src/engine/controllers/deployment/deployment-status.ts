import type * as appsv1 from '../../../api/apps/v1.ts';
import { defined, compact } from '../shared/compact.ts';
import { getCondition, removeCondition } from '../shared/conditions.ts';
import {
  deploymentComplete,
  deploymentProgressing,
  deploymentTimedOut,
  getActualReplicaCountForReplicaSets,
  getAvailableReplicaCountForReplicaSets,
  getReadyReplicaCountForReplicaSets,
  getReplicaCountForReplicaSets,
  getTerminatingReplicaCountForReplicaSets,
  hasProgressDeadline,
  maxUnavailable,
  newDeploymentCondition,
  replicasOf,
  setDeploymentCondition,
} from './deployment-util.ts';

type Status = appsv1.DeploymentStatus;

/** The counts and the Available condition. Upstream: pkg/controller/deployment/sync.go calculateStatus (v1.36) */
export function calculateStatus(
  deployment: appsv1.Deployment,
  sets: readonly appsv1.ReplicaSet[],
  newSet: appsv1.ReplicaSet | undefined,
  nowMs: number,
): Status {
  const available = getAvailableReplicaCountForReplicaSets(sets);
  const enough = available >= replicasOf(deployment) - maxUnavailable(deployment);
  const condition = enough
    ? newDeploymentCondition(
        'Available',
        'True',
        'MinimumReplicasAvailable',
        'Deployment has minimum availability.',
        nowMs,
      )
    : newDeploymentCondition(
        'Available',
        'False',
        'MinimumReplicasUnavailable',
        'Deployment does not have minimum availability.',
        nowMs,
      );
  const counts = compact<Status>({
    observedGeneration: deployment.metadata.generation,
    replicas: getActualReplicaCountForReplicaSets(sets),
    updatedReplicas: newSet?.status?.replicas,
    readyReplicas: getReadyReplicaCountForReplicaSets(sets),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, getReplicaCountForReplicaSets(sets) - available),
    conditions: setDeploymentCondition(deployment.status?.conditions, condition),
  });
  return defined<Status>({
    ...counts,
    terminatingReplicas: getTerminatingReplicaCountForReplicaSets(sets),
    collisionCount: deployment.status?.collisionCount,
  });
}

/** The whole status of a deployment that rolls out. Upstream: pkg/controller/deployment/progress.go syncRolloutStatus (v1.36) */
export function rolloutStatus(
  deployment: appsv1.Deployment,
  sets: readonly appsv1.ReplicaSet[],
  newSet: appsv1.ReplicaSet | undefined,
  nowMs: number,
): Status {
  const status = calculateStatus(deployment, sets, newSet, nowMs);
  const conditions = failureConditions(progressConditions(deployment, status, newSet, nowMs), sets, newSet);
  const { conditions: _, ...counts } = status;
  return conditions.length === 0 ? counts : { ...counts, conditions };
}

function progressConditions(
  deployment: appsv1.Deployment,
  status: Status,
  newSet: appsv1.ReplicaSet | undefined,
  nowMs: number,
): readonly appsv1.DeploymentCondition[] {
  const conditions = status.conditions ?? [];
  if (!hasProgressDeadline(deployment)) return removeCondition(conditions, 'Progressing');
  const current = getCondition(deployment.status?.conditions, 'Progressing');
  const wasComplete =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable';
  if (wasComplete) return conditions;
  const subject = newSet
    ? `ReplicaSet "${newSet.metadata.name ?? ''}"`
    : `Deployment "${deployment.metadata.name ?? ''}"`;
  const progressing = (value: 'True' | 'False', reason: string, what: string) =>
    newDeploymentCondition('Progressing', value, reason, `${subject} ${what}`, nowMs);
  if (deploymentComplete(deployment, status)) {
    return setDeploymentCondition(
      conditions,
      progressing('True', 'NewReplicaSetAvailable', 'has successfully progressed.'),
    );
  }
  if (deploymentProgressing(deployment, status)) {
    const condition = progressing('True', 'ReplicaSetUpdated', 'is progressing.');
    const since = current?.status === 'True' ? current.lastTransitionTime : undefined;
    const dated = since === undefined ? condition : { ...condition, lastTransitionTime: since };
    return [...removeCondition(conditions, 'Progressing'), dated];
  }
  if (deploymentTimedOut(deployment, status, nowMs)) {
    return setDeploymentCondition(
      conditions,
      progressing('False', 'ProgressDeadlineExceeded', 'has timed out progressing.'),
    );
  }
  return conditions;
}

function failureConditions(
  conditions: readonly appsv1.DeploymentCondition[],
  sets: readonly appsv1.ReplicaSet[],
  newSet: appsv1.ReplicaSet | undefined,
): readonly appsv1.DeploymentCondition[] {
  const failed = [...(newSet ? [newSet] : []), ...sets]
    .map((rs) => getCondition(rs.status?.conditions, 'ReplicaFailure'))
    .find((condition) => condition !== undefined);
  if (!failed) return removeCondition(conditions, 'ReplicaFailure');
  const since = failed.lastTransitionTime;
  return setDeploymentCondition(conditions, { ...failed, ...(since === undefined ? {} : { lastUpdateTime: since }) });
}
