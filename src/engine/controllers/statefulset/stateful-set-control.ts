import type * as appsv1 from '../../../api/apps/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import type { Process } from '../../../process/process.ts';
import { templateOfRevision } from '../shared/controller-history.ts';
import { isPodAvailable, isPodReady, isPodTerminal } from '../shared/pod-status.ts';
import { slowStartBatch } from '../shared/slow-start-batch.ts';
import { podForRollingUpdate } from './rolling-update.ts';
import type { StatefulPodControl } from './stateful-pod-control.ts';
import {
  allowsBurst,
  getOrdinal,
  getStartOrdinal,
  identityMatches,
  isCreated,
  isTerminating,
  isUnavailable,
  newStatefulSetPod,
  podInOrdinalRange,
  replicasOf,
  storageMatches,
  usesCurrentRevision,
} from './stateful-pods.ts';
import type { Revisions } from './stateful-set-revisions.ts';
import { statefulSetStatus } from './stateful-set-status.ts';

type StatefulSet = appsv1.StatefulSet;

/** What one look at a set came to; `error` when it ended early. */
export interface UpdateResult {
  readonly status: appsv1.StatefulSetStatus;
  readonly error?: unknown;
}

/** One look at one StatefulSet. Upstream: pkg/controller/statefulset/stateful_set_control.go updateStatefulSet (v1.36) */
export class StatefulSetUpdate {
  readonly #control: StatefulPodControl;
  readonly #set: StatefulSet;
  readonly #revisions: Revisions;
  readonly #nowMs: number;
  /** By ordinal; those that do not exist yet are in it as they will be. */
  readonly #replicas: readonly corev1.Pod[];
  /** Beyond the wanted number, highest ordinal first. */
  readonly #condemned: readonly corev1.Pod[];
  readonly #monotonic: boolean;
  /** Pods taken off the count of the present revision by this look. */
  #retired = 0;

  constructor(
    control: StatefulPodControl,
    set: StatefulSet,
    revisions: Revisions,
    pods: readonly corev1.Pod[],
    nowMs: number,
  ) {
    this.#control = control;
    this.#set = set;
    this.#revisions = revisions;
    this.#nowMs = nowMs;
    this.#monotonic = !allowsBurst(set);
    const byOrdinal = new Map(pods.filter((pod) => podInOrdinalRange(pod, set)).map((pod) => [getOrdinal(pod), pod]));
    const start = getStartOrdinal(set);
    this.#replicas = Array.from(
      { length: replicasOf(set) },
      (_, i) => byOrdinal.get(start + i) ?? this.#newPod(start + i),
    );
    this.#condemned = pods
      .filter((pod) => !podInOrdinalRange(pod, set) && getOrdinal(pod) >= 0)
      .sort((a, b) => getOrdinal(b) - getOrdinal(a));
  }

  *run(): Process<UpdateResult> {
    if (this.#set.metadata.deletionTimestamp !== undefined) return { status: this.#status() };
    try {
      const done =
        (yield* this.#forAll(this.#replicas.length, (i) => this.#processReplica(i))) &&
        (yield* this.#forAll(this.#condemned.length, (i) => this.#fixPodClaim(i))) &&
        (yield* this.#forAll(this.#condemned.length, (i) => this.#processCondemned(i)));
      if (done && this.#set.spec?.updateStrategy?.type !== 'OnDelete') yield* this.#rollingUpdate();
      return { status: this.#status() };
    } catch (error) {
      return { status: this.#status(), error };
    }
  }

  #newPod(ordinal: number): corev1.Pod {
    const { current, update } = this.#revisions;
    const revision = usesCurrentRevision(this.#set, ordinal) ? current : update;
    const template = templateOfRevision(revision) ?? this.#set.spec?.template ?? {};
    return newStatefulSetPod(this.#set, template, revision.metadata.name ?? '', ordinal);
  }

  /** In order until one says stop, or (parallel) all in growing batches. Gives whether to go on. */
  *#forAll(count: number, process: (index: number) => Process<boolean>): Process<boolean> {
    if (this.#monotonic) {
      for (let i = 0; i < count; i++) if (yield* process(i)) return false;
      return true;
    }
    const { error } = yield* slowStartBatch(count, 1, function* (index) {
      yield* process(index);
    });
    if (error !== undefined) throw error;
    return true;
  }

  /** Gives whether to stop here. */
  *#processReplica(i: number): Process<boolean> {
    const set = this.#set;
    const pod = this.#replicas[i] as corev1.Pod;
    if (isPodTerminal(pod)) {
      if (!isTerminating(pod)) yield* this.#control.deleteStatefulPod(set, pod);
      return true;
    }
    if (!isCreated(pod)) {
      if (this.#control.podClaimIsStale(set, pod)) return true;
      // It counts from the next look on, when the view has it.
      yield* this.#control.createStatefulPod(set, pod);
      if (this.#monotonic) return true;
    }
    if (pod.status?.phase === 'Pending') yield* this.#control.createMissingClaims(set, pod);
    if (this.#monotonic) {
      const healthy = pod.status?.phase === 'Running' && isPodReady(pod);
      if (isTerminating(pod) || !healthy || !this.#isAvailable(pod)) return true;
    }
    const retentionMatches = this.#control.claimsMatchRetentionPolicy(set, pod);
    if (identityMatches(set, pod) && storageMatches(set, pod) && retentionMatches) return false;
    yield* this.#control.updateStatefulPod(set, pod);
    return false;
  }
  #isAvailable(pod: corev1.Pod): boolean {
    return isPodAvailable(pod, this.#set.spec?.minReadySeconds ?? 0, this.#nowMs);
  }

  *#fixPodClaim(i: number): Process<boolean> {
    const pod = this.#condemned[i] as corev1.Pod;
    if (!this.#control.claimsMatchRetentionPolicy(this.#set, pod)) {
      yield* this.#control.updateClaimsForRetentionPolicy(this.#set, pod);
    }
    return false;
  }

  *#processCondemned(i: number): Process<boolean> {
    const pod = this.#condemned[i] as corev1.Pod;
    if (isTerminating(pod)) return this.#monotonic;
    const healthy = pod.status?.phase === 'Running' && isPodReady(pod) && this.#isAvailable(pod);
    if (!healthy && this.#monotonic && pod !== this.#firstUnavailable()) return true;
    yield* this.#control.deleteStatefulPod(this.#set, pod);
    return true;
  }
  #firstUnavailable(): corev1.Pod | undefined {
    const all = [...this.#replicas, ...[...this.#condemned].reverse()];
    return all.find((pod) => isUnavailable(pod, this.#set, this.#nowMs));
  }

  *#rollingUpdate(): Process<void> {
    const updateRevision = this.#revisions.update.metadata.name ?? '';
    const pod = podForRollingUpdate(this.#set, this.#replicas, updateRevision, this.#nowMs);
    if (!pod) return;
    yield* this.#control.deleteStatefulPod(this.#set, pod);
    this.#retired++;
  }

  #status(): appsv1.StatefulSetStatus {
    const pods = [...this.#replicas, ...this.#condemned];
    return statefulSetStatus(this.#set, pods, this.#revisions, this.#retired, this.#nowMs);
  }
}
