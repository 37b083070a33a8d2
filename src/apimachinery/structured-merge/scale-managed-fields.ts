// Managed fields between a resource and its scale subresource.
// Upstream: apimachinery/pkg/util/managedfields/scalehandler.go (v1.36)
import { FieldSet } from './field-set.ts';
import { decodeManagedFields, encodeManagedFields, type Managed } from './managed-fields.ts';
import { fieldElement } from './path-element.ts';
import type { FieldPath } from './path-element.ts';
import type { VersionedSet } from './updater.ts';

const scaleVersion = 'autoscaling/v1';
const replicasInScale: FieldPath = ['spec', 'replicas'].map(fieldElement);

/** Where a version of the resource keeps its replicas; undefined for an unknown version. */
export type ReplicasPath = (apiVersion: string) => FieldPath | undefined;

/** The managers of the replicas, as managers of the Scale. */
export function managedOfScale(parent: Managed, replicasPath: ReplicasPath): Managed {
  const sets = new Map<string, VersionedSet>();
  const times = new Map<string, string>();
  for (const [manager, { set, apiVersion, applied }] of parent.sets) {
    const path = replicasPath(apiVersion);
    if (path === undefined || !set.has(path)) continue;
    sets.set(manager, { set: FieldSet.of(replicasInScale), apiVersion: scaleVersion, applied });
    const time = parent.times.get(manager);
    if (time !== undefined) times.set(manager, time);
  }
  return decodeManagedFields(encodeManagedFields({ sets, times }));
}

/**
 * The managers of the resource after a write to its Scale. Managers that came by the replicas through the Scale have no time;
 * two of them may encode alike.
 */
export function managedOfParent(
  parent: Managed,
  scale: Managed,
  apiVersion: string,
  replicasPath: ReplicasPath,
): Managed {
  const sets = new Map<string, VersionedSet>();
  const times = new Map<string, string>();
  const keep = (manager: string, versioned: VersionedSet): void => {
    sets.set(manager, versioned);
    const time = parent.times.get(manager);
    if (time !== undefined) times.set(manager, time);
  };
  const rest = new Map(scale.sets);
  for (const [manager, versioned] of parent.sets) {
    const path = replicasPath(versioned.apiVersion);
    if (path === undefined) continue;
    if (!versioned.set.has(path) || rest.delete(manager)) {
      keep(manager, versioned);
      continue;
    }
    const set = versioned.set.difference(FieldSet.of(path));
    if (!set.isEmpty) keep(manager, { ...versioned, set });
  }
  const own = replicasPath(apiVersion);
  for (const [manager, { set, applied }] of rest) {
    if (own !== undefined && set.has(replicasInScale)) keep(manager, { set: FieldSet.of(own), apiVersion, applied });
  }
  return { sets, times };
}
