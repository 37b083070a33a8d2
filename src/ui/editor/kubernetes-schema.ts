/**
 * One JSON Schema for every kind: the facts of `src/api/schema.ts` with the published client's descriptions. The editor's language
 * server completes, explains and checks with it.
 */
import { describedAs, type FieldDescriptions } from '../../api/field-descriptions.ts';
import { kinds } from '../../api/generated/facts.ts';
import { schemaOfDefinition } from '../../api/schema.ts';
import type { SchemaField, SchemaNode } from '../../apimachinery/schema-node.ts';

export interface JsonSchema {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  description?: string;
  pattern?: string;
  $ref?: string;
  allOf?: JsonSchema[];
  if?: JsonSchema;
  then?: JsonSchema;
  definitions?: Record<string, JsonSchema>;
  title?: string;
  format?: string;
}

/** A kind that comes from a CustomResourceDefinition: its version's OpenAPI schema. */
export interface CustomKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly schema: JsonSchema;
}

/** Kinds that a person writes: with metadata, not a list. */
export function writableKinds(): readonly {
  readonly apiVersion: string;
  readonly kind: string;
  readonly definition: string;
}[] {
  const out: { apiVersion: string; kind: string; definition: string }[] = [];
  for (const [key, definition] of Object.entries(kinds)) {
    const [group = '', version = '', kind = ''] = key.split('/');
    const fields = schemaOfDefinition(definition)?.fields;
    if (!fields?.has('metadata') || fields.has('items')) continue;
    out.push({ apiVersion: group === '' ? version : `${group}/${version}`, kind, definition });
  }
  return out;
}

export function buildSchema(descriptions: FieldDescriptions, custom: readonly CustomKind[] = []): JsonSchema {
  const definitions: Record<string, JsonSchema> = {};
  const written = writableKinds();
  const pending = written.map(({ definition }) => definition);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (definitions[keyOf(name)]) continue;
    definitions[keyOf(name)] = definitionOf(name, descriptions, (other) => pending.push(other));
  }
  const branches = written.map(({ apiVersion, kind, definition }) =>
    branch(apiVersion, kind, { $ref: referenceTo(definition) }),
  );
  const customs = custom.map(({ apiVersion, kind, schema }) => branch(apiVersion, kind, schema));
  const unique = (values: readonly string[]) => [...new Set(values)].sort();
  return {
    title: 'Kubernetes object',
    type: 'object',
    required: ['apiVersion', 'kind'],
    properties: {
      apiVersion: {
        type: 'string',
        enum: unique([...written, ...custom].map((each) => each.apiVersion)),
        description: 'The group and version of the object.',
      },
      kind: {
        type: 'string',
        enum: unique([...written, ...custom].map((each) => each.kind)),
        description: 'What the object is.',
      },
    },
    allOf: [...branches, ...customs],
    definitions,
  };
}

/** A slash would be a step of the JSON pointer. */
const keyOf = (name: string) => name.replaceAll('/', '.');
const referenceTo = (name: string) => `#/definitions/${keyOf(name)}`;

const branch = (apiVersion: string, kind: string, then: JsonSchema): JsonSchema => ({
  if: { required: ['apiVersion', 'kind'], properties: { apiVersion: { const: apiVersion }, kind: { const: kind } } },
  then,
});

function definitionOf(name: string, descriptions: FieldDescriptions, use: (name: string) => void): JsonSchema {
  const node = schemaOfDefinition(name);
  if (!node) return {};
  const texts = describedAs(name, descriptions) ?? {};
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const field of node.fields.values()) {
    // The status is the server's: a manifest need not explain it, and what is written there is not applied.
    properties[field.name] = fieldOf(field, texts[field.name] ?? textOfType(field, descriptions), use);
    if (field.required && field.name !== 'status') required.push(field.name);
  }
  return {
    type: 'object',
    properties,
    additionalProperties: false,
    ...(required.length > 0 ? { required } : {}),
    ...(texts[''] ? { description: texts[''] } : {}),
  };
}

function textOfType({ node }: SchemaField, descriptions: FieldDescriptions): string | undefined {
  return node.type === 'object' ? describedAs(node.name, descriptions)?.[''] : undefined;
}

function fieldOf(field: SchemaField, text: string | undefined, use: (name: string) => void): JsonSchema {
  const schema = schemaOf(field.node, use);
  const isPlain = field.default !== undefined && (typeof field.default !== 'object' || field.default === null);
  const lines = [text ?? '', isPlain ? `Default: ${JSON.stringify(field.default)}` : ''].filter((line) => line !== '');
  const about = lines.length > 0 ? { description: lines.join('\n\n') } : {};
  // A reference stands alone in this draft: what is said of it goes beside it in an allOf.
  return schema.$ref === undefined ? { ...schema, ...about } : { allOf: [schema], ...about };
}

const quantityPattern = '^[+-]?([0-9]+|[0-9]+\\.[0-9]*|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$';

function schemaOf(node: SchemaNode, use: (name: string) => void): JsonSchema {
  switch (node.type) {
    case 'object':
      use(node.name);
      return { $ref: referenceTo(node.name) };
    case 'array':
      return { type: ['array', 'null'], items: schemaOf(node.items, use) };
    case 'map':
      return { type: ['object', 'null'], additionalProperties: schemaOf(node.values, use) };
    case 'any':
      return {};
    case 'integer':
    case 'number':
    case 'boolean':
      return { type: node.type };
    case 'int-or-string':
      return { type: ['integer', 'string'] };
    case 'quantity':
      return { type: ['string', 'number'], pattern: quantityPattern };
    default:
      return { type: 'string', ...(node.enum ? { enum: [...node.enum] } : {}) };
  }
}
