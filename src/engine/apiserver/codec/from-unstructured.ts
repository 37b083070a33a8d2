import { isJsonObject, type JsonObject, type MutableJsonObject, setMember } from '../../../apimachinery/json-value.ts';
import type { SchemaNode } from '../../../apimachinery/schema-node.ts';
import { invalidBase64At } from './base64.ts';
import { DecodeError } from './decode-error.ts';
import { decodeQuantity, decodeTime, jsonKind } from './decode-object.ts';
import { JsonNumber } from './go-json-reader.ts';
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
      return firstOf(value, (item) =>
        fromUnstructuredError(node.items, item, goType.startsWith('[]') ? goType.slice(2) : ''),
      );
    case 'map':
      if (!isJsonObject(value)) return `cannot restore map from ${reflectKind(value)}`;
      return firstOf(Object.values(value), (item) => fromUnstructuredError(node.values, item));
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
      return scalarError(goTypeOf(node), reflectKind(value), value, goType);
    case 'bytes':
      return bytesError(value);
    case 'time':
      return timeError(value, 'time');
    case 'microtime':
      return timeError(value, 'microtime');
    case 'quantity':
      return errorOf(() => decodeQuantity(value));
    case 'int-or-string':
      return typeof value === 'string' || isInt32(value) ? undefined : decoderError(value, 'int32');
    default:
      return undefined;
  }
}

/** Types that read themselves from JSON complain of the value alone. */
function decoderError(value: unknown, goType: string): string {
  const literal = goType === 'int32' && (typeof value === 'number' || value instanceof JsonNumber);
  return `json: cannot unmarshal ${jsonKind(value)}${literal ? ` ${String(value)}` : ''} into Go value of type ${goType}`;
}

function timeError(value: unknown, type: 'time' | 'microtime'): string | undefined {
  return typeof value === 'string' ? errorOf(() => decodeTime(value, type)) : decoderError(value, 'string');
}

function errorOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
}

const isInt32 = (value: unknown): boolean => typeof value === 'number' && (value | 0) === value;

function bytesError(value: unknown): string | undefined {
  if (typeof value !== 'string')
    return Array.isArray(value) ? undefined : `cannot restore slice from ${reflectKind(value)}`;
  const bad = invalidBase64At(value);
  return bad === undefined ? undefined : `error decoding from json: illegal base64 data at input byte ${bad}`;
}

/** The converter cuts integers to the size of their field. Gives the document itself where there is nothing to cut. */
export function wrapIntegers(node: SchemaNode, value: unknown): unknown {
  switch (node.type) {
    case 'object':
      return isJsonObject(value) ? withMembers(value, (key) => node.fields.get(key)?.node) : value;
    case 'map':
      return isJsonObject(value) ? withMembers(value, () => node.values) : value;
    case 'array':
      return Array.isArray(value) ? value.map((item) => wrapIntegers(node.items, item)) : value;
    case 'integer':
      return wrapInteger(value, node.format === 'int32');
    default:
      return value;
  }
}

function wrapInteger(value: unknown, isShort: boolean): unknown {
  const isWhole = typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
  return isShort && isWhole ? Number(BigInt.asIntN(32, BigInt(value))) : value;
}

function withMembers(value: JsonObject, nodeOf: (key: string) => SchemaNode | undefined): JsonObject {
  const out: MutableJsonObject = {};
  for (const key of Object.keys(value)) {
    const node = nodeOf(key);
    setMember(out, key, node ? wrapIntegers(node, value[key]) : value[key]);
  }
  return out;
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
