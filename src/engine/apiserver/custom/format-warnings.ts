/** Formats that a definition names and the server does not know. Upstream: apiextensions-apiserver/pkg/registry/customresourcedefinition/strategy.go (v1.36) */
import type * as apiextensionsv1 from '../../../api/apiextensions/v1.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import { isKnownFormat } from './formats.ts';
import { additionalOf, type JsonSchema } from './json-schema.ts';

const numeric: ReadonlySet<string> = new Set(['int32', 'int64', 'float', 'double']);

/** Warnings for a definition, one for each format, in order of their names. */
export function formatWarnings({ spec }: apiextensionsv1.CustomResourceDefinition): readonly string[] {
  const unknown = new Set<string>();
  for (const { schema } of spec?.versions ?? []) collect(schema?.openAPIV3Schema as JsonSchema | undefined, unknown);
  return [...unknown].sort().map((format) => `unrecognized format ${quote(format)}`);
}

function collect(schema: JsonSchema | undefined, unknown: Set<string>): void {
  if (!schema) return;
  const { format = '', items, properties } = schema;
  if (format !== '' && !numeric.has(format) && !isKnownFormat(format)) unknown.add(format);
  collect(items, unknown);
  collect(additionalOf(schema), unknown);
  for (const property of Object.values(properties ?? {})) collect(property, unknown);
}
