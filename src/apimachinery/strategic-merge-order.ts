// How lists of strategic merge patches are put in order.
// Upstream: apimachinery/pkg/util/strategicpatch/patch.go normalizeElementOrder and below (v1.36)
import { compareStrings, formatValue } from './go-format.ts';
import { getMember, isJsonObject } from './json-value.ts';
import { directiveMarker, mergeKeyOf } from './strategic-merge-schema.ts';

/** What identifies an item: its merge key, or itself when there is none. */
function identity(item: unknown, mergeKey: string): unknown {
  if (mergeKey === '') return item;
  return isJsonObject(item) ? getMember(item, mergeKey) : undefined;
}

function indexIn(list: readonly unknown[], item: unknown, mergeKey: string): number {
  const wanted = identity(item, mergeKey);
  for (let i = 0; i < list.length; i++) if (identity(list[i], mergeKey) === wanted) return i;
  return -1;
}

/**
 * The items sorted by their places in the given order. An insertion sort, since the comparison is no order when items are
 * missing from it.
 */
function insertionSort(items: unknown[], order: readonly unknown[], mergeKey: string): unknown[] {
  if (items.length < 2) return items;
  const places = items.map((item) => indexIn(order, item, mergeKey));
  const isLess = (left: number, right: number): boolean => left < 0 || right < 0 || left < right;
  for (let i = 1; i < items.length; i++) {
    for (let j = i; j > 0 && isLess(places[j] as number, places[j - 1] as number); j--) {
      [items[j], items[j - 1]] = [items[j - 1], items[j]];
      [places[j], places[j - 1]] = [places[j - 1] as number, places[j] as number];
    }
  }
  return items;
}

const isDeleted = (item: unknown): boolean => isJsonObject(item) && item[directiveMarker] === 'delete';

/** The items in the order of another list; those marked for deletion go last. */
export function normalizeSliceOrder(items: readonly unknown[], order: readonly unknown[], mergeKey: string): unknown[] {
  if (mergeKey === '') return insertionSort([...items], order, mergeKey);
  for (const item of items) mergeKeyOf(item, mergeKey);
  for (const item of order) mergeKeyOf(item, mergeKey);
  const sorted = insertionSort(
    items.filter((item) => !isDeleted(item)),
    order,
    mergeKey,
  );
  return sorted.length === items.length ? sorted : [...sorted, ...items.filter(isDeleted)];
}

/** Items only the server has, woven between those of the patch so that the server's order holds where it can. */
function mergeSorted(
  left: readonly unknown[],
  right: readonly unknown[],
  order: readonly unknown[],
  mergeKey: string,
): unknown[] {
  const out: unknown[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const takeRight = i >= left.length || (j < right.length && !isBefore(left[i], right[j], order, mergeKey));
    out.push(takeRight ? right[j++] : left[i++]);
  }
  return out;
}

function isBefore(a: unknown, b: unknown, order: readonly unknown[], mergeKey: string): boolean {
  const left = indexIn(order, a, mergeKey);
  const right = indexIn(order, b, mergeKey);
  return left >= 0 && right >= 0 && left < right;
}

/** Items to put in order, and the orders to follow. */
export interface ElementOrder {
  readonly patch: readonly unknown[];
  readonly serverOnly: readonly unknown[];
  readonly patchOrder: readonly unknown[];
  readonly serverOrder: readonly unknown[];
  readonly mergeKey: string;
}

/** All items: the patch's in its order, the server's in theirs. */
export function normalizeElementOrder({
  patch,
  serverOnly,
  patchOrder,
  serverOrder,
  mergeKey,
}: ElementOrder): unknown[] {
  const ours = normalizeSliceOrder(patch, patchOrder, mergeKey);
  if (serverOnly.length === 0) return ours;
  const theirs = normalizeSliceOrder(serverOnly, serverOrder, mergeKey);
  return mergeSorted(theirs, ours, serverOrder, mergeKey);
}

/** Items that are in another list, and those that are not. */
export function partitionByPresence(
  items: readonly unknown[],
  list: readonly unknown[],
  mergeKey: string,
): { readonly patch: unknown[]; readonly serverOnly: unknown[] } {
  const patch: unknown[] = [];
  const serverOnly: unknown[] = [];
  for (const item of items) {
    if (mergeKey !== '') mergeKeyOf(item, mergeKey);
    (indexIn(list, item, mergeKey) >= 0 ? patch : serverOnly).push(item);
  }
  return { patch, serverOnly };
}

/** Scalars once each: a repeated one is replaced by the last, as upstream does. */
export function deduplicateScalars(items: readonly unknown[]): unknown[] {
  const out = [...items];
  for (let i = 0; i < out.length - 1; i++) {
    for (let j = i + 1; j < out.length; j++) {
      if (out[i] !== out[j]) continue;
      const last = out.pop();
      if (j < out.length) out[j] = last;
      j--;
    }
  }
  return out;
}

/** Scalars sorted by their text. */
export function sortScalars(items: readonly unknown[]): unknown[] {
  return [...items].sort((a, b) => compareStrings(formatValue(a), formatValue(b)));
}
