import type { ManagedFieldsEntry } from '../../../apimachinery/object-meta.ts';
import { isJsonObject, type JsonObject } from '../../../apimachinery/json-value.ts';
import { metaOf, type Unstructured } from '../../object.ts';
import { lastAppliedAnnotation } from '../../last-applied.ts';

/** Whether the entry owns the last-applied annotation. */
function ownsLastApplied(entry: ManagedFieldsEntry): boolean {
  const fields = entry.fieldsV1 as JsonObject | undefined;
  const annotations = ((fields?.['f:metadata'] as JsonObject | undefined)?.['f:annotations'] ?? {}) as JsonObject;
  return `f:${lastAppliedAnnotation}` in annotations;
}

/** Managers that own the annotation by an operation. Upstream: client-go/util/csaupgrade FindFieldsOwners (v1.36) */
export function lastAppliedOwners(object: Unstructured, operation: 'Apply' | 'Update'): ManagedFieldsEntry[] {
  return (metaOf(object).managedFields ?? []).filter(
    (entry) => entry.operation === operation && (entry.subresource ?? '') === '' && ownsLastApplied(entry),
  );
}

/**
 * A JSON patch that hands what client-side apply owns to server-side apply; undefined when there is nothing to hand over.
 *
 * Upstream: client-go/util/csaupgrade/upgrade.go UpgradeManagedFieldsPatch (v1.36)
 */
export function upgradeManagedFieldsPatch(
  object: Unstructured,
  csaManagers: ReadonlySet<string>,
  ssaManager: string,
): readonly JsonObject[] | undefined {
  const { managedFields = [], resourceVersion } = metaOf(object);
  let entries = [...managedFields];
  let changed = false;
  for (const manager of csaManagers) {
    const csaAt = entries.findIndex((entry) => isUpdateOf(entry, manager));
    const csa = entries[csaAt];
    if (csa === undefined) continue;
    changed = true;
    const ssaAt = entries.findIndex((entry) => isApplyOf(entry, ssaManager));
    const ssa = entries[ssaAt];
    if (ssa === undefined) entries[csaAt] = { ...csa, operation: 'Apply', manager: ssaManager };
    else {
      entries[ssaAt] = { ...ssa, fieldsV1: union(ssa.fieldsV1, csa.fieldsV1) };
      entries = entries.filter((_, index) => index !== csaAt);
    }
  }
  if (!changed) return undefined;
  return [
    { op: 'replace', path: '/metadata/managedFields', value: entries },
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
  ];
}

const isUpdateOf = (entry: ManagedFieldsEntry, manager: string): boolean =>
  entry.manager === manager && entry.operation === 'Update' && (entry.subresource ?? '') === '';
const isApplyOf = (entry: ManagedFieldsEntry, manager: string): boolean =>
  entry.manager === manager && entry.operation === 'Apply' && (entry.subresource ?? '') === '';

function union(a: unknown, b: unknown): unknown {
  if (!isJsonObject(a)) return b;
  if (!isJsonObject(b)) return a;
  const out: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) out[key] = key in out ? union(out[key], value) : value;
  return out;
}
