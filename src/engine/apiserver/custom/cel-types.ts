/** Types and values of custom resources for rules. Upstream: apiextensions-apiserver/pkg/apiserver/schema/cel/model, apiserver/pkg/cel/common (v1.36) */
import { decodeBase64 } from '../../../apimachinery/base64.ts';
import type { CelType } from '../cel/cel-type.ts';
import {
  boolType,
  bytesType,
  doubleType,
  durationType,
  dynType,
  intType,
  listOf,
  mapOf,
  stringType,
  timestampType,
} from '../cel/cel-type.ts';
import { celOfJson } from '../cel/data.ts';
import { escapeName } from '../cel/escaping.ts';
import { CelDuration, CelMapList, CelObject, CelSetList, type CelValue } from '../cel/values.ts';
import { parseCelDuration, parseCelTimestamp } from '../cel/library/time.ts';
import { additionalOf, type JsonSchema, propertyOf } from './json-schema.ts';

const formatTypes: Readonly<Record<string, CelType>> = {
  byte: bytesType,
  duration: durationType,
  date: timestampType,
  'date-time': timestampType,
};

const objectMeta: JsonSchema = {
  type: 'object',
  properties: { name: { type: 'string' }, generateName: { type: 'string' } },
};

/** A schema with what every resource has. */
export function asResource(schema: JsonSchema): JsonSchema {
  const text = { type: 'string' };
  const properties = { ...schema.properties, apiVersion: text, kind: text, metadata: objectMeta };
  return { ...schema, type: 'object', properties };
}

/** The type of a schema; undefined for what expressions cannot see. */
export const celTypeOf = (schema: JsonSchema): CelType | undefined =>
  typeNamed(schema, `selfType${fingerprint(JSON.stringify(schema))}`);

/** Objects are named after the way to them. */
function typeNamed(schema: JsonSchema, name: string): CelType | undefined {
  if (schema['x-kubernetes-int-or-string']) return dynType;
  const whole = schema['x-kubernetes-embedded-resource'] ? asResource(schema) : schema;
  switch (whole.type) {
    case 'object': {
      const additional = additionalOf(whole);
      if (additional) {
        const value = typeNamed(additional, `${name}.@elem`);
        return value && mapOf(stringType, value);
      }
      return objectTypeOf(whole, name);
    }
    case 'array': {
      const element = whole.items && typeNamed(whole.items, `${name}.@idx`);
      return element && listOf(element);
    }
    case 'string':
      return formatTypes[whole.format ?? ''] ?? stringType;
    case 'integer':
      return intType;
    case 'number':
      return doubleType;
    case 'boolean':
      return boolType;
    default:
      return undefined;
  }
}

function objectTypeOf(schema: JsonSchema, typeName: string): CelType {
  const fields = new Map<string, CelType>();
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const escaped = escapeName(name);
    const type = escaped === undefined ? undefined : typeNamed(property, `${typeName}.${escaped}`);
    if (!type || escaped === undefined) continue;
    fields.set(escaped, type);
    if (name === 'namespace') fields.set(name, type);
  }
  return { kind: 'object', name: typeName, fields };
}

/** A value as expressions see it by its schema. */
export function celOfCustom(schema: JsonSchema, value: unknown): CelValue {
  if (value === null || value === undefined) return null;
  if (schema['x-kubernetes-int-or-string']) return celOfJson(value);
  const whole = schema['x-kubernetes-embedded-resource'] ? asResource(schema) : schema;
  if (Array.isArray(value)) return listValue(whole, value);
  if (typeof value === 'object') return objectValue(whole, value as Readonly<Record<string, unknown>>);
  if (typeof value === 'number') return whole.type === 'number' || !Number.isInteger(value) ? value : BigInt(value);
  if (typeof value === 'string') return textValue(whole, value);
  return value as CelValue;
}

function textValue({ format = '' }: JsonSchema, text: string): CelValue {
  switch (format) {
    case 'byte':
      return bytesOf(text) ?? text;
    case 'duration':
      return parseCelDuration(text) ?? new CelDuration(0n);
    case 'date':
      return parseCelTimestamp(`${text}T00:00:00Z`) ?? text;
    case 'date-time':
      return parseCelTimestamp(text) ?? text;
    default:
      return text;
  }
}

function bytesOf(text: string): Uint8Array | undefined {
  try {
    return decodeBase64(text);
  } catch {
    return undefined;
  }
}

function listValue(schema: JsonSchema, list: readonly unknown[]): CelValue {
  const { items = {} } = schema;
  const values = list.map((item) => celOfCustom(items, item));
  const listType = schema['x-kubernetes-list-type'];
  if (listType === 'set') return CelSetList.from(values) as CelSetList;
  if (listType !== 'map') return values;
  const keys = (schema['x-kubernetes-list-map-keys'] ?? []) as readonly string[];
  return CelMapList.keyed(
    values,
    keys.map((key) => escapeName(key) ?? key),
  );
}

function objectValue(schema: JsonSchema, object: Readonly<Record<string, unknown>>): CelValue {
  const additional = additionalOf(schema);
  const out = additional ? new Map<CelValue, CelValue>() : new CelObject();
  for (const [name, member] of Object.entries(object)) {
    if (additional) {
      out.set(name, celOfCustom(additional, member));
      continue;
    }
    const property = propertyOf(schema, name);
    const escaped = escapeName(name);
    if (!property || escaped === undefined || (member === null && !property.nullable)) continue;
    const value = celOfCustom(property, member);
    out.set(escaped, value);
    if (name === 'namespace') out.set(name, value);
  }
  return out;
}

/** A number that stands for a text (FNV-1a): upstream takes the time, which would differ from run to run. */
function fingerprint(text: string): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619);
  return hash >>> 0;
}
