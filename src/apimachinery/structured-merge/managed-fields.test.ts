import { describe, expect, it } from 'vitest';
import type { ArrayNode, MapNode, ObjectNode, ScalarNode, SchemaField, SchemaNode } from '../schema-node.ts';
import { isConflict } from '../status-error.ts';
import { FieldSet } from './field-set.ts';
import {
  applyManagedFields,
  decodeManagedFields,
  emptyManaged,
  encodeManagedFields,
  updateManagedFields,
} from './managed-fields.ts';
import type { Managed } from './managed-fields.ts';
import { toFieldSet } from './to-field-set.ts';
import type { TypedObject } from './updater.ts';
import { validateTyped } from './validate.ts';

const text: ScalarNode = { type: 'string', format: '', enum: undefined };
const number: ScalarNode = { type: 'integer', format: 'int32', enum: undefined };
const labels: MapNode = { type: 'map', values: text, mapType: 'granular' };

function object(fields: Record<string, SchemaNode>): ObjectNode {
  const entries = Object.entries(fields).map(([name, node]): [string, SchemaField] => {
    const flags = { required: false, alwaysEncoded: false, pointer: false, nullable: true };
    const initial = name === 'protocol' ? 'TCP' : undefined;
    return [
      name,
      { name, goName: name, node, ...flags, default: initial, patchMergeKey: undefined, patchStrategy: [] },
    ];
  });
  const rest = { name: 'test/v1.Thing', mapType: 'granular', preserveUnknownFields: false, unions: [] } as const;
  return { type: 'object', fields: new Map(entries), ...rest };
}

function list(items: SchemaNode, listMapKeys?: string[]): ArrayNode {
  const listType = listMapKeys === undefined ? 'atomic' : listMapKeys.length === 0 ? 'set' : 'map';
  return { type: 'array', items, listType, listMapKeys: listMapKeys ?? [] };
}

const schema = object({
  apiVersion: text,
  kind: text,
  metadata: object({ name: text, labels }),
  spec: object({
    replicas: number,
    ports: list(object({ port: number, protocol: text, name: text }), ['port', 'protocol']),
    tags: list(text, []),
    args: list(text),
  }),
});
const base = { apiVersion: 'v1', kind: 'Thing' };

class Thing {
  value: unknown = base;
  managed: Managed = emptyManaged();

  #write(manager: string) {
    const live = { value: this.value, schema };
    const time = '2024-01-01T00:00:00Z';
    return { live, managed: this.managed, manager, apiVersion: 'v1', time, convert: (object: TypedObject) => object };
  }

  update(manager: string, fields: object): this {
    const value = { ...base, ...fields };
    this.managed = updateManagedFields(this.#write(manager), { value, schema }, this.value === base);
    this.value = value;
    return this;
  }

  apply(manager: string, fields: object, force = false): this {
    const result = applyManagedFields(this.#write(manager), { ...base, ...fields }, base, force);
    this.managed = result.managed;
    this.value = result.value ?? this.value;
    return this;
  }

  get owners(): unknown[] {
    return encodeManagedFields(this.managed).map((entry) => [entry.manager, entry.operation, entry.fieldsV1]);
  }
}

describe('toFieldSet', () => {
  it('names leaves, items, keys of maps and atomic lists', () => {
    const spec = { replicas: 1, ports: [{ port: 80 }], tags: ['a'], args: ['x'] };
    const value = { metadata: { name: 'n', labels: { a: 'b' } }, spec };
    expect(toFieldSet(schema, value).toFieldsV1()).toEqual({
      'f:metadata': { 'f:labels': { 'f:a': {} }, 'f:name': {} },
      'f:spec': {
        'f:args': {},
        'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } },
        'f:replicas': {},
        'f:tags': { 'v:"a"': {} },
      },
    });
  });

  it('is read back as it was written', () => {
    const set = toFieldSet(schema, { metadata: { labels: {} }, spec: { ports: [{ port: 80, protocol: 'UDP' }] } });
    expect(FieldSet.fromFieldsV1(set.toFieldsV1()).equals(set)).toBe(true);
  });
});

describe('update and apply', () => {
  it('give fields to who wrote them last', () => {
    const thing = new Thing()
      .update('a', { spec: { replicas: 1, tags: ['x'] } })
      .update('b', { spec: { replicas: 2, tags: ['x'] } });
    expect(thing.owners).toEqual([
      ['a', 'Update', { 'f:spec': { '.': {}, 'f:tags': { '.': {}, 'v:"x"': {} } } }],
      ['b', 'Update', { 'f:spec': { 'f:replicas': {} } }],
    ]);
  });

  it('merges what several apply, and removes what one no longer wants', () => {
    const thing = new Thing()
      .apply('a', { spec: { ports: [{ port: 80, name: 'x' }], replicas: 1 } })
      .apply('b', { spec: { ports: [{ port: 81 }] } });
    expect(thing.value).toMatchObject({ spec: { ports: [{ port: 80, name: 'x' }, { port: 81 }], replicas: 1 } });
    thing.apply('a', { spec: { replicas: 1 } });
    expect(thing.value).toMatchObject({ spec: { ports: [{ port: 81 }], replicas: 1 } });
  });

  it('refuse to change fields of others unless forced', () => {
    const thing = new Thing().update('a', { spec: { replicas: 1 } });
    let error: unknown;
    try {
      thing.apply('b', { spec: { replicas: 2 } });
    } catch (caught) {
      error = caught;
    }
    expect(isConflict(error) && error.status).toMatchObject({
      message: 'Apply failed with 1 conflict: conflict with "a" using v1: .spec.replicas',
      details: {
        causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "a" using v1', field: '.spec.replicas' }],
      },
    });
    thing.apply('b', { spec: { replicas: 2 } }, true);
    expect(thing.value).toMatchObject({ spec: { replicas: 2 } });
    expect(thing.owners[0]).toEqual(['b', 'Apply', { 'f:spec': { 'f:replicas': {} } }]);
  });

  it('keep nothing for objects that were never tracked, until something is applied', () => {
    const thing = new Thing();
    thing.value = { ...base, spec: { replicas: 1 } };
    thing.update('a', { spec: { replicas: 2 } });
    expect(thing.owners).toEqual([]);
    thing.apply('b', { spec: { tags: ['x'] } });
    expect(thing.owners.map((owner) => (owner as string[])[0])).toEqual(['b', 'before-first-apply']);
  });
});

describe('validateTyped', () => {
  it.each([
    [{ unknown: 1 }, '.unknown: field not declared in schema'],
    [{ spec: { replicas: 'x' } }, '.spec.replicas: expected numeric (int or float), got string'],
    [{ metadata: { name: 5 } }, '.metadata.name: expected string, got &value.valueUnstructured{Value:5}'],
    [{ spec: { ports: 'x' } }, '.spec.ports: expected list, got &{x}'],
    [{ spec: { ports: ['x'] } }, '.spec.ports: element 0: associative list with keys may not have non-map elements'],
    [{ spec: { ports: [{ port: 1 }, { port: 1 }] } }, '.spec.ports: duplicate entries for key [port=1,protocol="TCP"]'],
    [{ spec: { tags: ['x', 'x'] } }, '.spec.tags: duplicate entries for key [="x"]'],
  ])('%j', (value, message) => {
    expect(() => validateTyped(schema, value)).toThrow(message);
  });
});

describe('decodeManagedFields', () => {
  it.each([
    [{ operation: 'Delete' }, 'operation must be `Apply` or `Update`'],
    [{ operation: 'Apply', apiVersion: 'v1' }, 'missing fieldsType in managed fields entry 0'],
    [{ operation: 'Apply', apiVersion: 'v1', fieldsType: 'V2' }, 'invalid fieldsType "V2" in managed fields entry 0'],
  ])('refuses %j', (entry, message) => {
    expect(() => decodeManagedFields([entry])).toThrow(message);
  });
});
