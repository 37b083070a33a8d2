import { expect, it } from 'vitest';
import { Sim } from '../../sim/sim.ts';
import { createApiServer } from '../api-server.ts';
import { openApiDocument, openApiV2 } from './openapi.ts';

type Schema = { readonly properties: Readonly<Record<string, unknown>> };

const server = createApiServer({ sim: new Sim({ seed: 'openapi' }) });
const v3 = openApiDocument(server.resources, { group: '', version: 'v1' }) as unknown as {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};
const v2 = openApiV2(server.resources) as unknown as { readonly definitions: Readonly<Record<string, Schema>> };
const ref = (name: string) => ({ $ref: `#/components/schemas/io.k8s.${name}` });

// As the real server publishes them.
it.each([
  ['api.core.v1.ServicePort', 'port', { type: 'integer', format: 'int32', default: 0 }],
  ['api.core.v1.ServicePort', 'protocol', { type: 'string', default: 'TCP', enum: ['SCTP', 'TCP', 'UDP'] }],
  ['api.core.v1.ServicePort', 'targetPort', { allOf: [ref('apimachinery.pkg.util.intstr.IntOrString')] }],
  ['api.core.v1.Event', 'involvedObject', { default: {}, allOf: [ref('api.core.v1.ObjectReference')] }],
  ['api.core.v1.Event', 'related', { allOf: [ref('api.core.v1.ObjectReference')] }],
  ['api.core.v1.Event', 'eventTime', { allOf: [ref('apimachinery.pkg.apis.meta.v1.MicroTime')] }],
  ['api.core.v1.ConfigMap', 'data', { type: 'object', additionalProperties: { type: 'string', default: '' } }],
  [
    'api.core.v1.ConfigMapList',
    'items',
    { type: 'array', items: { default: {}, allOf: [ref('api.core.v1.ConfigMap')] } },
  ],
  [
    'apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry',
    'fieldsV1',
    { allOf: [ref('apimachinery.pkg.apis.meta.v1.FieldsV1')] },
  ],
])('%s.%s', (name, property, expected) => {
  expect(v3.components.schemas[`io.k8s.${name}`]?.properties[property]).toEqual(expected);
});

it('has no defaults in version 2', () => {
  const properties = v2.definitions['io.k8s.api.core.v1.ServicePort']?.properties;
  expect(properties?.['port']).toEqual({ type: 'integer', format: 'int32' });
  expect(properties?.['protocol']).toEqual({ type: 'string', enum: ['SCTP', 'TCP', 'UDP'] });
});

it('has no empty lists', () => {
  const empty = (value: unknown, path: string): string[] => {
    if (typeof value !== 'object' || value === null) return [];
    if (Array.isArray(value) && value.length === 0) return [path];
    return Object.entries(value).flatMap(([key, member]) => empty(member, `${path}/${key}`));
  };
  expect(empty(v3, '')).toEqual([]);
});
