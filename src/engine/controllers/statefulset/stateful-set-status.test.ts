import { expect, it } from 'vitest';
import type * as appsv1 from '../../../api/apps/v1.ts';
import { podOf, statefulSet } from './stateful-set-fixture.ts';
import { statefulSetStatus } from './stateful-set-status.ts';
import { surplusRevisions } from './stateful-set-revisions.ts';

const revision = (name: string, number = 1): appsv1.ControllerRevision => ({
  metadata: { name },
  revision: number,
  data: {},
});
const revisions = { current: revision('v1'), update: revision('v2', 2), collisionCount: 0 };

const set = statefulSet(3);
const count = (pods: readonly ReturnType<typeof podOf>[], retired = 0, minReadySeconds = 0) =>
  statefulSetStatus(statefulSet(3, { minReadySeconds }), pods, revisions, retired, 30_000);

it('counts pods by what they are', () => {
  const pods = [
    podOf(set, 0, 'v1'),
    podOf(set, 1, 'v2', 'unready'),
    podOf(set, 2, 'v1', 'terminating'),
    podOf(set, 3, 'v1', 'missing'),
  ];
  expect(count(pods)).toEqual({
    replicas: 3,
    readyReplicas: 2,
    availableReplicas: 2,
    currentReplicas: 1,
    updatedReplicas: 1,
    currentRevision: 'v1',
    updateRevision: 'v2',
    collisionCount: 0,
  });
});

it('does not count a pod of the present revision that was deleted in this look', () => {
  expect(count([podOf(set, 0, 'v1'), podOf(set, 1, 'v1')], 1).currentReplicas).toBe(1);
});

// Upstream: pkg/controller/statefulset/stateful_set_control_test.go TestStatefulSetAvailability (v1.36)
it.each([
  { name: 'replicas running for required time, when minReadySeconds is enabled', seconds: 10, available: 1 },
  { name: 'replicas not running for required time, when minReadySeconds is enabled', seconds: 31, available: 0 },
])('$name', ({ seconds, available }) => {
  expect(count([podOf(set, 0, 'v1')], 0, seconds).availableReplicas).toBe(available);
});

const updated = [0, 1, 2].map((ordinal) => podOf(set, ordinal, 'v2'));

it.each([
  { name: 'all ready in the new revision', pods: updated, type: 'RollingUpdate' as const, expected: 'v2' },
  { name: 'one is missing', pods: updated.slice(1), type: 'RollingUpdate' as const, expected: 'v1' },
  { name: 'one too many', pods: [...updated, podOf(set, 3, 'v1')], type: 'RollingUpdate' as const, expected: 'v1' },
  { name: 'OnDelete never completes', pods: updated, type: 'OnDelete' as const, expected: 'v1' },
])('an update is complete: $name', ({ pods, type, expected }) => {
  const wanted = statefulSet(3, { updateStrategy: { type } });
  expect(statefulSetStatus(wanted, pods, revisions, 0, 30_000).currentRevision).toBe(expected);
});

// Upstream: TestStatefulSetControlLimitsHistory, TestStatefulSetHonorRevisionHistoryLimit
it.each([
  { name: 'zero revisionHistoryLimit', limit: 0, expected: ['a', 'b', 'd'] },
  { name: 'negative revisionHistoryLimit', limit: -2, expected: [] },
  { name: 'positive revisionHistoryLimit', limit: 2, expected: ['a'] },
  { name: 'a limit beyond all', limit: 10, expected: [] },
])('surplusRevisions: $name', ({ limit, expected }) => {
  const known = ['d', 'used', 'b', 'a', 'v1', 'v2'].map((name) =>
    revision(name, { a: 1, b: 2, used: 3, d: 4, v1: 5, v2: 6 }[name] ?? 0),
  );
  const surplus = surplusRevisions(
    statefulSet(3, { revisionHistoryLimit: limit }),
    known,
    [podOf(set, 0, 'used')],
    revisions,
  );
  expect(surplus.map(({ metadata }) => metadata.name)).toEqual(expected);
});
