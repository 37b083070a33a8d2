// How values and schema nodes meet when fields are owned and merged.
// Upstream: kube-openapi/pkg/schemaconv and sigs.k8s.io/structured-merge-diff/v6/typed/helpers.go (v1.36)
import { isJsonObject } from '../json-value.ts';
import type { JsonObject } from '../json-value.ts';
import type { AnyNode, ArrayNode, SchemaNode } from '../schema-node.ts';
import { keyElement } from './path-element.ts';
import type { PathElement } from './path-element.ts';

/** How a value is treated. */
export type Atom = 'scalar' | 'list' | 'map';

const deduced: AnyNode = Object.freeze({ type: 'any', mapType: 'granular' });

/** Types that may hold more than one kind of value. */
function isUntyped(node: SchemaNode): boolean {
  return node.type === 'any' || node.type === 'int-or-string';
}

/** How a value is treated under a node; what does not say stands as a map. Undefined and null count as unknown. */
export function atomOf(node: SchemaNode, value: unknown): Atom {
  if (!isUntyped(node)) {
    if (node.type === 'object' || node.type === 'map') return 'map';
    return node.type === 'array' ? 'list' : 'scalar';
  }
  if (value === null || value === undefined || isJsonObject(value)) return 'map';
  return Array.isArray(value) ? 'list' : 'scalar';
}

/** The node of a field or of a map's value; undefined when the schema does not declare it. */
export function fieldNode(node: SchemaNode, name: string): SchemaNode | undefined {
  if (node.type === 'map') return node.values;
  if (node.type !== 'object') return isUntyped(node) ? (node.type === 'any' ? node : deduced) : undefined;
  const field = node.fields.get(name);
  if (field !== undefined) return field.node;
  return node.preserveUnknownFields || node.fields.size === 0 ? deduced : undefined;
}

/** Whether a name is a declared field, not the key of a map. */
export function hasField(node: SchemaNode, name: string): boolean {
  return node.type === 'object' && node.fields.has(name);
}

/** The node of a list's items. */
export function itemNode(node: SchemaNode): SchemaNode {
  return node.type === 'array' ? node.items : deduced;
}

/** The node a step leads to; undefined when there is none. */
export function childNode(node: SchemaNode, element: PathElement): SchemaNode | undefined {
  if (element.kind === 'field') return atomOf(node, undefined) === 'map' ? fieldNode(node, element.name) : undefined;
  return element.kind === 'key' && node.type === 'array' ? node.items : undefined;
}

/** Whether a list or map is owned as a whole. */
export function isAtomic(node: SchemaNode, atom: Atom): boolean {
  if (atom === 'list') return node.type !== 'array' || node.listType === 'atomic';
  return 'mapType' in node && node.mapType === 'atomic';
}

/** A value as a map: undefined for null and for what is none. */
export function asMap(value: unknown): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}

/** A value as a list: undefined for null and for what is none. */
export function asList(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** What Go's fields without `omitempty` are when they are not given. */
const zeroValues: Readonly<Record<string, unknown>> = { string: '', integer: 0, number: 0, boolean: false };

/** The default of a key field of a list's items. */
function keyDefault(node: ArrayNode, name: string): unknown {
  if (node.items.type !== 'object') return undefined;
  const field = node.items.fields.get(name);
  if (field?.emptyDefault) return '';
  if (field?.default !== undefined || field === undefined) return field?.default;
  return field.alwaysEncoded && !field.pointer ? zeroValues[field.node.type] : undefined;
}

/**
 * The step to an item of a list of type map or set.
 *
 * @throws Error with upstream's complaint about an item that cannot be identified
 */
export function listItemToPathElement(node: SchemaNode, item: unknown): PathElement {
  if (node.type !== 'array' || node.listType === 'atomic') throw new Error('invalid indexing of non-associative list');
  if (node.listType === 'set') return setItemToPathElement(item);
  if (item === null) throw new Error('associative list with keys may not have a null element');
  if (!isJsonObject(item)) throw new Error('associative list with keys may not have non-map elements');
  const fields: [string, unknown][] = [];
  for (const name of node.listMapKeys) {
    const value = Object.hasOwn(item, name) ? item[name] : undefined;
    const known = value === undefined ? keyDefault(node, name) : value;
    if (known !== undefined) fields.push([name, known]);
  }
  if (fields.length > 0) return keyElement(fields);
  const keys = `[${node.listMapKeys.map((key) => `"${key}"`).join(' ')}]`;
  const rest = "(and doesn't have default values for any key fields)";
  throw new Error(`associative list with keys has an element that omits all key fields ${keys} ${rest}`);
}

function setItemToPathElement(item: unknown): PathElement {
  if (isJsonObject(item)) throw new Error("associative list without keys has an element that's a map type");
  if (Array.isArray(item)) throw new Error('not supported: associative list with lists as elements');
  if (item === null) throw new Error("associative list without keys has an element that's an explicit null");
  return { kind: 'value', value: item };
}
