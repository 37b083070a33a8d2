import { formatValue, quote } from './go-format.ts';
import { isJsonObject } from './json-value.ts';
import type { SchemaNode } from './schema-node.ts';

/** Why a strategic merge patch failed; the API server answers each differently. */
export type StrategicMergePatchErrorKind = 'badFormat' | 'unprocessable' | 'precondition' | 'conflict' | 'other';

/** A strategic merge patch that cannot be applied or made; the message is upstream's. */
export class StrategicMergePatchError extends Error {
  override readonly name = 'StrategicMergePatchError';
  readonly kind: StrategicMergePatchErrorKind;

  constructor(message: string, kind: StrategicMergePatchErrorKind = 'other') {
    super(message);
    this.kind = kind;
  }
}

/** `$patch`: what to do with the map or item that holds it. */
export const directiveMarker = '$patch';
/** `$retainKeys`: the only keys a map may keep. */
export const retainKeysDirective = '$retainKeys';
/** `$deleteFromPrimitiveList/<field>`: values to take out of a list. */
export const deleteFromPrimitiveListPrefix = '$deleteFromPrimitiveList';
/** `$setElementOrder/<field>`: the order of a list. */
export const setElementOrderPrefix = '$setElementOrder';

/** How a field is merged. */
export interface PatchMeta {
  readonly node: SchemaNode;
  readonly mergeKey: string;
  /** `merge`, `replace` or none. */
  readonly strategy: string;
  readonly retainKeys: boolean;
}

const goKinds: Readonly<Record<string, string>> = { array: 'slice', map: 'map', any: 'struct' };

/** What is known of a field that holds a map. @throws StrategicMergePatchError when the schema has no such field */
export function lookupStruct(node: SchemaNode, key: string): PatchMeta {
  if (node.type === 'any') return { node, mergeKey: '', strategy: '', retainKeys: false };
  if (node.type !== 'object') {
    const kind = goKinds[node.type] ?? node.type;
    throw new StrategicMergePatchError(`merging an object in json but data type is not struct, instead is: ${kind}`);
  }
  const field = node.fields.get(key);
  if (field === undefined) {
    const struct = node.name.split('.').at(-1) ?? '';
    throw new StrategicMergePatchError(`unable to find api field in struct ${struct} for the json field ${quote(key)}`);
  }
  const strategies = field.patchStrategy;
  return {
    node: field.node,
    mergeKey: field.patchMergeKey ?? '',
    strategy: strategies.find((strategy) => strategy !== 'retainKeys') ?? '',
    retainKeys: strategies.includes('retainKeys'),
  };
}

/** What is known of a field that holds a list; `node` is that of its items. @throws StrategicMergePatchError */
export function lookupSlice(node: SchemaNode, key: string): PatchMeta {
  const meta = lookupStruct(node, key);
  if (meta.node.type === 'any') return meta;
  if (meta.node.type !== 'array') throw new StrategicMergePatchError('expected slice or array type, but got: struct');
  if (meta.node.items.type === 'array') throw new StrategicMergePatchError('unexpected slice of slice');
  return { node: meta.node.items, mergeKey: meta.mergeKey, strategy: meta.strategy, retainKeys: meta.retainKeys };
}

/** Name of the Go type a JSON value is decoded to. */
export function goTypeOf(value: unknown): string {
  if (value === null || value === undefined) return '%!s(<nil>)';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map[string]interface {}';
}

/** The value as a list. @throws StrategicMergePatchError */
export function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new StrategicMergePatchError(`expected a []interface {}, but received a ${goTypeOf(value)}`);
}

/** The value as a map. @throws StrategicMergePatchError */
export function asMap(value: unknown): Readonly<Record<string, unknown>> {
  if (isJsonObject(value)) return value;
  throw new StrategicMergePatchError(`expected a map[string]interface {}, but received a ${goTypeOf(value)}`);
}

/** The complaint about an item without its merge key. */
export function noMergeKey(item: unknown, mergeKey: string): StrategicMergePatchError {
  return new StrategicMergePatchError(`map: ${formatValue(item)} does not contain declared merge key: ${mergeKey}`);
}

/** The value of an item's merge key. @throws StrategicMergePatchError when it has none */
export function mergeKeyOf(item: unknown, mergeKey: string): unknown {
  const map = asMap(item);
  if (!Object.hasOwn(map, mergeKey)) throw noMergeKey(map, mergeKey);
  return map[mergeKey];
}

/** The Go type all items share. @throws StrategicMergePatchError for lists of lists, mixed or no items */
export function elementType(...lists: readonly (readonly unknown[])[]): string {
  let type: string | undefined;
  for (const list of lists) {
    for (const item of list) {
      const current = goTypeOf(item);
      if (type === undefined) {
        if (Array.isArray(item)) throw noListOfLists();
        type = current;
      } else if (type !== current) {
        const all = lists.map((one) => formatValue(one)).join(' ');
        throw new StrategicMergePatchError(`list element types are not identical: [${all}]`);
      }
    }
  }
  if (type === undefined) throw new StrategicMergePatchError('no elements in any of the given slices');
  return type;
}

/** The complaint about lists in lists. */
export function noListOfLists(): StrategicMergePatchError {
  return new StrategicMergePatchError('lists of lists are not supported', 'unprocessable');
}
