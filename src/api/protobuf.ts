/**
 * Reads Kubernetes' protobuf encoding of built-in objects as the same plain objects that JSON gives. The server loads this for bodies of
 * `application/vnd.kubernetes.protobuf`; answers are JSON.
 *
 * A body is `k8s\0` and a runtime.Unknown {typeMeta {apiVersion, kind}, raw}. Upstream: apimachinery/pkg/runtime/serializer/protobuf (v1.36)
 */
import { encodeBase64 } from '../apimachinery/base64.ts';
import { protobufMessages, protobufPackages } from './generated/protobuf-facts.ts';
import { WireReader } from './protobuf-wire.ts';

export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

interface Field {
  readonly jsonName: string;
  readonly repetition: 'one' | 'repeated' | 'map';
  readonly presence: 'pointer' | 'always' | 'omitempty';
  /** `s b i y d`, or a message's key in the table. */
  readonly type: string;
}
type Message = ReadonlyMap<number, Field>;
type Json = Record<string, unknown>;

const magic = [0x6b, 0x38, 0x73, 0x00];

/** Message lines by `package.Message`, split once per decoder. */
export class ProtobufDecoder {
  readonly #lines = new Map<string, string>();
  readonly #messages = new Map<string, Message>();

  constructor() {
    for (const line of protobufMessages.split('\n')) {
      const space = line.indexOf(' ');
      if (line) this.#lines.set(space < 0 ? line : line.slice(0, space), space < 0 ? '' : line.slice(space + 1));
    }
  }

  /** @throws ProtobufError when the bytes are not such a body, or of a kind that is not known */
  decode(bytes: Uint8Array): Json {
    if (magic.some((byte, i) => bytes[i] !== byte))
      throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
    const { apiVersion, kind, raw } = readUnknown(bytes.subarray(4));
    const key = this.#keyOf(apiVersion, kind);
    if (key === undefined) throw new ProtobufError(`no kind "${kind}" is registered for version "${apiVersion}"`);
    return { apiVersion, kind, ...this.#read(key, raw) };
  }

  #keyOf(apiVersion: string, kind: string): string | undefined {
    const [version = '', group = ''] = apiVersion.split('/').reverse();
    const folder = group === '' ? 'core' : (group.split('.')[0] ?? '');
    const places = [
      `k8s.io.api.${folder}.${version}`,
      `k8s.io.apiextensions_apiserver.pkg.apis.${folder}.${version}`,
      `k8s.io.kube_aggregator.pkg.apis.${folder}.${version}`,
      'k8s.io.apimachinery.pkg.apis.meta.v1',
    ];
    for (const place of places) {
      const key = `${protobufPackages.indexOf(place)}.${kind}`;
      if (this.#lines.has(key)) return key;
    }
    return undefined;
  }

  #message(key: string): Message {
    let message = this.#messages.get(key);
    if (!message) this.#messages.set(key, (message = parseFields(this.#lines.get(key) ?? '')));
    return message;
  }

  #read(key: string, bytes: Uint8Array): Json {
    const out: Json = {};
    const reader = new WireReader(bytes);
    const fields = this.#message(key);
    while (!reader.done) {
      const { number, wire } = reader.tag();
      const field = fields.get(number);
      if (!field) reader.skip(wire);
      else this.#take(out, field, reader, wire);
    }
    return out;
  }

  #take(out: Json, field: Field, reader: WireReader, wire: number): void {
    if (field.repetition === 'map') {
      const map = ((out[field.jsonName] as Json | undefined) ??
        (out[field.jsonName] = Object.create(null) as Json)) as Json;
      const [name, value] = this.#entry(reader.bytes(), field.type);
      map[name] = value;
      return;
    }
    if (field.repetition === 'repeated') {
      const list = ((out[field.jsonName] as unknown[] | undefined) ?? (out[field.jsonName] = [])) as unknown[];
      if (wire === 2 && (field.type === 'i' || field.type === 'b')) {
        const packed = new WireReader(reader.bytes());
        while (!packed.done) list.push(packed.integer());
      } else list.push(this.#value(field.type, reader));
      return;
    }
    const value = this.#value(field.type, reader);
    if (value === undefined) return;
    if (field.jsonName === '') Object.assign(out, value);
    else if (field.presence !== 'omitempty' || !isZero(value)) out[field.jsonName] = value;
  }

  #entry(bytes: Uint8Array, type: string): [string, unknown] {
    const reader = new WireReader(bytes);
    let name = '';
    let value: unknown = type === 's' || type === 'y' ? '' : undefined;
    while (!reader.done) {
      const { number, wire } = reader.tag();
      if (number === 1) name = reader.text();
      else if (number === 2) value = this.#value(type, reader);
      else reader.skip(wire);
    }
    return [name, value];
  }

  #value(type: string, reader: WireReader): unknown {
    switch (type) {
      case 's':
        return reader.text();
      case 'b':
        return reader.integer() !== 0;
      case 'i':
        return reader.integer();
      case 'd':
        return reader.double();
      case 'y':
        return encodeBase64(reader.bytes());
      default:
        return this.#object(type.slice(1), reader.bytes());
    }
  }

  /** A message; some stand for something else in JSON. */
  #object(key: string, bytes: Uint8Array): unknown {
    const name = key.slice(key.indexOf('.') + 1);
    const special = specialMessages[name];
    if (special) return special(bytes, (text) => this.#read(text, bytes), key);
    return this.#read(key, bytes);
  }
}

type Special = (bytes: Uint8Array, read: (key: string) => Json, key: string) => unknown;

/** The only field of a one-field message, as it is read by `take`. */
function fieldOne<T>(bytes: Uint8Array, take: (reader: WireReader) => T): T | undefined {
  const reader = new WireReader(bytes);
  let found: T | undefined;
  while (!reader.done) {
    const { number, wire } = reader.tag();
    if (number === 1) found = take(reader);
    else reader.skip(wire);
  }
  return found;
}

function jsonOf(bytes: Uint8Array): unknown {
  const raw = fieldOne(bytes, (reader) => reader.text());
  return raw ? (JSON.parse(raw) as unknown) : undefined;
}

function timeOf(bytes: Uint8Array, micro: boolean): string | undefined {
  if (bytes.length === 0) return undefined;
  const reader = new WireReader(bytes);
  let seconds = 0;
  let nanos = 0;
  while (!reader.done) {
    const { number, wire } = reader.tag();
    if (number === 1) seconds = reader.integer();
    else if (number === 2) nanos = reader.integer();
    else reader.skip(wire);
  }
  const text = new Date(seconds * 1000).toISOString().slice(0, 19);
  return micro ? `${text}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z` : `${text}Z`;
}

const listOf: Special = (_bytes, read, key) => (read(key)['items'] as unknown[] | undefined) ?? [];
const schemaOr: Special = (_bytes, read, key) => {
  const { schema, allows, jSONSchemas, property } = read(key) as {
    schema?: unknown;
    allows?: boolean;
    jSONSchemas?: unknown;
    property?: unknown;
  };
  return schema ?? jSONSchemas ?? property ?? allows;
};

const specialMessages: Readonly<Record<string, Special>> = {
  Quantity: (bytes) => fieldOne(bytes, (reader) => reader.text()) ?? '0',
  IntOrString: (bytes) => intOrString(bytes),
  Time: (bytes) => timeOf(bytes, false),
  MicroTime: (bytes) => timeOf(bytes, true),
  Duration: (bytes) => fieldOne(bytes, (reader) => reader.integer()),
  RawExtension: jsonOf,
  FieldsV1: jsonOf,
  JSON: jsonOf,
  ExtraValue: listOf,
  Verbs: listOf,
  JSONSchemaPropsOrArray: schemaOr,
  JSONSchemaPropsOrBool: schemaOr,
  JSONSchemaPropsOrStringArray: schemaOr,
};

function intOrString(bytes: Uint8Array): number | string {
  const reader = new WireReader(bytes);
  let type = 0;
  let integer = 0;
  let text = '';
  while (!reader.done) {
    const { number, wire } = reader.tag();
    if (number === 1) type = reader.integer();
    else if (number === 2) integer = reader.integer();
    else if (number === 3) text = reader.text();
    else reader.skip(wire);
  }
  return type === 1 ? text : integer;
}

function readUnknown(bytes: Uint8Array): { apiVersion: string; kind: string; raw: Uint8Array } {
  const reader = new WireReader(bytes);
  let apiVersion = '';
  let kind = '';
  let raw: Uint8Array = new Uint8Array();
  while (!reader.done) {
    const { number, wire } = reader.tag();
    if (number === 1) {
      const type = new WireReader(reader.bytes());
      while (!type.done) {
        const inner = type.tag();
        if (inner.number === 1) apiVersion = type.text();
        else if (inner.number === 2) kind = type.text();
        else type.skip(inner.wire);
      }
    } else if (number === 2) raw = reader.bytes();
    else reader.skip(wire);
  }
  return { apiVersion, kind, raw };
}

function parseFields(line: string): Message {
  const fields = new Map<number, Field>();
  for (const match of line.matchAll(/(\d+)([*%?!]?)([^: ]*):(\S+)/g)) {
    const [, number, mark, jsonName = '', type = ''] = match;
    fields.set(Number(number), {
      jsonName,
      repetition: mark === '*' ? 'repeated' : mark === '%' ? 'map' : 'one',
      presence: mark === '?' ? 'pointer' : mark === '!' ? 'always' : 'omitempty',
      type,
    });
  }
  return fields;
}

const isZero = (value: unknown): boolean => value === '' || value === 0 || value === false;
