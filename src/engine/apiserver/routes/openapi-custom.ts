/**
 * The schema of a custom kind in OpenAPI documents: what its definition states, with the members every object has.
 * Version 2 cannot say all of it; what clients of that version would misread is left out.
 * Upstream: apiextensions-apiserver/pkg/controller/openapi/builder/builder.go, …/openapi/v2/conversion.go (v1.36)
 */
import { isJsonObject } from '../../../apimachinery/json-value.ts';
import type { CustomResource, ResourceDefinition } from '../registry/resource-definition.ts';

type Json = Record<string, unknown>;
type OpenApiVersion = 'v2' | 'v3';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const preserves = 'x-kubernetes-preserve-unknown-fields';
const intOrString = 'x-kubernetes-int-or-string';
const embedded = 'x-kubernetes-embedded-resource';
const flags = new Set([
  preserves,
  intOrString,
  embedded,
  'nullable',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'uniqueItems',
]);
const noReferences = new Set([
  '$ref',
  '$schema',
  'id',
  'definitions',
  'dependencies',
  'patternProperties',
  'additionalItems',
]);
const junctors = new Set(['allOf', 'anyOf', 'oneOf', 'not']);

/** Schemas of the kind and of its list, by their full names. */
export function customSchemas(
  definition: ResourceDefinition & { readonly custom: CustomResource },
  version: OpenApiVersion,
  refPrefix: string,
  texts: Texts = {},
): Json {
  const { group, kind, listKind, custom } = definition;
  const prefix = `${group.split('.').reverse().join('.')}.${definition.version}`;
  const extensions = (of: string): Json => ({
    'x-kubernetes-group-version-kind': [{ group, version: definition.version, kind: of }],
    ...(custom.openApi.selectableFields.length > 0
      ? { 'x-kubernetes-selectable-fields': custom.openApi.selectableFields.map((fieldPath) => ({ fieldPath })) }
      : {}),
  });
  return {
    [`${prefix}.${kind}`]: { ...kindSchema(custom, { version, refPrefix, texts }), ...extensions(kind) },
    [`${prefix}.${listKind}`]: {
      description: `${listKind} is a list of ${kind}`,
      type: 'object',
      required: ['items'],
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: { $ref: `${refPrefix}${meta}.ListMeta` },
        items: { type: 'array', items: { $ref: `${refPrefix}${prefix}.${kind}` } },
      },
      ...extensions(listKind),
    },
  };
}

function kindSchema({ openApi }: CustomResource, target: Target & { readonly texts: Texts }): Json {
  const { schema, preserveUnknownFields } = openApi;
  if (!schema) return { type: 'object' };
  if (target.version === 'v2' && (schema[preserves] === true || preserveUnknownFields)) return { type: 'object' };
  const published = publish(schema, target);
  return {
    ...published,
    properties: { ...objectOf(published['properties']), ...typeAndMeta(target, target.texts) },
  };
}

/** What is said of the members that every kind has. */
type Texts = Readonly<Record<string, string>>;

/** What upstream says of the metadata of every kind; the published client has no texts of members that refer to other types. */
export const objectMetadata =
  "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

const described = (description: string | undefined): Json => (description === undefined ? {} : { description });

function typeAndMeta({ version, refPrefix }: Target, texts: Texts = {}): Json {
  const ref = { $ref: `${refPrefix}${meta}.ObjectMeta` };
  // Nothing may stand beside a reference in version 3. Upstream: kube-openapi/pkg/builder3/util WrapRefs
  const wrapped = version === 'v3' ? { allOf: [ref] } : ref;
  return {
    apiVersion: { ...described(texts['apiVersion']), type: 'string' },
    kind: { ...described(texts['kind']), type: 'string' },
    metadata: texts['kind'] === undefined ? ref : { description: objectMetadata, ...wrapped },
  };
}

interface Target {
  readonly version: OpenApiVersion;
  readonly refPrefix: string;
}

function objectOf(value: unknown): Json {
  return isJsonObject(value) ? value : {};
}

/** One level of a structural schema and all below it. */
function publish(schema: Readonly<Json>, target: Target): Json {
  const out: Json = {};
  for (const [name, value] of Object.entries(unfold(schema))) {
    if (value === null || value === '' || noReferences.has(name) || (flags.has(name) && value !== true)) continue;
    out[name] = member(name, value, target);
  }
  const shaped = target.version === 'v2' ? withoutUnsupported(out, schema) : out;
  return withEmbedded(shaped, target);
}

function member(name: string, value: unknown, target: Target): unknown {
  if (name === 'properties') {
    const entries = Object.entries(objectOf(value)).map(([key, of]) => [key, publish(objectOf(of), target)]);
    return Object.fromEntries(entries);
  }
  return (name === 'items' || name === 'additionalProperties') && isJsonObject(value) ? publish(value, target) : value;
}

const eitherType = [{ type: 'integer' }, { type: 'string' }];

/** Spells out what "integer or string" means, unless the schema does so itself. Upstream: pkg/apiserver/schema/unfold.go */
function unfold(schema: Readonly<Json>): Readonly<Json> {
  if (schema[intOrString] !== true) return schema;
  const { anyOf, allOf } = schema;
  const all: readonly unknown[] = Array.isArray(allOf) ? allOf : [];
  if (isEitherType(anyOf) || isEitherType(objectOf(all[0])['anyOf'])) return schema;
  return anyOf === undefined ? { ...schema, anyOf: eitherType } : { ...schema, allOf: [{ anyOf: eitherType }, ...all] };
}

function isEitherType(value: unknown): boolean {
  return JSON.stringify(value) === JSON.stringify(eitherType);
}

/** Upstream: pkg/controller/openapi/v2/conversion.go ToStructuralOpenAPIV2 (v1.36) */
function withoutUnsupported(published: Json, schema: Readonly<Json>): Json {
  const { nullable, ...rest } = Object.fromEntries(Object.entries(published).filter(([name]) => !junctors.has(name)));
  let out: Json = rest;
  if (nullable === true || out[preserves] === true) {
    const { items: _, properties: __, ...untyped } = out;
    out = untyped;
  }
  const { type, ...typeless } = out;
  const lacksItems = type === 'array' && out['items'] === undefined;
  if (nullable === true || lacksItems || (out[preserves] === true && type === 'object')) out = typeless;
  return withoutRequiredNulls(out, schema);
}

/** A member that may be null is missing for clients of version 2, so it cannot be required. */
function withoutRequiredNulls(out: Json, schema: Readonly<Json>): Json {
  const { required, ...rest } = out;
  if (!Array.isArray(required)) return out;
  if (objectOf(schema['additionalProperties'])['nullable'] === true) return rest;
  const properties = out['properties'] === undefined ? {} : objectOf(schema['properties']);
  const kept = required.filter((name: unknown) => objectOf(properties[String(name)])['nullable'] !== true);
  return kept.length > 0 ? { ...rest, required: kept } : rest;
}

/** Upstream: builder.go addEmbeddedProperties (v1.36) */
function withEmbedded(out: Json, target: Target): Json {
  if (out[embedded] !== true || (target.version === 'v2' && out[preserves] === true)) return out;
  const required: readonly unknown[] = Array.isArray(out['required']) ? out['required'] : [];
  const missing = ['kind', 'apiVersion'].filter((name) => !required.includes(name));
  return {
    ...out,
    required: [...required, ...missing],
    properties: { ...objectOf(out['properties']), ...typeAndMeta(target) },
  };
}
