import { isJsonObject, type JsonObject } from '../apimachinery/json-value.ts';
import type { ObjectMeta } from '../apimachinery/object-meta.ts';
import { type GroupVersionKind, gvkOf } from '../apimachinery/resource-ref.ts';

/** An object of any kind, as JSON. Those read from the API are frozen and shared. */
export interface Unstructured extends JsonObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
}

/** Metadata; empty when there is none. */
export const metaOf = (object: Unstructured): ObjectMeta => object.metadata ?? {};
/** The name; empty when there is none. */
export const nameOf = (object: Unstructured): string => metaOf(object).name ?? '';
/** The namespace; empty when there is none. */
export const namespaceOf = (object: Unstructured): string => metaOf(object).namespace ?? '';

/** What `apiVersion` and `kind` state. */
export const kindOf = (object: Unstructured): GroupVersionKind => gvkOf(object);

/** Whether the object is a list: it has an array called `items`. */
export const isList = (object: Unstructured): boolean => Array.isArray(object['items']);

/** A list's items; they get the list's version and kind where they have none. */
export function itemsOf(list: Unstructured): readonly Unstructured[] {
  const items = (list['items'] ?? []) as readonly Unstructured[];
  const kind = (list.kind ?? '').replace(/List$/, '');
  if (kind === '' || list.kind === 'List') return items;
  return items.map((item) => (item.kind === undefined ? { kind, apiVersion: list.apiVersion ?? '', ...item } : item));
}

/** The value at a path of keys and indexes; undefined when it is not there. */
export function valueAt(object: unknown, ...path: readonly (string | number)[]): unknown {
  let at: unknown = object;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}

/** The text at a path; empty when there is none, or something else. */
export const stringAt = (object: unknown, ...path: readonly (string | number)[]): string => {
  const value = valueAt(object, ...path);
  return typeof value === 'string' ? value : '';
};

/** The number at a path; undefined when there is none, or something else. */
export const numberAt = (object: unknown, ...path: readonly (string | number)[]): number | undefined => {
  const value = valueAt(object, ...path);
  return typeof value === 'number' ? value : undefined;
};

/** The list at a path; empty when there is none, or something else. */
export function arrayAt<T = JsonObject>(object: unknown, ...path: readonly (string | number)[]): readonly T[] {
  const value = valueAt(object, ...path);
  return Array.isArray(value) ? (value as T[]) : [];
}

/** A copy with the value at a path replaced (`undefined` removes it); what lies between is made where it is missing. */
export function withValueAt<T extends JsonObject>(object: T, path: readonly (string | number)[], value: unknown): T {
  const [key, ...rest] = path;
  if (key === undefined) return value as T;
  const before = (object as Record<string | number, unknown>)[key];
  const after =
    rest.length === 0
      ? value
      : withValueAt((before ?? (typeof rest[0] === 'number' ? [] : {})) as JsonObject, rest, value);
  if (Array.isArray(object)) {
    const copy = [...(object as readonly unknown[])];
    if (after === undefined) copy.splice(Number(key), 1);
    else copy[Number(key)] = after;
    return copy as unknown as T;
  }
  if (after === undefined) {
    const { [key]: _removed, ...others } = object as Record<string | number, unknown>;
    return others as T;
  }
  return { ...object, [key]: after };
}

/** A copy with other metadata. */
export const withMeta = <T extends Unstructured>(object: T, change: Partial<ObjectMeta>): T => {
  const metadata = Object.fromEntries(
    Object.entries({ ...metaOf(object), ...change }).filter(([, value]) => value !== undefined),
  );
  return { ...object, metadata };
};

/** A copy in another namespace; the empty one removes the field. */
export const withNamespace = <T extends Unstructured>(object: T, namespace: string): T =>
  namespaceOf(object) === namespace ? object : withValueAt(object, ['metadata', 'namespace'], namespace || undefined);

/** A copy without managedFields; items of a list likewise. Upstream: cli-runtime/pkg/printers/managedfields.go (v1.36) */
export function omitManagedFields(object: Unstructured): Unstructured {
  if (isList(object)) return { ...object, items: itemsOf(object).map(omitManagedFields) };
  if (object.metadata?.managedFields === undefined) return object;
  return withValueAt(object, ['metadata', 'managedFields'], undefined);
}

/** A JSON value that may be changed: a deep copy. */
export function mutableCopy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(mutableCopy) as T;
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mutableCopy(member)])) as T;
}
