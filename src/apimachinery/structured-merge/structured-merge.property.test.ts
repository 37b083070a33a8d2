import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepEqual } from '../deep-equal.ts';
import type { ArrayNode, MapNode, ObjectNode, ScalarNode, SchemaField, SchemaNode } from '../schema-node.ts';
import { isConflict } from '../status-error.ts';
import { changeText } from './change-text.ts';
import { compareTyped, type Comparison, isSame } from './compare.ts';
import { excludeFields } from './field-filter.ts';
import { FieldSet } from './field-set.ts';
import {
  applyManagedFields,
  decodeManagedFields,
  emptyManaged,
  encodeManagedFields,
  type Managed,
} from './managed-fields.ts';
import { mergeTyped } from './merge.ts';
import { managedOfParent, managedOfScale } from './scale-managed-fields.ts';
import { fieldElement } from './path-element.ts';
import { isSameShape } from './same-shape.ts';
import { toFieldSet } from './to-field-set.ts';
import type { TypedObject } from './updater.ts';

const text: ScalarNode = { type: 'string', format: '', enum: undefined };
const number: ScalarNode = { type: 'integer', format: 'int32', enum: undefined };

function object(fields: Record<string, SchemaNode>): ObjectNode {
  const entries = Object.entries(fields).map(([name, node]): [string, SchemaField] => {
    const flags = { required: false, alwaysEncoded: false, pointer: false, nullable: true };
    return [
      name,
      { name, goName: name, node, ...flags, default: undefined, patchMergeKey: undefined, patchStrategy: [] },
    ];
  });
  const rest = { name: 'test/v1.Thing', mapType: 'granular', preserveUnknownFields: false, unions: [] } as const;
  return { type: 'object', fields: new Map(entries), ...rest };
}
const list = (items: SchemaNode, listType: ArrayNode['listType'], listMapKeys: string[] = []): ArrayNode => ({
  type: 'array',
  items,
  listType,
  listMapKeys,
});
const labels: MapNode = { type: 'map', values: text, mapType: 'granular' };

const schema = object({
  spec: object({
    replicas: number,
    ports: list(object({ port: number, name: text }), 'map', ['port']),
    tags: list(text, 'set'),
    args: list(text, 'atomic'),
    labels,
  }),
});

const letter = fc.constantFrom('a', 'b', 'c');
const optional = { requiredKeys: [] as [] };
const ports = fc.uniqueArray(fc.record({ port: fc.constantFrom(1, 2, 3), name: letter }, { requiredKeys: ['port'] }), {
  selector: ({ port }) => port,
  minLength: 1,
  maxLength: 3,
});
const spec = fc.record(
  {
    replicas: fc.constantFrom(1, 2),
    ports,
    tags: fc.uniqueArray(letter, { minLength: 1 }),
    args: fc.array(letter, { minLength: 1, maxLength: 2 }),
    labels: fc.dictionary(letter, letter, { minKeys: 1, maxKeys: 3 }),
  },
  optional,
);
const configuration = spec.map((value) => (Object.keys(value).length === 0 ? {} : { spec: value }));
const settings = { seed: 20_360, numRuns: 100 };

/** An object that managers apply to, one after the other. */
class Applied {
  value: unknown = {};
  managed: Managed = emptyManaged();

  apply(manager: string, config: object, force: boolean): boolean {
    const write = {
      live: { value: this.value, schema },
      managed: this.managed,
      manager,
      apiVersion: 'v1',
      time: '2024-01-01T00:00:00Z',
      convert: (one: TypedObject) => one,
    };
    try {
      const result = applyManagedFields(write, config, {}, force);
      this.value = result.value ?? this.value;
      this.managed = result.managed;
      return true;
    } catch (error) {
      if (isConflict(error)) return false;
      throw error;
    }
  }
  sets(): FieldSet[] {
    return [...this.managed.sets.values()].map(({ set }) => set);
  }
}

const paths = (set: FieldSet): number => [...set.paths()].length;

describe('FieldSet', () => {
  const sets = configuration.map((value) => toFieldSet(schema, value));
  it('comes back from fieldsV1', () => {
    fc.assert(
      fc.property(sets, (set) => FieldSet.fromFieldsV1(JSON.parse(JSON.stringify(set.toFieldsV1()))).equals(set)),
      settings,
    );
  });
  it('is divided by another set into what is common and what is not', () => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const common = a.intersection(b);
        const rest = a.difference(b);
        expect(common.union(rest).equals(a)).toBe(true);
        expect(common.intersection(rest).isEmpty).toBe(true);
        expect(paths(a.union(b)) + paths(common)).toBe(paths(a) + paths(b));
      }),
      settings,
    );
  });
  it('without a field has nothing below it', () => {
    const filter = excludeFields(['spec', 'ports']);
    fc.assert(
      fc.property(sets, (set) => {
        const left = filter(set);
        for (const [, second] of left.paths()) expect(second).not.toEqual(fieldElement('ports'));
        expect(filter(left).equals(left)).toBe(true);
      }),
      settings,
    );
  });
});

describe('compareTyped and mergeTyped', () => {
  it('finds no difference between equals, and none of its own after a merge', () => {
    fc.assert(
      fc.property(configuration, configuration, (a, b) => {
        expect(isSame(compareTyped(schema, a, structuredClone(a)))).toBe(true);
        const merged = mergeTyped(schema, a, b) ?? {};
        const { added, modified } = compareTyped(schema, merged, mergeTyped(schema, merged, b) ?? {});
        expect(added.isEmpty && modified.isEmpty).toBe(true);
      }),
      settings,
    );
  });
});

describe('applyManagedFields', () => {
  it('sets what it is given, and again changes nothing', () => {
    fc.assert(
      fc.property(configuration, configuration, (first, second) => {
        const thing = new Applied();
        thing.apply('a', first, false);
        thing.apply('b', second, true);
        expect(deepEqual(mergeTyped(schema, thing.value, second) ?? {}, thing.value)).toBe(true);
        const before = JSON.stringify([thing.value, encodeManagedFields(thing.managed)]);
        thing.apply('b', second, false);
        expect(JSON.stringify([thing.value, encodeManagedFields(thing.managed)])).toBe(before);
      }),
      settings,
    );
  });
  it('takes away what its only owner no longer applies', () => {
    fc.assert(
      fc.property(configuration, configuration, (first, second) => {
        const thing = new Applied();
        thing.apply('a', first, false);
        thing.apply('a', second, false);
        expect(toFieldSet(schema, thing.value).equals(toFieldSet(schema, second))).toBe(true);
      }),
      settings,
    );
  });
  it('conflicts when it would change what another applied, and only then', () => {
    fc.assert(
      fc.property(configuration, configuration, (first, second) => {
        const thing = new Applied();
        thing.apply('a', first, false);
        const merged = mergeTyped(schema, first, second) ?? {};
        const { modified, added } = compareTyped(schema, first, merged);
        const wouldChange = !toFieldSet(schema, first).intersection(modified.union(added)).isEmpty;
        expect(thing.apply('b', second, false)).toBe(!wouldChange);
      }),
      settings,
    );
  });
  it('leaves nobody owning what is not there', () => {
    const step = fc.record({ manager: fc.constantFrom('a', 'b', 'c'), config: configuration, force: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
        const thing = new Applied();
        for (const { manager, config, force } of steps) thing.apply(manager, config, force);
        const there = toFieldSet(schema, thing.value).ensureNamedFieldsAreMembers(schema);
        for (const set of thing.sets()) expect(set.difference(there).isEmpty).toBe(true);
        const again = decodeManagedFields(encodeManagedFields(thing.managed));
        expect(encodeManagedFields(again)).toEqual(encodeManagedFields(thing.managed));
      }),
      settings,
    );
  });
});

describe('managedOfScale and managedOfParent', () => {
  const replicas = ['spec', 'replicas'].map(fieldElement);
  const path = (version: string) => (version === 'v1' ? replicas : undefined);
  it('are inverse when the scale was not written', () => {
    fc.assert(
      fc.property(configuration, configuration, (first, second) => {
        const thing = new Applied();
        thing.apply('a', first, false);
        thing.apply('b', second, true);
        const back = managedOfParent(thing.managed, managedOfScale(thing.managed, path), 'v1', path);
        expect(encodeManagedFields(back)).toEqual(encodeManagedFields(thing.managed));
      }),
      settings,
    );
  });
  it('give the replicas to who scaled, without a time', () => {
    const thing = new Applied();
    thing.apply('a', { spec: { replicas: 1, args: ['x'] } }, false);
    const scale = decodeManagedFields([
      {
        manager: 'hpa',
        operation: 'Update',
        apiVersion: 'autoscaling/v1',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
        subresource: 'scale',
      },
    ]);
    expect(encodeManagedFields(managedOfParent(thing.managed, scale, 'v1', path))).toEqual([
      {
        manager: 'a',
        operation: 'Apply',
        apiVersion: 'v1',
        time: '2024-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:spec': { 'f:args': {} } },
      },
      {
        manager: 'hpa',
        operation: 'Update',
        apiVersion: 'v1',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
        subresource: 'scale',
      },
    ]);
  });
});

describe('changes told in short', () => {
  const found = ({ added, modified, removed }: Comparison) =>
    [added, modified, removed].map((set) => JSON.stringify(set.toFieldsV1()));
  const compared = (before: unknown, after: unknown) => found(compareTyped(schema, before, after));
  const most = { seed: 20_360, numRuns: 2000 };

  it('have equal texts only when the same fields change', () => {
    const byText = new Map<string | undefined, string[]>();
    fc.assert(
      fc.property(configuration, configuration, (before, after) => {
        const text = changeText(schema, before, after);
        const comparison = compared(before, after);
        expect(text === '').toBe(isSame(compareTyped(schema, before, after)));
        expect(byText.get(text) ?? comparison).toEqual(comparison);
        byText.set(text, comparison);
      }),
      most,
    );
    expect(byText.has(undefined)).toBe(false);
  });
  it('are not told of items that stand twice', () => {
    const twice = { spec: { ports: [{ port: 1 }, { port: 1 }] } };
    expect(changeText(schema, {}, twice)).toBeUndefined();
  });
  it('are the same for objects of one shape', () => {
    let same = 0;
    fc.assert(
      fc.property(configuration, letter, (a, name) => {
        const b: unknown = JSON.parse(JSON.stringify(a).replace(/"name":"\w"/g, `"name":"${name}"`));
        if (!isSameShape(schema, a, b)) return;
        same++;
        expect(compared({}, a)).toEqual(compared({}, b));
        expect(compared({ spec: {} }, a)).toEqual(compared({ spec: {} }, b));
      }),
      most,
    );
    expect(same).toBeGreaterThan(10);
  });
  it.each([
    { a: { spec: { replicas: 1 } }, b: { spec: { replicas: 2 } }, same: true },
    { a: { spec: { replicas: 1 } }, b: { spec: { replicas: 0 } }, same: false },
    { a: { spec: { labels: { a: 'x' } } }, b: { spec: { labels: { a: 'y' } } }, same: true },
    { a: { spec: { labels: { a: 'x' } } }, b: { spec: { labels: { b: 'x' } } }, same: false },
    { a: { spec: { labels: { a: 'x' } } }, b: { spec: { labels: {} } }, same: false },
    { a: { spec: { args: ['x'] } }, b: { spec: { args: ['y', 'z'] } }, same: true },
    { a: { spec: { tags: ['x'] } }, b: { spec: { tags: ['y'] } }, same: false },
    { a: { spec: { ports: [{ port: 1, name: 'a' }] } }, b: { spec: { ports: [{ port: 1, name: 'b' }] } }, same: true },
    { a: { spec: { ports: [{ port: 1, name: 'a' }] } }, b: { spec: { ports: [{ port: 2, name: 'a' }] } }, same: false },
  ])('$a and $b are of one shape: $same', ({ a, b, same }) => {
    expect(isSameShape(schema, a, b)).toBe(same);
  });
});
