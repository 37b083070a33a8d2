/** How large values of a schema can become, for the costs of rules. Upstream: apiserver/pkg/cel/common/schemas.go SchemaDeclType (v1.36) */
import type { Estimate } from '../cel/cost/estimate.ts';
import type { SizeEstimator } from '../cel/cost/static-cost.ts';
import { escapeName } from '../cel/escaping.ts';
import { asResource } from './cel-types.ts';
import { additionalOf, type JsonSchema } from './json-schema.ts';

/** The largest request that is accepted, in bytes. */
const maxRequestSizeBytes = 3 * 1024 * 1024;

export interface SizedType {
  /** Characters, items or entries at most. */
  readonly maxElements: number;
  /** The fewest bytes that a value takes as JSON. */
  readonly minSerializedSize: number;
  /** Of objects, by their names in expressions. */
  readonly fields?: ReadonlyMap<string, SizedType>;
  readonly key?: SizedType;
  readonly element?: SizedType;
}

const scalar = (minSerializedSize: number, maxElements = 0): SizedType => ({ maxElements, minSerializedSize });
const mapKey = scalar(2);
const anyText = maxRequestSizeBytes - 2;
const whole: Readonly<Record<string, SizedType>> = {
  boolean: scalar(4),
  number: scalar(1),
  integer: scalar(1),
};
const textFormats: Readonly<Record<string, SizedType>> = {
  duration: scalar(3, 32),
  date: scalar(12, 12),
  'date-time': scalar(21, 32),
};

/** The sizes of a schema's values; undefined for what expressions cannot see. */
export function sizedTypeOf(schema: JsonSchema, isRoot: boolean): SizedType | undefined {
  if (schema['x-kubernetes-int-or-string']) return scalar(1, textLength(schema, 4));
  const shown = isRoot ? asResource(schema) : schema;
  switch (shown.type) {
    case 'array':
      return sizedArray(shown);
    case 'object':
      return sizedObject(shown);
    case 'string':
      return sizedText(shown);
    default:
      return whole[shown.type ?? ''];
  }
}

const inner = (schema: JsonSchema): SizedType | undefined =>
  sizedTypeOf(schema, schema['x-kubernetes-embedded-resource'] === true);

function textLength({ maxLength }: JsonSchema, bytesEach: number): number {
  return maxLength === undefined ? anyText : Math.max(0, maxLength) * bytesEach;
}

function sizedText(schema: JsonSchema): SizedType {
  const { format = '', maxLength, enum: values = [] } = schema;
  if (format === 'byte') return scalar(2, textLength(schema, 1));
  const known = textFormats[format];
  if (known) return known;
  if (maxLength !== undefined || values.length === 0) return scalar(2, textLength(schema, 4));
  const lengths = values.map((value) => (typeof value === 'string' ? new TextEncoder().encode(value).length : 0));
  return scalar(2, Math.max(0, ...lengths));
}

function sizedArray({ items, maxItems }: JsonSchema): SizedType | undefined {
  const element = items && inner(items);
  if (!element) return undefined;
  const most = Math.floor((maxRequestSizeBytes - 2) / (element.minSerializedSize + 1));
  return { maxElements: maxItems === undefined ? most : Math.max(0, maxItems), minSerializedSize: 2, element };
}

function sizedObject(schema: JsonSchema): SizedType | undefined {
  const additional = additionalOf(schema);
  if (additional) {
    const element = inner(additional);
    if (!element) return undefined;
    const most = Math.floor((maxRequestSizeBytes - 2) / (element.minSerializedSize + 6));
    const { maxProperties } = schema;
    const maxElements = maxProperties === undefined ? most : Math.max(0, maxProperties);
    return { maxElements, minSerializedSize: 2, key: mapKey, element };
  }
  const fields = new Map<string, SizedType>();
  let minSerializedSize = 2;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const type = inner(property);
    if (!type) continue;
    const escaped = escapeName(name);
    if (escaped !== undefined) fields.set(escaped, type);
    if (!schema.required?.includes(name) || property.default !== undefined) continue;
    minSerializedSize += new TextEncoder().encode(name).length + type.minSerializedSize + 4;
  }
  return { maxElements: 0, minSerializedSize, fields };
}

/** Sizes by the path from `self` or `oldSelf`. Upstream: apiextensions schema/cel/compilation.go sizeEstimator */
export function sizeEstimator(root: SizedType): SizeEstimator {
  return ([, ...path]): Estimate | undefined => {
    let type: SizedType | undefined = root;
    for (const name of path) {
      if (name === '@items' || name === '@values') type = type?.element;
      else if (name === '@keys') type = type?.key;
      else type = type?.fields?.get(name);
    }
    return type && { min: 0, max: type.maxElements };
  };
}

/** How often a value can stand in a request at most. Upstream: maxCardinality */
export const maxCardinality = ({ minSerializedSize }: SizedType): number =>
  Math.floor(maxRequestSizeBytes / (minSerializedSize + 1));
