import { compareStrings, quote } from '../go-format.ts';
import { encodeGoJson } from '../go-json.ts';

/** A step into an object: a field, an item by its key fields, an item of a set, or an item by place. */
export type PathElement =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'key'; readonly fields: readonly (readonly [name: string, value: unknown])[] }
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'index'; readonly index: number };

/** Steps from the root of an object. */
export type FieldPath = readonly PathElement[];

/** The step to a field. */
export function fieldElement(name: string): PathElement {
  return { kind: 'field', name };
}

/** The step to an item with the given key fields, sorted by name. */
export function keyElement(fields: readonly (readonly [string, unknown])[]): PathElement {
  return { kind: 'key', fields: [...fields].sort(([a], [b]) => compareStrings(a, b)) };
}

/** `f:name`, `k:{"name":"x"}`, `v:"x"` or `i:0`: a step in `fieldsV1`, and its identity. */
export function serializePathElement(element: PathElement): string {
  switch (element.kind) {
    case 'field':
      return `f:${element.name}`;
    case 'key':
      return `k:{${element.fields.map(([name, value]) => `${encodeGoJson(name)}:${encodeGoJson(value)}`).join(',')}}`;
    case 'value':
      return `v:${encodeGoJson(element.value, { sortKeys: true })}`;
    case 'index':
      return `i:${element.index}`;
  }
}

/**
 * Reads a step of `fieldsV1`.
 *
 * @returns undefined when its kind is unknown
 * @throws Error when it is malformed
 */
export function deserializePathElement(text: string): PathElement | undefined {
  if (text.length < 2) throw new Error('key must be 2 characters long:');
  if (text[1] !== ':') throw new Error(`missing colon: ${text}`);
  const rest = text.slice(2);
  switch (text[0]) {
    case 'f':
      return fieldElement(rest);
    case 'v':
      return { kind: 'value', value: JSON.parse(rest) as unknown };
    case 'k':
      return keyElement(Object.entries(JSON.parse(rest) as Readonly<Record<string, unknown>>));
    case 'i':
      return { kind: 'index', index: Number(rest) };
    default:
      return undefined;
  }
}

/** A JSON value as paths print it: strings quoted, lists and maps in short. */
function valueText(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(valueText).join(',')}]`;
  return Object.entries(value)
    .map(([key, member]) => `${key}=${valueText(member)}`)
    .join('');
}

/** `.name`, `[name="x"]`, `[="x"]` or `[0]`: a step as messages print it. */
export function formatPathElement(element: PathElement): string {
  switch (element.kind) {
    case 'field':
      return `.${element.name}`;
    case 'key':
      return `[${element.fields.map(([name, value]) => `${name}=${valueText(value)}`).join(',')}]`;
    case 'value':
      return `[=${valueText(element.value)}]`;
    case 'index':
      return `[${element.index}]`;
  }
}

/** `.spec.containers[name="x"].image`. */
export function formatPath(path: FieldPath): string {
  return path.map(formatPathElement).join('');
}

const kindOrder = ['field', 'key', 'value', 'index'] as const;
const typeOrder = ['number', 'string', 'boolean'];

function compareValues(a: unknown, b: unknown): number {
  if (typeof a !== typeof b) return rankOfType(a) - rankOfType(b);
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (typeof a !== 'object') return Number(a) - Number(b);
  return compareStrings(encodeGoJson(a), encodeGoJson(b));
}

function rankOfType(value: unknown): number {
  const rank = typeOrder.indexOf(typeof value);
  return rank < 0 ? typeOrder.length : rank;
}

/** The order of steps in `fieldsV1`: fields by name, then items by key, by value, by place. */
export function comparePathElements(a: PathElement, b: PathElement): number {
  if (a.kind === 'field' && b.kind === 'field') return compareStrings(a.name, b.name);
  if (a.kind === 'value' && b.kind === 'value') return compareValues(a.value, b.value);
  if (a.kind === 'index' && b.kind === 'index') return a.index - b.index;
  if (a.kind !== 'key' || b.kind !== 'key') return kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind);
  for (let i = 0; i < Math.min(a.fields.length, b.fields.length); i++) {
    const [aName, aValue] = a.fields[i] ?? ['', undefined];
    const [bName, bValue] = b.fields[i] ?? ['', undefined];
    const order = compareStrings(aName, bName) || compareValues(aValue, bValue);
    if (order !== 0) return order;
  }
  return a.fields.length - b.fields.length;
}
