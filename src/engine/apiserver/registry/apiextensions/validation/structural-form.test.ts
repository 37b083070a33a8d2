import { expect, it } from 'vitest';
import type { Schema } from './structural.ts';
import { structuralFormError } from './structural-form.ts';

it.each<[name: string, schema: object, error: string | undefined]>([
  ['a plain schema', { type: 'object', properties: { a: { type: 'string' } } }, undefined],
  ['an empty map of definitions', { definitions: {} }, undefined],
  ['dependencies', { dependencies: { a: ['b'] } }, "OpenAPIV3Schema 'dependencies' is not supported"],
  [
    'additional items inside of items',
    { type: 'array', items: { additionalItems: true } },
    "OpenAPIV3Schema 'additionalItems' is not supported",
  ],
  ['$schema inside of not', { not: { $schema: 'x' } }, "OpenAPIV3Schema 'schema' is not supported"],
  [
    'a list of items in a property',
    { properties: { a: { items: [{}] } } },
    "OpenAPIV3Schema 'items' must be a schema, but is an array",
  ],
  [
    'unknown fields that are not preserved',
    { additionalProperties: { 'x-kubernetes-preserve-unknown-fields': false } },
    "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined",
  ],
])('%s', (_, schema, error) => expect(structuralFormError(schema as Schema)).toBe(error));
