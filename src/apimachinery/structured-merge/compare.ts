// Upstream: sigs.k8s.io/structured-merge-diff/v6/typed/compare.go
import { deepEqual } from '../deep-equal.ts';
import type { SchemaNode } from '../schema-node.ts';
import { FieldSet } from './field-set.ts';
import { fieldElement, serializePathElement } from './path-element.ts';
import type { FieldPath, PathElement } from './path-element.ts';
import { asList, asMap, atomOf, fieldNode, isAtomic, itemNode, listItemToPathElement } from './schema-walk.ts';

/** What differs between two values: paths. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** What differs between two values of a type. Identical parts end the walk. */
export function compareTyped(node: SchemaNode, before: unknown, after: unknown): Comparison {
  const walk = new CompareWalk();
  walk.compare(node, before, after, []);
  return walk;
}

/** Whether nothing differs. */
export function isSame({ added, modified, removed }: Comparison): boolean {
  return added.isEmpty && modified.isEmpty && removed.isEmpty;
}

class CompareWalk implements Comparison {
  readonly added = new FieldSet();
  readonly modified = new FieldSet();
  readonly removed = new FieldSet();

  compare(node: SchemaNode | undefined, before: unknown, after: unknown, path: FieldPath): void {
    if (node === undefined || before === after) return;
    const left = atomOf(node, before);
    const right = atomOf(node, after);
    if (before !== undefined && after !== undefined && left !== right) {
      this.#handle(node, left, before, after, path);
      this.#handle(node, right, before, after, path);
      return;
    }
    const isLeaf = this.#handle(node, after === undefined ? left : right, before, after, path);
    if (isLeaf) return;
    if (before === undefined) this.added.insert(path);
    else if (after === undefined) this.removed.insert(path);
  }

  /** @returns whether the value was compared as a whole */
  #handle(node: SchemaNode, atom: string, before: unknown, after: unknown, path: FieldPath): boolean {
    if (atom === 'map') {
      const left = asMap(before);
      const right = asMap(after);
      const isEmpty = Object.keys(left ?? {}).length === 0 && Object.keys(right ?? {}).length === 0;
      if (isAtomic(node, 'map') || isEmpty) return this.#leaf(before, after, path);
      this.#compareMaps(node, left ?? {}, right ?? {}, path);
      return false;
    }
    if (atom === 'scalar') return this.#leaf(before, after, path);
    const left = asList(before) ?? [];
    const right = asList(after) ?? [];
    if (isAtomic(node, 'list') || (left.length === 0 && right.length === 0)) return this.#leaf(before, after, path);
    this.#compareLists(node, left, right, path);
    return false;
  }

  #leaf(before: unknown, after: unknown, path: FieldPath): boolean {
    if (before === undefined) this.added.insert(path);
    else if (after === undefined) this.removed.insert(path);
    else if (!deepEqual(before, after)) this.modified.insert(path);
    return true;
  }

  #compareMaps(
    node: SchemaNode,
    before: Readonly<Record<string, unknown>>,
    after: Readonly<Record<string, unknown>>,
    path: FieldPath,
  ): void {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const left = Object.hasOwn(before, key) ? before[key] : undefined;
      const right = Object.hasOwn(after, key) ? after[key] : undefined;
      if (left !== right) this.compare(fieldNode(node, key), left, right, [...path, fieldElement(key)]);
    }
  }

  #compareLists(node: SchemaNode, before: readonly unknown[], after: readonly unknown[], path: FieldPath): void {
    const left = groupItems(node, before);
    const right = groupItems(node, after);
    for (const [key, { element }] of new Map([...left, ...right])) {
      const inner = [...path, element];
      const lefts = left.get(key)?.items ?? [];
      const rights = right.get(key)?.items ?? [];
      if (lefts.length <= 1 && rights.length <= 1) this.compare(itemNode(node), lefts[0], rights[0], inner);
      else if (lefts.length >= 2 && rights.length >= 2) {
        if (!deepEqual(lefts, rights)) this.modified.insert(inner);
      } else if (lefts.length >= 2) {
        if (rights.length > 0) this.compare(itemNode(node), undefined, rights[0], inner);
        this.removed.insert(inner);
      } else {
        if (lefts.length > 0) this.compare(itemNode(node), lefts[0], undefined, inner);
        this.added.insert(inner);
      }
    }
  }
}

interface Group {
  readonly element: PathElement;
  readonly items: unknown[];
}

function groupItems(node: SchemaNode, list: readonly unknown[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const item of list) {
    const element = listItemToPathElement(node, item);
    const key = serializePathElement(element);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { element, items: [item] });
    else group.items.push(item);
  }
  return groups;
}
