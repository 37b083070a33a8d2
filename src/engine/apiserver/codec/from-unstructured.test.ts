import { describe, expect, it } from 'vitest';
import { schemaOfDefinition } from '../../../api/schema.ts';
import type { SchemaNode } from '../../../apimachinery/schema-node.ts';
import { fromUnstructuredError, wrapIntegers } from './from-unstructured.ts';

function schema(name: string): SchemaNode {
  const node = schemaOfDefinition(name);
  if (!node) throw new Error(`no schema ${name}`);
  return node;
}

describe('fromUnstructuredError', () => {
  it.each<[name: string, kind: string, value: object, error: string | undefined]>([
    ['good bytes', 'core/v1.Secret', { data: { a: 'eA==' } }, undefined],
    [
      'bad bytes',
      'core/v1.Secret',
      { data: { a: '$$' } },
      'error decoding from json: illegal base64 data at input byte 0',
    ],
    [
      'too much behind the padding',
      'core/v1.Secret',
      { data: { a: 'xYg==' } },
      'error decoding from json: illegal base64 data at input byte 4',
    ],
    ['numbers for bytes', 'core/v1.Secret', { data: { a: 5 } }, 'cannot restore slice from int64'],
    [
      'a number for a time',
      'coordination/v1.LeaseSpec',
      { acquireTime: 5 },
      'json: cannot unmarshal number into Go value of type string',
    ],
    [
      'a fraction for a port',
      'core/v1.HTTPGetAction',
      { port: 1.5 },
      'json: cannot unmarshal number 1.5 into Go value of type int32',
    ],
    [
      'what stands first in the struct',
      'core/v1.Container',
      { lifecycle: 'x', resources: { limits: { cpu: '' } } },
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      'items of named strings',
      'core/v1.PersistentVolumeClaimSpec',
      { accessModes: [5] },
      'cannot convert int64 to v1.PersistentVolumeAccessMode',
    ],
    ['a fraction', 'core/v1.ContainerPort', { containerPort: 80.5 }, 'cannot convert float64 to int32'],
  ])('%s', (_, kind, value, error) => expect(fromUnstructuredError(schema(kind), value)).toBe(error));

  it('cuts integers to the size of their fields', () => {
    const value = {
      containers: [{ ports: [{ containerPort: 99_999_999_999 }] }],
      terminationGracePeriodSeconds: 2 ** 40,
    };
    expect(wrapIntegers(schema('core/v1.PodSpec'), value)).toEqual({
      containers: [{ ports: [{ containerPort: 1_215_752_191 }] }],
      terminationGracePeriodSeconds: 2 ** 40,
    });
  });
});
