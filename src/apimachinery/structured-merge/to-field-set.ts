// Upstream: sigs.k8s.io/structured-merge-diff/v6/typed/tofieldset.go
import type { SchemaNode } from '../schema-node.ts';
import { FieldSet } from './field-set.ts';
import { fieldElement, serializePathElement } from './path-element.ts';
import type { PathElement } from './path-element.ts';
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
  return collect(node, value) ?? new FieldSet();
}

/** The paths below a value; undefined when it is owned as a whole. */
function collect(node: SchemaNode, value: unknown): FieldSet | undefined {
  const atom = atomOf(node, value);
  if (atom === 'scalar' || isAtomic(node, atom)) return undefined;
  return atom === 'map' ? collectMap(node, value) : collectList(node, value);
}

function collectMap(node: SchemaNode, value: unknown): FieldSet {
  const set = new FieldSet();
  for (const [key, member] of Object.entries(asMap(value) ?? {})) {
    if (member === undefined) continue;
    const child = fieldNode(node, key);
    const below = child === undefined ? new FieldSet() : collect(child, member);
    const map = asMap(member);
    const isEmpty = member === null || (map !== undefined && Object.keys(map).length === 0);
    set.add(fieldElement(key), below === undefined || isEmpty || !hasField(node, key), below);
  }
  return set;
}

function collectList(node: SchemaNode, value: unknown): FieldSet {
  const items: { readonly element: PathElement; readonly key: string; readonly item: unknown }[] = [];
  const counts = new Map<string, number>();
  for (const item of asList(value) ?? []) {
    const element = tryElement(node, item);
    if (element === undefined) continue;
    const key = serializePathElement(element);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    items.push({ element, key, item });
  }
  const set = new FieldSet();
  for (const { element, key, item } of items) {
    set.add(element, true, counts.get(key) === 1 ? collect(itemNode(node), item) : undefined);
  }
  return set;
}

function tryElement(node: SchemaNode, item: unknown): PathElement | undefined {
  try {
    return listItemToPathElement(node, item);
  } catch {
    return undefined;
  }
}
