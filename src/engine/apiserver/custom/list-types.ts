/** Lists that must not hold an item twice. Upstream: apiserver/schema/listtype/validation.go (v1.36) */
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import * as field from '../../../apimachinery/field-error.ts';
import { isJsonObject } from '../../../apimachinery/json-value.ts';
import { additionalOf, propertyOf, type JsonSchema } from './json-schema.ts';

/** Complaints about doubled items. */
export function validateListTypes(schema: JsonSchema, value: unknown, path?: field.Path): field.FieldError[] {
  if (Array.isArray(value)) return validateList(schema, value, path);
  if (!isJsonObject(value)) return [];
  const errors: field.FieldError[] = [];
  const additional = additionalOf(schema);
  for (const key of Object.keys(value)) {
    const property = propertyOf(schema, key);
    const at = (name: string) => path?.child(name) ?? field.newPath(name);
    if (property) errors.push(...validateListTypes(property, value[key], at(key)));
    else if (additional)
      errors.push(...validateListTypes(additional, value[key], path?.key(key) ?? field.newPath('').key(key)));
  }
  return errors;
}

function validateList(schema: JsonSchema, list: readonly unknown[], path: field.Path | undefined): field.FieldError[] {
  const errors: field.FieldError[] = [];
  const { items } = schema;
  const at = (i: number) => (path ?? field.newPath('')).index(i);
  const listType = schema['x-kubernetes-list-type'];
  const keys = (item: unknown) => (listType === 'map' ? keysOf(schema, item) : item);
  if (listType === 'set' || listType === 'map') {
    const seen: unknown[] = [];
    for (const [i, item] of list.entries()) {
      const key = keys(item);
      if (seen.some((other) => deepEqual(other, key))) errors.push(field.duplicate(at(i), key));
      else seen.push(key);
    }
  }
  if (items) for (const [i, item] of list.entries()) errors.push(...validateListTypes(items, item, at(i)));
  return errors;
}

function keysOf(schema: JsonSchema, item: unknown): unknown {
  if (!isJsonObject(item)) return item;
  const names = schema['x-kubernetes-list-map-keys'] ?? [];
  return Object.fromEntries(names.filter((name) => item[name] !== undefined).map((name) => [name, item[name]]));
}
