// What a change of a value does to its fields, as a text: much cheaper to make than the sets of `compareTyped`.
import { deepEqual } from '../deep-equal.ts';
import type { SchemaNode } from '../schema-node.ts';
import { serializePathElement } from './path-element.ts';
import { asList, asMap, atomOf, fieldNode, isAtomic, itemNode, listItemToPathElement } from './schema-walk.ts';

/** The change cannot be told as a text: a value whose kind changed, items that stand twice. */
class UntoldChange extends Error {}

/**
 * A text that tells which fields `compareTyped` finds added, modified and removed: changes with equal texts under one node have equal
 * comparisons. Undefined for rare changes that it does not tell apart.
 */
export function changeText(node: SchemaNode, before: unknown, after: unknown): string | undefined {
  try {
    return textOf(node, before, after, '');
  } catch {
    // Items that cannot be identified: the comparison fails as well.
    return undefined;
  }
}

/** Steps are written with their lengths, so that no name of a user's can be taken for a sign. */
function textOf(node: SchemaNode | undefined, before: unknown, after: unknown, step: string): string {
  if (node === undefined || before === after) return '';
  const sign = before === undefined ? '+' : after === undefined ? '-' : '~';
  const atom = atomOf(node, after === undefined ? before : after);
  if (sign === '~' && atomOf(node, before) !== atom) throw new UntoldChange();
  if (atom === 'scalar' || isAtomic(node, atom)) return leafText(sign, before, after, step);
  const inner = atom === 'map' ? mapsText(node, before, after) : listsText(node, before, after);
  if (inner === undefined) return leafText(sign, before, after, step);
  return sign === '~' && inner === '' ? '' : `${sign}${step.length}:${step}{${inner}}`;
}

function leafText(sign: string, before: unknown, after: unknown, step: string): string {
  if (sign === '~' && deepEqual(before, after)) return '';
  return `${sign}${step.length}:${step}`;
}

/** Undefined when both are empty: such maps are compared as a whole. */
function mapsText(node: SchemaNode, before: unknown, after: unknown): string | undefined {
  const left = asMap(before);
  const right = asMap(after);
  let text = '';
  let isEmpty = true;
  for (const key in left) {
    isEmpty = false;
    const value = right !== undefined && Object.hasOwn(right, key) ? right[key] : undefined;
    if (left[key] !== value) text += textOf(fieldNode(node, key), left[key], value, key);
  }
  for (const key in right) {
    isEmpty = false;
    if (left === undefined || !Object.hasOwn(left, key))
      text += textOf(fieldNode(node, key), undefined, right[key], key);
  }
  return isEmpty ? undefined : text;
}

function listsText(node: SchemaNode, before: unknown, after: unknown): string | undefined {
  const left = keyed(node, asList(before));
  const right = keyed(node, asList(after));
  if (left.size === 0 && right.size === 0) return undefined;
  const items = itemNode(node);
  let text = '';
  for (const [key, item] of left) text += textOf(items, item, right.get(key), key);
  for (const [key, item] of right) if (!left.has(key)) text += textOf(items, undefined, item, key);
  return text;
}

const noItems: ReadonlyMap<string, unknown> = new Map();

function keyed(node: SchemaNode, list: readonly unknown[] | undefined): ReadonlyMap<string, unknown> {
  if (list === undefined || list.length === 0) return noItems;
  const byKey = new Map<string, unknown>();
  for (const item of list) byKey.set(serializePathElement(listItemToPathElement(node, item)), item);
  if (byKey.size !== list.length) throw new UntoldChange();
  return byKey;
}
