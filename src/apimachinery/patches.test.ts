import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepFreeze } from './deep-freeze.ts';
import { applyJsonPatch } from './json-patch.ts';
import type { JsonObject } from './json-value.ts';
import { applyMergePatch, createMergePatch, createThreeWayMergePatch } from './merge-patch.ts';
import type { ArrayNode, ObjectNode, ScalarNode, SchemaField, SchemaNode } from './schema-node.ts';
import { createThreeWayStrategicMergePatch, createTwoWayMergePatch } from './strategic-merge-diff.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

const text: ScalarNode = { type: 'string', format: '', enum: undefined };

function listOf(items: SchemaNode): ArrayNode {
  return { type: 'array', items, listType: 'atomic', listMapKeys: [] };
}

function object(fields: Record<string, SchemaNode | Partial<SchemaField>>): ObjectNode {
  const entries = Object.entries(fields).map(([name, given]): [string, SchemaField] => {
    const field = 'type' in given ? { node: given } : given;
    const base = { goName: name, node: text, required: false, alwaysEncoded: false, pointer: false, nullable: true };
    return [name, { ...base, default: undefined, patchMergeKey: undefined, patchStrategy: [], ...field, name }];
  });
  const rest = { name: 'test/v1.Thing', mapType: 'granular', preserveUnknownFields: false, unions: [] } as const;
  return { type: 'object', fields: new Map(entries), ...rest };
}

const item = object({ name: text, value: text, other: text });
const thing = object({
  name: text,
  items: { node: listOf(item), patchMergeKey: 'name', patchStrategy: ['merge'] },
  plain: listOf(text),
  set: { node: listOf(text), patchStrategy: ['merge'] },
  strategy: { node: object({ type: text, rolling: text }), patchStrategy: ['retainKeys'] },
  map: { type: 'map', values: text, mapType: 'granular' },
});

describe('applyJsonPatch', () => {
  it.each([
    [{ a: 1 }, [{ op: 'add', path: '/b', value: [1] }], { a: 1, b: [1] }],
    [{ a: [1, 2] }, [{ op: 'add', path: '/a/-', value: 3 }], { a: [1, 2, 3] }],
    [{ a: [1, 2] }, [{ op: 'add', path: '/a/0', value: 0 }], { a: [0, 1, 2] }],
    [{ a: [1, 2] }, [{ op: 'remove', path: '/a/-1' }], { a: [1] }],
    [{ 'x/y': { '~': 1 } }, [{ op: 'replace', path: '/x~1y/~0', value: 2 }], { 'x/y': { '~': 2 } }],
    [{ a: 1 }, [{ op: 'replace', path: '/b', value: 2 }], { a: 1, b: 2 }],
    [{ a: 1 }, [{ op: 'add', path: '/b' }], { a: 1, b: null }],
    [{ a: { b: 1 } }, [{ op: 'move', from: '/a/b', path: '/c' }], { a: {}, c: 1 }],
    [{ a: { b: 1 } }, [{ op: 'copy', from: '/a', path: '/c' }], { a: { b: 1 }, c: { b: 1 } }],
    [{ a: null }, [{ op: 'test', path: '/b', value: null }], { a: null }],
  ])('%j with %j', (document, operations, expected) => {
    expect(applyJsonPatch(deepFreeze(document), operations)).toEqual(expected);
  });

  it.each([
    [[{ op: 'test', path: '/a', value: 2 }], 'testing value /a failed: test failed'],
    [
      [{ op: 'remove', path: '/b' }],
      "error in remove for path: '/b': Unable to remove nonexistent key: b: missing value",
    ],
    [
      [{ op: 'add', path: '/b/c', value: 1 }],
      'add operation does not apply: doc is missing path: "/b/c": missing value',
    ],
    [[{ op: 'jump', path: '/a' }], 'Unexpected kind: jump'],
    [[{ path: '/a' }], 'Unexpected kind: unknown'],
  ])('%j is refused', (operations, message) => {
    expect(() => applyJsonPatch({ a: 1 }, operations)).toThrow(message);
  });

  it('shares what it does not touch', () => {
    const document = deepFreeze({ a: { b: 1 }, c: { d: 2 } });
    const patched = applyJsonPatch(document, [{ op: 'add', path: '/a/x', value: 1 }]) as typeof document;
    expect(patched.c).toBe(document.c);
  });
});

const documents = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue({ maxDepth: 2 }), {
  noNullPrototype: true,
});
const withoutNulls = documents.map((value) => JSON.parse(JSON.stringify(value).replaceAll('null', '0')) as JsonObject);

describe('merge patches', () => {
  it('make one document of another', () => {
    fc.assert(
      fc.property(withoutNulls, withoutNulls, (before, after) => {
        const patch = createMergePatch(before, after);
        expect(applyMergePatch(deepFreeze(before), deepFreeze(patch))).toEqual(after);
        expect(createMergePatch(after, after)).toEqual({});
      }),
      { seed: 11 },
    );
  });

  it('in three ways delete only what was applied', () => {
    const patch = createThreeWayMergePatch({ a: 1, b: 1 }, { a: 2 }, { a: 1, b: 1, c: 1 });
    expect(patch).toEqual({ a: 2, b: null });
  });
});

describe('strategic merge patches', () => {
  it.each([
    [
      'merge items by key',
      { items: [{ name: 'a', value: '1' }] },
      { items: [{ name: 'a', other: '2' }] },
      { items: [{ name: 'a', value: '1', other: '2' }] },
    ],
    [
      'put new items before',
      { items: [{ name: 'a' }] },
      { items: [{ name: 'b' }] },
      { items: [{ name: 'b' }, { name: 'a' }] },
    ],
    [
      'delete items',
      { items: [{ name: 'a' }, { name: 'b' }] },
      { items: [{ name: 'a', $patch: 'delete' }] },
      { items: [{ name: 'b' }] },
    ],
    [
      'replace lists',
      { items: [{ name: 'a' }] },
      { items: [{ name: 'b' }, { $patch: 'replace' }] },
      { items: [{ name: 'b' }] },
    ],
    ['replace maps', { map: { a: '1' } }, { map: { b: '2', $patch: 'replace' } }, { map: { b: '2' } }],
    ['delete values', { set: ['a', 'b'] }, { '$deleteFromPrimitiveList/set': ['a'] }, { set: ['b'] }],
    ['add values', { set: ['a'] }, { set: ['b'] }, { set: ['b', 'a'] }],
    [
      'order items',
      { items: [{ name: 'a' }, { name: 'b' }] },
      { '$setElementOrder/items': [{ name: 'b' }, { name: 'a' }] },
      { items: [{ name: 'b' }, { name: 'a' }] },
    ],
    [
      'retain keys',
      { strategy: { type: 'R', rolling: 'x' } },
      { strategy: { $retainKeys: ['type'], type: 'N' } },
      { strategy: { type: 'N' } },
    ],
    ['replace plain lists', { plain: ['a'] }, { plain: ['b'] }, { plain: ['b'] }],
    ['remove by null', { name: 'a', map: { x: '1', y: '2' } }, { name: null, map: { x: null } }, { map: { y: '2' } }],
  ])('%s', (_, original, patch, expected) => {
    expect(applyStrategicMergePatch(deepFreeze(original), deepFreeze(patch) as JsonObject, thing)).toEqual(expected);
  });

  it('name items without their key', () => {
    const run = () => applyStrategicMergePatch({ items: [{ name: 'a' }] }, { items: [{ value: 'x' }] }, thing);
    expect(run).toThrow('map: map[value:x] does not contain declared merge key: name');
  });

  const word = fc.constantFrom('x', 'y', 'z');
  const things = fc.record(
    {
      name: word,
      items: fc.uniqueArray(fc.record({ name: word, value: word }), { selector: (x) => x.name, minLength: 1 }),
      plain: fc.array(word, { minLength: 1 }),
      set: fc.uniqueArray(word, { minLength: 1 }),
      strategy: fc.record({ type: word, rolling: word }, { requiredKeys: ['type'], noNullPrototype: true }),
      map: fc.dictionary(word, word, { noNullPrototype: true, minKeys: 1 }),
    },
    { requiredKeys: ['name'], noNullPrototype: true },
  );

  it('make one object of another', () => {
    fc.assert(
      fc.property(things, things, (before, after) => {
        const patch = createTwoWayMergePatch(before, after, thing);
        expect(applyStrategicMergePatch(deepFreeze(before), deepFreeze(patch), thing)).toEqual(after);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it('in three ways reach what is wanted when nobody else changed anything', () => {
    fc.assert(
      fc.property(things, things, (original, modified) => {
        const options = { original, modified, current: original, schema: thing, overwrite: false };
        const patch = createThreeWayStrategicMergePatch(options);
        expect(applyStrategicMergePatch(deepFreeze(original), deepFreeze(patch), thing)).toEqual(modified);
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});
