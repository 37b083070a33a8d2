/** Objects inside of objects. Upstream: apiextensions-apiserver/pkg/apiserver/schema/objectmeta/validation.go (v1.36) */
import * as field from '../../../apimachinery/field-error.ts';
import { isJsonObject, type JsonObject } from '../../../apimachinery/json-value.ts';
import type { ObjectMeta } from '../../../apimachinery/object-meta.ts';
import { parseGroupVersion } from '../../../apimachinery/resource-ref.ts';
import { isDNS1035Label, nameIsPathSegment } from '../../../apimachinery/validation.ts';
import { validateObjectMeta } from '../generic/object-meta-validation.ts';
import { additionalOf, type JsonSchema, propertyOf } from './json-schema.ts';

/** Complaints about embedded resources. */
export function validateEmbedded(
  schema: JsonSchema,
  value: unknown,
  path?: field.Path,
  isRoot = true,
): field.FieldError[] {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!items) return [];
    return value.flatMap((item: unknown, i) =>
      validateEmbedded(items, item, (path ?? field.newPath('')).index(i), false),
    );
  }
  if (!isJsonObject(value)) return [];
  const errors = schema['x-kubernetes-embedded-resource'] && !isRoot && path ? resourceErrors(value, path) : [];
  const additional = additionalOf(schema);
  for (const name of Object.keys(value)) {
    const property = propertyOf(schema, name);
    const inner = property ?? additional;
    if (!inner) continue;
    const at = property ? (path?.child(name) ?? field.newPath(name)) : (path ?? field.newPath('')).key(name);
    errors.push(...validateEmbedded(inner, value[name], at, false));
  }
  return errors;
}

function resourceErrors(value: JsonObject, path: field.Path): field.FieldError[] {
  const errors: field.FieldError[] = [];
  const apiVersion = value['apiVersion'];
  const at = path.child('apiVersion');
  if (typeof apiVersion !== 'string' || apiVersion === '') {
    errors.push(field.required(at));
  } else if (!parseGroupVersion(apiVersion)) {
    errors.push(field.invalid(at, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  }
  const kind = value['kind'];
  if (typeof kind !== 'string' || kind === '') errors.push(field.required(path.child('kind')));
  else {
    const complaints = isDNS1035Label(kind.toLowerCase());
    if (complaints.length > 0) {
      const why = `may have mixed case, but should otherwise match: ${complaints.join(',')}`;
      errors.push(field.invalid(path.child('kind'), kind, why));
    }
  }
  const { metadata } = value;
  if (!isJsonObject(metadata)) return errors;
  const meta = { name: 'x', ...metadata } as unknown as ObjectMeta;
  const namespaced = typeof metadata['namespace'] === 'string' && metadata['namespace'] !== '';
  return [...errors, ...validateObjectMeta(meta, namespaced, nameIsPathSegment, path.child('metadata'))];
}
