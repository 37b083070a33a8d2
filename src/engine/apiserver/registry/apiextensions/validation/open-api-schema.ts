/** Rules of what a definition's schema may use. Upstream: apiextensions validation.go ValidateCustomResourceDefinitionOpenAPISchema (v1.36) */
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import type { JsonSchema } from '../../../custom/json-schema.ts';
import { rulesOf } from '../../../custom/compiled-rules.ts';
import { type Complaints, complain, oneOf, sortedKeys } from '../../core/validation/complaints.ts';
import { childContext, ruleErrors, ruleTextErrors, type CelContext } from './rule-errors.ts';
import { type Schema, subschema } from './structural.ts';

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const unsupported = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const;
const metaFields = new Set(['apiVersion', 'kind', 'metadata']);
const embedded = 'x-kubernetes-embedded-resource';
const listType = 'x-kubernetes-list-type';
const mapType = 'x-kubernetes-map-type';
const listKeys = 'x-kubernetes-list-map-keys';

/** What the schemas around one say of it. */
interface Context {
  readonly isRoot: boolean;
  /** Why there may be no default. */
  readonly noDefaults?: string | undefined;
  /** Whether it describes `metadata`, `kind` or `apiVersion`. */
  readonly insideMeta: boolean;
  /** The part around it whose values have none to be compared with. */
  readonly uncorrelatable?: Path | undefined;
  readonly cel: CelContext | undefined;
}

/** Complaints about a schema: those about its form, and those about its rules. */
export interface SchemaErrors {
  readonly schemaErrors: FieldError[];
  readonly celErrors: FieldError[];
}

/** Complaints about a definition's whole schema; without a context its rules are not compiled. */
export function validateOpenAPISchema(path: Path, schema: Schema, cel: CelContext | undefined): FieldError[] {
  const { schemaErrors, celErrors } = validate(path, schema, { isRoot: true, insideMeta: false, cel });
  return [...schemaErrors, ...celErrors];
}

function validate(path: Path, schema: Schema, context: Context): SchemaErrors {
  const found: SchemaErrors = { schemaErrors: [], celErrors: [] };
  const { schemaErrors } = found;
  validateStandard(schemaErrors, path, schema, context);
  if (schema.uniqueItems) {
    const why = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    schemaErrors.push(field.forbidden(path.child('uniqueItems'), why));
  }
  validateInside(found, path, schema, context);
  validateMergeTypes(schemaErrors, path, schema);
  validateListMap(schemaErrors, path, schema);
  validateMapListKeys(schemaErrors, path, schema);
  const whole = schema as unknown as JsonSchema;
  if (rulesOf(whole).length === 0) return found;
  schemaErrors.push(...ruleTextErrors(path, whole));
  if (schemaErrors.length > 0 || !context.cel) return found;
  const { isRoot, uncorrelatable } = context;
  found.celErrors.push(...ruleErrors({ path, schema: whole, isRoot, uncorrelatable }, context.cel));
  return found;
}

function validateInside(found: SchemaErrors, path: Path, schema: Schema, context: Context): void {
  const outer: Context = { ...context, isRoot: false, cel: childContext(context.cel, schema as unknown as JsonSchema) };
  const visit = (at: Path, one: unknown, changes: Partial<Context> = {}): void => {
    const inner = subschema(one);
    if (!inner) return;
    const { schemaErrors, celErrors } = validate(at, inner, { ...outer, ...changes });
    found.schemaErrors.push(...schemaErrors);
    found.celErrors.push(...celErrors);
  };
  const names = sortedKeys(schema.properties);
  const additional = subschema(schema.additionalProperties);
  if (names.length > 0 && (additional || schema.additionalProperties === (false as unknown))) {
    const why = 'additionalProperties and properties are mutual exclusive';
    found.schemaErrors.push(field.forbidden(path.child('additionalProperties'), why));
  }
  const noDefaults = context.insideMeta ? 'inside additionalProperties applying to object metadata' : undefined;
  visit(path.child('additionalProperties'), additional, noDefaults === undefined ? {} : { noDefaults });
  for (const name of names) {
    const isMeta = (context.isRoot || schema[embedded] === true) && metaFields.has(name);
    visit(path.child('properties').key(name), schema.properties?.[name], {
      ...(isMeta ? { insideMeta: true } : {}),
      ...(isMeta && context.isRoot ? { noDefaults: `in top-level ${name}` } : {}),
    });
  }
  visit(path.child('not'), schema.not, { cel: undefined });
  for (const name of ['allOf', 'oneOf', 'anyOf'] as const) {
    for (const [i, one] of (schema[name] ?? []).entries()) visit(path.child(name).index(i), one, { cel: undefined });
  }
  const lost = schema[listType] === 'map' ? {} : { uncorrelatable: context.uncorrelatable ?? path };
  visit(path.child('items'), schema.items, lost);
}

function validateStandard(errors: Complaints, path: Path, schema: Schema, { noDefaults, insideMeta }: Context): void {
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
  if (Array.isArray(schema.items)) {
    errors.push(field.forbidden(path.child('items'), 'items must be a schema object and not an array'));
  }
  if (insideMeta && schema[embedded]) {
    errors.push(field.forbidden(path.child(embedded), 'must not be used inside of resource meta'));
  }
}

function typeFor(errors: Complaints, path: Path, schema: Schema, type: string, name: string): boolean {
  if (schema.type === type) return true;
  const why = `must be ${type} if ${name} is specified`;
  if (schema.type) complain(errors, path, 'type', schema.type, [why]);
  else errors.push(field.required(path.child('type'), why));
  return false;
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
    const at = path.child('items');
    if (items.type === 'array' && items[listType] !== undefined && items[listType] !== 'atomic') {
      complain(errors, at, listType, items[listType], [why]);
    }
    if (items.type === 'object' && items[mapType] !== 'atomic') {
      complain(errors, at, mapType, items[listType] ?? null, [why]);
    }
  }
  if (list !== undefined) oneOf(errors, path, listType, list, ['atomic', 'set', 'map']);
}

function validateListMap(errors: Complaints, path: Path, schema: Schema): void {
  const keys = schema[listKeys] ?? [];
  const list = schema[listType];
  if (list !== 'map') {
    if (keys.length === 0) return;
    const why = 'must be map if x-kubernetes-list-map-keys is non-empty';
    if (list === undefined) errors.push(field.required(path.child(listType), why));
    else complain(errors, path, listType, list, [why]);
    return;
  }
  if (keys.length === 0) {
    errors.push(field.required(path.child(listKeys), 'must not be empty if x-kubernetes-list-type is map'));
  }
  const items = subschema(schema.items);
  if (!items) {
    const why = 'must have a schema if x-kubernetes-list-type is map';
    if (schema.items === undefined) errors.push(field.required(path.child('items'), why));
  } else if (items.type === 'object') validateKeys(errors, path, keys, items);
  else {
    const why = "must be object if parent array's x-kubernetes-list-type is map";
    complain(errors, path.child('items'), 'type', items.type ?? '', [why]);
  }
}

function validateKeys(errors: Complaints, path: Path, keys: readonly string[], items: Schema): void {
  for (const [i, key] of keys.entries()) {
    const property = items.properties?.[key];
    if (!property) complain(errors, path, listKeys, keys, ['entries must all be names of item properties']);
    else if (property.type === 'array' || property.type === 'object') {
      const why = "must be a scalar type if parent array's x-kubernetes-list-type is map";
      complain(errors, path.child('items', 'properties').key(key), 'type', items.type, [why]);
    }
    if (keys.indexOf(key) < i) complain(errors, path, listKeys, keys, ['must not contain duplicate entries']);
  }
}

/** Upstream: validateMapListKeysMapSet */
function validateMapListKeys(errors: Complaints, path: Path, schema: Schema): void {
  const list = schema[listType];
  const items = subschema(schema.items);
  if (!items || (list !== 'map' && list !== 'set')) return;
  const at = path.child('items');
  if (items.nullable) {
    errors.push(field.forbidden(at.child('nullable'), `cannot be nullable when x-kubernetes-list-type is ${list}`));
  }
  if (list === 'set') return;
  for (const key of schema[listKeys] ?? []) {
    const property = items.properties?.[key];
    if (!property) continue;
    const where = at.child('properties').key(key);
    if (!items.required?.includes(key) && property.default === undefined) {
      const why = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
      errors.push(field.required(where.child('default'), why));
    }
    if (property.nullable) {
      const why = 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable';
      errors.push(field.forbidden(where.child('nullable'), why));
    }
  }
}
