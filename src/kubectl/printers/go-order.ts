import type { SchemaNode } from '../../apimachinery/schema-node.ts';
import { schemaFor } from '../../api/schema.ts';
import { isJsonObject, type JsonObject } from '../../apimachinery/json-value.ts';
import { itemsOf, isList, kindOf, type Unstructured } from '../object.ts';
import { compareStrings } from '../../apimachinery/go-format.ts';

/** A copy whose fields stand in the order of Go's structs, as encoding/json writes built-in types: `kind` before `apiVersion`. */
export function toGoOrder(object: Unstructured): JsonObject {
  if (object.kind === 'List' && isList(object)) {
    const { kind, apiVersion, metadata } = object;
    return { kind, apiVersion, metadata, items: itemsOf(object).map(toGoOrder) };
  }
  const schema = schemaFor(kindOf(object));
  return schema === undefined ? object : (ordered(object, schema) as JsonObject);
}

function ordered(value: unknown, node: SchemaNode): unknown {
  if (Array.isArray(value)) return node.type === 'array' ? value.map((item) => ordered(item, node.items)) : value;
  if (!isJsonObject(value)) return value;
  if (node.type === 'map') {
    const keys = Object.keys(value).sort(compareStrings);
    return Object.fromEntries(keys.map((key) => [key, ordered(value[key], node.values)]));
  }
  if (node.type !== 'object') return value;
  const out: Record<string, unknown> = {};
  for (const key of ['kind', 'apiVersion']) if (key in value && node.fields.has('apiVersion')) out[key] = value[key];
  for (const [key, field] of node.fields) if (key in value && !(key in out)) out[key] = ordered(value[key], field.node);
  for (const key of Object.keys(value)) if (!(key in out)) out[key] = value[key];
  return out;
}
