// `metadata.managedFields`: read, written, and kept up when objects are updated and applied.
// Upstream: apimachinery/pkg/util/managedfields/internal (v1.36)
import { compareStrings, formatValue, quote } from '../go-format.ts';
import type { ManagedFieldsEntry } from '../object-meta.ts';
import { newApplyConflict } from '../status-error.ts';
import type { StatusError } from '../status-error.ts';
import type { FieldFilter } from './field-filter.ts';
import { FieldSet } from './field-set.ts';
import { allowedConflictsFromLastApplied } from './last-applied-conflicts.ts';
import { fieldElement, formatPath } from './path-element.ts';
import { applyManaged, ConflictsError, updateManagers } from './updater.ts';
import type { Conflict, ConvertVersion, ManagedSets, TypedObject, VersionedSet } from './updater.ts';

/** How many managers that update (not apply) an object keeps apart. */
const maxUpdateManagers = 10;
const currentOperation = 'current-operation';
const beforeFirstApply = 'before-first-apply';
const ancientChanges = 'ancient-changes';

/** What every manager owns, and when it last wrote. Keys are manager identifiers. */
export interface Managed {
  readonly sets: ManagedSets;
  readonly times: ReadonlyMap<string, string>;
}

/** Nobody owns anything. */
export function emptyManaged(): Managed {
  return { sets: new Map(), times: new Map() };
}

const stripSet = FieldSet.of(
  ...['apiVersion', 'kind', 'metadata'].map((name) => [fieldElement(name)]),
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((name) => [fieldElement('metadata'), fieldElement(name)]),
);

/** The text that tells managers apart: all of an entry but its fields and time; of an applier also not its version. */
function managerIdentifier(entry: ManagedFieldsEntry): string {
  const { manager, operation, apiVersion, subresource } = entry;
  return JSON.stringify({
    ...(manager && { manager }),
    ...(operation && { operation }),
    ...(apiVersion && operation !== 'Apply' && { apiVersion }),
    ...(subresource && { subresource }),
  });
}

/**
 * Reads `metadata.managedFields`.
 *
 * @throws Error with upstream's complaint about an entry that makes no sense
 *
 * Upstream: DecodeManagedFields
 */
export function decodeManagedFields(entries: readonly ManagedFieldsEntry[] | undefined): Managed {
  const sets = new Map<string, VersionedSet>();
  const times = new Map<string, string>();
  for (const [i, entry] of (entries ?? []).entries()) {
    const { operation, apiVersion = '', fieldsType = '', fieldsV1, time } = entry;
    if (operation !== 'Apply' && operation !== 'Update') throw new Error('operation must be `Apply` or `Update`');
    if (apiVersion === '') throw new Error('apiVersion must not be empty');
    if (fieldsType === '') throw new Error(`missing fieldsType in managed fields entry ${i}`);
    if (fieldsType !== 'FieldsV1')
      throw new Error(`invalid fieldsType ${quote(fieldsType)} in managed fields entry ${i}`);
    const identifier = managerIdentifier(entry);
    sets.set(identifier, { set: readSet(entry, fieldsV1), apiVersion, applied: operation === 'Apply' });
    if (time !== undefined) times.set(identifier, time);
  }
  return { sets, times };
}

function readSet(entry: ManagedFieldsEntry, fieldsV1: unknown): FieldSet {
  try {
    return FieldSet.fromFieldsV1(fieldsV1 ?? {});
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new Error(`error decoding versioned set from ${formatValue(entry)}: error decoding set: ${why}`);
  }
}

/** Whether managed fields in a request ask to forget all managers: an empty list, or one empty entry. */
export function isResetManagedFields(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  if (entries === undefined || entries.length > 1) return false;
  return entries.length === 0 || Object.values(entries[0] ?? {}).every((member) => member === undefined);
}

/**
 * What an update starts from: what the request states, or else what the live object has. Through a subresource only the
 * live object counts.
 *
 * Upstream: decodeLiveOrNew
 */
export function decodeLiveOrNew(
  live: readonly ManagedFieldsEntry[] | undefined,
  requested: readonly ManagedFieldsEntry[] | undefined,
  isSubresource: boolean,
): Managed {
  if (!isSubresource) {
    if (isResetManagedFields(requested)) return emptyManaged();
    const managed = decodeOrEmpty(requested);
    if (managed.sets.size > 0) return managed;
  }
  return decodeOrEmpty(live);
}

function decodeOrEmpty(entries: readonly ManagedFieldsEntry[] | undefined): Managed {
  try {
    return decodeManagedFields(entries);
  } catch {
    return emptyManaged();
  }
}

/** Writes `metadata.managedFields`: Apply before Update, then by second, manager, version and subresource. */
export function encodeManagedFields({ sets, times }: Managed): ManagedFieldsEntry[] {
  const entries = [...sets].map(([identifier, { set, apiVersion, applied }]): ManagedFieldsEntry => {
    const { manager, operation, subresource } = JSON.parse(identifier) as ManagedFieldsEntry;
    const time = times.get(identifier);
    return {
      ...(manager !== undefined && { manager }),
      operation: applied ? 'Apply' : (operation ?? 'Update'),
      apiVersion,
      ...(time !== undefined && { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: set.toFieldsV1(),
      ...(subresource !== undefined && { subresource }),
    };
  });
  return entries.sort(compareEntries);
}

function compareEntries(a: ManagedFieldsEntry, b: ManagedFieldsEntry): number {
  return (
    compareStrings(a.operation ?? '', b.operation ?? '') ||
    compareStrings(a.time ?? '', b.time ?? '') ||
    compareStrings(a.manager ?? '', b.manager ?? '') ||
    compareStrings(a.apiVersion ?? '', b.apiVersion ?? '') ||
    compareStrings(a.subresource ?? '', b.subresource ?? '')
  );
}

/** A write whose owner is to be recorded. Objects are in the version of the request. */
export interface ManagedWrite {
  readonly live: TypedObject;
  readonly managed: Managed;
  /** The field manager's name; empty counts as `unknown`. */
  readonly manager: string;
  readonly apiVersion: string;
  readonly subresource?: string;
  /** The time of the write, RFC 3339 in seconds. */
  readonly time: string;
  readonly convert: ConvertVersion;
  /** Leaves what the endpoint sets. */
  readonly fields?: FieldFilter | undefined;
}

function identifierOf({ manager, apiVersion, subresource }: ManagedWrite, operation: string): string {
  const entry = { manager: manager === '' ? 'unknown' : manager, operation, apiVersion };
  return managerIdentifier(subresource ? { ...entry, subresource } : entry);
}

function changeOf(write: ManagedWrite, manager: string, live = write.live, sets = write.managed.sets) {
  const { apiVersion, convert, fields } = write;
  return { live, managers: sets, manager, apiVersion, convert, fields };
}

/** What a manager owns without the metadata that is the server's. */
function stripMeta(sets: ManagedSets, manager: string): Map<string, VersionedSet> {
  const out = new Map(sets);
  const versioned = out.get(manager);
  if (versioned === undefined) return out;
  const set = versioned.set.difference(stripSet);
  if (set.isEmpty) out.delete(manager);
  else out.set(manager, { ...versioned, set });
  return out;
}

/**
 * Who owns what after an update of the live object to `next`. An object that had no managers and is not new stays
 * without.
 *
 * @param isCreate the live object is empty: `next` is being created
 *
 * Upstream: the chain of managers of NewDefaultFieldManager, Update
 */
export function updateManagedFields(write: ManagedWrite, next: TypedObject, isCreate: boolean): Managed {
  if (write.managed.sets.size === 0 && !isCreate) return write.managed;
  return capUpdateManagers(trackUpdate(write, next, identifierOf(write, 'Update')));
}

function trackUpdate(write: ManagedWrite, next: TypedObject, identifier: string): Managed {
  const sets = stripMeta(updateManagers(changeOf(write, currentOperation), next), currentOperation);
  const times = new Map(write.managed.times);
  const current = sets.get(currentOperation);
  if (current !== undefined) {
    sets.delete(currentOperation);
    const previous = sets.get(identifier);
    sets.set(identifier, previous === undefined ? current : { ...current, set: current.set.union(previous.set) });
    times.set(identifier, write.time);
  }
  return { sets, times };
}

/** Puts the oldest updaters of a version together when there are too many. Upstream: capUpdateManagers */
function capUpdateManagers(managed: Managed): Managed {
  const updaters = [...managed.sets].filter(([, { applied }]) => !applied);
  if (updaters.length <= maxUpdateManagers) return managed;
  const sets = new Map(managed.sets);
  const times = new Map(managed.times);
  const timeOf = (identifier: string): string => managed.times.get(identifier) ?? '';
  updaters.sort(([a], [b]) => compareStrings(timeOf(a), timeOf(b)) || compareStrings(a, b));
  const firsts = new Map<string, string>();
  let count = updaters.length;
  for (const [identifier, versioned] of updaters) {
    if (count <= maxUpdateManagers) break;
    const { apiVersion } = versioned;
    const bucket = managerIdentifier({ manager: ancientChanges, operation: 'Update', apiVersion });
    const first = firsts.get(apiVersion);
    if (first === undefined) {
      firsts.set(apiVersion, identifier);
      continue;
    }
    const kept = sets.get(bucket) ?? sets.get(first) ?? versioned;
    if (!sets.has(bucket)) sets.delete(first);
    sets.set(bucket, { ...versioned, set: versioned.set.union(kept.set) });
    sets.delete(identifier);
    times.set(bucket, timeOf(identifier));
    count--;
  }
  return { sets, times };
}

/** What server-side apply gives. */
export interface AppliedObject {
  /** The new object in the request's version, before defaulting; undefined when nothing changes. */
  readonly value: unknown;
  readonly managed: Managed;
}

/**
 * Server-side apply.
 *
 * @param empty an empty object of the kind, from which earlier changes of untracked objects are taken to have come
 * @throws StatusError Conflict with causes, when fields of other managers would change and `force` is off
 * @throws TypedValueError when `config` does not fit the schema
 *
 * Upstream: the chain of managers of NewDefaultFieldManager, Apply
 */
export function applyManagedFields(
  write: ManagedWrite,
  config: unknown,
  empty: unknown,
  force: boolean,
): AppliedObject {
  let { managed } = write;
  if (managed.sets.size === 0) {
    const before = { ...write, live: { ...write.live, value: empty }, manager: beforeFirstApply };
    managed = capUpdateManagers(trackUpdate(before, write.live, identifierOf(before, 'Update')));
  }
  const identifier = identifierOf(write, 'Apply');
  try {
    const result = applyManaged(changeOf(write, identifier, write.live, managed.sets), config, force);
    const times = new Map(managed.times);
    if (result.value !== undefined) times.set(identifier, write.time);
    return { value: result.value, managed: { sets: stripMeta(result.managers, identifier), times } };
  } catch (error) {
    if (!(error instanceof ConflictsError)) throw error;
    const conflicts = conflictsLeft(write, error.conflicts);
    if (conflicts.length > 0) throw newConflictError(conflicts);
    return applyManagedFields(write, config, empty, true);
  }
}

/** The conflicts that stay when kubectl goes over from client-side apply, which set these fields, to server-side apply. */
function conflictsLeft(
  { manager, live, apiVersion }: ManagedWrite,
  conflicts: readonly Conflict[],
): readonly Conflict[] {
  const allowed = manager === 'kubectl' ? allowedConflictsFromLastApplied(live, apiVersion) : undefined;
  return allowed ? conflicts.filter(({ path }) => !allowed.has(path)) : conflicts;
}

function printManager(identifier: string): string {
  const { manager, operation, apiVersion, subresource } = JSON.parse(identifier) as ManagedFieldsEntry;
  const name = quote(manager ?? '') + (subresource ? ` with subresource ${quote(subresource)}` : '');
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}

/** The answer to an apply that would change fields of others. Upstream: NewConflictError */
export function newConflictError(conflicts: readonly Conflict[]): StatusError {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${printManager(manager)}`,
    field: formatPath(path),
  }));
  const [first] = conflicts;
  if (first !== undefined && conflicts.length === 1) {
    const message = `Apply failed with 1 conflict: conflict with ${printManager(first.manager)}: ${formatPath(first.path)}`;
    return newApplyConflict(causes, message);
  }
  const lines: string[] = [];
  let last = '';
  for (const { manager, path } of conflicts) {
    if (manager !== last) lines.push(`conflicts with ${printManager(manager)}:`);
    last = manager;
    lines.push(`- ${formatPath(path)}`);
  }
  return newApplyConflict(causes, `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`);
}
