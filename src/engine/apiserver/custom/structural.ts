/**
 * What a structural schema does to an object before it is validated: prune, coerce metadata, default; and the schema as patches and apply
 * see it. Upstream: apiextensions-apiserver/pkg/apiserver/schema (v1.36)
 */
import { schemaFor, schemaOfDefinition } from '../../../api/schema.ts';
import { isJsonObject, setMember, type JsonObject } from '../../../apimachinery/json-value.ts';
import type {
  AnyNode,
  ObjectNode,
  ScalarNode,
  ScalarType,
  SchemaField,
  SchemaNode,
} from '../../../apimachinery/schema-node.ts';
import { DecodeError } from '../codec/decode-error.ts';
import { copyJson, decodeObject } from '../codec/decode-object.ts';
import { dropEmpties, markEmpties } from '../codec/empties.ts';
import { additionalOf, keepsUnknown, propertyOf, type JsonSchema } from './json-schema.ts';

interface Pruning {
  readonly unknown: string[];
  /** Of embedded objects' metadata: reported after the others. */
  readonly unknownMeta: string[];
}

/** An object pruned, coerced and defaulted, and the paths of what the schema does not know. */
export interface Coerced {
  readonly value: Record<string, unknown>;
  readonly unknownFields: readonly string[];
}

const typeMembers: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** @throws DecodeError for metadata of wrong types */
export function coerce(schema: JsonSchema, input: JsonObject): Coerced {
  const pruning: Pruning = { unknown: [], unknownMeta: [] };
  const value = visitObject(schema, input, '', pruning, true) as Record<string, unknown>;
  const { metadata } = input;
  if (metadata !== undefined && metadata !== null) {
    const meta = coerceMeta(metadata, '');
    value['metadata'] = meta.value;
    pruning.unknownMeta.unshift(...meta.unknownFields.map((path) => `metadata.${path}`));
  }
  return { value, unknownFields: [...pruning.unknown.sort(), ...pruning.unknownMeta] };
}

function coerceMeta(metadata: unknown, path: string): Coerced {
  const node = schemaOfDefinition('meta/v1.ObjectMeta');
  if (!node || !isJsonObject(metadata)) {
    throw new DecodeError(`json: cannot unmarshal ${typeof metadata} into Go value of type v1.ObjectMeta`);
  }
  try {
    const decoded = decodeObject(node, metadata);
    if (decoded.hasEmpties) markEmpties(decoded.value);
    dropEmpties(node, decoded.value);
    return decoded;
  } catch (error) {
    if (error instanceof DecodeError && path !== '') {
      throw new DecodeError(`${path}: Invalid value: ${JSON.stringify(metadata)}: ${error.message}`);
    }
    throw error;
  }
}

function visit(schema: JsonSchema, value: unknown, path: string, pruning: Pruning): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return value.map((item, i) => (items ? visit(items, item, `${path}[${i}]`, pruning) : copyJson(item as unknown)));
  }
  return isJsonObject(value)
    ? visitObject(schema, value, path, pruning, schema['x-kubernetes-embedded-resource'] === true)
    : plainNumber(value);
}

/** A whole number beyond the exact ones of JavaScript comes as a bigint. */
const plainNumber = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);

function visitObject(
  schema: JsonSchema,
  input: JsonObject,
  path: string,
  pruning: Pruning,
  isResource: boolean,
): unknown {
  const out: Record<string, unknown> = {};
  const additional = additionalOf(schema);
  for (const key of Object.keys(input)) {
    const value = input[key];
    if (value === undefined) continue;
    const at = path === '' ? key : `${path}.${key}`;
    if (isResource && typeMembers.has(key)) {
      if (key !== 'metadata' || path === '') setMember(out, key, value);
      else if (value !== null) {
        const meta = coerceMeta(value, at);
        pruning.unknownMeta.push(...meta.unknownFields.map((unknown) => `${at}.${unknown}`));
        setMember(out, key, meta.value);
      }
      continue;
    }
    const property = propertyOf(schema, key) ?? additional;
    if (property) {
      if (value === null && !property.nullable) {
        if (propertyOf(schema, key) === undefined) setMember(out, key, null);
        continue;
      }
      setMember(out, key, visit(property, value, at, pruning));
    } else if (keepsUnknown(schema)) setMember(out, key, copyJson(value));
    else pruning.unknown.push(at);
  }
  setDefaults(schema, out, path, pruning);
  return out;
}

function setDefaults(schema: JsonSchema, out: Record<string, unknown>, path: string, pruning: Pruning): void {
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    if (property.default === undefined || Object.hasOwn(out, key)) continue;
    setMember(out, key, visit(property, property.default, path === '' ? key : `${path}.${key}`, pruning));
  }
}

const anyNode: AnyNode = { type: 'any', mapType: 'granular' };
const scalars: Readonly<Record<string, ScalarType>> = {
  string: 'string',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
};

function fieldOf(name: string, schema: JsonSchema, required: boolean): SchemaField {
  return {
    name,
    goName: name,
    node: nodeOf(schema),
    required,
    alwaysEncoded: false,
    pointer: true,
    nullable: schema.nullable ?? false,
    default: undefined,
    patchMergeKey: undefined,
    patchStrategy: [],
  };
}

function objectNode(schema: JsonSchema, extra: readonly SchemaField[] = []): ObjectNode {
  const required = new Set(schema.required ?? []);
  const own = Object.entries(schema.properties ?? {}).map(([name, property]) =>
    fieldOf(name, property, required.has(name)),
  );
  const fields = new Map([...own, ...extra].map((one) => [one.name, one]));
  const mapType = schema['x-kubernetes-map-type'] === 'atomic' ? 'atomic' : 'granular';
  return { type: 'object', name: '', fields, mapType, preserveUnknownFields: keepsUnknown(schema), unions: [] };
}

function nodeOf(schema: JsonSchema): SchemaNode {
  if (schema['x-kubernetes-int-or-string']) return { type: 'int-or-string', format: 'int-or-string', enum: undefined };
  const additional = additionalOf(schema);
  if (schema.type === 'object') {
    if (additional) {
      const mapType = schema['x-kubernetes-map-type'] === 'atomic' ? 'atomic' : 'granular';
      return { type: 'map', values: nodeOf(additional), mapType };
    }
    const extra = schema['x-kubernetes-embedded-resource'] ? typeFields() : [];
    return objectNode(schema, extra);
  }
  if (schema.type === 'array') {
    const listType = schema['x-kubernetes-list-type'];
    return {
      type: 'array',
      items: schema.items ? nodeOf(schema.items) : anyNode,
      listType: listType === 'set' || listType === 'map' ? listType : 'atomic',
      listMapKeys: schema['x-kubernetes-list-map-keys'] ?? [],
    };
  }
  const scalar = schema.type === undefined ? undefined : scalars[schema.type];
  if (scalar === undefined) return anyNode;
  const node: ScalarNode = { type: scalar, format: schema.format ?? '', enum: undefined };
  return node;
}

/** `apiVersion`, `kind` and `metadata`, as every object has them. */
function typeFields(): SchemaField[] {
  const pod = schemaFor({ group: '', version: 'v1', kind: 'Pod' });
  return ['apiVersion', 'kind', 'metadata'].flatMap((name) => pod?.fields.get(name) ?? []);
}

/** The shape of a custom resource, for patches and server-side apply. */
export function schemaNodeOf(schema: JsonSchema): ObjectNode {
  return objectNode(schema, typeFields());
}
