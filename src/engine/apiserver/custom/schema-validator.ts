/**
 * Checks custom resources against their schemas, with the words and the order of upstream's validator.
 * Upstream: kube-openapi/pkg/validation/validate, apiextensions-apiserver/pkg/apiserver/validation (v1.36).
 * Differs: properties are visited by name where upstream ranges over a map.
 */
import { compileGoRegexp } from '../../../apimachinery/go-regexp.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import * as field from '../../../apimachinery/field-error.ts';
import { correlatedItem, correlatedMember, type Correlated } from './correlation.ts';
import { hasFormat, isKnownFormat } from './formats.ts';
import { additionalOf, keepsUnknown, type JsonSchema } from './json-schema.ts';
import { bodyError, enumText, pathOf, plainError, SchemaResult } from './schema-result.ts';

type JsonObject = Readonly<Record<string, unknown>>;
const typeMembers: ReadonlySet<string> = new Set(['apiVersion', 'kind']);

const typeNames = (schema: JsonSchema): readonly string[] =>
  schema['x-kubernetes-int-or-string'] ? ['integer', 'string'] : schema.type ? [schema.type] : [];

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'bigint') return 'integer';
  return typeof value;
}

/** Complaints about a custom resource; the whole object is the root. */
export function validateCustomResource(schema: JsonSchema, value: unknown): field.FieldError[] {
  return validate(schema, value, '').errors;
}

/** Complaints about a changed custom resource; what is as it was is not complained about. Upstream: ratcheting.go */
export function validateCustomResourceUpdate(schema: JsonSchema, value: unknown, old: unknown): field.FieldError[] {
  return ratchet(schema, value, '', { value: old }).errors;
}

/** Validates a part whose former state may be known. */
function ratchet(schema: JsonSchema, value: unknown, path: string, old: Correlated | undefined): SchemaResult {
  const result = validate(schema, value, path, old);
  return old && !result.isValid && deepEqual(value, old.value) ? new SchemaResult() : result;
}

function validate(schema: JsonSchema, value: unknown, path: string, old?: Correlated): SchemaResult {
  const result = new SchemaResult();
  if (value === null || value === undefined) {
    result.merge(validateType(schema, value, path));
    result.merge(validateEnum(schema, value, path));
    return result;
  }
  const kind = typeOf(value);
  const run = (part: SchemaResult) => {
    result.merge(part);
    result.matchCount++;
  };
  if (typeNames(schema).length > 0 || schema.format) run(validateType(schema, value, path));
  run(validateProps(schema, value, path, old));
  if (kind === 'string') {
    run(validateString(schema, value as string, path));
    if (schema.format && isKnownFormat(schema.format)) run(validateFormat(schema.format, value as string, path));
  }
  if (kind === 'integer' || kind === 'number') run(validateNumber(schema, value as number, path));
  if (kind === 'array') run(validateArray(schema, value as readonly unknown[], path, old));
  if ((schema.enum ?? []).length > 0) run(validateEnum(schema, value, path));
  if (kind === 'object') run(validateObject(schema, value as JsonObject, path, old));
  result.matchCount++;
  return result;
}

function validateType(schema: JsonSchema, value: unknown, path: string): SchemaResult {
  const result = new SchemaResult();
  result.matchCount = 1;
  const types = typeNames(schema);
  const kind = typeOf(value);
  if (types.length === 0) return result;
  if (kind === 'null') {
    if (!schema.nullable) result.errors.push(typeError(path, types, 'null'));
    return result;
  }
  if (
    schema.format &&
    (kind === 'string' || kind === 'array') &&
    !types.includes('number') &&
    !types.includes('integer')
  )
    return result;
  const fits = types.includes(kind) || (kind === 'integer' && types.includes('number'));
  if (!fits) result.errors.push(typeError(path, types, kind));
  return result;
}

function typeError(path: string, types: readonly string[], kind: string): field.FieldError {
  return field.typeInvalid(
    pathOf(path),
    kind,
    `${path} in body must be of type ${types.join(',')}: ${JSON.stringify(kind)}`,
  );
}

function validateProps(schema: JsonSchema, value: unknown, path: string, old?: Correlated): SchemaResult {
  const result = new SchemaResult();
  const { anyOf = [], oneOf = [], allOf = [], not } = schema;
  if (anyOf.length > 0) alternatives(anyOf, { value, path, old }, result, 'any');
  if (oneOf.length > 0) alternatives(oneOf, { value, path, old }, result, 'one');
  if (allOf.length > 0) {
    let valid = 0;
    for (const one of allOf) {
      const part = validate(one, value, path, old);
      if (part.isValid) valid++;
      result.merge(part);
    }
    if (valid !== allOf.length) {
      const none = valid === 0 ? '. None validated' : '';
      result.errors.push(plainError(`${JSON.stringify(path)} must validate all the schemas (allOf)${none}`));
    }
  }
  if (not && validate(not, value, path, old).isValid) {
    result.errors.push(plainError(`${JSON.stringify(path)} must not validate the schema (not)`));
  }
  result.matchCount++;
  return result;
}

function alternatives(
  schemas: readonly JsonSchema[],
  { value, path, old }: { readonly value: unknown; readonly path: string; readonly old: Correlated | undefined },
  result: SchemaResult,
  mode: 'any' | 'one',
): void {
  let valid = 0;
  let best: SchemaResult | undefined;
  let first: SchemaResult | undefined;
  for (const one of schemas) {
    const part = validate(one, value, path, old);
    if (part.isValid) {
      valid++;
      best = undefined;
      first ??= part;
      if (mode === 'any') break;
    } else if (valid === 0 && (!best || part.matchCount > best.matchCount)) best = part;
  }
  const quoted = JSON.stringify(path);
  if (mode === 'any' && valid === 0)
    result.errors.push(plainError(`${quoted} must validate at least one schema (anyOf)`));
  if (mode === 'one' && valid !== 1) {
    const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`;
    result.errors.push(plainError(`${quoted} must validate one and only one schema (oneOf). ${found}`));
  }
  if (best) result.merge(best);
  else if (first && (mode === 'any' || valid === 1)) result.merge(first);
}

function validateString(schema: JsonSchema, value: string, path: string): SchemaResult {
  const result = new SchemaResult();
  const { maxLength, minLength, pattern } = schema;
  const length = [...value].length;
  if (maxLength !== undefined && length > maxLength) result.errors.push(field.tooLong(pathOf(path), maxLength));
  else if (minLength !== undefined && length < minLength) {
    result.errors.push(bodyError(path, value, `should be at least ${minLength} chars long`));
  } else if (pattern && !matches(pattern, value))
    result.errors.push(bodyError(path, value, `should match '${pattern}'`));
  return result;
}

/** Whether a text matches a pattern; one that cannot be read matches everything. */
export function matches(pattern: string, text: string): boolean {
  try {
    return compileGoRegexp(pattern).test(text);
  } catch {
    return true;
  }
}

function validateFormat(format: string, value: string, path: string): SchemaResult {
  const result = new SchemaResult();
  if (!hasFormat(format, value)) {
    const text = `${path} in body must be of type ${format}: ${JSON.stringify(value)}`;
    result.errors.push(field.typeInvalid(pathOf(path), value, text));
  }
  return result;
}

const floatMax = 3.4028234663852886e38;
const int64Max = 2 ** 63;
/** The numbers that a format takes; without a known one, whole numbers of 64 bits and any others. */
const integerRanges: Readonly<Record<string, readonly [low: number, high: number]>> = {
  int32: [-2_147_483_648, 2_147_483_647],
  uint32: [0, 4_294_967_295],
  uint64: [0, 2 ** 64],
};

/** Whether a number can be what its schema says. Upstream: kube-openapi validate/values.go IsValueValidAgainstRange */
function fitsType(schema: JsonSchema, value: number): boolean {
  const { format = '' } = schema;
  if (schema.type === 'integer') {
    const [low, high] = integerRanges[format] ?? [-int64Max, int64Max];
    return Number.isInteger(value) && value >= low && value <= high;
  }
  return !(format === 'float' || format === 'float32') || Math.abs(value) <= floatMax;
}

function validateNumber(schema: JsonSchema, value: number, path: string): SchemaResult {
  const result = new SchemaResult();
  const { format, multipleOf, maximum, minimum, exclusiveMaximum, exclusiveMinimum } = schema;
  const checkType = (what: string, number: number): void => {
    if (fitsType(schema, number)) return;
    const how = format ? `with format ${format}` : '(default format)';
    result.errors.push(plainError(`${what} must be of type ${schema.type ?? ''} ${how} in ${path}`));
  };
  checkType('Checked value', value);
  if (multipleOf !== undefined) {
    checkType('MultipleOf value', multipleOf);
    if (!Number.isInteger(roundedQuotient(value, multipleOf))) {
      result.errors.push(bodyError(path, value, `should be a multiple of ${multipleOf}`));
    }
  }
  if (minimum !== undefined) {
    checkType('Minimum boundary value', minimum);
    if (exclusiveMinimum ? value <= minimum : value < minimum) {
      const bound = `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`;
      result.errors.push(bodyError(path, value, bound));
    }
  }
  if (maximum !== undefined) {
    checkType('Maximum boundary value', maximum);
    if (exclusiveMaximum ? value >= maximum : value > maximum) {
      const bound = `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`;
      result.errors.push(bodyError(path, value, bound));
    }
  }
  return result;
}

/** The quotient, with the noise of binary fractions taken off. */
function roundedQuotient(value: number, factor: number): number {
  if (factor < 1) return Number((value * (1 / factor)).toPrecision(15));
  return value / factor;
}

function validateArray(schema: JsonSchema, value: readonly unknown[], path: string, old?: Correlated): SchemaResult {
  const result = new SchemaResult();
  const { items, minItems, maxItems, uniqueItems } = schema;
  if (items) {
    for (const [i, item] of value.entries()) {
      result.merge(ratchet(items, item, `${path}[${i}]`, old && correlatedItem(schema, item, old.value)));
    }
  }
  if (minItems !== undefined && value.length < minItems) {
    result.errors.push(bodyError(path, value.length, `should have at least ${minItems} items`));
  }
  if (maxItems !== undefined && value.length > maxItems) {
    result.errors.push(field.tooMany(pathOf(path), value.length, maxItems));
  }
  if (uniqueItems && value.some((item, i) => value.findIndex((other) => deepEqual(item, other)) < i)) {
    result.errors.push(bodyError(path, undefined, "shouldn't contain duplicates"));
  }
  return result;
}

function validateEnum(schema: JsonSchema, value: unknown, path: string): SchemaResult {
  const result = new SchemaResult();
  result.matchCount = 1;
  const allowed = schema.enum ?? [];
  if (allowed.length === 0 || allowed.some((one) => deepEqual(one, value))) return result;
  result.errors.push(field.notSupported(pathOf(path), value as string, allowed.map(enumText)));
  return result;
}

function validateObject(schema: JsonSchema, value: JsonObject, path: string, old?: Correlated): SchemaResult {
  const result = new SchemaResult();
  const before = (key: string): Correlated | undefined =>
    old && !(path === '' && typeMembers.has(key)) ? correlatedMember(schema, key, value, old.value) : undefined;
  const { properties = {}, required = [], minProperties, maxProperties } = schema;
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  const at = (key: string) => (path === '' ? key : `${path}.${key}`);
  if (minProperties !== undefined && keys.length < minProperties) {
    result.errors.push(bodyError(path, keys.length, `should have at least ${minProperties} properties`));
  }
  if (maxProperties !== undefined && keys.length > maxProperties) {
    result.errors.push(field.tooMany(pathOf(path), keys.length, maxProperties));
  }
  const additional = additionalOf(schema);
  if (schema.additionalProperties === false && !keepsUnknown(schema)) {
    for (const key of keys.sort()) {
      if (!Object.hasOwn(properties, key)) {
        result.errors.push(field.invalid(pathOf(path), key, `${path}.${key} in body is a forbidden property`));
      }
    }
  }
  for (const key of keys) {
    if (!Object.hasOwn(properties, key) && additional)
      result.merge(ratchet(additional, value[key], `${path}.${key}`, before(key)));
  }
  for (const key of Object.keys(properties).sort()) {
    const property = properties[key];
    if (property && Object.hasOwn(value, key) && value[key] !== undefined)
      result.merge(ratchet(property, value[key], at(key), before(key)));
  }
  for (const key of required) {
    if (!Object.hasOwn(value, key) || value[key] === undefined)
      result.errors.push(field.required(pathOf(`${path}.${key}`)));
  }
  return result;
}
