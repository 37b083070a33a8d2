import { groupVersion } from './resource-ref.ts';
import type { GroupVersionKind } from './resource-ref.ts';

/** Points from a dependent to its owner. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** Who set which fields of an object. */
export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation?: string;
  readonly apiVersion?: string;
  readonly time?: string;
  readonly fieldsType?: string;
  readonly fieldsV1?: unknown;
  readonly subresource?: string;
}

/** The metadata every stored object has. Equal in shape to `metav1.ObjectMeta` of `api`. */
export interface ObjectMeta {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly selfLink?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  readonly managedFields?: readonly ManagedFieldsEntry[];
}

/** What all objects of the API share. Objects read from the API are frozen. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

/** The metadata of a list. */
export interface ListMeta {
  readonly resourceVersion?: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
  readonly selfLink?: string;
}

/** A list of objects as the API answers it. */
export interface ListObject<T = KubernetesObject> {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ListMeta;
  readonly items: readonly T[];
}

/**
 * The owner reference that is marked as the managing controller, if any.
 *
 * Upstream: apimachinery/pkg/apis/meta/v1/controller_ref.go GetControllerOf (v1.36)
 */
export function getControllerOf(object: KubernetesObject): OwnerReference | undefined {
  const { ownerReferences } = object.metadata;
  if (ownerReferences) for (const ref of ownerReferences) if (ref.controller === true) return ref;
  return undefined;
}

/**
 * An owner reference by which `owner` manages its dependent.
 *
 * Upstream: apimachinery/pkg/apis/meta/v1/controller_ref.go NewControllerRef (v1.36)
 */
export function newControllerRef(owner: KubernetesObject, gvk: GroupVersionKind): OwnerReference {
  return {
    apiVersion: groupVersion(gvk),
    kind: gvk.kind,
    name: owner.metadata.name ?? '',
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/**
 * Whether `owner` is the managing controller of `object`, by uid.
 *
 * Upstream: apimachinery/pkg/apis/meta/v1/controller_ref.go IsControlledBy (v1.36)
 */
export function isControlledBy(object: KubernetesObject, owner: KubernetesObject): boolean {
  const ref = getControllerOf(object);
  return ref !== undefined && ref.uid === owner.metadata.uid;
}

/**
 * `namespace/name`, or `name` for what has no namespace: the key of work queues and indexers.
 *
 * Upstream: client-go/tools/cache/store.go MetaNamespaceKeyFunc (v1.36)
 */
export function metaNamespaceKey(object: KubernetesObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined || namespace === '' ? (name ?? '') : `${namespace}/${name ?? ''}`;
}

/**
 * Takes a key of `metaNamespaceKey` apart.
 *
 * @throws Error `unexpected key format: …` when it holds more than one slash
 *
 * Upstream: client-go/tools/cache/store.go SplitMetaNamespaceKey (v1.36)
 */
export function splitMetaNamespaceKey(key: string): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  if (slash < 0) return { namespace: '', name: key };
  if (key.indexOf('/', slash + 1) >= 0) throw new Error(`unexpected key format: ${JSON.stringify(key)}`);
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** Whether the object is being deleted and only waits for its grace period or its finalizers. */
export function isBeingDeleted(object: KubernetesObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}
