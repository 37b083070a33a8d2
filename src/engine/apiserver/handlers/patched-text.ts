import { compareStrings } from '../../../apimachinery/go-format.ts';
import { isJsonObject, type MutableJsonObject, setMember } from '../../../apimachinery/json-value.ts';
import type { SchemaNode } from '../../../apimachinery/schema-node.ts';

/**
 * A patched document as text. What the patch went through, and maps, stand with sorted keys; what it left alone or brought along
 * stands as it was.
 *
 * Upstream: github.com/evanphx/json-patch partialDoc and lazyNode
 */
export function patchedText(patched: unknown, schema: SchemaNode | undefined, ...kept: readonly unknown[]): string {
  const known = new Set<unknown>();
  // Custom resources have no struct whose order could be kept.
  const isCustom = schema?.type === 'object' && schema.name === '';
  if (!isCustom) for (const one of kept) collect(one, known);
  // Numbers beyond 2^53 come as BigInt, which JSON.stringify refuses.
  return JSON.stringify(ordered(patched, schema, known), (_, value: unknown) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
}

function collect(value: unknown, into: Set<unknown>): void {
  if (typeof value !== 'object' || value === null) return;
  into.add(value);
  for (const member of Object.values(value)) collect(member, into);
}

function ordered(value: unknown, node: SchemaNode | undefined, known: ReadonlySet<unknown>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (!isJsonObject(value)) {
    const items = node?.type === 'array' ? node.items : undefined;
    return (value as readonly unknown[]).map((item) => ordered(item, items, known));
  }
  const keys = Object.keys(value);
  if (node?.type === 'map' || !known.has(value)) keys.sort(compareStrings);
  const out: MutableJsonObject = {};
  for (const key of keys) setMember(out, key, ordered(value[key], memberNode(node, key), known));
  return out;
}

function memberNode(node: SchemaNode | undefined, key: string): SchemaNode | undefined {
  if (node?.type === 'map') return node.values;
  return node?.type === 'object' ? node.fields.get(key)?.node : undefined;
}
