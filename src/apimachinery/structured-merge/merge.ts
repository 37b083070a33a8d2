// Upstream: sigs.k8s.io/structured-merge-diff/v6/typed/merge.go
import { setMember } from '../json-value.ts';
import type { JsonObject, MutableJsonObject } from '../json-value.ts';
import type { SchemaNode } from '../schema-node.ts';
import { serializePathElement } from './path-element.ts';
import { asList, asMap, atomOf, fieldNode, isAtomic, itemNode, listItemToPathElement } from './schema-walk.ts';
import { TypedValueError } from './validate.ts';

/**
 * `base` with all that `config` sets; lists of type map and set are merged item by item. Undefined where both are.
 *
 * @throws TypedValueError when `config` names an item twice
 */
export function mergeTyped(node: SchemaNode | undefined, base: unknown, config: unknown): unknown {
  if (node === undefined) return config === undefined ? base : config;
  const atom = atomOf(node, config === undefined ? base : config);
  if (atom === 'map') {
    const left = asMap(base);
    const right = asMap(config);
    const isEmpty = Object.keys(left ?? {}).length === 0 && Object.keys(right ?? {}).length === 0;
    if (!isAtomic(node, 'map') && !isEmpty) return mergeMaps(node, left ?? {}, right ?? {});
  } else if (atom === 'list') {
    const left = asList(base) ?? [];
    const right = asList(config) ?? [];
    if (!isAtomic(node, 'list') && left.length + right.length > 0) return mergeLists(node, left, right);
  }
  return config === undefined ? base : config;
}

function mergeMaps(node: SchemaNode, base: JsonObject, config: JsonObject): JsonObject | undefined {
  const out: MutableJsonObject = {};
  for (const key of new Set([...Object.keys(base), ...Object.keys(config)])) {
    const left = Object.hasOwn(base, key) ? base[key] : undefined;
    const right = Object.hasOwn(config, key) ? config[key] : undefined;
    if (left === undefined && right === undefined) continue;
    const merged = mergeTyped(fieldNode(node, key), left, right);
    if (merged !== undefined) setMember(out, key, merged);
  }
  return Object.keys(out).length > 0 ? out : undefined;
}

/** Items of a list by their identity; a repeated one is null. */
interface Indexed {
  readonly keys: readonly string[];
  readonly items: ReadonlyMap<string, unknown>;
}

function index(node: SchemaNode, list: readonly unknown[], allowDuplicates: boolean): Indexed {
  const keys: string[] = [];
  const items = new Map<string, unknown>();
  const complaints: string[] = [];
  for (const [i, item] of list.entries()) {
    try {
      const element = listItemToPathElement(node, item);
      const key = serializePathElement(element);
      if (items.has(key) && !allowDuplicates) complaints.push(`duplicate entries for key ${key}`);
      items.set(key, items.has(key) ? null : item);
      keys.push(key);
    } catch (error) {
      complaints.push(`element ${i}: ${error instanceof Error ? error.message : ''}`);
    }
  }
  if (complaints.length > 0) throw new TypedValueError(complaints);
  return { keys, items };
}

/** Keeps the order of both lists where that is possible: the config's decides where they cross. */
function mergeLists(node: SchemaNode, base: readonly unknown[], config: readonly unknown[]): unknown[] | undefined {
  const right = index(node, config, false);
  const left = index(node, base, true);
  const shared = right.keys.filter((key) => left.items.has(key));
  const merged = new Set<string>();
  const out: unknown[] = [];
  const push = (key: string, item: unknown): void => {
    const value = mergeTyped(itemNode(node), item, right.items.get(key));
    if (value !== undefined) out.push(value);
  };
  let next = shared.shift();
  let l = 0;
  let r = 0;
  while (l < left.keys.length || r < right.keys.length) {
    const leftKey = left.keys[l];
    const rightKey = right.keys[r];
    if (leftKey !== undefined && rightKey !== undefined) {
      if (leftKey === rightKey) {
        merged.add(leftKey);
        push(leftKey, left.items.get(leftKey));
        l++;
        r++;
        next = shared.shift();
        continue;
      }
      if (right.items.has(leftKey) && next !== undefined && next !== leftKey) {
        l++;
        continue;
      }
    }
    if (leftKey !== undefined) {
      if (!right.items.has(leftKey)) {
        push(leftKey, base[l]);
        l++;
        continue;
      }
      if (merged.has(leftKey)) l++;
    }
    if (rightKey !== undefined) {
      merged.add(rightKey);
      push(rightKey, left.items.get(rightKey));
      r++;
      if (next === rightKey) next = shared.shift();
    }
  }
  return out.length > 0 ? out : undefined;
}
