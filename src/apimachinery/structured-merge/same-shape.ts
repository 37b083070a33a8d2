// Whether two new objects set the same fields.
import { deepEqual } from '../deep-equal.ts';
import { isJsonObject } from '../json-value.ts';
import type { ArrayNode, SchemaNode } from '../schema-node.ts';
import { fieldNode } from './schema-walk.ts';

/**
 * Whether a comparison of nothing, or of an object of empty values only, with either finds the same fields added and modified. May
 * say no of two that do: it is made to be quick for what one program creates again and again.
 */
export function isSameShape(node: SchemaNode | undefined, a: unknown, b: unknown): boolean {
  if (a === b || node === undefined) return true;
  if (isEmptyValue(a) || isEmptyValue(b)) return false;
  switch (node.type) {
    case 'any':
    case 'int-or-string':
      return deepEqual(a, b);
    case 'object':
    case 'map':
      return isJsonObject(a) && isJsonObject(b) && (node.mapType === 'atomic' || haveSameMembers(node, a, b));
    case 'array':
      return Array.isArray(a) && Array.isArray(b) && haveSameItems(node, a, b);
    default:
      return typeof a !== 'object' && typeof b !== 'object';
  }
}

/** Such a value may be what an empty object has anyway. */
function isEmptyValue(value: unknown): boolean {
  if (!value) return true;
  if (typeof value !== 'object') return false;
  for (const _ in value) return false;
  return true;
}

function haveSameMembers(
  node: SchemaNode,
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
): boolean {
  let count = 0;
  for (const key in a) {
    if (!Object.hasOwn(b, key) || !isSameShape(fieldNode(node, key), a[key], b[key])) return false;
    count++;
  }
  for (const _ in b) count--;
  return count === 0;
}

/** Items stand in the same order, with the same keys. */
function haveSameItems(node: ArrayNode, a: readonly unknown[], b: readonly unknown[]): boolean {
  if (node.listType === 'atomic') return true;
  if (node.listType === 'set') return deepEqual(a, b);
  return (
    a.length === b.length &&
    a.every((item, i) => {
      const other = b[i];
      if (!isJsonObject(item) || !isJsonObject(other)) return false;
      return node.listMapKeys.every((key) => deepEqual(item[key], other[key])) && isSameShape(node.items, item, other);
    })
  );
}
