import { expect, it } from 'vitest';
import type { CustomResource, ResourceDefinition } from '../registry/resource-definition.ts';
import { customSchemas, objectMetadata } from './openapi-custom.ts';

const preserve = { 'x-kubernetes-preserve-unknown-fields': true };
const meta = { $ref: '#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' };

function published(schema: Record<string, unknown> | undefined, version: 'v2' | 'v3'): unknown {
  const definition = {
    group: 'a.example.com',
    version: 'v1',
    kind: 'Foo',
    listKind: 'FooList',
    custom: { openApi: { ...(schema ? { schema } : {}), preserveUnknownFields: false, selectableFields: [] } },
  } as unknown as ResourceDefinition & { readonly custom: CustomResource };
  const { 'x-kubernetes-group-version-kind': _, ...rest } = customSchemas(definition, version, '#/definitions/')[
    'com.example.a.v1.Foo'
  ] as Record<string, unknown>;
  const {
    metadata: found,
    apiVersion: __,
    kind: ___,
    ...properties
  } = (rest['properties'] ?? {}) as Record<string, unknown>;
  if (rest['properties']) expect(found).toEqual(meta);
  return rest['properties'] ? { ...rest, properties } : rest;
}

const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });

it.each([
  { name: 'no schema', schema: undefined, v2: { type: 'object' }, v3: { type: 'object' } },
  {
    name: 'descriptions and rules stay',
    schema: object({ a: { type: 'string', enum: ['x'], pattern: 'x' } }, { description: 'Foo', required: ['a'] }),
    v2: object({ a: { type: 'string', enum: ['x'], pattern: 'x' } }, { description: 'Foo', required: ['a'] }),
    v3: object({ a: { type: 'string', enum: ['x'], pattern: 'x' } }, { description: 'Foo', required: ['a'] }),
  },
  {
    name: 'version 2 says nothing of a kind that keeps what it does not know',
    schema: object({ a: { type: 'string' } }, preserve),
    v2: { type: 'object' },
    v3: object({ a: { type: 'string' } }, preserve),
  },
  {
    name: 'version 2 forgets the members of a field that keeps what it does not know',
    schema: object({ spec: object({ a: { type: 'object' } }, { description: 'Spec', ...preserve }) }),
    v2: object({ spec: { description: 'Spec', ...preserve } }),
    v3: object({ spec: object({ a: { type: 'object' } }, { description: 'Spec', ...preserve }) }),
  },
  {
    name: 'what may be null has no type in version 2 and is not required there',
    schema: object({ a: { type: 'string', nullable: true }, b: { type: 'string' } }, { required: ['a', 'b'] }),
    v2: object({ a: {}, b: { type: 'string' } }, { required: ['b'] }),
    v3: object({ a: { type: 'string', nullable: true }, b: { type: 'string' } }, { required: ['a', 'b'] }),
  },
  {
    name: 'integer or string is spelled out in version 3',
    schema: object({ a: { 'x-kubernetes-int-or-string': true } }),
    v2: object({ a: { 'x-kubernetes-int-or-string': true } }),
    v3: object({ a: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] } }),
  },
])('$name', ({ schema, v2, v3 }) => {
  expect(published(schema, 'v2')).toEqual(v2);
  expect(published(schema, 'v3')).toEqual(v3);
});

it('tells what metadata is, where the host has texts; version 3 has nothing beside a reference', () => {
  const metadataIn = (version: 'v2' | 'v3') => {
    const definition = {
      group: 'a.example.com',
      version: 'v1',
      kind: 'Foo',
      listKind: 'FooList',
      custom: { openApi: { schema: { type: 'object' }, preserveUnknownFields: false, selectableFields: [] } },
    } as unknown as ResourceDefinition & { readonly custom: CustomResource };
    const schemas = customSchemas(definition, version, '#/definitions/', { kind: 'What kind it is.' });
    return (schemas['com.example.a.v1.Foo'] as { properties: Record<string, object> }).properties['metadata'];
  };
  expect(metadataIn('v2')).toEqual({ ...meta, description: objectMetadata });
  expect(metadataIn('v3')).toEqual({ allOf: [meta], description: objectMetadata });
});
