import type * as appsv1 from '../../../api/apps/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { persistentVolumeClaims, pods } from '../../../api/resources.ts';
import { errorText } from '../../../apimachinery/error-text.ts';
import { metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../../../apimachinery/status-error.ts';
import type { Client } from '../../../client/client.ts';
import type { EventRecorder } from '../../../client/event-recorder.ts';
import type { Informer } from '../../../client/informer.ts';
import type { Process } from '../../../process/process.ts';
import type { ConsistencyStore } from '../shared/consistency.ts';
import { claimOwnersFor, hasStalePodRef, hasUnexpectedController, isClaimOwnerUpToDate } from './claim-retention.ts';
import {
  getOrdinal,
  getPersistentVolumeClaims,
  identityMatches,
  storageMatches,
  withIdentity,
  withStorage,
} from './stateful-pods.ts';

type StatefulSet = appsv1.StatefulSet;
type Claim = corev1.PersistentVolumeClaim;

export interface StatefulPodControlOptions {
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly pods: Informer<corev1.Pod>;
  readonly claims: Informer<Claim>;
  readonly consistency: ConsistencyStore;
}

const titled = (verb: string) => verb.slice(0, 1).toUpperCase() + verb.slice(1);

/** Writes the pods and claims of a set, and says so in events. Upstream: stateful_pod_control.go (v1.36) */
export class StatefulPodControl {
  readonly #options: StatefulPodControlOptions;
  constructor(options: StatefulPodControlOptions) {
    this.#options = options;
  }

  *createStatefulPod(set: StatefulSet, pod: corev1.Pod): Process<void> {
    const { client, consistency, pods: informer } = this.#options;
    try {
      yield* this.#createClaims(set, pod);
      const created = yield* client.resource(pods, set.metadata.namespace).create(pod);
      consistency.wroteAt(metaNamespaceKey(set), informer, metaNamespaceKey(created), created);
      yield* this.updateClaimsForRetentionPolicy(set, created);
      this.#recordPodEvent('create', set, pod, undefined);
    } catch (error) {
      if (!isAlreadyExists(error)) this.#recordPodEvent('create', set, pod, error);
      throw error;
    }
  }

  *deleteStatefulPod(set: StatefulSet, pod: corev1.Pod): Process<void> {
    const { client, consistency, pods: informer } = this.#options;
    const { name = '', namespace, uid = '' } = pod.metadata;
    try {
      yield* client.resource(pods, namespace).delete(name);
    } catch (error) {
      if (!isNotFound(error)) {
        this.#recordPodEvent('delete', set, pod, error);
        throw error;
      }
    }
    consistency.deleted(metaNamespaceKey(set), informer, metaNamespaceKey(pod), uid);
    this.#recordPodEvent('delete', set, pod, undefined);
  }

  /** Brings the pod's identity, volumes and claims in line with the set. */
  *updateStatefulPod(set: StatefulSet, pod: corev1.Pod): Process<void> {
    const { client, consistency, pods: informer } = this.#options;
    let current = pod;
    let attempted = false;
    for (let attempt = 0; ; attempt++) {
      let next = current;
      try {
        if (!identityMatches(set, next)) next = withIdentity(next, getOrdinal(next));
        if (!storageMatches(set, next)) {
          next = withStorage(set, next);
          yield* this.#createClaims(set, next);
        }
        const matched = this.claimsMatchRetentionPolicy(set, next);
        if (!matched) yield* this.updateClaimsForRetentionPolicy(set, next);
        if (next === current && matched) break;
        attempted = true;
        const updated = yield* client.resource(pods, set.metadata.namespace).update(next);
        consistency.wroteAt(metaNamespaceKey(set), informer, metaNamespaceKey(updated), updated);
        break;
      } catch (error) {
        if (!isConflict(error) || attempt >= 4) {
          this.#recordPodEvent('update', set, pod, error);
          throw error;
        }
        current = yield* client.resource(pods, set.metadata.namespace).get(pod.metadata.name ?? '');
      }
    }
    if (attempted) this.#recordPodEvent('update', set, pod, undefined);
  }

  *createMissingClaims(set: StatefulSet, pod: corev1.Pod): Process<void> {
    yield* this.#createClaims(set, pod);
    yield* this.updateClaimsForRetentionPolicy(set, pod);
  }

  claimsMatchRetentionPolicy(set: StatefulSet, pod: corev1.Pod): boolean {
    return this.#knownClaims(set, pod).every((claim) => isClaimOwnerUpToDate(claim, set, pod));
  }
  /** Whether a claim still belongs to a former pod of the same name, and goes away with it. */
  podClaimIsStale(set: StatefulSet, pod: corev1.Pod): boolean {
    const { whenScaled = 'Retain' } = set.spec?.persistentVolumeClaimRetentionPolicy ?? {};
    return whenScaled !== 'Retain' && this.#knownClaims(set, pod).some((claim) => hasStalePodRef(claim, pod));
  }
  *updateClaimsForRetentionPolicy(set: StatefulSet, pod: corev1.Pod): Process<void> {
    const { client, recorder, consistency, claims } = this.#options;
    for (const claim of this.#knownClaims(set, pod)) {
      const name = claim.metadata.name ?? '';
      if (hasUnexpectedController(claim, set, pod)) {
        const message = `PersistentVolumeClaim ${name} has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim`;
        recorder.event(set, 'Warning', 'ConflictingController', message);
      }
      if (isClaimOwnerUpToDate(claim, set, pod)) continue;
      const ownerReferences = claimOwnersFor(claim, set, pod);
      try {
        const resource = client.resource(persistentVolumeClaims, claim.metadata.namespace);
        const updated = yield* resource.update({ ...claim, metadata: { ...claim.metadata, ownerReferences } });
        consistency.wroteAt(metaNamespaceKey(set), claims, metaNamespaceKey(updated), updated);
      } catch (error) {
        if (isConflict(error)) throw error;
        const what = `could not update claim ${name} for delete policy ownerRefs: ${errorText(error)}`;
        throw new Error(what, { cause: error });
      }
    }
  }

  #knownClaims(set: StatefulSet, pod: corev1.Pod): readonly Claim[] {
    return getPersistentVolumeClaims(set, pod).flatMap(
      (claim) => this.#options.claims.store.get(metaNamespaceKey(claim)) ?? [],
    );
  }
  *#createClaims(set: StatefulSet, pod: corev1.Pod): Process<void> {
    const { client, consistency, claims } = this.#options;
    const errors: string[] = [];
    for (const claim of getPersistentVolumeClaims(set, pod)) {
      const name = claim.metadata.name ?? '';
      const known = claims.store.get(metaNamespaceKey(claim));
      if (known) {
        if (known.metadata.deletionTimestamp !== undefined) errors.push(`pvc ${name} is being deleted`);
        continue;
      }
      try {
        const created = yield* client.resource(persistentVolumeClaims, claim.metadata.namespace).create(claim);
        consistency.wroteAt(metaNamespaceKey(set), claims, metaNamespaceKey(created), created);
        this.#recordClaimEvent(set, pod, claim, undefined);
      } catch (error) {
        if (isAlreadyExists(error)) throw error;
        errors.push(`failed to create PVC ${name}: ${errorText(error)}`);
        this.#recordClaimEvent(set, pod, claim, error);
      }
    }
    if (errors.length === 1) throw new Error(errors[0]);
    if (errors.length > 1) throw new Error(`[${errors.join(', ')}]`);
  }

  #recordPodEvent(verb: string, set: StatefulSet, pod: corev1.Pod, error: unknown): void {
    const what = `${titled(verb)} Pod ${pod.metadata.name ?? ''} in StatefulSet ${set.metadata.name ?? ''}`;
    if (error === undefined) {
      return this.#options.recorder.event(set, 'Normal', `Successful${titled(verb)}`, `${what} successful`);
    }
    const message = `${what} failed error: ${errorText(error)}`;
    this.#options.recorder.event(set, 'Warning', `Failed${titled(verb)}`, message);
  }
  #recordClaimEvent(set: StatefulSet, pod: corev1.Pod, claim: Claim, error: unknown): void {
    const [claimName, podName, setName] = [claim, pod, set].map((object) => object.metadata.name ?? '');
    if (error === undefined) {
      const message = `Create Claim ${claimName} Pod ${podName} in StatefulSet ${setName} success`;
      return this.#options.recorder.event(set, 'Normal', 'SuccessfulCreate', message);
    }
    const message = `Create Claim ${claimName} for Pod ${podName} in StatefulSet ${setName} failed error: ${errorText(error)}`;
    this.#options.recorder.event(set, 'Warning', 'FailedCreate', message);
  }
}
