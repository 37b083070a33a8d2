// RFC 7396, as the API server and kubectl apply and make it.
import { compareStrings } from './go-format.ts';
import { deepEqual } from './deep-equal.ts';
import { getMember, hasMember, isJsonObject, setMember } from './json-value.ts';
import type { JsonObject, MutableJsonObject } from './json-value.ts';

/** Without members that are null, at any depth; null items of lists stay. */
function pruneNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => (item === null ? null : pruneNulls(item)));
  if (!isJsonObject(value)) return value;
  const out: MutableJsonObject = {};
  for (const [key, member] of Object.entries(value)) {
    if (member !== null) setMember(out, key, pruneNulls(member));
  }
  return out;
}

/**
 * The document after a JSON merge patch. Neither argument is changed; untouched parts are shared.
 *
 * Upstream: gopkg.in/evanphx/json-patch.v4 merge.go MergePatch
 */
export function applyMergePatch(document: unknown, patch: unknown): unknown {
  if (!isJsonObject(document)) return pruneNulls(patch);
  if (!isJsonObject(patch)) return patch;
  const out: MutableJsonObject = { ...document };
  for (const [key, value] of Object.entries(patch)) {
    const current = getMember(out, key);
    if (value === null) delete out[key];
    else if (current === undefined || current === null) setMember(out, key, pruneNulls(value));
    else setMember(out, key, applyMergePatch(current, value));
  }
  return out;
}

/**
 * The JSON merge patch that makes `modified` of `original`; `{}` when they are equal. Keys are sorted.
 *
 * Upstream: gopkg.in/evanphx/json-patch.v4 merge.go CreateMergePatch
 */
export function createMergePatch(original: JsonObject, modified: JsonObject): JsonObject {
  const out: MutableJsonObject = {};
  for (const key of Object.keys({ ...original, ...modified }).sort(compareStrings)) {
    const before = getMember(original, key);
    const after = getMember(modified, key);
    if (!hasMember(modified, key)) setMember(out, key, null);
    else if (!hasMember(original, key)) setMember(out, key, after);
    else if (isJsonObject(before) && isJsonObject(after)) {
      const inner = createMergePatch(before, after);
      if (Object.keys(inner).length > 0) setMember(out, key, inner);
    } else if (!deepEqual(before, after)) setMember(out, key, after);
  }
  return out;
}

/** A patch cannot be made since two sides change the same. */
export class PatchConflictError extends Error {
  override readonly name = 'PatchConflictError';
}

/** Keeps of a patch only what adds and changes, or only what deletes. Upstream: jsonmergepatch keepOrDeleteNullInObj */
function keepNulls(patch: JsonObject, keep: boolean): JsonObject {
  const out: MutableJsonObject = {};
  for (const [key, value] of Object.entries(patch)) {
    if (!isJsonObject(value)) {
      if ((value === null) === keep) setMember(out, key, value);
    } else if (Object.keys(value).length === 0) {
      if (!keep) setMember(out, key, value);
    } else {
      const inner = keepNulls(value, keep);
      if (Object.keys(inner).length > 0) setMember(out, key, inner);
    }
  }
  return out;
}

/**
 * Whether two patches set the same member differently.
 *
 * Upstream: apimachinery/pkg/util/mergepatch/util.go HasConflicts (v1.36)
 */
export function hasConflicts(left: unknown, right: unknown): boolean {
  if (isJsonObject(left) && isJsonObject(right)) {
    return Object.keys(left).some((key) => hasMember(right, key) && hasConflicts(left[key], right[key]));
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length !== right.length || left.some((item, i) => hasConflicts(item, right[i]));
  }
  return left !== right;
}

function mergePatches(first: JsonObject, second: JsonObject): JsonObject {
  const out: MutableJsonObject = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const current = getMember(out, key);
    const merged = isJsonObject(current) && isJsonObject(value) ? mergePatches(current, value) : pruneNulls(value);
    setMember(out, key, merged);
  }
  return out;
}

/**
 * The JSON merge patch `kubectl apply` sends for custom resources: changes from `current` to `modified`, and deletions
 * of what was in `original` and is no longer in `modified`.
 *
 * @throws PatchConflictError when changes and deletions contradict each other
 *
 * Upstream: apimachinery/pkg/util/jsonmergepatch/patch.go CreateThreeWayJSONMergePatch (v1.36)
 */
export function createThreeWayMergePatch(original: JsonObject, modified: JsonObject, current: JsonObject): JsonObject {
  const additions = keepNulls(createMergePatch(current, modified), false);
  const deletions = keepNulls(createMergePatch(original, modified), true);
  if (hasConflicts(additions, deletions)) throw new PatchConflictError('changes and deletions conflict');
  return mergePatches(deletions, additions);
}
