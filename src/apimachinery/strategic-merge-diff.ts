// Makes strategic merge patches, as kubectl and controllers send them.
// Upstream: apimachinery/pkg/util/strategicpatch/patch.go (v1.36)
import { writeYaml } from './yaml-writer.ts';
import { deepEqual } from './deep-equal.ts';
import { compareStrings, formatValue } from './go-format.ts';
import { getMember, hasMember, isJsonObject, setMember } from './json-value.ts';
import type { JsonObject, MutableJsonObject } from './json-value.ts';
import type { SchemaNode } from './schema-node.ts';
import { deduplicateScalars, normalizeSliceOrder, sortScalars } from './strategic-merge-order.ts';
import { mergeMap } from './strategic-merge-patch.ts';
import {
  deleteFromPrimitiveListPrefix,
  directiveMarker,
  elementType,
  goTypeOf,
  lookupSlice,
  lookupStruct,
  mergeKeyOf,
  retainKeysDirective,
  setElementOrderPrefix,
  StrategicMergePatchError,
} from './strategic-merge-schema.ts';
import type { PatchMeta } from './strategic-merge-schema.ts';

/** What a diff holds. */
interface DiffOptions {
  readonly setElementOrder: boolean;
  readonly ignoreChangesAndAdditions: boolean;
  readonly ignoreDeletions: boolean;
  readonly buildRetainKeysDirective: boolean;
}

const plain: DiffOptions = {
  setElementOrder: false,
  ignoreChangesAndAdditions: false,
  ignoreDeletions: false,
  buildRetainKeysDirective: false,
};
const mapType = goTypeOf({});

/** Whether a patch is allowed. */
export type PatchPrecondition = (patch: JsonObject) => boolean;

/** A precondition: the patch does not change a member of the object. Upstream: mergepatch.RequireKeyUnchanged */
export function requireKeyUnchanged(key: string): PatchPrecondition {
  return (patch) => !Object.hasOwn(patch, key);
}

/** A precondition: the patch does not change a member of metadata. Upstream: mergepatch.RequireMetadataKeyUnchanged */
export function requireMetadataKeyUnchanged(key: string): PatchPrecondition {
  return (patch) => !(isJsonObject(patch['metadata']) && Object.hasOwn(patch['metadata'], key));
}

function checkPreconditions(patch: JsonObject, preconditions: readonly PatchPrecondition[]): JsonObject {
  if (preconditions.every((precondition) => precondition(patch))) return patch;
  throw new StrategicMergePatchError(`precondition failed for: ${formatValue(patch)}`, 'precondition');
}

/**
 * The strategic merge patch that makes `modified` of `original`; `{}` when they are equal.
 *
 * @throws StrategicMergePatchError
 *
 * Upstream: CreateTwoWayMergePatch
 */
export function createTwoWayMergePatch(
  original: JsonObject,
  modified: JsonObject,
  schema: SchemaNode,
  preconditions: readonly PatchPrecondition[] = [],
): JsonObject {
  return checkPreconditions(diffMaps(original, modified, schema, { ...plain, setElementOrder: true }), preconditions);
}

/** What a three-way patch is made of. */
export interface ThreeWayMergeOptions {
  /** What was applied last. */
  readonly original: JsonObject;
  /** What is wanted. */
  readonly modified: JsonObject;
  /** What is there. */
  readonly current: JsonObject;
  readonly schema: SchemaNode;
  /** Do not complain about changes others made to what is changed. */
  readonly overwrite: boolean;
  readonly preconditions?: readonly PatchPrecondition[];
}

/**
 * The strategic merge patch `kubectl apply` sends: changes from `current` to `modified`, and deletions of what was in
 * `original` and is no longer in `modified`.
 *
 * @throws StrategicMergePatchError
 *
 * Upstream: CreateThreeWayMergePatch
 */
export function createThreeWayStrategicMergePatch(options: ThreeWayMergeOptions): JsonObject {
  const { original, modified, current, schema, overwrite, preconditions = [] } = options;
  const ordered = { ...plain, setElementOrder: true };
  const delta = diffMaps(current, modified, schema, { ...ordered, ignoreDeletions: true });
  const deletions = diffMaps(original, modified, schema, { ...ordered, ignoreChangesAndAdditions: true });
  const merged = mergeMap(deletions, delta, schema, { mergeParallelList: false, ignoreUnmatchedNulls: false });
  const patch = checkPreconditions(merged, preconditions);
  if (!overwrite) {
    const changed = diffMaps(original, current, schema, plain);
    if (mapsHaveConflicts(patch, changed, schema)) {
      const texts = `patch:\n${writeYaml(patch)}\nconflicts with changes made from original to current:`;
      throw new StrategicMergePatchError(`${texts}\n${writeYaml(changed)}\n`, 'conflict');
    }
  }
  return patch;
}

function diffMaps(
  original: JsonObject,
  modified: JsonObject,
  schema: SchemaNode,
  options: DiffOptions,
): MutableJsonObject {
  const patch: MutableJsonObject = {};
  for (const [key, after] of Object.entries(modified)) {
    if (after !== undefined) diffMember(key, getMember(original, key), after, { patch, schema, options });
  }
  if (!options.ignoreDeletions) {
    for (const key of Object.keys(original)) if (!hasMember(modified, key)) setMember(patch, key, null);
  }
  if (options.buildRetainKeysDirective) {
    const retained = Object.keys(modified).filter((key) => modified[key] !== null && modified[key] !== undefined);
    const dropsSome = Object.keys(original).some((key) => original[key] !== null && !hasMember(modified, key));
    if (retained.length > 0 && (Object.keys(patch).length > 0 || dropsSome)) {
      setMember(patch, retainKeysDirective, sortScalars(retained));
    }
  }
  return patch;
}

interface Diffing {
  readonly patch: MutableJsonObject;
  readonly schema: SchemaNode;
  readonly options: DiffOptions;
}

function diffMember(key: string, before: unknown, after: unknown, { patch, schema, options }: Diffing): void {
  const set = (value: unknown): void => {
    if (!options.ignoreChangesAndAdditions) setMember(patch, key, value);
  };
  if (before === undefined) return set(after);
  if (key === directiveMarker) {
    if (typeof before !== 'string' || typeof after !== 'string') {
      throw new StrategicMergePatchError(`invalid value for special key: ${directiveMarker}`);
    }
    if (before !== after) setMember(patch, key, after);
  } else if (goTypeOf(before) !== goTypeOf(after)) set(after);
  else if (isJsonObject(before) && isJsonObject(after)) diffMapMember(key, before, after, { patch, schema, options });
  else if (Array.isArray(before) && Array.isArray(after))
    diffSliceMember(key, before, after, { patch, schema, options });
  else if (!deepEqual(before, after)) set(after);
}

/** What the schema says of a field; undefined when it says nothing and nothing changed. */
function lookup(find: () => PatchMeta, before: unknown, after: unknown): PatchMeta | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof StrategicMergePatchError && deepEqual(before, after)) return undefined;
    throw error;
  }
}

function diffMapMember(key: string, before: JsonObject, after: JsonObject, { patch, schema, options }: Diffing): void {
  if (before === after) return;
  const meta = lookup(() => lookupStruct(schema, key), before, after);
  if (meta === undefined) return;
  if (meta.strategy === 'replace') {
    if (!options.ignoreChangesAndAdditions) setMember(patch, key, after);
    return;
  }
  const inner = diffMaps(before, after, meta.node, { ...options, buildRetainKeysDirective: meta.retainKeys });
  if (Object.keys(inner).length > 0) setMember(patch, key, inner);
}

function diffSliceMember(
  key: string,
  before: readonly unknown[],
  after: readonly unknown[],
  { patch, schema, options }: Diffing,
): void {
  if (before === after) return;
  const meta = lookup(() => lookupSlice(schema, key), before, after);
  if (meta === undefined) return;
  if (meta.strategy !== 'merge') {
    if (!options.ignoreChangesAndAdditions && !deepEqual(before, after)) setMember(patch, key, after);
    return;
  }
  const diff = diffLists(before, after, meta, { ...options, buildRetainKeysDirective: meta.retainKeys });
  if (diff.patch.length > 0) setMember(patch, key, diff.patch);
  if (diff.deletions.length > 0) setMember(patch, `${deleteFromPrimitiveListPrefix}/${key}`, diff.deletions);
  if (diff.order.length > 0) setMember(patch, `${setElementOrderPrefix}/${key}`, diff.order);
}

interface ListDiff {
  readonly patch: readonly unknown[];
  readonly deletions: readonly unknown[];
  readonly order: readonly unknown[];
}

function diffLists(
  before: readonly unknown[],
  after: readonly unknown[],
  meta: PatchMeta,
  options: DiffOptions,
): ListDiff {
  if (before.length === 0) {
    return { patch: options.ignoreChangesAndAdditions ? [] : after, deletions: [], order: [] };
  }
  return elementType(before, after) === mapType
    ? diffListsOfMaps(before, after, meta, options)
    : diffListsOfScalars(before, after, options);
}

function diffListsOfMaps(
  before: readonly unknown[],
  after: readonly unknown[],
  { node, mergeKey }: PatchMeta,
  options: DiffOptions,
): ListDiff {
  const { ignoreChangesAndAdditions, ignoreDeletions, setElementOrder } = options;
  const changes: unknown[] = [];
  const deletions: unknown[] = [];
  for (const [left, right] of pairs(before, after, (item) => formatValue(mergeKeyOf(item, mergeKey)))) {
    if (isJsonObject(left) && isJsonObject(right)) {
      const inner = diffMaps(left, right, node, options);
      if (Object.keys(inner).length > 0) {
        setMember(inner, mergeKey, right[mergeKey]);
        changes.push(inner);
      }
    } else if (left === undefined) {
      if (!ignoreChangesAndAdditions) changes.push(right);
    } else if (!ignoreDeletions)
      deletions.push({ [mergeKey]: mergeKeyOf(left, mergeKey), [directiveMarker]: 'delete' });
  }
  const sorted = normalizeSliceOrder(changes, after, mergeKey);
  const sameOrder =
    before.length === after.length &&
    after.every((x, i) => mergeKeyOf(before[i], mergeKey) === mergeKeyOf(x, mergeKey));
  const patch = [...sorted, ...deletions];
  const ordered =
    setElementOrder &&
    ((!ignoreChangesAndAdditions && (patch.length > 0 || !sameOrder)) || (!ignoreDeletions && patch.length > 0));
  const order = ordered ? after.map((item) => ({ [mergeKey]: mergeKeyOf(item, mergeKey) })) : [];
  return { patch, deletions: [], order };
}

function diffListsOfScalars(before: readonly unknown[], after: readonly unknown[], options: DiffOptions): ListDiff {
  const { ignoreChangesAndAdditions, ignoreDeletions, setElementOrder } = options;
  const additions: unknown[] = [];
  const deletions: unknown[] = [];
  for (const [left, right] of pairs(before, after, formatValue)) {
    if (left === undefined && !ignoreChangesAndAdditions) additions.push(right);
    if (right === undefined && !ignoreDeletions) deletions.push(left);
  }
  const ordered =
    setElementOrder &&
    ((!ignoreDeletions && deletions.length > 0) || (!ignoreChangesAndAdditions && !deepEqual(before, after)));
  return {
    patch: normalizeSliceOrder(additions, after, ''),
    deletions: deduplicateScalars(deletions),
    order: ordered ? after : [],
  };
}

/** Items of two lists, sorted and matched by their text; undefined where one has no match. */
function pairs(
  before: readonly unknown[],
  after: readonly unknown[],
  textOf: (item: unknown) => string,
): (readonly [unknown, unknown])[] {
  const sorted = (list: readonly unknown[]): (readonly [string, unknown])[] =>
    list.map((item) => [textOf(item), item] as const).sort(([a], [b]) => compareStrings(a, b));
  const left = sorted(before);
  const right = sorted(after);
  const out: (readonly [unknown, unknown])[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const a = left[i];
    const b = right[j];
    const order = a === undefined ? 1 : b === undefined ? -1 : compareStrings(a[0], b[0]);
    out.push([order <= 0 ? a?.[1] : undefined, order >= 0 ? b?.[1] : undefined]);
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  return out;
}

function mapsHaveConflicts(left: JsonObject, right: JsonObject, schema: SchemaNode): boolean {
  for (const [key, value] of Object.entries(left)) {
    if (key === directiveMarker || key === retainKeysDirective || !hasMember(right, key)) continue;
    let meta: PatchMeta | undefined;
    if (Array.isArray(value)) meta = key.startsWith('$') ? undefined : lookupSlice(schema, key);
    else if (isJsonObject(value)) meta = lookupStruct(schema, key);
    if (fieldsHaveConflicts(value, right[key], meta)) return true;
  }
  return false;
}

function fieldsHaveConflicts(left: unknown, right: unknown, meta: PatchMeta | undefined): boolean {
  if (isJsonObject(left)) {
    if (!isJsonObject(right) || left[directiveMarker] !== right[directiveMarker]) return true;
    return meta?.strategy !== 'replace' && meta !== undefined && mapsHaveConflicts(left, right, meta.node);
  }
  if (Array.isArray(left)) return !Array.isArray(right) || slicesHaveConflicts(left, right, meta);
  return left !== right;
}

function slicesHaveConflicts(
  left: readonly unknown[],
  right: readonly unknown[],
  meta: PatchMeta | undefined,
): boolean {
  const isMaps = elementType(left, right) === mapType;
  if (meta?.strategy === 'merge') {
    if (!isMaps) return false;
    const others = new Map(right.map((item) => [formatValue(mergeKeyOf(item, meta.mergeKey)), item]));
    return left.some((item) => {
      const other = others.get(formatValue(mergeKeyOf(item, meta.mergeKey)));
      return other !== undefined && fieldsHaveConflicts(item, other, { ...meta, strategy: '' });
    });
  }
  if (left.length !== right.length) return true;
  const a = isMaps ? left : sortScalars(deduplicateScalars(left));
  const b = isMaps ? right : sortScalars(deduplicateScalars(right));
  return a.some((item, i) => fieldsHaveConflicts(item, b[i], meta && { ...meta, strategy: '' }));
}
