/** Rules of what a definition's schema may use. Upstream: apiextensions validation.go ValidateCustomResourceDefinitionOpenAPISchema (v1.36) */
import * as field from '../../../../../apimachinery/field-error.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';
import { type Complaints, complain, oneOf, sortedKeys } from '../../core/validation/complaints.ts';
import { type Schema, subschema } from './structural.ts';

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const unsupported = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const;
const metaFields = new Set(['apiVersion', 'kind', 'metadata']);
const listType = 'x-kubernetes-list-type';
const mapType = 'x-kubernetes-map-type';
const listKeys = 'x-kubernetes-list-map-keys';

function validateStandard(errors: Complaints, path: Path, schema: Schema, noDefaults: string | undefined): void {
  const { type } = schema;
  if (type) oneOf(errors, path, 'type', type, types);
  if (schema.default !== undefined && noDefaults !== undefined) {
    errors.push(field.forbidden(path.child('default'), `must not be set ${noDefaults}`));
  }
  const at: Readonly<Record<string, unknown>> = { ...schema };
  for (const name of unsupported) {
    if (at[name] !== undefined) errors.push(field.forbidden(path.child(name), `${name} is not supported`));
  }
  if (type === 'null') {
    const why = 'type cannot be set to null, use nullable as an alternative';
    errors.push(field.forbidden(path.child('type'), why));
  }
  if (schema.uniqueItems) {
    const why = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    errors.push(field.forbidden(path.child('uniqueItems'), why));
  }
}

function typeFor(errors: Complaints, path: Path, schema: Schema, type: string, name: string): boolean {
  if (schema.type === type) return true;
  const why = `must be ${type} if ${name} is specified`;
  if (schema.type) complain(errors, path, 'type', schema.type, [why]);
  else errors.push(field.required(path.child('type'), why));
  return false;
}

function validateListKeys(errors: Complaints, path: Path, schema: Schema): void {
  const keys = schema[listKeys] ?? [];
  const items = subschema(schema.items);
  if (schema[listType] !== 'map') {
    if (keys.length > 0)
      complain(errors, path, listType, schema[listType] ?? null, [
        'must be map if x-kubernetes-list-map-keys is non-empty',
      ]);
    return;
  }
  if (keys.length === 0) {
    errors.push(field.required(path.child(listKeys), 'must not be empty if x-kubernetes-list-type is map'));
  }
  if (!items) return;
  for (const [i, key] of keys.entries()) {
    if (items.properties?.[key]) continue;
    const why = 'must define all names in x-kubernetes-list-map-keys';
    complain(errors, path.child('items'), 'properties', sortedKeys(items.properties), [`${why}: ${keys[i]}`]);
  }
}

function validateMergeTypes(errors: Complaints, path: Path, schema: Schema): void {
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    complain(errors, path, 'x-kubernetes-preserve-unknown-fields', false, ['must be true or undefined']);
  }
  if (schema[mapType] !== undefined) {
    typeFor(errors, path, schema, 'object', mapType);
    oneOf(errors, path, mapType, schema[mapType], ['atomic', 'granular']);
  }
  const list = schema[listType];
  const items = subschema(schema.items);
  if (list !== undefined && typeFor(errors, path, schema, 'array', listType) && list === 'set' && items) {
    const why = 'must be atomic as item of a list with x-kubernetes-list-type=set';
    if (items.type === 'array' && items[listType] !== undefined && items[listType] !== 'atomic') {
      complain(errors, path.child('items'), listType, items[listType], [why]);
    }
    if (items.type === 'object' && items[mapType] !== 'atomic') {
      complain(errors, path.child('items'), mapType, items[listType] ?? null, [why]);
    }
  }
  if (list !== undefined) oneOf(errors, path, listType, list, ['atomic', 'set', 'map']);
  validateListKeys(errors, path, schema);
}

/** Complains about a schema and those within. `noDefaults`: why it may state no default. */
export function validateOpenAPISchema(
  errors: Complaints,
  path: Path,
  schema: Schema,
  isRoot = true,
  noDefaults?: string,
): void {
  validateStandard(errors, path, schema, noDefaults);
  const names = sortedKeys(schema.properties);
  const additional = subschema(schema.additionalProperties);
  if (names.length > 0 && (additional || schema.additionalProperties === (false as unknown))) {
    const why = 'additionalProperties and properties are mutual exclusive';
    errors.push(field.forbidden(path.child('additionalProperties'), why));
  }
  const visit = (at: Path, one: unknown, reason = noDefaults): void => {
    const inner = subschema(one);
    if (inner) validateOpenAPISchema(errors, at, inner, false, reason);
  };
  visit(path.child('additionalProperties'), additional);
  for (const name of names) {
    const reason = isRoot && metaFields.has(name) ? `in top-level ${name}` : noDefaults;
    visit(path.child('properties').key(name), schema.properties?.[name], reason);
  }
  visit(path.child('not'), schema.not);
  for (const name of ['allOf', 'oneOf', 'anyOf'] as const) {
    for (const [i, one] of (schema[name] ?? []).entries()) visit(path.child(name).index(i), one);
  }
  visit(path.child('items'), schema.items);
  validateMergeTypes(errors, path, schema);
}
