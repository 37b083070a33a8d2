import type * as appsv1 from '../../../api/apps/v1.ts';
import { computeHash } from '../../../api/core/pod-template-hash.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { deployments, replicaSets } from '../../../api/resources.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { newControllerRef } from '../../../apimachinery/object-meta.ts';
import { isAlreadyExists, isNotFound, StatusError } from '../../../apimachinery/status-error.ts';
import type { Client } from '../../../client/client.ts';
import type { EventRecorder } from '../../../client/event-recorder.ts';
import type { Process } from '../../../process/process.ts';
import { timeOf } from '../shared/api-time.ts';
import { getCondition } from '../shared/conditions.ts';
import { isNamespaceTerminating } from '../shared/pod-control.ts';
import { calculateStatus, rolloutStatus } from './deployment-status.ts';
import {
  annotationsOfRollback,
  byCreationTimestamp,
  byRevision,
  bySizeNewer,
  bySizeOlder,
  deploymentComplete,
  equalIgnoreHash,
  filterActiveReplicaSets,
  findActiveOrLatest,
  findNewReplicaSet,
  getActualReplicaCountForReplicaSets,
  getDesiredReplicasAnnotation,
  getReplicaCountForReplicaSets,
  getReplicaSetProportion,
  hasProgressDeadline,
  isRollingUpdate,
  isSaturated,
  lastRevision,
  maxRevision,
  maxSurge,
  newDeploymentCondition,
  newReplicaSetAnnotations,
  newRSNewReplicas,
  podTemplateHashLabel,
  replicasAnnotations,
  replicasOf,
  revision,
  revisionAnnotation,
  rollbackToAnnotation,
  setDeploymentCondition,
} from './deployment-util.ts';
import {
  cleanupUnhealthyReplicas,
  maxScaledDown,
  type Scaling,
  scaleDownOldReplicaSetsForRollingUpdate,
} from './rolling.ts';

const maxNameLength = 253;

export interface SyncContext {
  readonly client: Client;
  readonly recorder: EventRecorder;
  now(): number;
  /** A set as the view holds it. */
  replicaSet(namespace: string, name: string): appsv1.ReplicaSet | undefined;
  /** Comes back to this deployment to see whether it has stopped progressing. */
  requeue(afterMs: number): void;
}

/** One look at one deployment, and what follows from it. Upstream: pkg/controller/deployment (v1.36) */
export class DeploymentSync {
  readonly #context: SyncContext;
  /** All its sets, as of now. */
  #sets: readonly appsv1.ReplicaSet[];
  /** As of now: what this look has written is in it. */
  #deployment: appsv1.Deployment;
  #newSet: appsv1.ReplicaSet | undefined;
  #oldSets: readonly appsv1.ReplicaSet[] = [];

  constructor(context: SyncContext, deployment: appsv1.Deployment, sets: readonly appsv1.ReplicaSet[]) {
    this.#context = context;
    this.#deployment = deployment;
    this.#sets = sets;
  }

  get #all(): readonly appsv1.ReplicaSet[] {
    return this.#newSet ? [...this.#oldSets, this.#newSet] : this.#oldSets;
  }

  *sync(podsBySet: ReadonlyMap<string, readonly corev1.Pod[]>): Process<void> {
    if (this.#deployment.metadata.deletionTimestamp !== undefined) {
      yield* this.#getAllReplicaSetsAndSyncRevision(false);
      return yield* this.#writeStatus(calculateStatus(this.#deployment, this.#all, this.#newSet, this.#context.now()));
    }
    yield* this.#checkPausedConditions();
    if (this.#deployment.spec?.paused) return yield* this.#syncScale();
    if (this.#rollbackTo() !== undefined) return yield* this.#rollback();
    yield* this.#getAllReplicaSetsAndSyncRevision(false);
    if (this.#isScalingEvent()) return yield* this.#syncScale();
    if (this.#deployment.spec?.strategy?.type === 'Recreate') return yield* this.#rolloutRecreate(podsBySet);
    return yield* this.#rolloutRolling();
  }

  // Revisions and the new set.

  *#getAllReplicaSetsAndSyncRevision(createIfNotExisted: boolean): Process<void> {
    const newSet = findNewReplicaSet(this.#deployment, this.#sets);
    this.#oldSets = [...this.#sets].sort(byCreationTimestamp).filter((rs) => rs.metadata.uid !== newSet?.metadata.uid);
    const newRevision = maxRevision(this.#oldSets) + 1;
    if (newSet) this.#newSet = yield* this.#syncNewReplicaSet(newSet, newRevision);
    else if (createIfNotExisted) this.#newSet = yield* this.#createNewReplicaSet(newRevision);
  }

  *#syncNewReplicaSet(newSet: appsv1.ReplicaSet, newRevision: number): Process<appsv1.ReplicaSet> {
    const deployment = this.#deployment;
    const annotations = newReplicaSetAnnotations(deployment, newSet.metadata.annotations, newRevision);
    const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
    const sameAnnotations = deepEqual(annotations, newSet.metadata.annotations ?? {});
    if (!sameAnnotations || (newSet.spec?.minReadySeconds ?? 0) !== minReadySeconds) {
      const { minReadySeconds: _, ...spec } = newSet.spec ?? { selector: {} };
      const updated = yield* this.#context.client.resource(replicaSets, newSet.metadata.namespace).update({
        ...newSet,
        metadata: { ...newSet.metadata, annotations },
        spec: { ...spec, ...(minReadySeconds > 0 ? { minReadySeconds } : {}) },
      });
      this.#replace(updated);
      return updated;
    }
    const conditions = deployment.status?.conditions;
    const found =
      hasProgressDeadline(deployment) && !getCondition(conditions, 'Progressing')
        ? this.#progressing('True', 'FoundNewReplicaSet', `Found new replica set "${newSet.metadata.name ?? ''}"`)
        : undefined;
    yield* this.#writeRevision(annotations[revisionAnnotation] ?? '', found);
    return newSet;
  }

  *#createNewReplicaSet(newRevision: number): Process<appsv1.ReplicaSet> {
    const { client, recorder } = this.#context;
    const deployment = this.#deployment;
    const wanted = this.#newReplicaSet(newRevision);
    const replicas = replicasOf(wanted);
    let created: appsv1.ReplicaSet;
    let existed = false;
    try {
      created = yield* client.resource(replicaSets, deployment.metadata.namespace).create(wanted);
    } catch (error) {
      if (isAlreadyExists(error)) {
        created = yield* this.#adoptOrCollide(wanted, error);
        existed = true;
      } else {
        yield* this.#createFailed(wanted, error);
        throw error;
      }
    }
    const name = created.metadata.name ?? '';
    if (!existed && replicas > 0) {
      const message = `Scaled up replica set ${name} from 0 to ${replicas}`;
      recorder.event(deployment, 'Normal', 'ScalingReplicaSet', message);
    }
    const condition =
      !existed && hasProgressDeadline(deployment)
        ? this.#progressing('True', 'NewReplicaSetCreated', `Created new replica set "${name}"`)
        : undefined;
    this.#replace(created);
    yield* this.#writeRevision(String(newRevision), condition);
    return created;
  }

  #newReplicaSet(newRevision: number): appsv1.ReplicaSet {
    const deployment = this.#deployment;
    const template = deployment.spec?.template ?? {};
    const hash = computeHash(template, deployment.status?.collisionCount);
    const labels = { ...template.metadata?.labels, [podTemplateHashLabel]: hash };
    const { selector = {}, minReadySeconds = 0 } = deployment.spec ?? {};
    const matchLabels = { ...selector.matchLabels, [podTemplateHashLabel]: hash };
    const { name = '', namespace } = deployment.metadata;
    return {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${name.slice(0, maxNameLength - 1 - hash.length)}-${hash}`,
        ...(namespace === undefined ? {} : { namespace }),
        labels,
        annotations: replicasAnnotations(newReplicaSetAnnotations(deployment, {}, newRevision), deployment),
        ownerReferences: [newControllerRef(deployment, deployments)],
      },
      spec: {
        replicas: newRSNewReplicas(deployment, this.#oldSets, 0),
        ...(minReadySeconds > 0 ? { minReadySeconds } : {}),
        selector: { ...selector, matchLabels },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
    };
  }

  /** The set that has the name already: ours, or a collision of hashes. @throws the error, having counted a collision */
  *#adoptOrCollide(wanted: appsv1.ReplicaSet, error: unknown): Process<appsv1.ReplicaSet> {
    const deployment = this.#deployment;
    const { namespace = '', name = '' } = wanted.metadata;
    const existing = this.#context.replicaSet(namespace, name);
    if (!existing) throw error;
    const owner = existing.metadata.ownerReferences?.find((ref) => ref.controller);
    const ours = owner?.uid === deployment.metadata.uid;
    if (ours && equalIgnoreHash(deployment.spec?.template, existing.spec?.template)) return existing;
    const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
    yield* this.#putStatus({ ...deployment, status: { ...deployment.status, collisionCount } });
    throw error;
  }

  *#createFailed(wanted: appsv1.ReplicaSet, error: unknown): Process<void> {
    if (isNamespaceTerminating(error) || !(error instanceof Error)) return;
    const deployment = this.#deployment;
    const message = `Failed to create new replica set "${wanted.metadata.name ?? ''}": ${error.message}`;
    this.#context.recorder.event(deployment, 'Warning', 'ReplicaSetCreateError', message);
    if (!hasProgressDeadline(deployment)) return;
    const condition = this.#progressing('False', 'ReplicaSetCreateError', message);
    const conditions = setDeploymentCondition(deployment.status?.conditions, condition);
    if (conditions === deployment.status?.conditions) return;
    try {
      yield* this.#putStatus({ ...deployment, status: { ...deployment.status, conditions } });
    } catch {
      // The first error counts.
    }
  }

  #progressing(status: 'True' | 'False' | 'Unknown', reason: string, message: string): appsv1.DeploymentCondition {
    return newDeploymentCondition('Progressing', status, reason, message, this.#context.now());
  }

  *#writeRevision(text: string, condition: appsv1.DeploymentCondition | undefined): Process<void> {
    const deployment = this.#deployment;
    const { annotations } = deployment.metadata;
    if (annotations?.[revisionAnnotation] === text && !condition) return;
    const conditions = condition && setDeploymentCondition(deployment.status?.conditions, condition);
    yield* this.#putStatus({
      ...deployment,
      metadata: { ...deployment.metadata, annotations: { ...annotations, [revisionAnnotation]: text } },
      ...(conditions ? { status: { ...deployment.status, conditions } } : {}),
    });
  }

  *#putStatus(deployment: appsv1.Deployment): Process<void> {
    const resource = this.#context.client.resource(deployments, deployment.metadata.namespace);
    this.#deployment = yield* resource.updateStatus(deployment);
  }

  // Scaling.

  *#scaleReplicaSet(
    rs: appsv1.ReplicaSet,
    replicas: number,
    forceUpdate = false,
  ): Process<{ readonly scaled: boolean; readonly rs: appsv1.ReplicaSet }> {
    const old = replicasOf(rs);
    if (!forceUpdate && old === replicas) return { scaled: false, rs };
    const deployment = this.#deployment;
    const annotations = replicasAnnotations(rs.metadata.annotations, deployment);
    if (old === replicas && deepEqual(annotations, rs.metadata.annotations)) return { scaled: false, rs };
    const updated = yield* this.#context.client.resource(replicaSets, rs.metadata.namespace).update({
      ...rs,
      metadata: { ...rs.metadata, annotations },
      spec: { ...(rs.spec ?? { selector: {} }), replicas },
    });
    this.#replace(updated);
    if (old === replicas) return { scaled: false, rs: updated };
    const direction = old < replicas ? 'up' : 'down';
    const message = `Scaled ${direction} replica set ${rs.metadata.name ?? ''} from ${old} to ${replicas}`;
    this.#context.recorder.event(deployment, 'Normal', 'ScalingReplicaSet', message);
    return { scaled: true, rs: updated };
  }
  #replace(updated: appsv1.ReplicaSet): void {
    const { uid } = updated.metadata;
    this.#sets = [...this.#sets.filter((rs) => rs.metadata.uid !== uid), updated];
    if (this.#newSet?.metadata.uid === uid) this.#newSet = updated;
    this.#oldSets = this.#oldSets.map((rs) => (rs.metadata.uid === uid ? updated : rs));
  }

  #isScalingEvent(): boolean {
    return filterActiveReplicaSets(this.#all).some((rs) => {
      const desired = getDesiredReplicasAnnotation(rs);
      return desired !== undefined && desired !== replicasOf(this.#deployment);
    });
  }

  *#syncScale(): Process<void> {
    yield* this.#getAllReplicaSetsAndSyncRevision(false);
    yield* this.#scale();
    if (this.#deployment.spec?.paused && this.#rollbackTo() === undefined) yield* this.#cleanupDeployment();
    yield* this.#writeStatus(calculateStatus(this.#deployment, this.#all, this.#newSet, this.#context.now()));
  }

  *#scale(): Process<void> {
    const deployment = this.#deployment;
    const only = findActiveOrLatest(this.#newSet, this.#oldSets);
    if (only) {
      yield* this.#scaleReplicaSet(only, replicasOf(deployment));
      return;
    }
    if (isSaturated(deployment, this.#newSet)) {
      for (const old of filterActiveReplicaSets(this.#oldSets)) yield* this.#scaleReplicaSet(old, 0);
      return;
    }
    if (!isRollingUpdate(deployment)) return;
    for (const [rs, size] of proportionalSizes(deployment, filterActiveReplicaSets(this.#all))) {
      yield* this.#scaleReplicaSet(rs, size, true);
    }
  }

  // Rolling.

  *#rolloutRolling(): Process<void> {
    yield* this.#getAllReplicaSetsAndSyncRevision(true);
    if (yield* this.#reconcileNewReplicaSet()) return yield* this.#syncRolloutStatus();
    if (yield* this.#reconcileOldReplicaSets()) return yield* this.#syncRolloutStatus();
    if (deploymentComplete(this.#deployment, this.#deployment.status ?? {})) yield* this.#cleanupDeployment();
    yield* this.#syncRolloutStatus();
  }

  *#reconcileNewReplicaSet(): Process<boolean> {
    const newSet = this.#newSet;
    if (!newSet) return false;
    const desired = replicasOf(this.#deployment);
    const current = replicasOf(newSet);
    if (current === desired) return false;
    const replicas = current > desired ? desired : newRSNewReplicas(this.#deployment, this.#all, current);
    return (yield* this.#scaleReplicaSet(newSet, replicas)).scaled;
  }

  /** What goes wrong while old sets are scaled is not repeated at once: the next change of a set leads here again. */
  *#reconcileOldReplicaSets(): Process<boolean> {
    const newSet = this.#newSet;
    const active = filterActiveReplicaSets(this.#oldSets);
    if (!newSet || active.length === 0) return false;
    const most = maxScaledDown(this.#deployment, newSet, active);
    if (most <= 0) return false;
    try {
      const { scaling, behind } = cleanupUnhealthyReplicas(active, most);
      yield* this.#scaleAll(scaling);
      if (behind) return false;
      const cleaned = new Set(active.map(({ metadata }) => metadata.uid));
      const old = this.#oldSets.filter(({ metadata }) => cleaned.has(metadata.uid));
      const further = scaleDownOldReplicaSetsForRollingUpdate(this.#deployment, newSet, old);
      yield* this.#scaleAll(further);
      return scaling.length + further.length > 0;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      return false;
    }
  }
  *#scaleAll(scaling: Scaling): Process<void> {
    for (const [rs, size] of scaling) yield* this.#scaleReplicaSet(rs, size);
  }

  // Recreate.

  *#rolloutRecreate(podsBySet: ReadonlyMap<string, readonly corev1.Pod[]>): Process<void> {
    let scaledDown = false;
    for (const rs of filterActiveReplicaSets(this.#oldSets)) {
      if ((yield* this.#scaleReplicaSet(rs, 0)).scaled) scaledDown = true;
    }
    if (scaledDown || this.#oldPodsRunning(podsBySet)) return yield* this.#syncRolloutStatus();
    if (!this.#newSet) yield* this.#getAllReplicaSetsAndSyncRevision(true);
    if (this.#newSet) yield* this.#scaleReplicaSet(this.#newSet, replicasOf(this.#deployment));
    if (deploymentComplete(this.#deployment, this.#deployment.status ?? {})) yield* this.#cleanupDeployment();
    yield* this.#syncRolloutStatus();
  }
  #oldPodsRunning(podsBySet: ReadonlyMap<string, readonly corev1.Pod[]>): boolean {
    if (getActualReplicaCountForReplicaSets(this.#oldSets) > 0) return true;
    for (const [uid, list] of podsBySet) {
      if (uid === this.#newSet?.metadata.uid) continue;
      if (list.some((pod) => pod.status?.phase !== 'Failed' && pod.status?.phase !== 'Succeeded')) return true;
    }
    return false;
  }

  // Rollback by the old annotation.

  #rollbackTo(): number | undefined {
    const text = this.#deployment.metadata.annotations?.[rollbackToAnnotation];
    return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
  }
  *#rollback(): Process<void> {
    yield* this.#getAllReplicaSetsAndSyncRevision(true);
    const { recorder } = this.#context;
    const warn = (reason: string, message: string) => recorder.event(this.#deployment, 'Warning', reason, message);
    const wanted = this.#rollbackTo() || lastRevision(this.#all);
    if (wanted === 0) {
      warn('DeploymentRollbackRevisionNotFound', 'Unable to find last revision.');
      return yield* this.#clearRollback(this.#deployment);
    }
    const target = this.#all.find((rs) => revision(rs) === wanted);
    if (!target) {
      warn('DeploymentRollbackRevisionNotFound', 'Unable to find the revision to rollback to.');
      return yield* this.#clearRollback(this.#deployment);
    }
    const deployment = this.#deployment;
    const name = deployment.metadata.name ?? '';
    if (equalIgnoreHash(deployment.spec?.template, target.spec?.template)) {
      const text = `The rollback revision contains the same template as current deployment "${name}"`;
      warn('DeploymentRollbackTemplateUnchanged', text);
      return yield* this.#clearRollback(deployment);
    }
    yield* this.#clearRollback(rolledBack(deployment, target));
    const message = `Rolled back deployment "${name}" to revision ${wanted}`;
    recorder.event(deployment, 'Normal', 'DeploymentRollback', message);
  }
  *#clearRollback(deployment: appsv1.Deployment): Process<void> {
    const { [rollbackToAnnotation]: _, ...annotations } = deployment.metadata.annotations ?? {};
    const metadata = { ...deployment.metadata, annotations };
    yield* this.#context.client.resource(deployments, metadata.namespace).update({ ...deployment, metadata });
  }

  // Status and history.

  *#checkPausedConditions(): Process<void> {
    const deployment = this.#deployment;
    if (!hasProgressDeadline(deployment)) return;
    const current = getCondition(deployment.status?.conditions, 'Progressing');
    if (current?.reason === 'ProgressDeadlineExceeded') return;
    const paused = deployment.spec?.paused === true;
    const known = current?.reason === 'DeploymentPaused';
    if (paused === known) return;
    const condition = paused
      ? this.#progressing('Unknown', 'DeploymentPaused', 'Deployment is paused')
      : this.#progressing('Unknown', 'DeploymentResumed', 'Deployment is resumed');
    const conditions = setDeploymentCondition(deployment.status?.conditions, condition);
    yield* this.#putStatus({ ...deployment, status: { ...deployment.status, conditions } });
  }

  *#syncRolloutStatus(): Process<void> {
    const status = rolloutStatus(this.#deployment, this.#all, this.#newSet, this.#context.now());
    if (deepEqual(this.#deployment.status, status)) return this.#requeueStuckDeployment(status);
    yield* this.#putStatus({ ...this.#deployment, status });
  }
  *#writeStatus(status: appsv1.DeploymentStatus): Process<void> {
    if (!deepEqual(this.#deployment.status, status)) yield* this.#putStatus({ ...this.#deployment, status });
  }
  #requeueStuckDeployment(status: appsv1.DeploymentStatus): void {
    const deployment = this.#deployment;
    const current = getCondition(deployment.status?.conditions, 'Progressing');
    if (!hasProgressDeadline(deployment) || !current) return;
    if (deploymentComplete(deployment, status) || current.reason === 'ProgressDeadlineExceeded') return;
    const deadlineMs = (deployment.spec?.progressDeadlineSeconds ?? 0) * 1000;
    const after = (timeOf(current.lastUpdateTime) ?? 0) + deadlineMs - this.#context.now();
    this.#context.requeue(Math.max(after, 0) + 1000);
  }

  *#cleanupDeployment(): Process<void> {
    const limit = this.#deployment.spec?.revisionHistoryLimit ?? 2_147_483_647;
    const cleanable = this.#oldSets.filter((rs) => rs.metadata.deletionTimestamp === undefined).sort(byRevision);
    for (const rs of cleanable.slice(0, Math.max(0, cleanable.length - limit))) {
      const { replicas = 0, observedGeneration = 0 } = rs.status ?? {};
      if (replicas !== 0 || replicasOf(rs) !== 0 || (rs.metadata.generation ?? 0) > observedGeneration) continue;
      try {
        yield* this.#context.client.resource(replicaSets, rs.metadata.namespace).delete(rs.metadata.name ?? '');
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  }
}

/** The deployment with the template and annotations of one of its sets. */
function rolledBack(deployment: appsv1.Deployment, target: appsv1.ReplicaSet): appsv1.Deployment {
  const template = target.spec?.template ?? {};
  const { [podTemplateHashLabel]: _, ...labels } = template.metadata?.labels ?? {};
  const annotations = annotationsOfRollback(deployment.metadata.annotations, target.metadata.annotations);
  return {
    ...deployment,
    metadata: { ...deployment.metadata, annotations },
    spec: {
      ...(deployment.spec ?? { selector: {}, template: {} }),
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

/** What each active set should have after the deployment was scaled in the middle of a rollout. Upstream: sync.go scale (v1.36) */
export function proportionalSizes(
  deployment: appsv1.Deployment,
  active: readonly appsv1.ReplicaSet[],
): readonly (readonly [rs: appsv1.ReplicaSet, replicas: number])[] {
  const desired = replicasOf(deployment);
  const allowed = desired > 0 ? desired + maxSurge(deployment) : 0;
  const toAdd = allowed - getReplicaCountForReplicaSets(active);
  const sets = [...active];
  if (toAdd > 0) sets.sort(bySizeNewer);
  else if (toAdd < 0) sets.sort(bySizeOlder);
  let added = 0;
  const sizes = sets.map((rs) => {
    const share = getReplicaSetProportion(rs, deployment, toAdd, added);
    added += share;
    return replicasOf(rs) + share;
  });
  if (toAdd !== 0 && sizes[0] !== undefined) sizes[0] = Math.max(0, sizes[0] + toAdd - added);
  return sets.map((rs, i) => [rs, sizes[i] ?? 0]);
}
