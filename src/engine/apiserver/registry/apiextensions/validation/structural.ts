/**
 * Whether a schema is structural: it names a type everywhere, and nothing but values are restricted inside its alternatives.
 *
 * Upstream: apiextensions-apiserver/pkg/apiserver/schema/validation.go ValidateStructural (v1.36)
 */
import { compileGoRegexp } from '../../../../../apimachinery/go-regexp.ts';
import type * as apiextensionsv1 from '../../../../../api/apiextensions/v1.ts';
import { deepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { compareStrings } from '../../../../../apimachinery/go-format.ts';
import { isJsonObject } from '../../../../../apimachinery/json-value.ts';
import { type Complaints, complain } from '../../core/validation/complaints.ts';

/** A schema as a definition states it. */
export type Schema = apiextensionsv1.JSONSchemaProps;
type Level = 'root' | 'item' | 'field';

const preserve = 'x-kubernetes-preserve-unknown-fields';
const embedded = 'x-kubernetes-embedded-resource';
const intOrString = 'x-kubernetes-int-or-string';
const intOrStringAnyOf = [{ type: 'integer' }, { type: 'string' }];
const alternatives = ['anyOf', 'allOf', 'oneOf'] as const;

const noType: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

/** What must be absent inside alternatives, with the words of the complaint. */
const forbiddenInside = [
  ['type', 'empty'],
  ['additionalProperties', 'undefined'],
  ['default', 'undefined'],
  ['title', 'empty'],
  ['description', 'empty'],
  ['nullable', 'false'],
  [preserve, 'false'],
  [embedded, 'false'],
  [intOrString, 'false'],
  ['x-kubernetes-list-map-keys', 'empty'],
  ['x-kubernetes-list-type', 'undefined'],
  ['x-kubernetes-map-type', 'undefined'],
  ['x-kubernetes-validations', 'empty'],
] as const;

/** A member that is a schema, not a boolean or a list. */
export function subschema(value: unknown): Schema | undefined {
  return isJsonObject(value) ? (value as Schema) : undefined;
}

function isSet(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false && value !== '';
}

function validateValues(errors: Complaints, path: Path, schema: Schema, skipAnyOf = false): void {
  for (const name of alternatives) {
    if (name === 'anyOf' && skipAnyOf) continue;
    for (const [i, one] of (schema[name] ?? []).entries()) {
      const isPattern = name === 'allOf' && i === 0 && deepEqual(one.anyOf, intOrStringAnyOf);
      validateNested(errors, path.child(name).index(i), one, isPattern && schema[intOrString] === true);
    }
  }
  if (schema.not) validateNested(errors, path.child('not'), schema.not);
  if (!schema.pattern) return;
  try {
    compileGoRegexp(schema.pattern);
  } catch (error) {
    const why = `must be a valid regular expression, but isn't: ${(error as Error).message}`;
    complain(errors, path, 'pattern', schema.pattern, [why]);
  }
}

function validateNested(errors: Complaints, path: Path, schema: Schema, skipAnyOf = false): void {
  validateValues(errors, path, schema, skipAnyOf);
  const items = subschema(schema.items);
  if (items) validateNested(errors, path.child('items'), items);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    validateNested(errors, path.child('properties').key(name), property);
  }
  for (const [name, word] of forbiddenInside) {
    if (isSet(schema[name])) errors.push(field.forbidden(path.child(name), `must be ${word} to be structural`));
  }
  if (schema.properties?.['metadata']) {
    const at = path.child('properties').key('metadata');
    errors.push(field.forbidden(at, 'must not be specified in a nested context'));
  }
}

function validateType(errors: Complaints, path: Path, schema: Schema, level: Level): void {
  const { type } = schema;
  const why = 'must be object if x-kubernetes-embedded-resource is true';
  if (schema[embedded] && type !== 'object') {
    if (type) complain(errors, path, 'type', type, [why]);
    else errors.push(field.required(path.child('type'), why));
  } else if (!type && !schema[intOrString] && !schema[preserve]) {
    errors.push(field.required(path.child('type'), noType[level]));
  }
  if (schema[embedded] && schema.additionalProperties !== undefined) {
    const used = 'must not be used if x-kubernetes-embedded-resource is set';
    errors.push(field.forbidden(path.child('additionalProperties'), used));
  }
  if (level === 'root' && type && type !== 'object')
    complain(errors, path, 'type', type, ['must be object at the root']);
}

function validateTypeMembers(errors: Complaints, path: Path, schema: Schema, level: Level): void {
  const properties = schema.properties ?? {};
  const isObject = level === 'root' || schema[embedded] === true;
  const at = path.child('properties');
  for (const name of ['kind', 'apiVersion']) {
    const member = properties[name];
    if (isObject && member && member.type !== 'string') {
      complain(errors, at.key(name), 'type', member.type ?? '', ['must be string']);
    }
  }
  const { metadata } = properties;
  if (metadata && isObject && metadata.type !== 'object') {
    complain(errors, at.key('metadata'), 'type', metadata.type ?? '', ['must be object']);
  }
  if (metadata && level === 'root') {
    const { type: _, default: __, properties: members = {}, ...rest } = metadata;
    const others = Object.keys(members).filter((name) => name !== 'name' && name !== 'generateName');
    if (Object.values(rest).some(isSet) || others.length > 0) {
      const why = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
      errors.push(field.forbidden(at.key('metadata'), why));
    }
  }
  if (schema[embedded] && !schema[preserve] && Object.keys(properties).length === 0) {
    const why =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(field.required(at, why));
  }
}

function validateInvariants(errors: Complaints, path: Path, schema: Schema, level: Level): void {
  const items = subschema(schema.items);
  if (schema.type === 'array' && !items) errors.push(field.required(path.child('items'), 'must be specified'));
  if (items) validateInvariants(errors, path.child('items'), items, 'item');
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    validateInvariants(errors, path.child('properties').key(name), property, 'field');
  }
  const at = path.child('additionalProperties');
  const additional = subschema(schema.additionalProperties);
  if (schema.additionalProperties !== undefined && level === 'root') {
    errors.push(field.forbidden(at, 'must not be used at the root'));
  }
  if (additional) validateInvariants(errors, at, additional, 'field');
  for (const name of [preserve, embedded] as const) {
    if (!schema[intOrString] || !schema[name]) continue;
    complain(errors, path, name, true, ['must be false if x-kubernetes-int-or-string is true']);
  }
  const isPattern = schema[intOrString] === true && deepEqual(schema.anyOf, intOrStringAnyOf);
  validateValues(errors, path, schema, isPattern);
  validateType(errors, path, schema, level);
  validateTypeMembers(errors, path, schema, level);
}

/** Where a schema is, and where an alternative that speaks of the same value is. */
interface Places {
  readonly outside: Path;
  readonly inside: Path;
}

/** What alternatives speak of stands outside of them too. Upstream: schema/complete.go validateNestedValueValidationCompleteness */
function validateCompleteness(errors: Complaints, one: Schema, schema: Schema | undefined, places: Places): void {
  const { outside, inside } = places;
  if (!schema) {
    errors.push(field.required(outside, `because it is defined in ${inside.toString()}`));
    return;
  }
  validateAlternatives(errors, one, schema, places);
  const items = subschema(one.items);
  if (items) {
    const at = { outside: outside.child('items'), inside: inside.child('items') };
    validateCompleteness(errors, items, subschema(schema.items), at);
  }
  const counterparts = new Map(Object.entries(schema.properties ?? {}));
  for (const [name, property] of Object.entries(one.properties ?? {})) {
    const [there, here] = [outside, inside].map((path) => path.child('properties').key(name));
    if (there && here) {
      validateCompleteness(errors, property, counterparts.get(name), { outside: there, inside: here });
    }
  }
}

function validateAlternatives(errors: Complaints, one: Schema, schema: Schema, { outside, inside }: Places): void {
  if (one.not) validateCompleteness(errors, one.not, schema, { outside, inside: inside.child('not') });
  for (const name of alternatives) {
    for (const [i, alternative] of (one[name] ?? []).entries()) {
      validateCompleteness(errors, alternative, schema, { outside, inside: inside.child(name).index(i) });
    }
  }
}

/** Complaints about a schema, in the order of their texts. */
export function validateStructural(path: Path, schema: Schema): FieldError[] {
  const errors: Complaints = [];
  validateInvariants(errors, path, schema, 'root');
  validateAlternatives(errors, schema, schema, { outside: path, inside: path });
  return errors.sort((a, b) => compareStrings(field.errorText(a), field.errorText(b)));
}
