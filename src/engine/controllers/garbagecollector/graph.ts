import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import type { KubernetesObject, OwnerReference } from '../../../apimachinery/object-meta.ts';

export const foregroundFinalizer = 'foregroundDeletion';
export const orphanFinalizer = 'orphan';

/** An object as the graph knows it. `namespace` is empty for what has none. */
export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** A vertex: an object, or (virtual) one that is only known because somebody names it as owner. */
export interface GraphNode {
  identity: Identity;
  owners: readonly OwnerReference[];
  readonly dependents: Map<string, GraphNode>;
  /** Foreground deletion has begun. */
  deletingDependents: boolean;
  beingDeleted: boolean;
  virtual: boolean;
}

/** What follows from a change: nodes whose fate is to be looked at. */
export interface GraphEffects {
  attemptToDelete(uid: string): void;
  attemptToOrphan(uid: string): void;
  /** A dependent names an owner of another namespace. */
  invalidNamespace(dependent: GraphNode, ownerUid: string): void;
}

const isDeleted = (object: KubernetesObject) => object.metadata.deletionTimestamp !== undefined;
const hasFinalizer = (object: KubernetesObject, finalizer: string) =>
  object.metadata.finalizers?.includes(finalizer) === true;

function deletionStartsWithFinalizer(old: KubernetesObject | undefined, object: KubernetesObject, finalizer: string) {
  if (!isDeleted(object) || !hasFinalizer(object, finalizer)) return false;
  return !old || !isDeleted(old) || !hasFinalizer(old, finalizer);
}

const blocking = (owner: OwnerReference) => owner.blockOwnerDeletion === true;

/**
 * Who owns whom. Fed by informers of all resources, in any order.
 *
 * Upstream: pkg/controller/garbagecollector/graph_builder.go, graph.go (v1.36). Differs: a virtual node keeps the coordinates of the
 * first reference to it.
 */
export class Graph {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #effects: GraphEffects;
  constructor(effects: GraphEffects) {
    this.#effects = effects;
  }

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  /** An object was added or changed. */
  observe(identity: Identity, old: KubernetesObject | undefined, object: KubernetesObject): void {
    const owners = object.metadata.ownerReferences ?? [];
    const known = this.#nodes.get(identity.uid);
    if (!known) {
      const deletingDependents = isDeleted(object) && hasFinalizer(object, foregroundFinalizer);
      const dependents = new Map<string, GraphNode>();
      const node = {
        identity,
        owners,
        dependents,
        deletingDependents,
        beingDeleted: isDeleted(object),
        virtual: false,
      };
      this.#nodes.set(identity.uid, node);
      this.#addDependentToOwners(node, owners);
      return this.#processTransitions(old, object, node);
    }
    if (known.virtual) this.#makeReal(known, identity);
    if (known.owners !== owners) this.#changeOwners(known, owners);
    if (isDeleted(object)) known.beingDeleted = true;
    this.#processTransitions(old, object, known);
  }

  /** An object is gone, or was never there. */
  remove(uid: string): void {
    const node = this.#nodes.get(uid);
    if (!node) return;
    this.#nodes.delete(uid);
    for (const { uid: ownerUid } of node.owners) this.#nodes.get(ownerUid)?.dependents.delete(uid);
    for (const dependentUid of node.dependents.keys()) this.#effects.attemptToDelete(dependentUid);
    for (const { uid: ownerUid } of node.owners) {
      if (this.#nodes.get(ownerUid)?.deletingDependents) this.#effects.attemptToDelete(ownerUid);
    }
  }

  #makeReal(node: GraphNode, identity: Identity): void {
    node.virtual = false;
    node.identity = identity;
    for (const dependent of node.dependents.values()) {
      const sameNamespace = identity.namespace === '' || identity.namespace === dependent.identity.namespace;
      const matches = dependent.owners.some(
        (owner) =>
          owner.uid === identity.uid &&
          owner.name === identity.name &&
          owner.kind === identity.kind &&
          owner.apiVersion === identity.apiVersion,
      );
      if (sameNamespace && matches) continue;
      if (!sameNamespace) this.#effects.invalidNamespace(dependent, identity.uid);
      this.#effects.attemptToDelete(dependent.identity.uid);
    }
  }

  #changeOwners(node: GraphNode, owners: readonly OwnerReference[]): void {
    const before = new Map(node.owners.map((owner) => [owner.uid, owner]));
    const after = new Map(owners.map((owner) => [owner.uid, owner]));
    const removed = node.owners.filter((owner) => !after.has(owner.uid));
    const added = owners.filter((owner) => !before.has(owner.uid));
    // Whoever no longer blocks its owner may let it go.
    for (const owner of removed) if (blocking(owner)) this.#effects.attemptToDelete(owner.uid);
    for (const owner of owners) {
      const old = before.get(owner.uid);
      if (old && !deepEqual(old, owner) && blocking(old) && !blocking(owner)) this.#effects.attemptToDelete(owner.uid);
    }
    node.owners = owners;
    this.#addDependentToOwners(node, added);
    for (const { uid } of removed) this.#nodes.get(uid)?.dependents.delete(node.identity.uid);
  }

  #addDependentToOwners(node: GraphNode, owners: readonly OwnerReference[]): void {
    const { namespace, uid } = node.identity;
    let hasInvalidOwner = false;
    for (const { apiVersion, kind, name, uid: ownerUid } of owners) {
      let owner = this.#nodes.get(ownerUid);
      if (!owner) {
        const identity = { apiVersion, kind, namespace, name, uid: ownerUid };
        owner = {
          identity,
          owners: [],
          dependents: new Map(),
          deletingDependents: false,
          beingDeleted: false,
          virtual: true,
        };
        this.#nodes.set(ownerUid, owner);
        // Somebody must find out whether it exists.
        this.#effects.attemptToDelete(ownerUid);
      } else if (!owner.virtual) {
        const { identity } = owner;
        if (identity.apiVersion !== apiVersion || identity.kind !== kind || identity.name !== name)
          hasInvalidOwner = true;
        else if (identity.namespace !== '' && identity.namespace !== namespace) {
          hasInvalidOwner = true;
          this.#effects.invalidNamespace(node, ownerUid);
        }
      }
      owner.dependents.set(uid, node);
    }
    if (hasInvalidOwner) this.#effects.attemptToDelete(uid);
  }

  #processTransitions(old: KubernetesObject | undefined, object: KubernetesObject, node: GraphNode): void {
    if (deletionStartsWithFinalizer(old, object, orphanFinalizer)) {
      return this.#effects.attemptToOrphan(node.identity.uid);
    }
    if (!deletionStartsWithFinalizer(old, object, foregroundFinalizer)) return;
    node.deletingDependents = true;
    for (const uid of node.dependents.keys()) this.#effects.attemptToDelete(uid);
    this.#effects.attemptToDelete(node.identity.uid);
  }
}

/** Dependents that an owner in foreground deletion must wait for. */
export function blockingDependents(node: GraphNode): readonly GraphNode[] {
  return [...node.dependents.values()].filter((dependent) =>
    dependent.owners.some((owner) => owner.uid === node.identity.uid && blocking(owner)),
  );
}
