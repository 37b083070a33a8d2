import { isJsonObject } from '../../../apimachinery/json-value.ts';
import type { SchemaNode } from '../../../apimachinery/schema-node.ts';
import { goTypeOf } from './go-type.ts';

/** The kind of a decoded JSON value, as Go's reflection names it. */
function reflectKind(value: unknown): string {
  if (Array.isArray(value)) return 'slice';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'bigint' ? 'int64' : 'map';
}

/**
 * Why a patched document is not the kind it should be, in the words of the converter that strategic and apply patches go through;
 * undefined when it finds nothing wrong.
 *
 * Upstream: apimachinery/pkg/runtime/converter.go fromUnstructured (v1.36)
 */
export function fromUnstructuredError(node: SchemaNode, value: unknown, goType = ''): string | undefined {
  if (value === null || value === undefined) return undefined;
  switch (node.type) {
    case 'object':
      if (!isJsonObject(value)) return `cannot restore struct from: ${reflectKind(value)}`;
      return firstOf(node.fields.values(), (field) =>
        fromUnstructuredError(field.node, value[field.name], field.goType),
      );
    case 'array':
      if (!Array.isArray(value)) return `cannot restore slice from ${reflectKind(value)}`;
      return firstOf(value, (item) => fromUnstructuredError(node.items, item));
    case 'map':
      if (!isJsonObject(value)) return `cannot restore map from ${reflectKind(value)}`;
      return firstOf(Object.values(value), (item) => fromUnstructuredError(node.values, item));
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
      return scalarError(goTypeOf(node), reflectKind(value), value, goType);
    default:
      return undefined;
  }
}

function firstOf<T>(items: Iterable<T>, check: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const error = check(item);
    if (error !== undefined) return error;
  }
  return undefined;
}

const numbers: ReadonlySet<string> = new Set(['int32', 'int64', 'float64']);

/** Go converts between numbers, and from integers to strings; the converter then refuses what JSON could not. */
function scalarError(to: string, from: string, value: unknown, goType: string): string | undefined {
  if (from === to) return undefined;
  if (numbers.has(from) && numbers.has(to)) {
    if (from === 'int64' || to === 'float64' || Number.isInteger(value)) return undefined;
    return `cannot convert ${from} to ${goType || to}`;
  }
  return from === 'int64' && to === 'string' ? `cannot convert ${from} to ${goType || to}` : `unrecognized type: ${to}`;
}
