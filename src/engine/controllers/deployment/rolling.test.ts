import { expect, it } from 'vitest';
import type * as appsv1 from '../../../api/apps/v1.ts';
import { cleanupUnhealthyReplicas, maxScaledDown, scaleDownOldReplicaSetsForRollingUpdate } from './rolling.ts';

const deployment = (replicas: number, maxUnavailable: number): appsv1.Deployment => ({
  metadata: { name: 'foo' },
  spec: {
    replicas,
    selector: {},
    template: {},
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable } },
  },
});
const set = (name: string, replicas: number, availableReplicas: number): appsv1.ReplicaSet => ({
  metadata: { name, creationTimestamp: '2016-05-20T02:00:00Z' },
  spec: { replicas, selector: {} },
  status: { replicas, availableReplicas },
});
const sizes = (scaling: readonly (readonly [appsv1.ReplicaSet, number])[]) =>
  Object.fromEntries(scaling.map(([{ metadata }, size]) => [metadata.name, size]));

// Upstream: pkg/controller/deployment/rolling_test.go TestDeploymentController_reconcileOldReplicaSets (v1.36)
it.each([
  {
    name: 'one where neither bound allows any',
    unavailable: 0,
    old: 10,
    oldReady: 10,
    fresh: 0,
    freshReady: 0,
    most: 1,
  },
  { name: 'what may be unavailable', unavailable: 2, old: 10, oldReady: 10, fresh: 0, freshReady: 0, most: 2 },
  { name: 'unhealthy ones count like others', unavailable: 2, old: 10, oldReady: 8, fresh: 0, freshReady: 0, most: 2 },
  { name: 'new ones that are unavailable hold', unavailable: 2, old: 8, oldReady: 8, fresh: 2, freshReady: 0, most: 0 },
  { name: 'new ones that are available free', unavailable: 2, old: 8, oldReady: 8, fresh: 2, freshReady: 2, most: 2 },
])('maxScaledDown: $name', ({ unavailable, old, oldReady, fresh, freshReady, most }) => {
  const newSet = set('foo-new', fresh, freshReady);
  expect(maxScaledDown(deployment(10, unavailable), newSet, [set('foo-old', old, oldReady)])).toBe(most);
});

// Upstream: TestDeploymentController_cleanupUnhealthyReplicas
it.each([
  { name: 'no more than allowed', old: [[10, 8]], most: 1, expected: { 'foo-0': 9 } },
  { name: 'all of them', old: [[10, 8]], most: 3, expected: { 'foo-0': 8 } },
  { name: 'none allowed', old: [[10, 8]], most: 0, expected: {} },
  { name: 'none unhealthy', old: [[10, 10]], most: 3, expected: {} },
  {
    name: 'the oldest set first',
    old: [
      [4, 2],
      [4, 2],
    ],
    most: 3,
    expected: { 'foo-0': 2, 'foo-1': 3 },
  },
])('cleanupUnhealthyReplicas: $name', ({ old, most, expected }) => {
  const sets = old.map(([replicas = 0, available = 0], i) => set(`foo-${i}`, replicas, available));
  const { scaling, behind } = cleanupUnhealthyReplicas(sets, most);
  expect({ sizes: sizes(scaling), behind }).toEqual({ sizes: expected, behind: false });
});

it('cleanupUnhealthyReplicas waits for a set that shows more than it should have, having scaled those before it', () => {
  const { scaling, behind } = cleanupUnhealthyReplicas([set('a', 3, 2), set('b', 1, 3), set('c', 3, 0)], 5);
  expect({ sizes: sizes(scaling), behind }).toEqual({ sizes: { a: 2 }, behind: true });
});

// Upstream: TestDeploymentController_scaleDownOldReplicaSetsForRollingUpdate
it.each([
  {
    name: 'one where neither bound allows any',
    unavailable: 0,
    old: 10,
    oldReady: 10,
    fresh: 0,
    expected: { 'foo-old': 9 },
  },
  { name: 'what is more than is needed', unavailable: 2, old: 10, oldReady: 10, fresh: 0, expected: { 'foo-old': 8 } },
  { name: 'none too many', unavailable: 2, old: 10, oldReady: 8, fresh: 0, expected: {} },
  { name: 'nothing left to take', unavailable: 2, old: 0, oldReady: 10, fresh: 0, expected: {} },
  { name: 'too few already', unavailable: 2, old: 10, oldReady: 1, fresh: 0, expected: {} },
  { name: 'new ones stand for old ones', unavailable: 1, old: 8, oldReady: 8, fresh: 3, expected: { 'foo-old': 6 } },
])('scaleDownOldReplicaSetsForRollingUpdate: $name', ({ unavailable, old, oldReady, fresh, expected }) => {
  const newSet = set('foo-new', fresh, fresh);
  const oldSets = [set('foo-old', old, oldReady)];
  expect(sizes(scaleDownOldReplicaSetsForRollingUpdate(deployment(10, unavailable), newSet, oldSets))).toEqual(
    expected,
  );
});
