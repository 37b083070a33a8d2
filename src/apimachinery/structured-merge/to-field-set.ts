// Upstream: sigs.k8s.io/structured-merge-diff/v6/typed/tofieldset.go
import type { SchemaNode } from '../schema-node.ts';
import { FieldSet } from './field-set.ts';
import { fieldElement, serializePathElement } from './path-element.ts';
import type { FieldPath, PathElement } from './path-element.ts';
import {
  asList,
  asMap,
  atomOf,
  fieldNode,
  hasField,
  isAtomic,
  itemNode,
  listItemToPathElement,
} from './schema-walk.ts';

/** The paths of everything a value sets: leaves, items, keys of maps. */
export function toFieldSet(node: SchemaNode, value: unknown): FieldSet {
  const set = new FieldSet();
  collect(node, value, [], set);
  return set;
}

function collect(node: SchemaNode | undefined, value: unknown, path: FieldPath, set: FieldSet): void {
  if (node === undefined) return;
  const atom = atomOf(node, value);
  if (atom === 'scalar' || isAtomic(node, atom)) set.insert(path);
  else if (atom === 'map') collectMap(node, value, path, set);
  else collectList(node, value, path, set);
}

function collectMap(node: SchemaNode, value: unknown, path: FieldPath, set: FieldSet): void {
  for (const [key, member] of Object.entries(asMap(value) ?? {})) {
    if (member === undefined) continue;
    const inner = [...path, fieldElement(key)];
    collect(fieldNode(node, key), member, inner, set);
    const map = asMap(member);
    const isEmpty = member === null || (map !== undefined && Object.keys(map).length === 0);
    if (isEmpty || !hasField(node, key)) set.insert(inner);
  }
}

function collectList(node: SchemaNode, value: unknown, path: FieldPath, set: FieldSet): void {
  const items: { readonly element: PathElement; readonly key: string; readonly item: unknown }[] = [];
  const counts = new Map<string, number>();
  for (const item of asList(value) ?? []) {
    const element = tryElement(node, item);
    if (element === undefined) continue;
    const key = serializePathElement(element);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    items.push({ element, key, item });
  }
  for (const { element, key, item } of items) {
    const inner = [...path, element];
    if (counts.get(key) === 1) collect(itemNode(node), item, inner, set);
    set.insert(inner);
  }
}

function tryElement(node: SchemaNode, item: unknown): PathElement | undefined {
  try {
    return listItemToPathElement(node, item);
  } catch {
    return undefined;
  }
}
