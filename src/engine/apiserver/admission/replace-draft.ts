/** What webhooks and policies make of an object takes its place. */
import { schemaFor } from '../../../api/schema.ts';
import { isJsonObject, type JsonObject } from '../../../apimachinery/json-value.ts';
import { copyJson, decodeObject } from '../codec/decode-object.ts';
import { markEmpties } from '../codec/empties.ts';
import type { WritableObject } from '../generic/operation.ts';
import type { ResourceDefinition } from '../registry/resource-definition.ts';
import { typeDefaults } from '../registry/defaults/type-defaults.ts';

/** Decodes and defaults a changed object, and puts it into the draft. @throws DecodeError */
export function replaceDraft(definition: ResourceDefinition, draft: WritableObject, changed: JsonObject): void {
  const { metadata: changedMeta, ...rest } = decoded(definition, changed);
  const { metadata } = draft;
  for (const key of Object.keys(draft)) if (key !== 'metadata' && !(key in rest)) delete draft[key];
  Object.assign(draft, rest);
  const meta = isJsonObject(changedMeta) ? changedMeta : {};
  for (const key of Object.keys(metadata)) if (!(key in meta)) delete metadata[key];
  Object.assign(metadata, meta);
  definition.strategy.defaults?.(draft as never);
}

function decoded(definition: ResourceDefinition, changed: JsonObject): Record<string, unknown> {
  const { kind, apiVersion } = changed;
  if (definition.custom) return { ...definition.custom.decode(changed).value, kind, apiVersion };
  const schema = definition.schema ?? schemaFor(definition);
  if (!schema) return copyJson(changed) as Record<string, unknown>;
  const { value, hasEmpties } = decodeObject(schema, changed, undefined, typeDefaults);
  if (hasEmpties) markEmpties(value);
  return { ...value, kind, apiVersion };
}
