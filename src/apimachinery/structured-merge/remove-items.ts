// Upstream: sigs.k8s.io/structured-merge-diff/v6/typed/remove.go
import { setMember } from '../json-value.ts';
import type { MutableJsonObject } from '../json-value.ts';
import type { SchemaNode } from '../schema-node.ts';
import type { FieldSet } from './field-set.ts';
import { fieldElement } from './path-element.ts';
import { asList, asMap, atomOf, fieldNode, isAtomic, itemNode, listItemToPathElement } from './schema-walk.ts';

/** A value without the given paths. Null when nothing is left of a list or map. */
export function removeItems(node: SchemaNode, value: unknown, paths: FieldSet): unknown {
  return removeFrom(node, value, paths) ?? null;
}

/** Undefined stands for nothing left. */
function removeFrom(node: SchemaNode | undefined, value: unknown, paths: FieldSet): unknown {
  if (node === undefined) return value;
  const atom = atomOf(node, value);
  if (atom === 'scalar') return value;
  if (isAtomic(node, atom)) return undefined;
  return atom === 'map' ? removeFromMap(node, value, paths) : removeFromList(node, value, paths);
}

function removeFromMap(node: SchemaNode, value: unknown, paths: FieldSet): unknown {
  const map = asMap(value);
  if (map === undefined || Object.keys(map).length === 0) return undefined;
  const out: MutableJsonObject = {};
  for (const [key, member] of Object.entries(map)) {
    const element = fieldElement(key);
    if (member === undefined || paths.hasMember(element)) continue;
    const inner = paths.withPrefix(element);
    setMember(out, key, inner.isEmpty ? member : (removeFrom(fieldNode(node, key), member, inner) ?? null));
  }
  return Object.keys(out).length > 0 ? out : undefined;
}

function removeFromList(node: SchemaNode, value: unknown, paths: FieldSet): unknown {
  const out: unknown[] = [];
  for (const item of asList(value) ?? []) {
    const element = listItemToPathElement(node, item);
    if (paths.hasMember(element)) continue;
    const inner = paths.withPrefix(element);
    out.push(inner.isEmpty ? item : (removeFrom(itemNode(node), item, inner) ?? null));
  }
  return out.length > 0 ? out : undefined;
}

/** The parts of a value at the given paths, and nothing else. */
export function extractItems(node: SchemaNode, value: unknown, paths: FieldSet): unknown {
  return extractFrom(node, value, paths) ?? null;
}

function extractFrom(node: SchemaNode | undefined, value: unknown, paths: FieldSet): unknown {
  if (node === undefined) return value;
  const atom = atomOf(node, value);
  if (atom === 'scalar' || isAtomic(node, atom)) return value;
  if (atom === 'map') {
    const map = asMap(value);
    if (map === undefined) return undefined;
    if (Object.keys(map).length === 0) return value;
    return extractFromMap(node, map, paths);
  }
  const list = asList(value) ?? [];
  if (list.length === 0) return value;
  const out: unknown[] = [];
  for (const item of list) {
    const element = listItemToPathElement(node, item);
    const inner = paths.withPrefix(element);
    if (!inner.isEmpty) out.push(extractFrom(itemNode(node), item, inner) ?? null);
    else if (paths.hasMember(element)) out.push(item);
  }
  return out.length > 0 ? out : undefined;
}

function extractFromMap(node: SchemaNode, map: Readonly<Record<string, unknown>>, paths: FieldSet): unknown {
  const out: MutableJsonObject = {};
  for (const [key, member] of Object.entries(map)) {
    const element = fieldElement(key);
    const inner = paths.withPrefix(element);
    if (paths.hasMember(element)) setMember(out, key, extractFrom(fieldNode(node, key), member, paths) ?? null);
    else if (!inner.isEmpty) setMember(out, key, extractFrom(fieldNode(node, key), member, inner) ?? null);
  }
  return Object.keys(out).length > 0 ? out : undefined;
}
