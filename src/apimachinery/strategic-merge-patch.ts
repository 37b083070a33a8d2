// Applies strategic merge patches. Upstream: apimachinery/pkg/util/strategicpatch/patch.go (v1.36)
// Differs: keys are taken in the patch's order where upstream ranges over a map.
import { deepEqual } from './deep-equal.ts';
import { formatValue } from './go-format.ts';
import { getMember, isJsonObject, setMember } from './json-value.ts';
import type { JsonObject, MutableJsonObject } from './json-value.ts';
import type { SchemaNode } from './schema-node.ts';
import {
  asList,
  deleteFromPrimitiveListPrefix,
  directiveMarker,
  elementType,
  goTypeOf,
  lookupSlice,
  lookupStruct,
  mergeKeyOf,
  noMergeKey,
  retainKeysDirective,
  setElementOrderPrefix,
  StrategicMergePatchError,
} from './strategic-merge-schema.ts';
import type { PatchMeta } from './strategic-merge-schema.ts';
import { deduplicateScalars, normalizeElementOrder, partitionByPresence } from './strategic-merge-order.ts';

/** How maps are merged. */
export interface MergeOptions {
  /** Carry out `$deleteFromPrimitiveList`, `$setElementOrder` and `$retainKeys`; else keep them for later. */
  readonly mergeParallelList: boolean;
  /** A null for what is not there does nothing; else it is kept. */
  readonly ignoreUnmatchedNulls: boolean;
}

const applying: MergeOptions = { mergeParallelList: true, ignoreUnmatchedNulls: true };
const mapType = goTypeOf({});

/**
 * The object after a strategic merge patch. Neither argument is changed; untouched parts are shared.
 *
 * @throws StrategicMergePatchError
 *
 * Upstream: StrategicMergeMapPatchUsingLookupPatchMeta
 */
export function applyStrategicMergePatch(original: JsonObject, patch: JsonObject, schema: SchemaNode): JsonObject {
  return mergeMap(original, patch, schema, applying);
}

/** Merges one map into another. @throws StrategicMergePatchError */
export function mergeMap(
  original: JsonObject,
  patch: JsonObject,
  schema: SchemaNode,
  options: MergeOptions,
): JsonObject {
  if (Object.hasOwn(patch, directiveMarker)) return mergeByDirective(patch);
  return new MapMerge(original, patch, schema, options).run();
}

function mergeByDirective(patch: JsonObject): JsonObject {
  const { [directiveMarker]: directive, ...rest } = patch;
  if (directive === 'replace') return rest;
  if (directive === 'delete') return {};
  throw badPatchType(directive, patch);
}

function badPatchType(directive: unknown, patch: JsonObject): StrategicMergePatchError {
  const type = typeof directive === 'string' ? directive : `%!s(${goTypeOf(directive)}=${formatValue(directive)})`;
  return new StrategicMergePatchError(`unknown patch type: ${type} in map: ${formatValue(patch)}`);
}

/** The key a parallel list's directive speaks of. */
function fieldOfDirective(key: string, prefix: string, complaint: string): string {
  const slash = key.indexOf('/');
  if (slash < 0 || key.slice(0, slash) !== prefix) throw new StrategicMergePatchError(complaint, 'badFormat');
  return key.slice(slash + 1);
}

const badRetainKeys = 'invalid patch format of retainKeys';
const badPrimitiveList = 'invalid patch format of primitive list';
const badElementOrder = 'invalid patch format of setElementOrder list';

/** Merges one patch map into a copy of the original. */
class MapMerge {
  readonly #out: MutableJsonObject;
  readonly #patch: MutableJsonObject;
  readonly #schema: SchemaNode;
  readonly #options: MergeOptions;

  constructor(original: JsonObject, patch: JsonObject, schema: SchemaNode, options: MergeOptions) {
    this.#out = Object.assign({}, original);
    this.#patch = Object.assign({}, patch);
    this.#schema = schema;
    this.#options = options;
  }

  run(): JsonObject {
    this.#applyRetainKeys();
    this.#applyElementOrders();
    for (const key of Object.keys(this.#patch)) this.#mergeKey(key, this.#patch[key]);
    return this.#out;
  }

  #applyRetainKeys(): void {
    if (!Object.hasOwn(this.#patch, retainKeysDirective)) return;
    const keys = this.#patch[retainKeysDirective];
    delete this.#patch[retainKeysDirective];
    if (!this.#options.mergeParallelList) return this.#keepDirective(retainKeysDirective, keys);
    if (!Array.isArray(keys)) throw new StrategicMergePatchError(badRetainKeys, 'badFormat');
    for (const [key, value] of Object.entries(this.#patch)) {
      const isDirective = key.startsWith(deleteFromPrimitiveListPrefix) || key.startsWith(setElementOrderPrefix);
      if (value !== null && !isDirective && !keys.includes(key)) {
        throw new StrategicMergePatchError(badRetainKeys, 'badFormat');
      }
    }
    for (const key of Object.keys(this.#out)) if (!keys.includes(key)) delete this.#out[key];
  }

  #keepDirective(key: string, value: unknown): void {
    const known = getMember(this.#out, key);
    if (known === undefined) {
      setMember(this.#out, key, value);
    } else if (!deepEqual(known, value)) {
      if (key.startsWith(setElementOrderPrefix)) throw new StrategicMergePatchError(badElementOrder, 'badFormat');
      const why = 'are not deep equal: this may happen when calculating the 3-way diff patch';
      throw new StrategicMergePatchError(`${formatValue(known)} and ${formatValue(value)} ${why}`);
    }
  }

  #applyElementOrders(): void {
    for (const key of Object.keys(this.#patch)) {
      if (!key.startsWith(setElementOrderPrefix)) continue;
      const order = this.#patch[key];
      if (!this.#options.mergeParallelList) this.#keepDirective(key, order);
      delete this.#patch[key];
      this.#applyElementOrder(key, asList(order));
    }
  }

  #applyElementOrder(key: string, order: readonly unknown[]): void {
    const field = fieldOfDirective(key, setElementOrderPrefix, badElementOrder);
    const original = listMember(this.#out, field);
    const patch = listMember(this.#patch, field);
    const meta = lookupSlice(this.#schema, field);
    validatePatchWithSetOrderList(patch ?? [], order, meta.mergeKey);
    let merged: readonly unknown[];
    if (patch === undefined) {
      if (original === undefined) return;
      merged = original;
    } else if (original === undefined) {
      merged = asList(removeDirectives(patch));
    } else merged = mergeSliceHandler(original, patch, meta, false, this.#options);
    const odd = meta.mergeKey === '' ? -1 : order.findIndex((item) => !isJsonObject(item));
    if (odd >= 0) throw new StrategicMergePatchError(`value for key ${odd} is not a map`);
    const partition = partitionByPresence(merged, order, meta.mergeKey);
    elementType(original ?? [], patch ?? []);
    const serverOrder = original ?? [];
    const ordered = normalizeElementOrder({ ...partition, patchOrder: order, serverOrder, mergeKey: meta.mergeKey });
    setMember(this.#out, field, ordered);
    delete this.#patch[field];
  }

  #mergeKey(patchKey: string, value: unknown): void {
    let key = patchKey;
    const isDeleteList = key.startsWith(deleteFromPrimitiveListPrefix);
    if (isDeleteList) {
      if (!this.#options.mergeParallelList) return setMember(this.#out, key, value);
      key = fieldOfDirective(key, deleteFromPrimitiveListPrefix, badPrimitiveList);
    }
    if (value === null) {
      delete this.#out[key];
      if (this.#options.ignoreUnmatchedNulls) return;
    }
    const original = getMember(this.#out, key);
    if (original === undefined || goTypeOf(original) !== goTypeOf(value)) {
      if (!isDeleteList) this.#replace(key, value);
    } else if (Array.isArray(original)) {
      const meta = lookupSlice(this.#schema, key);
      setMember(this.#out, key, mergeSliceHandler(original, asList(value), meta, isDeleteList, this.#options));
    } else if (isJsonObject(original) && isJsonObject(value)) {
      const meta = lookupStruct(this.#schema, key);
      const merged = meta.strategy === 'replace' ? value : mergeMap(original, value, meta.node, this.#options);
      setMember(this.#out, key, merged);
    } else this.#replace(key, value, false);
  }

  #replace(key: string, value: unknown, discardNulls = this.#options.ignoreUnmatchedNulls): void {
    const kept = removeDirectives(discardNulls ? discardNullValues(value) : value);
    if (kept === undefined) delete this.#out[key];
    else setMember(this.#out, key, kept);
  }
}

function listMember(object: JsonObject, key: string): readonly unknown[] | undefined {
  const value = getMember(object, key);
  return value === undefined ? undefined : asList(value);
}

/** Without members that are null, at any depth; what has none is given back as it is. */
function discardNullValues(value: unknown): unknown {
  if (Array.isArray(value)) return changedItems(value, discardNullValues);
  if (!isJsonObject(value)) return value;
  return changedMembers(value, (member) => (member === null ? undefined : discardNullValues(member)));
}

/** Without what carries a `$patch` directive; undefined when the value itself does, the value itself when nothing does. */
function removeDirectives(value: unknown): unknown {
  if (Array.isArray(value)) {
    const kept = changedItems(value, removeDirectives);
    return kept.includes(undefined) ? kept.filter((item) => item !== undefined) : kept;
  }
  if (!isJsonObject(value)) return value;
  return Object.hasOwn(value, directiveMarker) ? undefined : changedMembers(value, removeDirectives);
}

/** A list with each item changed; the list itself when none changes. */
function changedItems(list: readonly unknown[], change: (item: unknown) => unknown): readonly unknown[] {
  const out = list.map(change);
  return out.every((item, i) => item === list[i]) ? list : out;
}

/** An object with each member changed, or left out where the change gives undefined; the object itself when none changes. */
function changedMembers(object: JsonObject, change: (member: unknown) => unknown): JsonObject {
  const out: MutableJsonObject = {};
  let isSame = true;
  for (const key in object) {
    const kept = change(object[key]);
    if (kept !== object[key]) isSame = false;
    if (kept !== undefined) setMember(out, key, kept);
  }
  return isSame ? object : out;
}

function validatePatchWithSetOrderList(patch: readonly unknown[], order: readonly unknown[], mergeKey: string): void {
  if (patch.length === 0 || order.length === 0) return;
  const isDeleted = (item: unknown): boolean => isJsonObject(item) && item[directiveMarker] === 'delete';
  const items = mergeKey === '' ? patch : patch.filter((item) => !isDeleted(item));
  const identity = (item: unknown): unknown => (mergeKey === '' ? item : mergeKeyOf(item, mergeKey));
  let at = 0;
  for (let i = 0; at < items.length && i < order.length; ) {
    const item = items[at];
    if (isJsonObject(item) && Object.hasOwn(item, directiveMarker)) {
      at++;
      continue;
    }
    if (identity(item) === identity(order[i])) at++;
    i++;
  }
  if (at < items.length) {
    const lists = `${formatValue(patch)}\n doesn't match ${setElementOrderPrefix} list:\n${formatValue(order)}`;
    throw new StrategicMergePatchError(`The order in patch list:\n${lists}\n`);
  }
}

function mergeSliceHandler(
  original: readonly unknown[],
  patch: readonly unknown[],
  meta: PatchMeta,
  isDeleteList: boolean,
  options: MergeOptions,
): readonly unknown[] {
  if (meta.strategy !== 'merge' && !isDeleteList) return patch;
  if (original.length === 0 && patch.length === 0) return original;
  const type = elementType(original, patch);
  if (type !== mapType) {
    if (isDeleteList && options.mergeParallelList) return original.filter((item) => !patch.includes(item));
    return ordered(deduplicateScalars([...original, ...patch]), patch, original, '');
  }
  if (meta.mergeKey === '') {
    throw new StrategicMergePatchError('cannot merge lists without merge key for struct');
  }
  const special = takeSpecialElements(original, patch, meta.mergeKey);
  const merged = mergeItems(special.original, special.patch, meta, options);
  return ordered(merged, special.patch, special.original, meta.mergeKey);
}

function ordered(
  merged: readonly unknown[],
  patchOrder: readonly unknown[],
  serverOrder: readonly unknown[],
  mergeKey: string,
): unknown[] {
  const partition = partitionByPresence(merged, patchOrder, mergeKey);
  return normalizeElementOrder({ ...partition, patchOrder, serverOrder, mergeKey });
}

/** Carries out the directives among a patch's items, and gives both lists without them. */
function takeSpecialElements(
  original: readonly unknown[],
  patch: readonly unknown[],
  mergeKey: string,
): { readonly original: readonly unknown[]; readonly patch: readonly unknown[] } {
  let kept = original;
  const plain: unknown[] = [];
  let replace = false;
  for (const item of patch as readonly JsonObject[]) {
    const directive = getMember(item, directiveMarker);
    if (directive === undefined) plain.push(item);
    else if (directive === 'replace') replace = true;
    else if (directive === 'delete') {
      if (!Object.hasOwn(item, mergeKey)) throw noMergeKey(item, mergeKey);
      kept = kept.filter((other) => !(isJsonObject(other) && getMember(other, mergeKey) === item[mergeKey]));
    } else if (directive === 'merge') {
      throw new StrategicMergePatchError('merging lists cannot yet be specified in the patch');
    } else throw badPatchType(directive, item);
  }
  return replace ? { original: plain, patch: [] } : { original: kept, patch: plain };
}

function mergeItems(
  original: readonly unknown[],
  patch: readonly unknown[],
  { node, mergeKey }: PatchMeta,
  options: MergeOptions,
): unknown[] {
  const out = [...original];
  for (const item of patch as readonly JsonObject[]) {
    const wanted = mergeKeyOf(item, mergeKey);
    const at = out.findIndex((other) => isJsonObject(other) && getMember(other, mergeKey) === wanted);
    const found = out[at];
    if (isJsonObject(found)) out[at] = mergeMap(found, item, node, options);
    else out.push(item);
  }
  return out;
}
