import type { KubernetesObject } from '../../apimachinery/object-meta.ts';
import { groupVersion } from '../../apimachinery/resource-ref.ts';
import type { ObjectNode } from '../../apimachinery/schema-node.ts';
import { carryEmpties } from './codec/empties.ts';
import type { ResourceStore } from './generic/resource-store.ts';
import type { ExpectedKind } from './handlers/request-body.ts';
import type { ResourceDefinition } from './registry/resource-definition.ts';

/** A resource in one version as requests name it, and the store its objects live in. */
export interface ServedResource {
  readonly definition: ResourceDefinition;
  readonly schema: ObjectNode;
  readonly store: ResourceStore;
  readonly apiVersion: string;
  /** What a body of a request must be. */
  readonly expected: ExpectedKind;
  toStorage(object: KubernetesObject): KubernetesObject;
  /** Gives the same object when the version is the stored one. */
  fromStorage(object: KubernetesObject): KubernetesObject;
}

const same = (object: KubernetesObject): KubernetesObject => object;

/** Serves a definition out of a store. */
export function serveResource(
  definition: ResourceDefinition,
  schema: ObjectNode,
  store: ResourceStore,
): ServedResource {
  const { storedAs, group, version, kind, custom } = definition;
  const memo = new WeakMap<KubernetesObject, KubernetesObject>();
  const read = custom ? custom.read : storedAs?.fromStorage;
  const fromStorage = (object: KubernetesObject): KubernetesObject => {
    let converted = memo.get(object);
    if (!converted && read) {
      converted = carryEmpties(object, read(object));
      memo.set(object, converted);
    }
    return converted ?? object;
  };
  return {
    definition,
    schema,
    store,
    apiVersion: groupVersion(definition),
    expected: { group, version, kind, schema, ...(custom ? { custom } : {}) },
    toStorage: storedAs ? (object) => carryEmpties(object, storedAs.toStorage(object)) : same,
    fromStorage: read ? fromStorage : same,
  };
}
