import type * as corev1 from '../../../api/core/v1.ts';
import type * as resourcev1 from '../../../api/resource/v1.ts';
import { pods, resourceClaims } from '../../../api/resources.ts';
import { isNotFound } from '../../../apimachinery/status-error.ts';
import type { Client } from '../../../client/client.ts';
import type { Process } from '../../../process/process.ts';
import { isPodDone } from './pod-claims.ts';

const finalizer = 'resource.kubernetes.io/delete-protection';

export interface ClaimSyncOptions {
  readonly client: Client;
  getPod(key: string): corev1.Pod | undefined;
  getClaim(key: string): resourcev1.ResourceClaim | undefined;
  /** Whether a pod of that uid is known to be gone. */
  isDeleted(uid: string): boolean;
}

/** The claim without its allocation. */
function deallocated(claim: resourcev1.ResourceClaim): resourcev1.ResourceClaim {
  const { allocation: _, ...status } = claim.status ?? {};
  return { ...claim, status };
}

/**
 * A claim's side: pods that will not use it are taken out, and then devices and finalizer are given back; what was made for a pod
 * that is done goes.
 *
 * Upstream: pkg/controller/resourceclaim/controller.go syncClaim (v1.36)
 */
export class ClaimSync {
  readonly #options: ClaimSyncOptions;
  constructor(options: ClaimSyncOptions) {
    this.#options = options;
  }

  /** @throws StatusError, to be tried again */
  *syncClaim(key: string): Process<void> {
    const claim = this.#options.getClaim(key);
    if (!claim) return;
    const reservedFor = claim.status?.reservedFor ?? [];
    const remaining: resourcev1.ResourceClaimConsumerReference[] = [];
    for (const consumer of reservedFor) if (yield* this.#isKept(claim, consumer)) remaining.push(consumer);
    const isProtected = claim.metadata.finalizers?.includes(finalizer) ?? false;
    if (remaining.length < reservedFor.length) yield* this.#removeConsumers(claim, remaining);
    else if (isProtected && claim.metadata.deletionTimestamp !== undefined && remaining.length === 0) {
      const current = claim.status?.allocation ? yield* this.#resource(claim).updateStatus(deallocated(claim)) : claim;
      yield* this.#removeFinalizer(current);
    }
    if (remaining.length === 0) yield* this.#deleteUnused(claim);
  }

  #resource({ metadata }: resourcev1.ResourceClaim) {
    return this.#options.client.resource(resourceClaims, metadata.namespace);
  }
  /** What is no pod is not ours to judge; a pod that was never seen is asked for. */
  *#isKept(
    { metadata: { namespace = '' } }: resourcev1.ResourceClaim,
    { apiGroup, resource, name, uid }: resourcev1.ResourceClaimConsumerReference,
  ): Process<boolean> {
    if (apiGroup || resource !== 'pods') return true;
    if (this.#options.isDeleted(uid)) return false;
    const known = this.#options.getPod(`${namespace}/${name}`);
    if (known) return known.metadata.uid === uid && !isPodDone(known);
    try {
      const pod = yield* this.#options.client.resource(pods, namespace).get(name);
      return pod.metadata.uid === uid;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }
  *#removeConsumers(
    claim: resourcev1.ResourceClaim,
    remaining: readonly resourcev1.ResourceClaimConsumerReference[],
  ): Process<void> {
    const isProtected = claim.metadata.finalizers?.includes(finalizer) ?? false;
    const isFree = remaining.length === 0;
    const base = isFree && isProtected ? deallocated(claim) : claim;
    const { reservedFor: _, ...rest } = base.status ?? {};
    const status: resourcev1.ResourceClaimStatus = isFree ? rest : { ...rest, reservedFor: [...remaining] };
    const updated = yield* this.#resource(claim).updateStatus({ ...base, status });
    if (!updated.status?.allocation) yield* this.#removeFinalizer(updated);
  }
  *#removeFinalizer(claim: resourcev1.ResourceClaim): Process<void> {
    const { finalizers = [] } = claim.metadata;
    if (!finalizers.includes(finalizer)) return;
    const metadata = { ...claim.metadata, finalizers: finalizers.filter((name) => name !== finalizer) };
    yield* this.#resource(claim).update({ ...claim, metadata });
  }
  /** A pod may be done long before it goes; a pod that is gone is the garbage collector's affair. */
  *#deleteUnused(claim: resourcev1.ResourceClaim): Process<void> {
    const { name = '', namespace = '', ownerReferences = [] } = claim.metadata;
    const owner = ownerReferences.find((of) => of.controller && of.apiVersion === 'v1' && of.kind === 'Pod');
    const pod = owner && this.#options.getPod(`${namespace}/${owner.name}`);
    if (!pod || (pod.metadata.uid === owner.uid && !isPodDone(pod))) return;
    yield* this.#resource(claim).delete(name);
  }
}
