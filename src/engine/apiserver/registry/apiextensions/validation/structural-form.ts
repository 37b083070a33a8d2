/**
 * Why a schema cannot be brought into structural form at all. Who cannot is not judged further in that form.
 *
 * Upstream: apiextensions-apiserver/pkg/apiserver/schema/convert.go NewStructural (v1.36)
 */
import { isJsonObject } from '../../../../../apimachinery/json-value.ts';
import { type Schema, subschema } from './structural.ts';

const unsupported: readonly (readonly [name: string, isUsed: (value: unknown) => boolean])[] = [
  ['id', (value) => value !== undefined && value !== ''],
  ['$schema', (value) => value !== undefined && value !== ''],
  ['$ref', (value) => value !== undefined && value !== ''],
  ['patternProperties', hasMembers],
  ['dependencies', hasMembers],
  ['additionalItems', (value) => value !== undefined],
  ['definitions', hasMembers],
];

function hasMembers(value: unknown): boolean {
  return isJsonObject(value) && Object.keys(value).length > 0;
}

/** The reason, in upstream's words; undefined for a schema that can. */
export function structuralFormError(schema: Schema): string | undefined {
  const members = schema as Readonly<Record<string, unknown>>;
  for (const [name, isUsed] of unsupported) {
    if (isUsed(members[name])) return `OpenAPIV3Schema '${name === '$schema' ? 'schema' : name}' is not supported`;
  }
  const { not, allOf = [], anyOf = [], oneOf = [] } = schema;
  const within = firstError([...(not ? [not] : []), ...allOf, ...anyOf, ...oneOf]);
  if (within !== undefined) return within;
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
  const items: unknown = schema.items;
  if (Array.isArray(items) && items.length > 0) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  const parts = [subschema(items), ...Object.values(schema.properties ?? {}), subschema(schema.additionalProperties)];
  return firstError(parts.filter((part) => part !== undefined));
}

function firstError(schemas: readonly Schema[]): string | undefined {
  for (const schema of schemas) {
    const error = structuralFormError(schema);
    if (error !== undefined) return error;
  }
  return undefined;
}
