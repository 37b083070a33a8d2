/** Checks the defaults that a schema states. Upstream: apiextensions-apiserver/pkg/apiserver/schema/defaulting/validation.go (v1.36) */
import * as field from '../../../apimachinery/field-error.ts';
import { isJsonObject, sortMembers } from '../../../apimachinery/json-value.ts';
import { validateEmbedded } from './embedded.ts';
import { additionalOf, type JsonSchema } from './json-schema.ts';
import { validateRules } from './rules.ts';
import { validateCustomResource } from './schema-validator.ts';
import { coerce } from './structural.ts';

/** Complaints about the defaults of a schema and of those inside of it. */
export function validateDefaults(schema: JsonSchema, path: field.Path, isRoot = true): field.FieldError[] {
  const errors = schema.default === undefined || schema.default === null ? [] : defaultErrors(schema, path, isRoot);
  const { items, properties = {} } = schema;
  if (items) errors.push(...validateDefaults(items, path.child('items'), false));
  for (const name of Object.keys(properties).sort()) {
    const property = properties[name];
    if (property) errors.push(...validateDefaults(property, path.child('properties').key(name), false));
  }
  const additional = additionalOf(schema);
  if (additional) errors.push(...validateDefaults(additional, path.child('additionalProperties'), false));
  return errors;
}

function defaultErrors(schema: JsonSchema, path: field.Path, isRoot: boolean): field.FieldError[] {
  const value = schema.default;
  const at = path.child('default');
  const errors: field.FieldError[] = [];
  if (
    isJsonObject(value) &&
    coerce({ ...schema, 'x-kubernetes-embedded-resource': false }, value).unknownFields.length > 0
  ) {
    errors.push(field.invalid(at, sortMembers(value), 'must not have unknown fields'));
  }
  const whole = isRoot ? { ...schema, 'x-kubernetes-embedded-resource': true } : schema;
  const embedded = validateEmbedded(whole, value, at, false);
  if (embedded.length > 0) return [...errors, ...embedded];
  const found = validateCustomResource(schema, value).map((error) => below(at.toString(), error));
  if (found.length > 0) return [...errors, ...found];
  const isResource = isRoot || schema['x-kubernetes-embedded-resource'] === true;
  const unchanged = validateRules(schema, value, { old: value, path: at, isRoot: isResource });
  const added = unchanged.length > 0 ? [] : validateRules(schema, value, { path: at, isRoot: isResource });
  return [...errors, ...unchanged, ...added];
}

/** An error told of a value is one of where the value stands. */
function below(base: string, error: field.FieldError): field.FieldError {
  const { field: inner } = error;
  if (inner === '<nil>' || inner === '') return { ...error, field: base };
  return { ...error, field: inner.startsWith('[') ? `${base}${inner}` : `${base}.${inner}` };
}
