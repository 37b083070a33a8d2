/**
 * Keeps the number of pods of each owner (ReplicaSet, ReplicationController) what it should be.
 *
 * Reads owners and pods through informers; creates, adopts, releases and deletes pods; writes the owner's status. Expectations keep
 * it from acting twice on what it has not seen yet.
 *
 * Upstream: pkg/controller/replicaset/replica_set.go (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import type * as metav1 from '../../../api/meta/v1.ts';
import { pods } from '../../../api/resources.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import type { Selector } from '../../../apimachinery/labels.ts';
import {
  getControllerOf,
  type KubernetesObject,
  metaNamespaceKey,
  newControllerRef,
} from '../../../apimachinery/object-meta.ts';
import type { ResourceRef } from '../../../apimachinery/resource-ref.ts';
import { isConflict, isNotFound } from '../../../apimachinery/status-error.ts';
import type { Informer } from '../../../client/informer.ts';
import type { RateLimitingQueue } from '../../../client/rate-limiting-queue.ts';
import { type Process, sleep } from '../../../process/process.ts';
import type { ControllerRun } from '../define-controller.ts';
import { claim } from './controller-ref-manager.ts';
import { ControllerExpectations } from './expectations.ts';
import {
  getPodFromTemplate,
  isNamespaceTerminating,
  PodControl,
  podControllerIndex,
  podControllerKey,
} from './pod-control.ts';
import { findMinNextPodAvailabilityCheck, isPodActive, isPodReady, isPodTerminating } from './pod-status.ts';
import { getPodsToDelete } from './pods-to-delete.ts';
import { calculateStatus, type ReplicaStatus } from './replica-status.ts';
import { runAll, slowStartBatch } from './slow-start-batch.ts';

/** What a ReplicaSet and a ReplicationController have in common. */
export interface ReplicaOwner extends KubernetesObject {
  readonly metadata: metav1.ObjectMeta;
  readonly spec?: {
    readonly replicas?: number;
    readonly minReadySeconds?: number;
    readonly template?: corev1.PodTemplateSpec;
  };
  readonly status?: ReplicaStatus;
}

export interface ReplicaControllerOptions<T extends ReplicaOwner> {
  readonly ref: ResourceRef<T>;
  /** The component its events come from. */
  readonly component: string;
  selectorOf(owner: T): Selector;
  /** Whether the status tells how many pods are terminating. */
  readonly countsTerminating: boolean;
}

const burstReplicas = 500;
const syncMsPerPod = 0.02;
const byController = {
  controllerUid: (object: KubernetesObject): readonly string[] => {
    const uid = getControllerOf(object)?.uid;
    return uid ? [uid] : [];
  },
};

/** Starts the controller. */
export function startReplicaController<T extends ReplicaOwner>(
  run: ControllerRun,
  options: ReplicaControllerOptions<T>,
): void {
  new ReplicaController(run, options).start();
}

class ReplicaController<T extends ReplicaOwner> {
  readonly #run: ControllerRun;
  readonly #options: ReplicaControllerOptions<T>;
  readonly #owners: Informer<T>;
  readonly #pods: Informer<corev1.Pod>;
  readonly #queue: RateLimitingQueue;
  readonly #expectations: ControllerExpectations;
  readonly #podControl: PodControl;

  constructor(run: ControllerRun, options: ReplicaControllerOptions<T>) {
    this.#run = run;
    this.#options = options;
    this.#owners = run.informer(options.ref, byController);
    this.#pods = run.informer(pods, podControllerIndex);
    this.#queue = run.queue();
    this.#expectations = new ControllerExpectations(() => run.now());
    this.#podControl = new PodControl(run.client, run.recorder(options.component));
  }

  start(): void {
    const run = this.#run;
    run.watch(this.#owners, {
      add: (owner) => this.#queue.add(metaNamespaceKey(owner)),
      update: (old, owner) => {
        if (old.metadata.uid !== owner.metadata.uid) this.#expectations.deleteExpectations(metaNamespaceKey(old));
        this.#queue.add(metaNamespaceKey(owner));
      },
      delete: (owner) => {
        this.#expectations.deleteExpectations(metaNamespaceKey(owner));
        this.#queue.add(metaNamespaceKey(owner));
      },
    });
    run.watch(this.#pods, {
      add: (pod) => this.#addPod(pod),
      update: (old, pod) => this.#updatePod(old, pod),
      delete: (pod) => this.#deletePod(pod),
    });
    const informers = [this.#owners, this.#pods];
    run.work({ queue: this.#queue, informers, reconcile: (key) => this.#sync(key) });
  }

  #resolve(pod: corev1.Pod): string | undefined {
    const ref = getControllerOf(pod);
    if (ref?.kind !== this.#options.ref.kind) return undefined;
    const key = `${pod.metadata.namespace}/${ref.name}`;
    return this.#owners.store.get(key)?.metadata.uid === ref.uid ? key : undefined;
  }
  #enqueueMatching(pod: corev1.Pod): void {
    const labels = pod.metadata.labels ?? {};
    if (Object.keys(labels).length === 0) return;
    for (const owner of this.#owners.store.list(pod.metadata.namespace ?? '')) {
      const selector = this.#options.selectorOf(owner);
      if (!selector.isEmpty && selector.matches(labels)) this.#queue.add(metaNamespaceKey(owner));
    }
  }
  #addPod(pod: corev1.Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) return this.#deletePod(pod);
    if (!getControllerOf(pod)) return this.#enqueueMatching(pod);
    const key = this.#resolve(pod);
    if (key === undefined) return;
    this.#expectations.creationObserved(key);
    this.#queue.add(key);
  }
  #updatePod(old: corev1.Pod, pod: corev1.Pod): void {
    if (old.metadata.resourceVersion === pod.metadata.resourceVersion) return;
    const labelChanged = !deepEqual(old.metadata.labels, pod.metadata.labels);
    if (pod.metadata.deletionTimestamp !== undefined) {
      this.#deletePod(pod);
      if (labelChanged) this.#deletePod(old);
      return;
    }
    const oldRef = getControllerOf(old);
    const ref = getControllerOf(pod);
    const refChanged = oldRef !== ref && !deepEqual(oldRef, ref);
    const oldKey = refChanged && oldRef ? this.#resolve(old) : undefined;
    if (oldKey !== undefined) this.#queue.add(oldKey);
    if (!ref) {
      if (labelChanged || refChanged) this.#enqueueMatching(pod);
      return;
    }
    const key = this.#resolve(pod);
    if (key === undefined) return;
    this.#queue.add(key);
    const minReadySeconds = this.#owners.store.get(key)?.spec?.minReadySeconds ?? 0;
    if (minReadySeconds > 0 && !isPodReady(old) && isPodReady(pod)) this.#queue.addAfter(key, minReadySeconds * 1000);
  }
  #deletePod(pod: corev1.Pod): void {
    const key = this.#resolve(pod);
    if (key === undefined) return;
    this.#expectations.deletionObserved(key, metaNamespaceKey(pod));
    this.#queue.add(key);
  }

  *#sync(key: string): Process<void> {
    const owner = this.#owners.store.get(key);
    if (!owner) return this.#expectations.deleteExpectations(key);
    const needsSync = this.#expectations.satisfiedExpectations(key);
    const selector = this.#options.selectorOf(owner);
    const { namespace = '', uid } = owner.metadata;
    const store = this.#pods.store;
    const all = [
      ...store.byIndex('podController', podControllerKey(namespace, uid)),
      ...store.byIndex('podController', podControllerKey(namespace, undefined)),
    ];
    const activePods = yield* this.#claimPods(owner, selector, all.filter(isPodActive));
    const terminating = all.filter(
      (pod) => isPodTerminating(pod) && getControllerOf(pod)?.uid === uid && selector.matches(pod.metadata.labels),
    );
    let failure: { readonly error: unknown } | undefined;
    if (needsSync && owner.metadata.deletionTimestamp === undefined) {
      failure = yield* this.#manageReplicas(key, owner, activePods);
    }
    // Looking at every pod takes its time; what changes meanwhile is looked at once, by the next sync.
    yield* sleep(all.length * syncMsPerPod);
    const updated = yield* this.#updateStatus(owner, activePods, terminating.length, failure?.error);
    if (failure) throw failure.error;
    const minReadySeconds = updated.spec?.minReadySeconds ?? 0;
    const { readyReplicas = 0, availableReplicas = 0 } = updated.status ?? {};
    if (minReadySeconds <= 0 || readyReplicas === availableReplicas) return;
    const next = findMinNextPodAvailabilityCheck(activePods, minReadySeconds, this.#run.now());
    this.#queue.addAfter(key, next ?? minReadySeconds * 1000);
  }

  *#claimPods(owner: T, selector: Selector, candidates: readonly corev1.Pod[]): Process<readonly corev1.Pod[]> {
    const { client } = this.#run;
    const { ref } = this.#options;
    const { namespace, name = '' } = owner.metadata;
    const fresh = () => client.resource(ref, namespace).get(name);
    return yield* claim({ client, ref: pods, owner, ownerKind: ref, selector, fresh }, candidates);
  }

  /** Upstream: manageReplicas (v1.36) */
  *#manageReplicas(
    key: string,
    owner: T,
    activePods: readonly corev1.Pod[],
  ): Process<{ readonly error: unknown } | undefined> {
    const difference = activePods.length - (owner.spec?.replicas ?? 0);
    if (difference < 0) return yield* this.#createPods(key, owner, Math.min(-difference, burstReplicas));
    if (difference > 0) return yield* this.#deletePods(key, owner, activePods, Math.min(difference, burstReplicas));
    return undefined;
  }
  *#createPods(key: string, owner: T, count: number): Process<{ readonly error: unknown } | undefined> {
    const control = this.#podControl;
    const pod = getPodFromTemplate(owner.spec?.template ?? {}, owner, newControllerRef(owner, this.#options.ref));
    this.#expectations.expectCreations(key, count);
    const { successes, error } = yield* slowStartBatch(count, 1, function* () {
      try {
        yield* control.createPod(owner, pod);
      } catch (error) {
        if (!isNamespaceTerminating(error)) throw error;
      }
    });
    for (let i = successes; i < count; i++) this.#expectations.creationObserved(key);
    return error === undefined ? undefined : { error };
  }
  *#deletePods(
    key: string,
    owner: T,
    activePods: readonly corev1.Pod[],
    count: number,
  ): Process<{ readonly error: unknown } | undefined> {
    const victims = getPodsToDelete(activePods, this.#relatedPods(owner), count, this.#run.now());
    this.#expectations.expectDeletions(key, victims.map(metaNamespaceKey));
    const control = this.#podControl;
    const expectations = this.#expectations;
    const { errors } = yield* runAll(
      victims.map(function* (pod) {
        try {
          yield* control.deletePod(owner, pod.metadata.name ?? '');
        } catch (error) {
          expectations.deletionObserved(key, metaNamespaceKey(pod));
          if (!isNotFound(error)) throw error;
        }
      }),
    );
    return errors.length === 0 ? undefined : { error: errors[0] };
  }
  /** Pods of all owners that the same controller (a Deployment) manages. */
  #relatedPods(owner: T): readonly corev1.Pod[] {
    const ref = getControllerOf(owner);
    if (!ref) return [];
    const found = new Map<string, corev1.Pod>();
    for (const related of this.#owners.store.byIndex('controllerUid', ref.uid)) {
      const selector = this.#options.selectorOf(related);
      for (const pod of this.#pods.store.list(related.metadata.namespace ?? '')) {
        if (selector.matches(pod.metadata.labels)) found.set(pod.metadata.uid ?? '', pod);
      }
    }
    return [...found.values()];
  }

  /** Upstream: replica_set_utils.go updateReplicaSetStatus (v1.36) */
  *#updateStatus(
    owner: T,
    activePods: readonly corev1.Pod[],
    terminating: number,
    manageReplicasError: unknown,
  ): Process<T> {
    const old = owner.status ?? { replicas: 0 };
    const generation = owner.metadata.generation ?? 0;
    const calculated = calculateStatus({
      status: old,
      replicas: owner.spec?.replicas ?? 0,
      minReadySeconds: owner.spec?.minReadySeconds ?? 0,
      templateLabels: owner.spec?.template?.metadata?.labels ?? {},
      activePods,
      terminating: this.#options.countsTerminating ? terminating : undefined,
      manageReplicasError,
      nowMs: this.#run.now(),
    });
    const status: ReplicaStatus = { ...calculated, observedGeneration: generation };
    if (deepEqual(old, status)) return owner;
    const resource = this.#run.client.resource(this.#options.ref, owner.metadata.namespace);
    try {
      return yield* resource.updateStatus({ ...owner, status });
    } catch (error) {
      if (!isConflict(error)) throw error;
      const current = yield* resource.get(owner.metadata.name ?? '');
      return yield* resource.updateStatus({ ...current, status });
    }
  }
}
