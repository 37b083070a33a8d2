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
  return list.findIndex((candidate) => identity(candidate, mergeKey) === wanted);
}

/** Insertion sort, since the comparison is no order when items are missing from the given one. */
function insertionSort(items: unknown[], less: (a: unknown, b: unknown) => boolean): unknown[] {
  for (let i = 1; i < items.length; i++) {
    for (let j = i; j > 0 && less(items[j], items[j - 1]); j--) {
      [items[j], items[j - 1]] = [items[j - 1], items[j]];
    }
  }
  return items;
}

/** The items in the order of another list; those marked for deletion go last. */
export function normalizeSliceOrder(items: readonly unknown[], order: readonly unknown[], mergeKey: string): unknown[] {
  let sorted = [...items];
  let toDelete: unknown[] = [];
  if (mergeKey !== '') {
    for (const item of [...items, ...order]) mergeKeyOf(item, mergeKey);
    const isDeleted = (item: unknown): boolean => isJsonObject(item) && item[directiveMarker] === 'delete';
    toDelete = sorted.filter(isDeleted);
    sorted = sorted.filter((item) => !isDeleted(item));
  }
  insertionSort(sorted, (a, b) => {
    const left = indexIn(order, a, mergeKey);
    const right = left < 0 ? -1 : indexIn(order, b, mergeKey);
    return right < 0 || left < right;
  });
  return [...sorted, ...toDelete];
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
