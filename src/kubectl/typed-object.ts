import type { SchemaNode } from '../apimachinery/schema-node.ts';
import { schemaFor } from '../api/schema.ts';
import { isJsonObject } from '../apimachinery/json-value.ts';
import { kindOf, type Unstructured } from './object.ts';

/**
 * An object as Go's type would encode it: fields that Go always encodes are there (`status: {}`, `resources: {}`), and fields that
 * it leaves out when they are empty are not.
 */
export function typedObject(object: Unstructured): Unstructured {
  const schema = schemaFor(kindOf(object));
  if (schema === undefined) return object;
  return { apiVersion: object.apiVersion, kind: object.kind, ...(complete(object, schema) as object) } as Unstructured;
}

function complete(value: unknown, node: SchemaNode): unknown {
  if (node.type === 'array') return Array.isArray(value) ? value.map((item) => complete(item, node.items)) : value;
  if (!isJsonObject(value) || node.type !== 'object') return value;
  const out: Record<string, unknown> = { ...value };
  for (const [name, field] of node.fields) {
    const member = out[name];
    if (member === undefined) {
      if (field.alwaysEncoded && !field.pointer && name !== 'apiVersion' && name !== 'kind')
        out[name] = zeroOf(field.node);
    } else if (!field.alwaysEncoded && !field.pointer && isEmpty(member)) delete out[name];
    else out[name] = complete(member, field.node);
  }
  return out;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isJsonObject(value)) return Object.keys(value).length === 0;
  return value === '' || value === 0 || value === false || value === null;
}

function zeroOf(node: SchemaNode): unknown {
  switch (node.type) {
    case 'object':
      return complete({}, node);
    case 'string':
    case 'bytes':
      return node.type === 'bytes' ? null : '';
    case 'integer':
    case 'number':
    case 'int-or-string':
      return 0;
    case 'boolean':
      return false;
    case 'quantity':
      return '0';
    default:
      return null;
  }
}
