import { describe, expect, it } from 'vitest';
import type { SchemaNode } from '../apimachinery/schema-node.ts';
import { schemaFor, schemaOfDefinition } from './schema.ts';

function field(definition: string, name: string) {
  const found = schemaOfDefinition(definition)?.fields.get(name);
  if (found === undefined) throw new Error(`${definition} has no ${name}`);
  return found;
}

describe('schemaFor', () => {
  it('gives the same node for a kind each time', () => {
    const gvk = { group: 'apps', version: 'v1', kind: 'Deployment' };
    expect(schemaFor(gvk)).toBe(schemaFor(gvk));
    expect([...(schemaFor(gvk)?.fields.keys() ?? [])]).toEqual(['kind', 'apiVersion', 'metadata', 'spec', 'status']);
  });

  it('knows no kind that is not built in', () => {
    expect(schemaFor({ group: 'example.com', version: 'v1', kind: 'Pod' })).toBeUndefined();
    expect(schemaFor({ group: '', version: 'v1', kind: '__proto__' })).toBeUndefined();
  });

  it('follows recursive types', () => {
    let node: SchemaNode | undefined = schemaOfDefinition('apiextensions/v1.JSONSchemaProps');
    for (let depth = 0; depth < 3; depth++) {
      expect(node?.type).toBe('object');
      node = node?.type === 'object' ? node.fields.get('not')?.node : undefined;
    }
  });
});

describe('fields', () => {
  it('have list types and merge keys that differ', () => {
    const ports = field('core/v1.Container', 'ports');
    expect(ports.patchMergeKey).toBe('containerPort');
    expect(ports.node).toMatchObject({ type: 'array', listType: 'map', listMapKeys: ['containerPort', 'protocol'] });
  });

  it.each([
    ['core/v1.Container', 'tty', 'boolean', 'TTY'],
    ['core/v1.ServicePort', 'targetPort', 'int-or-string', 'TargetPort'],
    ['core/v1.Secret', 'data', 'map', 'Data'],
    ['core/v1.EventSeries', 'lastObservedTime', 'microtime', 'LastObservedTime'],
    ['meta/v1.ObjectMeta', 'creationTimestamp', 'time', 'CreationTimestamp'],
    ['apps/v1.ControllerRevision', 'data', 'any', 'Data'],
  ])('%s.%s is a %s', (definition, name, type, goName) => {
    expect(field(definition, name)).toMatchObject({ node: { type }, goName });
  });

  it('take the map type of the field before that of the definition', () => {
    expect(field('core/v1.PersistentVolumeSpec', 'claimRef').node).toMatchObject({ mapType: 'granular' });
    expect(field('core/v1.PersistentVolumeClaimSpec', 'dataSource').node).toMatchObject({ mapType: 'atomic' });
    expect(field('core/v1.PodSpec', 'nodeSelector').node).toMatchObject({ type: 'map', mapType: 'atomic' });
  });

  it('know what Go writes even when empty', () => {
    expect(field('core/v1.Container', 'resources')).toMatchObject({ alwaysEncoded: true, pointer: false });
    expect(field('core/v1.Container', 'image').alwaysEncoded).toBe(false);
    expect(field('core/v1.PodSpec', 'priority').pointer).toBe(true);
  });
});
