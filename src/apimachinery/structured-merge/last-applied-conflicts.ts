// Upstream: apimachinery/pkg/util/managedfields/internal/lastappliedmanager.go (v1.36)
import type { KubernetesObject } from '../object-meta.ts';
import { compareTyped } from './compare.ts';
import type { FieldSet } from './field-set.ts';
import { toFieldSet } from './to-field-set.ts';
import type { TypedObject } from './updater.ts';

/** Where kubectl keeps what client-side apply sent last. */
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The fields that client-side apply set and nobody changed since: kubectl's server-side apply may take them from whoever owns
 * them. Undefined when the object was never applied that way, or in another version.
 */
export function allowedConflictsFromLastApplied(live: TypedObject, apiVersion: string): FieldSet | undefined {
  const text = (live.value as KubernetesObject | undefined)?.metadata.annotations?.[lastAppliedAnnotation];
  if (!text) return undefined;
  try {
    const applied = JSON.parse(text) as KubernetesObject;
    if (applied.apiVersion !== apiVersion) return undefined;
    const { modified, added, removed } = compareTyped(live.schema, applied, live.value);
    return toFieldSet(live.schema, applied).difference(modified).difference(added).difference(removed);
  } catch {
    return undefined;
  }
}
