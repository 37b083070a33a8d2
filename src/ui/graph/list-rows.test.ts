import { expect, it } from 'vitest';
import { configMapLook } from '../kinds/configuration.ts';
import { podLook } from '../kinds/pods.ts';
import { applyChanges, emptyCluster } from '../stores/cluster-store.ts';
import { viewOf } from '../stores/object-view.ts';
import type { Scope } from './lenses/scope.ts';
import { type Column, listRows } from './list-rows.ts';

const scope: Scope = { namespace: '', showSystem: false, filter: '', expanded: new Set() };
const pod = (name: string, nodeName: string, createdAt: string) =>
  viewOf(
    {
      metadata: { name, namespace: 'default', uid: name, creationTimestamp: createdAt },
      spec: { nodeName, containers: [] },
    } as never,
    podLook,
  );
const map = (name: string) => viewOf({ metadata: { name, namespace: 'default', uid: name } }, configMapLook);
const views = [
  map('settings'),
  map('kube-root-ca.crt'),
  pod('web-10', 'node-2', '2026-01-01T00:00:01Z'),
  pod('web-9', 'node-10', '2026-01-01T00:00:02Z'),
  pod('api', 'node-2', '2026-01-01T00:00:03Z'),
];
const state = applyChanges(
  emptyCluster,
  views.map((view) => ({ op: 'put' as const, view })),
);
const names = (column: Column, down: boolean, changes: Partial<Scope> = {}) =>
  listRows(state, { ...scope, ...changes }, { column, down }).map((view) => view.name);

it.each<[Column, boolean, readonly string[]]>([
  ['kind', false, ['api', 'web-9', 'web-10', 'settings']],
  ['kind', true, ['settings', 'web-10', 'web-9', 'api']],
  ['name', false, ['api', 'settings', 'web-9', 'web-10']],
  ['node', false, ['settings', 'api', 'web-10', 'web-9']],
  ['age', true, ['settings', 'web-10', 'web-9', 'api']],
])('sorts by %s, down: %s', (column, down, expected) => {
  expect(names(column, down)).toEqual(expected);
});

it('shows what every namespace has when it is searched', () => {
  expect(names('kind', false, { filter: 'kube-root' })).toEqual(['kube-root-ca.crt']);
});
