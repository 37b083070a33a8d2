/**
 * The OpenAPI v2 document in protobuf, the form in which kubectl and Helm ask for it.
 * Upstream: gnostic-models openapiv2 (the messages), kube-openapi/pkg/handler (v1.36)
 */
import { WireWriter } from '../../../api/protobuf-writer.ts';

type Json = Readonly<Record<string, unknown>>;

const subtype = 'com.github.proto-openapi.spec.v2';
/** What clients may ask for: by today's name, and by the one before. */
const accepted: ReadonlySet<string> = new Set([
  `application/${subtype}.v1.0+protobuf`,
  `application/${subtype}@v1.0+protobuf`,
]);

/** The content type of the document in protobuf. */
export const openApiV2Protobuf = `application/${subtype}.v1.0+protobuf`;

/** Whether a media type asks for the document in protobuf. */
export const isOpenApiV2Protobuf = (type: string): boolean => accepted.has(type);

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Any of gnostic: its YAML, of which JSON is a part. */
function writeAny(writer: WireWriter, field: number, value: unknown): void {
  writer.message(field, (any) => any.text(2, `${JSON.stringify(value)}\n`));
}

function writeNamed(writer: WireWriter, field: number, name: string, write: (inner: WireWriter) => void): void {
  writer.message(field, (named) => {
    named.text(1, name);
    named.message(2, write);
  });
}

function writeExtensions(writer: WireWriter, field: number, object: Json): void {
  for (const [name, value] of Object.entries(object)) {
    if (!name.startsWith('x-')) continue;
    writer.message(field, (named) => {
      named.text(1, name);
      writeAny(named, 2, value);
    });
  }
}

function writeNamedSchemas(writer: WireWriter, field: number, schemas: unknown): void {
  if (!isObject(schemas)) return;
  writer.message(field, (inner) => {
    for (const [name, schema] of Object.entries(schemas))
      writeNamed(inner, 1, name, (named) => writeSchema(named, schema as Json));
  });
}

const schemaTexts = [
  ['$ref', 1],
  ['format', 2],
  ['title', 3],
  ['description', 4],
  ['pattern', 13],
] as const;
const schemaNumbers = [
  ['multipleOf', 6],
  ['maximum', 7],
  ['minimum', 9],
] as const;
const schemaIntegers = [
  ['maxLength', 11],
  ['minLength', 12],
  ['maxItems', 14],
  ['minItems', 15],
  ['maxProperties', 17],
  ['minProperties', 18],
] as const;
const schemaFlags = [
  ['exclusiveMaximum', 8],
  ['exclusiveMinimum', 10],
  ['uniqueItems', 16],
  ['readOnly', 27],
] as const;

function writeSchema(writer: WireWriter, schema: Json): void {
  for (const [name, field] of schemaTexts) writer.text(field, textOf(schema[name]));
  for (const [name, field] of schemaNumbers) if (schema[name] !== undefined) writer.double(field, Number(schema[name]));
  for (const [name, field] of schemaIntegers)
    if (schema[name] !== undefined) writer.integer(field, Number(schema[name]));
  for (const [name, field] of schemaFlags) writer.flag(field, schema[name] === true);
  if (schema['default'] !== undefined) writeAny(writer, 5, schema['default']);
  for (const name of list(schema['required'])) writer.text(19, textOf(name));
  for (const value of list(schema['enum'])) writeAny(writer, 20, value);
  const { additionalProperties: more } = schema;
  if (isObject(more)) writer.message(21, (item) => item.message(1, (inner) => writeSchema(inner, more)));
  else if (typeof more === 'boolean') writer.message(21, (item) => item.flag(2, more));
  if (schema['type'] !== undefined)
    writer.message(22, (item) => {
      for (const type of list(schema['type'])) item.text(1, textOf(type));
    });
  if (schema['items'] !== undefined)
    writer.message(23, (item) => {
      for (const one of list(schema['items'])) item.message(1, (inner) => writeSchema(inner, one as Json));
    });
  for (const one of list(schema['allOf'])) writer.message(24, (inner) => writeSchema(inner, one as Json));
  writeNamedSchemas(writer, 25, schema['properties']);
  writeExtensions(writer, 31, schema);
}

const operationFields = [
  ['get', 2],
  ['put', 3],
  ['post', 4],
  ['delete', 5],
  ['patch', 8],
] as const;

function writeParameter(writer: WireWriter, parameter: Json): void {
  if (parameter['in'] === 'body') {
    writer.message(1, (body) => {
      body.text(2, textOf(parameter['name']));
      body.text(3, 'body');
      body.flag(4, parameter['required'] === true);
      body.message(5, (schema) => writeSchema(schema, parameter['schema'] as Json));
    });
    return;
  }
  writer.message(2, (other) =>
    other.message(3, (query) => {
      query.text(2, textOf(parameter['in']));
      query.text(4, textOf(parameter['name']));
      query.text(6, textOf(parameter['type']));
      query.flag(20, parameter['uniqueItems'] === true);
    }),
  );
}

function writeOperation(writer: WireWriter, operation: Json): void {
  for (const type of list(operation['produces'])) writer.text(6, textOf(type));
  for (const type of list(operation['consumes'])) writer.text(7, textOf(type));
  for (const one of list(operation['parameters']))
    writer.message(8, (item) => item.message(1, (parameter) => writeParameter(parameter, one as Json)));
  writer.message(9, (responses) => {
    for (const [code, response] of Object.entries(operation['responses'] as Json))
      writeNamed(responses, 1, code, (value) =>
        value.message(1, (inner) => inner.text(1, textOf((response as Json)['description']))),
      );
  });
  writeExtensions(writer, 13, operation);
}

function writePaths(writer: WireWriter, paths: unknown): void {
  if (!isObject(paths)) return;
  for (const [path, item] of Object.entries(paths))
    writeNamed(writer, 2, path, (inner) => {
      for (const [method, field] of operationFields) {
        const operation = (item as Json)[method];
        if (isObject(operation)) inner.message(field, (one) => writeOperation(one, operation));
      }
    });
}

/** The document's bytes. */
export function encodeOpenApiV2(document: Json): Uint8Array {
  const writer = new WireWriter();
  writer.text(1, textOf(document['swagger']));
  const info = isObject(document['info']) ? document['info'] : {};
  writer.message(2, (inner) => {
    inner.text(1, textOf(info['title']));
    inner.text(2, textOf(info['version']));
  });
  writer.message(8, (paths) => writePaths(paths, document['paths']));
  writeNamedSchemas(writer, 9, document['definitions']);
  return writer.finish();
}
