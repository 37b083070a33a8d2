import { escapeText, jsonText } from '../../../apimachinery/go-json.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';
import { isJsonObject, type MutableJsonObject, setMember } from '../../../apimachinery/json-value.ts';
import type { ObjectNode, SchemaNode } from '../../../apimachinery/schema-node.ts';

/**
 * A patched document as text. What the patch went through, and maps, stand with sorted keys; what it left alone stands in Go's order,
 * what it brought along as it was.
 *
 * Upstream: github.com/evanphx/json-patch partialDoc and lazyNode
 */
export function patchedText(
  patched: unknown,
  schema: SchemaNode | undefined,
  live: unknown,
  ...brought: readonly unknown[]
): string {
  const known: Known = { live: new Set(), brought: new Set() };
  // Custom resources have no struct whose order could be kept.
  const isCustom = schema?.type === 'object' && schema.name === '';
  if (!isCustom) {
    collect(live, known.live);
    for (const one of brought) collect(one, known.brought);
  }
  return escapeText(jsonText(ordered(patched, schema, known)), true);
}

interface Known {
  readonly live: Set<unknown>;
  readonly brought: Set<unknown>;
}

function collect(value: unknown, into: Set<unknown>): void {
  if (typeof value !== 'object' || value === null) return;
  into.add(value);
  for (const member of Object.values(value)) collect(member, into);
}

function ordered(value: unknown, node: SchemaNode | undefined, known: Known): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (!isJsonObject(value)) {
    const items = node?.type === 'array' ? node.items : undefined;
    return (value as readonly unknown[]).map((item) => ordered(item, items, known));
  }
  const keys = Object.keys(value);
  if (node?.type === 'object' && known.live.has(value)) sortByFields(keys, node);
  else if (node?.type === 'map' || !known.brought.has(value)) keys.sort(compareStrings);
  const out: MutableJsonObject = {};
  for (const key of keys) setMember(out, key, ordered(value[key], memberNode(node, key), known));
  return out;
}

/** The live object's structs are written in Go's order. */
function sortByFields(keys: string[], node: ObjectNode): void {
  const places = new Map([...node.fields.keys()].map((name, place) => [name, place]));
  keys.sort((a, b) => (places.get(a) ?? places.size) - (places.get(b) ?? places.size));
}

function memberNode(node: SchemaNode | undefined, key: string): SchemaNode | undefined {
  if (node?.type === 'map') return node.values;
  return node?.type === 'object' ? node.fields.get(key)?.node : undefined;
}
