import type * as appsv1 from '../../../api/apps/v1.ts';
import {
  byCreationTimestamp,
  getAvailableReplicaCountForReplicaSets,
  getReplicaCountForReplicaSets,
  maxUnavailable,
  replicasOf,
} from './deployment-util.ts';

/** Sets that get another size, in the order they get it. */
export type Scaling = readonly (readonly [rs: appsv1.ReplicaSet, replicas: number])[];

const availableOf = (rs: appsv1.ReplicaSet): number => rs.status?.availableReplicas ?? 0;
const minAvailable = (deployment: appsv1.Deployment): number => replicasOf(deployment) - maxUnavailable(deployment);

/**
 * How many replicas of old sets may go now: what is more than must be available, less what the new set has promised and not yet made
 * available. Upstream: pkg/controller/deployment/rolling.go reconcileOldReplicaSets (v1.36)
 */
export function maxScaledDown(
  deployment: appsv1.Deployment,
  newSet: appsv1.ReplicaSet,
  oldActive: readonly appsv1.ReplicaSet[],
): number {
  const all = getReplicaCountForReplicaSets(oldActive) + replicasOf(newSet);
  const newUnavailable = replicasOf(newSet) - availableOf(newSet);
  return all - minAvailable(deployment) - newUnavailable;
}

/**
 * Takes replicas that are not available from old sets, the oldest set first. A set that has yet to follow its last scaling shows more
 * available replicas than it should have: it and those after it are left alone, and `behind` says that nothing more is to be done now.
 *
 * Upstream: pkg/controller/deployment/rolling.go cleanupUnhealthyReplicas (v1.36), where that is an error that is only a reason to wait.
 */
export function cleanupUnhealthyReplicas(
  oldActive: readonly appsv1.ReplicaSet[],
  maxCleanupCount: number,
): { readonly scaling: Scaling; readonly behind: boolean } {
  const scaling: [appsv1.ReplicaSet, number][] = [];
  let total = 0;
  for (const rs of [...oldActive].sort(byCreationTimestamp)) {
    if (total >= maxCleanupCount) break;
    const unhealthy = replicasOf(rs) - availableOf(rs);
    if (replicasOf(rs) === 0 || unhealthy === 0) continue;
    if (unhealthy < 0) return { scaling, behind: true };
    const count = Math.min(maxCleanupCount - total, unhealthy);
    scaling.push([rs, replicasOf(rs) - count]);
    total += count;
  }
  return { scaling, behind: false };
}

/**
 * Takes available replicas from old sets, the oldest set first, while enough others are available. A set that should have none counts for
 * nothing, though some of its pods may not be gone yet. Upstream: rolling.go scaleDownOldReplicaSetsForRollingUpdate (v1.36)
 */
export function scaleDownOldReplicaSetsForRollingUpdate(
  deployment: appsv1.Deployment,
  newSet: appsv1.ReplicaSet,
  oldActive: readonly appsv1.ReplicaSet[],
): Scaling {
  const wanted = getAvailableReplicaCountForReplicaSets([...oldActive, newSet]) - minAvailable(deployment);
  const scaling: [appsv1.ReplicaSet, number][] = [];
  let total = 0;
  for (const rs of [...oldActive].sort(byCreationTimestamp)) {
    if (total >= wanted) break;
    if (replicasOf(rs) === 0) continue;
    const count = Math.min(replicasOf(rs), wanted - total);
    scaling.push([rs, replicasOf(rs) - count]);
    total += count;
  }
  return scaling;
}
