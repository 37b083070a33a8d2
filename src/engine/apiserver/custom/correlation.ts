/** Which part of an object's former state belongs to a part of the present one. Upstream: apiserver/pkg/cel/common/equality.go CorrelatedObject (v1.36) */
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { isJsonObject } from '../../../apimachinery/json-value.ts';
import { additionalOf, propertyOf, type JsonSchema } from './json-schema.ts';

/** A former value; what has none has no correlation. */
export interface Correlated {
  readonly value: unknown;
}

/** The former value of a member that both states have and that the schema knows. */
export function correlatedMember(
  schema: JsonSchema,
  name: string,
  value: Readonly<Record<string, unknown>>,
  old: unknown,
): Correlated | undefined {
  if (!isJsonObject(old) || !Object.hasOwn(old, name) || !Object.hasOwn(value, name)) return undefined;
  return propertyOf(schema, name) || additionalOf(schema) ? { value: old[name] } : undefined;
}

/** The former item under the same keys; items of other lists than maps have none. */
export function correlatedItem(schema: JsonSchema, item: unknown, old: unknown): Correlated | undefined {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(old) || !isJsonObject(item)) return undefined;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const same = (other: unknown) => isJsonObject(other) && keys.every((key) => deepEqual(other[key], item[key]));
  const found = (old as readonly unknown[]).find(same);
  return found === undefined ? undefined : { value: found };
}
