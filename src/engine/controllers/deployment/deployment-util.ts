import type * as appsv1 from '../../../api/apps/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { semanticDeepEqual } from '../../../apimachinery/deep-equal.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';
import { getScaledValueFromIntOrPercent } from '../../../apimachinery/int-or-string.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { timeOf } from '../shared/api-time.ts';
import { getCondition, removeCondition } from '../shared/conditions.ts';

type Annotations = Readonly<Record<string, string>>;

export const revisionAnnotation = 'deployment.kubernetes.io/revision';
export const revisionHistoryAnnotation = 'deployment.kubernetes.io/revision-history';
export const desiredReplicasAnnotation = 'deployment.kubernetes.io/desired-replicas';
export const maxReplicasAnnotation = 'deployment.kubernetes.io/max-replicas';
export const rollbackToAnnotation = 'deprecated.deployment.rollback.to';
export const podTemplateHashLabel = 'pod-template-hash';
const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

const maxInt32 = 2_147_483_647;
const maxRevisionHistoryLength = 2000;

const skippedAnnotations: ReadonlySet<string> = new Set([
  lastAppliedAnnotation,
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
  rollbackToAnnotation,
]);

export const replicasOf = (object: appsv1.ReplicaSet | appsv1.Deployment): number => object.spec?.replicas ?? 1;

const sum = (sets: readonly appsv1.ReplicaSet[], of: (rs: appsv1.ReplicaSet) => number): number =>
  sets.reduce((total, rs) => total + of(rs), 0);

export const getReplicaCountForReplicaSets = (sets: readonly appsv1.ReplicaSet[]): number => sum(sets, replicasOf);
export const getActualReplicaCountForReplicaSets = (sets: readonly appsv1.ReplicaSet[]): number =>
  sum(sets, (rs) => rs.status?.replicas ?? 0);
export const getReadyReplicaCountForReplicaSets = (sets: readonly appsv1.ReplicaSet[]): number =>
  sum(sets, (rs) => rs.status?.readyReplicas ?? 0);
export const getAvailableReplicaCountForReplicaSets = (sets: readonly appsv1.ReplicaSet[]): number =>
  sum(sets, (rs) => rs.status?.availableReplicas ?? 0);

/** Undefined when one of the sets does not tell. */
export function getTerminatingReplicaCountForReplicaSets(sets: readonly appsv1.ReplicaSet[]): number | undefined {
  let total = 0;
  for (const { status } of sets) {
    if (status?.terminatingReplicas !== undefined) total += status.terminatingReplicas;
    else if ((status?.observedGeneration ?? 0) !== 0) return undefined;
  }
  return total;
}

export const filterActiveReplicaSets = (sets: readonly appsv1.ReplicaSet[]): appsv1.ReplicaSet[] =>
  sets.filter((rs) => replicasOf(rs) > 0);

/** Oldest first. */
export function byCreationTimestamp(a: appsv1.ReplicaSet, b: appsv1.ReplicaSet): number {
  const difference = (timeOf(a.metadata.creationTimestamp) ?? 0) - (timeOf(b.metadata.creationTimestamp) ?? 0);
  return difference || compareStrings(a.metadata.name ?? '', b.metadata.name ?? '');
}
export const bySizeOlder = (a: appsv1.ReplicaSet, b: appsv1.ReplicaSet): number =>
  replicasOf(b) - replicasOf(a) || byCreationTimestamp(a, b);
export const bySizeNewer = (a: appsv1.ReplicaSet, b: appsv1.ReplicaSet): number =>
  replicasOf(b) - replicasOf(a) || byCreationTimestamp(b, a);
export const byRevision = (a: appsv1.ReplicaSet, b: appsv1.ReplicaSet): number => {
  const [x, y] = [revision(a), revision(b)];
  return x === undefined || y === undefined || x === y ? byCreationTimestamp(a, b) : x - y;
};

/** The revision of a set; 0 when it has none, undefined when it cannot be read. */
export function revision(object: appsv1.ReplicaSet): number | undefined {
  const text = object.metadata.annotations?.[revisionAnnotation];
  if (text === undefined) return 0;
  return /^-?\d+$/.test(text) ? Number(text) : undefined;
}
export const maxRevision = (sets: readonly appsv1.ReplicaSet[]): number =>
  Math.max(0, ...sets.map((rs) => revision(rs) ?? 0));
/** The revision before the last. */
export function lastRevision(sets: readonly appsv1.ReplicaSet[]): number {
  let max = 0;
  let second = 0;
  for (const rs of sets) {
    const value = revision(rs) ?? -1;
    if (value >= max) [second, max] = [max, value];
    else if (value > second) second = value;
  }
  return second;
}

const withoutHash = (template: corev1.PodTemplateSpec | undefined): unknown => {
  const { [podTemplateHashLabel]: _, ...labels } = template?.metadata?.labels ?? {};
  return { ...template, metadata: { ...template?.metadata, labels } };
};
export const equalIgnoreHash = (
  a: corev1.PodTemplateSpec | undefined,
  b: corev1.PodTemplateSpec | undefined,
): boolean => semanticDeepEqual(withoutHash(a), withoutHash(b));

/** The oldest set of the deployment's template. */
export function findNewReplicaSet(
  deployment: appsv1.Deployment,
  sets: readonly appsv1.ReplicaSet[],
): appsv1.ReplicaSet | undefined {
  return [...sets]
    .sort(byCreationTimestamp)
    .find((rs) => equalIgnoreHash(rs.spec?.template, deployment.spec?.template));
}

/** The only active set, or the latest one when none is active; undefined when several are. */
export function findActiveOrLatest(
  newSet: appsv1.ReplicaSet | undefined,
  oldSets: readonly appsv1.ReplicaSet[],
): appsv1.ReplicaSet | undefined {
  const newestFirst = [...oldSets].sort((a, b) => byCreationTimestamp(b, a));
  const active = filterActiveReplicaSets(newSet ? [...newestFirst, newSet] : newestFirst);
  if (active.length > 1) return undefined;
  return active[0] ?? newSet ?? newestFirst[0];
}

export const isRollingUpdate = (deployment: appsv1.Deployment): boolean =>
  deployment.spec?.strategy?.type === 'RollingUpdate';

/** Upstream: deployment_util.go ResolveFenceposts (v1.36) */
export function resolveFenceposts(deployment: appsv1.Deployment): {
  readonly surge: number;
  readonly unavailable: number;
} {
  const { maxSurge = 0, maxUnavailable = 0 } = deployment.spec?.strategy?.rollingUpdate ?? {};
  const desired = replicasOf(deployment);
  const surge = getScaledValueFromIntOrPercent(maxSurge, desired, true);
  const unavailable = getScaledValueFromIntOrPercent(maxUnavailable, desired, false);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}
export function maxUnavailable(deployment: appsv1.Deployment): number {
  if (!isRollingUpdate(deployment) || replicasOf(deployment) === 0) return 0;
  return Math.min(resolveFenceposts(deployment).unavailable, replicasOf(deployment));
}
export function maxSurge(deployment: appsv1.Deployment): number {
  return isRollingUpdate(deployment) ? resolveFenceposts(deployment).surge : 0;
}

/** How many replicas the new set should have now. Upstream: NewRSNewReplicas (v1.36) */
export function newRSNewReplicas(
  deployment: appsv1.Deployment,
  sets: readonly appsv1.ReplicaSet[],
  newSetReplicas: number,
): number {
  const desired = replicasOf(deployment);
  if (!isRollingUpdate(deployment)) return desired;
  const surge = getScaledValueFromIntOrPercent(deployment.spec?.strategy?.rollingUpdate?.maxSurge ?? 0, desired, true);
  const current = getReplicaCountForReplicaSets(sets);
  const maxTotal = desired + surge;
  if (current >= maxTotal) return newSetReplicas;
  return newSetReplicas + Math.min(maxTotal - current, desired - newSetReplicas);
}

const nonNegative = (text: string | undefined): number | undefined => {
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value > maxInt32 ? undefined : value;
};
export const getDesiredReplicasAnnotation = (rs: appsv1.ReplicaSet): number | undefined =>
  nonNegative(rs.metadata.annotations?.[desiredReplicasAnnotation]);

/** A set's share of what a scaling adds or takes away. Upstream: GetReplicaSetProportion (v1.36) */
export function getReplicaSetProportion(
  rs: appsv1.ReplicaSet,
  deployment: appsv1.Deployment,
  toAdd: number,
  added: number,
): number {
  if (replicasOf(rs) === 0 || toAdd === 0 || toAdd === added) return 0;
  const fraction = replicaSetFraction(rs, deployment);
  return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added);
}
function replicaSetFraction(rs: appsv1.ReplicaSet, deployment: appsv1.Deployment): number {
  const size = replicasOf(rs);
  if (replicasOf(deployment) === 0) return -size;
  const before = nonNegative(rs.metadata.annotations?.[maxReplicasAnnotation]) || deployment.status?.replicas || 0;
  if (before === 0) return 0;
  const scaled = (size * (replicasOf(deployment) + maxSurge(deployment))) / before;
  return Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5) - size;
}

export const hasProgressDeadline = (deployment: appsv1.Deployment): boolean =>
  (deployment.spec?.progressDeadlineSeconds ?? maxInt32) !== maxInt32;

export function isSaturated(deployment: appsv1.Deployment, rs: appsv1.ReplicaSet | undefined): boolean {
  const desired = replicasOf(deployment);
  if (!rs || getDesiredReplicasAnnotation(rs) !== desired) return false;
  return replicasOf(rs) === desired && (rs.status?.availableReplicas ?? 0) === desired;
}

export function deploymentComplete(deployment: appsv1.Deployment, status: appsv1.DeploymentStatus): boolean {
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, observedGeneration = 0 } = status;
  const desired = replicasOf(deployment);
  return (
    updatedReplicas === desired &&
    replicas === desired &&
    availableReplicas === desired &&
    observedGeneration >= (deployment.metadata.generation ?? 0)
  );
}

export function deploymentProgressing(deployment: appsv1.Deployment, status: appsv1.DeploymentStatus): boolean {
  const old = deployment.status ?? {};
  const updated = (s: appsv1.DeploymentStatus) => s.updatedReplicas ?? 0;
  const outdated = (s: appsv1.DeploymentStatus) => (s.replicas ?? 0) - updated(s);
  return (
    updated(status) > updated(old) ||
    outdated(status) < outdated(old) ||
    (status.readyReplicas ?? 0) > (old.readyReplicas ?? 0) ||
    (status.availableReplicas ?? 0) > (old.availableReplicas ?? 0)
  );
}

export function deploymentTimedOut(
  deployment: appsv1.Deployment,
  status: appsv1.DeploymentStatus,
  nowMs: number,
): boolean {
  const condition = getCondition(status.conditions, 'Progressing');
  if (!hasProgressDeadline(deployment) || !condition || condition.reason === 'NewReplicaSetAvailable') return false;
  if (condition.reason === 'ProgressDeadlineExceeded') return true;
  const from = timeOf(condition.lastUpdateTime) ?? 0;
  return from + (deployment.spec?.progressDeadlineSeconds ?? 0) * 1000 < nowMs;
}

export function newDeploymentCondition(
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
  nowMs: number,
): appsv1.DeploymentCondition {
  const time = formatTime(nowMs);
  return { type, status, lastUpdateTime: time, lastTransitionTime: time, reason, message };
}

/** Keeps the transition time while the status stays; changes nothing while status and reason stay. */
export function setDeploymentCondition(
  conditions: readonly appsv1.DeploymentCondition[] | undefined,
  condition: appsv1.DeploymentCondition,
): readonly appsv1.DeploymentCondition[] {
  const current = getCondition(conditions, condition.type);
  if (current?.status === condition.status && current.reason === condition.reason) return conditions ?? [];
  const since = current?.status === condition.status ? current.lastTransitionTime : undefined;
  return [
    ...removeCondition(conditions, condition.type),
    { ...condition, ...(since === undefined ? {} : { lastTransitionTime: since }) },
  ];
}

/** The annotations of a set once it says how many replicas its deployment wants. */
export function replicasAnnotations(annotations: Annotations | undefined, deployment: appsv1.Deployment): Annotations {
  const desired = replicasOf(deployment);
  return {
    ...annotations,
    [desiredReplicasAnnotation]: String(desired),
    [maxReplicasAnnotation]: String(desired + maxSurge(deployment)),
  };
}

/** The annotations of the new set: the deployment's, its revision, and the revisions it had. Upstream: SetNewReplicaSetAnnotations */
export function newReplicaSetAnnotations(
  deployment: appsv1.Deployment,
  current: Annotations | undefined,
  newRevision: number,
): Annotations {
  const out: Record<string, string> = { ...current };
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (!skippedAnnotations.has(key)) out[key] = value;
  }
  const oldText = out[revisionAnnotation];
  const oldRevision = oldText === undefined || oldText === '' ? 0 : Number(oldText);
  if (!Number.isInteger(oldRevision) || oldRevision >= newRevision) return out;
  out[revisionAnnotation] = String(newRevision);
  if (oldText !== undefined) {
    const history = appendRevision(out[revisionHistoryAnnotation] ?? '', oldText);
    if (history !== undefined) out[revisionHistoryAnnotation] = history;
  }
  return out;
}

function appendRevision(history: string, added: string): string | undefined {
  if (history === '') return added;
  const revisions = history.split(',');
  let length = history.length + added.length + 1;
  let start = 0;
  while (length > maxRevisionHistoryLength && start < revisions.length) {
    length -= (revisions[start]?.length ?? 0) + 1;
    start++;
  }
  return length > maxRevisionHistoryLength ? undefined : [...revisions.slice(start), added].join(',');
}

/** A deployment's annotations after it was rolled back to a set. Upstream: SetDeploymentAnnotationsTo (v1.36) */
export function annotationsOfRollback(current: Annotations | undefined, of: Annotations | undefined): Annotations {
  const kept = Object.entries(current ?? {}).filter(([key]) => skippedAnnotations.has(key));
  const taken = Object.entries(of ?? {}).filter(([key]) => !skippedAnnotations.has(key));
  return Object.fromEntries([...kept, ...taken]);
}
