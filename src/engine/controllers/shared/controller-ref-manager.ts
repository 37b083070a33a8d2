import {
  getControllerOf,
  isBeingDeleted,
  type KubernetesObject,
  newControllerRef,
  type OwnerReference,
} from '../../../apimachinery/object-meta.ts';
import type { GroupVersionKind, ResourceRef } from '../../../apimachinery/resource-ref.ts';
import type { Selector } from '../../../apimachinery/labels.ts';
import { isInvalid, isNotFound } from '../../../apimachinery/status-error.ts';
import type { Client } from '../../../client/client.ts';
import type { Process } from '../../../process/process.ts';

export interface ClaimOptions<T extends KubernetesObject> {
  readonly client: Client;
  /** The kind that is claimed. */
  readonly ref: ResourceRef<T>;
  readonly owner: KubernetesObject;
  readonly ownerKind: GroupVersionKind;
  readonly selector: Selector;
  /** Asks the server whether the owner still is what the view says, before the first adoption. */
  fresh(): Process<KubernetesObject>;
  /** A further condition for being owned. */
  filter?(object: T): boolean;
  /** Finalizers that adopted objects get. */
  readonly finalizers?: readonly string[];
}

/**
 * Gives the objects that belong to the owner: adopts orphans that match its selector, releases its own that match no more.
 *
 * Upstream: pkg/controller/controller_ref_manager.go ClaimPods, ClaimReplicaSets (v1.36)
 */
export function* claim<T extends KubernetesObject>(options: ClaimOptions<T>, objects: readonly T[]): Process<T[]> {
  const { owner, selector, filter } = options;
  const claimed: T[] = [];
  const errors: unknown[] = [];
  let checked = false;
  for (const object of objects) {
    const ref = getControllerOf(object);
    const matches = selector.matches(object.metadata.labels ?? {}) && (filter?.(object) ?? true);
    try {
      if (ref) {
        if (ref.uid !== owner.metadata.uid) continue;
        if (matches) claimed.push(object);
        else if (!isBeingDeleted(owner)) yield* release(options, object);
        continue;
      }
      if (isBeingDeleted(owner) || !matches || isBeingDeleted(object)) continue;
      if (object.metadata.namespace !== owner.metadata.namespace) continue;
      if (!checked) yield* canAdopt(options);
      checked = true;
      claimed.push(yield* adopt(options, object));
    } catch (error) {
      if (!isNotFound(error)) errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
  return claimed;
}

function* canAdopt({
  fresh,
  owner,
  ownerKind,
}: Pick<ClaimOptions<KubernetesObject>, 'fresh' | 'owner' | 'ownerKind'>): Process<void> {
  const found = yield* fresh();
  const { namespace = '', name = '', uid = '' } = owner.metadata;
  if (found.metadata.uid !== uid) {
    const gone = `original ${ownerKind.kind} ${namespace}/${name} is gone: got uid ${found.metadata.uid ?? ''}`;
    throw new Error(`can't adopt: ${gone}, wanted ${uid}`);
  }
  if (isBeingDeleted(found)) {
    throw new Error(`can't adopt: ${namespace}/${name} has just been deleted at ${found.metadata.deletionTimestamp}`);
  }
}

function* adopt<T extends KubernetesObject>(options: ClaimOptions<T>, object: T): Process<T> {
  const { client, ref, owner, ownerKind, finalizers } = options;
  const ownerReferences: OwnerReference[] = [newControllerRef(owner, ownerKind)];
  const metadata = { ownerReferences, uid: object.metadata.uid, ...(finalizers ? { finalizers } : {}) };
  return yield* client
    .resource(ref, object.metadata.namespace)
    .patch(object.metadata.name ?? '', 'strategic', { metadata });
}

function* release<T extends KubernetesObject>(options: ClaimOptions<T>, object: T): Process<void> {
  const { client, ref, owner, finalizers } = options;
  const ownerReferences = [{ $patch: 'delete', uid: owner.metadata.uid }];
  const metadata = {
    ownerReferences,
    uid: object.metadata.uid,
    ...(finalizers ? { '$deleteFromPrimitiveList/finalizers': finalizers } : {}),
  };
  try {
    yield* client.resource(ref, object.metadata.namespace).patch(object.metadata.name ?? '', 'strategic', { metadata });
  } catch (error) {
    // Gone, or another object of the same name, or no reference left: nothing to release.
    if (!isNotFound(error) && !isInvalid(error)) throw error;
  }
}
