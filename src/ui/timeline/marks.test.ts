import { expect, it } from 'vitest';
import type { InputRecord } from '../../protocol/control.ts';
import { marksOf } from './marks.ts';

const request = (atMs: number, method: string, path: string, body?: string): InputRecord => ({
  atMs,
  kind: 'request',
  method,
  path,
  headers: {},
  ...(body === undefined ? {} : { body }),
});

it('names the last deeds, and takes what belongs together as one', () => {
  const inputs: readonly InputRecord[] = [
    request(1000, 'POST', '/apis/apps/v1/namespaces/default/deployments?fieldManager=x', '{"metadata":{"name":"web"}}'),
    request(1100, 'POST', '/api/v1/namespaces/default/services', '{"metadata":{"name":"web"}}'),
    request(9000, 'PATCH', '/apis/apps/v1/namespaces/default/deployments/web/scale', '{}'),
    { atMs: 20_000, kind: 'control', command: { op: 'fault', node: 'node-1', fault: 'power-off' } },
    { atMs: 30_000, kind: 'control', command: { op: 'removeNode', name: 'node-2' } },
    request(40_000, 'DELETE', '/api/v1/namespaces/shop'),
  ];
  expect(marksOf(inputs, 5)).toEqual([
    { atMs: 40_000, label: 'delete namespaces shop' },
    { atMs: 30_000, label: 'remove node node-2' },
    { atMs: 20_000, label: 'node-1 power-off' },
    { atMs: 9000, label: 'change deployments web scale' },
    { atMs: 1000, label: 'create deployments web and 1 more' },
  ]);
  expect(marksOf(inputs, 1)).toHaveLength(1);
});
