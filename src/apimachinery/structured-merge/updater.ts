// Who owns which fields, when an object is updated or applied.
// Upstream: sigs.k8s.io/structured-merge-diff/v6/merge/update.go
import { compareStrings } from '../go-format.ts';
import { deepEqual } from '../deep-equal.ts';
import type { SchemaNode } from '../schema-node.ts';
import { compareTyped } from './compare.ts';
import type { Comparison } from './compare.ts';
import type { FieldFilter } from './field-filter.ts';
import { FieldSet } from './field-set.ts';
import { mergeTyped } from './merge.ts';
import type { FieldPath } from './path-element.ts';
import { reconcileFieldSetWithSchema } from './reconcile-field-set.ts';
import { removeItems } from './remove-items.ts';
import { toFieldSet } from './to-field-set.ts';

/** The fields a manager owns, in the version it wrote them. */
export interface VersionedSet {
  readonly set: FieldSet;
  readonly apiVersion: string;
  readonly applied: boolean;
}

/** Manager → what it owns. */
export type ManagedSets = ReadonlyMap<string, VersionedSet>;

/** An object in one version, with the shape of that version. */
export interface TypedObject {
  readonly value: unknown;
  readonly schema: SchemaNode;
}

/** How an object looks in another version; undefined when that version is no longer served. */
export type ConvertVersion = (object: TypedObject, apiVersion: string) => TypedObject | undefined;

/** A field that another manager owns and an apply would change. */
export interface Conflict {
  readonly manager: string;
  readonly path: FieldPath;
}

/** An apply would change fields of other managers, and is not forced. */
export class ConflictsError extends Error {
  override readonly name = 'ConflictsError';
  /** By manager, then in the order of paths. */
  readonly conflicts: readonly Conflict[];

  constructor(conflicts: readonly Conflict[]) {
    super('apply conflicts');
    this.conflicts = conflicts;
  }
}

/** A change to judge. */
export interface ManagedChange {
  readonly live: TypedObject;
  readonly managers: ManagedSets;
  readonly manager: string;
  readonly apiVersion: string;
  readonly convert: ConvertVersion;
  /** Leaves what the endpoint sets: the rest is never owned through it. */
  readonly fields?: FieldFilter | undefined;
}

function filtered(comparison: Comparison, fields: FieldFilter | undefined): Comparison {
  if (fields === undefined) return comparison;
  const { added, modified, removed } = comparison;
  return { added: fields(added), modified: fields(modified), removed: fields(removed) };
}

/** The managers whose versions are still served, with sets that fit the schema. */
function reconcile({ live, managers, convert }: ManagedChange): Map<string, VersionedSet> {
  const out = new Map<string, VersionedSet>();
  for (const [manager, versioned] of managers) {
    const converted = convert(live, versioned.apiVersion);
    if (converted === undefined) continue;
    out.set(manager, { ...versioned, set: reconcileFieldSetWithSchema(versioned.set, converted.schema) });
  }
  return out;
}

/** Takes from the other managers what the change takes over or removes. */
function takeOver(
  change: ManagedChange,
  next: TypedObject,
  managers: Map<string, VersionedSet>,
  force: boolean,
): Comparison {
  const { live, manager: own, apiVersion, convert, fields } = change;
  const comparison = filtered(compareTyped(live.schema, live.value, next.value), fields);
  const comparisons = new Map([[apiVersion, comparison]]);
  const conflicts: Conflict[] = [];
  const rest = new Map<string, FieldSet>();
  for (const [manager, { set, apiVersion: version }] of [...managers].sort(([a], [b]) => compareStrings(a, b))) {
    if (manager === own) continue;
    let compared = comparisons.get(version);
    if (compared === undefined) {
      const before = convert(live, version);
      const after = convert(next, version);
      if (before === undefined || after === undefined) {
        managers.delete(manager);
        continue;
      }
      compared = filtered(compareTyped(before.schema, before.value, after.value), fields);
      comparisons.set(version, compared);
    }
    const conflict = set.intersection(compared.modified.union(compared.added));
    for (const path of conflict.paths()) conflicts.push({ manager, path });
    rest.set(manager, set.difference(conflict).difference(compared.removed));
  }
  if (!force && conflicts.length > 0) throw new ConflictsError(conflicts);
  for (const [manager, set] of rest) {
    const versioned = managers.get(manager);
    if (versioned !== undefined) managers.set(manager, { ...versioned, set });
  }
  for (const [manager, { set }] of managers) if (set.isEmpty) managers.delete(manager);
  return comparison;
}

/**
 * Who owns what after an update to `next`: the manager gains what it changed and added, others lose it.
 *
 * Upstream: Updater.Update
 */
export function updateManagers(change: ManagedChange, next: TypedObject): ManagedSets {
  const managers = reconcile(change);
  const comparison = takeOver(change, next, managers, true);
  const former = managers.get(change.manager)?.set ?? new FieldSet();
  let set = former.difference(comparison.removed).union(comparison.modified).union(comparison.added);
  if (change.fields) set = change.fields(set);
  if (set.isEmpty) managers.delete(change.manager);
  else managers.set(change.manager, { set, apiVersion: change.apiVersion, applied: false });
  return managers;
}

/** What an apply gives. */
export interface ApplyResult {
  /** The new object; undefined when the apply changes nothing. */
  readonly value: unknown;
  readonly managers: ManagedSets;
}

/**
 * Applies what a manager wants: merges it into the live object, removes what it wanted before and no longer does.
 *
 * @throws ConflictsError when fields of others would change and `force` is off
 * @throws TypedValueError when `config` does not fit the schema
 *
 * Upstream: Updater.Apply
 */
export function applyManaged(change: ManagedChange, config: unknown, force: boolean): ApplyResult {
  const { live, manager, apiVersion } = change;
  const managers = reconcile(change);
  const merged = mergeTyped(live.schema, live.value, config) ?? null;
  const last = managers.get(manager);
  let set = toFieldSet(live.schema, config);
  if (change.fields) set = change.fields(set);
  managers.set(manager, { set, apiVersion, applied: true });
  const next = prune({ value: merged, schema: live.schema }, managers, last, change);
  takeOver(change, next, managers, force);
  return { value: deepEqual(live.value, next.value) ? undefined : next.value, managers };
}

/** Removes what the manager applied last time and nobody wants any more. */
function prune(
  merged: TypedObject,
  managers: ManagedSets,
  last: VersionedSet | undefined,
  { convert, apiVersion }: ManagedChange,
): TypedObject {
  if (last === undefined || last.set.isEmpty) return merged;
  const converted = convert(merged, last.apiVersion);
  if (converted === undefined) return merged;
  const { schema } = converted;
  const lastSet = last.set.ensureNamedFieldsAreMembers(schema);
  let pruned: TypedObject = { schema, value: removeItems(schema, converted.value, lastSet) };
  pruned = addBackOwnedItems(converted, pruned, last.apiVersion, managers, convert);
  const final = convert(pruned, last.apiVersion);
  if (final === undefined) return merged;
  const prunedSet = toFieldSet(schema, final.value).ensureNamedFieldsAreMembers(schema);
  const mergedSet = toFieldSet(schema, converted.value).ensureNamedFieldsAreMembers(schema);
  const dangling = mergedSet.difference(prunedSet).intersection(lastSet);
  const value = removeItems(schema, converted.value, dangling);
  return convert({ schema, value }, apiVersion) ?? merged;
}

/** Puts back what other managers, or the new configuration, own. */
function addBackOwnedItems(
  merged: TypedObject,
  pruned: TypedObject,
  prunedVersion: string,
  managers: ManagedSets,
  convert: ConvertVersion,
): TypedObject {
  const owned = new Map<string, FieldSet>();
  for (const { set, apiVersion } of managers.values()) {
    owned.set(apiVersion, set.union(owned.get(apiVersion) ?? new FieldSet()));
  }
  const versions = [...owned.keys()].sort((a, b) => Number(b === prunedVersion) - Number(a === prunedVersion));
  let result = pruned;
  let whole = merged;
  for (const version of versions) {
    const mergedThere = convert(whole, version);
    const prunedThere = convert(result, version);
    if (mergedThere === undefined || prunedThere === undefined) continue;
    const { schema } = mergedThere;
    const setOf = (value: unknown): FieldSet => toFieldSet(schema, value).ensureNamedFieldsAreMembers(schema);
    const keep = setOf(prunedThere.value).union(
      (owned.get(version) ?? new FieldSet()).ensureNamedFieldsAreMembers(schema),
    );
    result = { schema, value: removeItems(schema, mergedThere.value, setOf(mergedThere.value).difference(keep)) };
    whole = mergedThere;
  }
  return result;
}
