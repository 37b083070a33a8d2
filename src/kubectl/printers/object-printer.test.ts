import { describe, expect, it } from 'vitest';
import { FlagSet } from '../flags/flag-set.ts';
import type { Unstructured } from '../object.ts';
import { printFlags, structuredPrinter } from './object-printer.ts';

const lists: Readonly<Record<string, Unstructured>> = {
  empty: { apiVersion: 'v1', kind: 'List', items: [], metadata: { resourceVersion: '' } },
  'of one': { apiVersion: 'v1', items: [{ a: 'items: []\n"items": []' }], kind: 'List', metadata: {} },
  'of several': {
    apiVersion: 'v1',
    kind: 'List',
    metadata: { resourceVersion: '' },
    items: [
      { kind: 'Pod', metadata: { name: 'a', managedFields: [{ manager: 'b' }] }, spec: { items: [], text: 'x\n y\n' } },
      { kind: 'Pod', spec: { empty: {}, list: [1, [2, { c: null }]], wide: `${'long '.repeat(40)}<&>` } },
      {},
    ],
    zone: 'after the kind',
  } as Unstructured,
};

describe.each(['json', 'yaml'])('%s', (format) => {
  it.each(Object.keys(lists))('gives a list in pieces: %s', (name) => {
    const list = lists[name] ?? {};
    const printer = () => structuredPrinter(new FlagSet(printFlags), format);
    expect([...(printer()?.pieces?.(list) ?? [])].join('')).toBe(printer()?.print(list));
  });
});
