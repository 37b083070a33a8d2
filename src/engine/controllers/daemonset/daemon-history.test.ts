import { expect, it } from 'vitest';
import type * as appsv1 from '../../../api/apps/v1.ts';
import { surplusHistory } from './daemon-history.ts';

const revision = (name: string, number: number): appsv1.ControllerRevision => ({
  metadata: { name, labels: { 'controller-revision-hash': name } },
  revision: number,
  data: {},
});

// Upstream: pkg/controller/daemon/update.go cleanupHistory (v1.36)
it.each([
  { name: 'within the limit', limit: 3, used: [], expected: [] },
  { name: 'the oldest beyond the limit', limit: 1, used: [], expected: ['a', 'b'] },
  { name: 'what pods are of stays', limit: 1, used: ['a'], expected: ['b', 'c'] },
  { name: 'none may stay', limit: 0, used: ['b'], expected: ['a', 'c'] },
])('surplusHistory: $name', ({ limit, used, expected }) => {
  const ds: appsv1.DaemonSet = { metadata: {}, spec: { selector: {}, template: {}, revisionHistoryLimit: limit } };
  const pods = used.map((hash) => ({ metadata: { labels: { 'controller-revision-hash': hash } } }));
  const old = [revision('c', 3), revision('a', 1), revision('b', 2)];
  expect(surplusHistory(ds, old, pods).map(({ metadata }) => metadata.name)).toEqual(expected);
});
