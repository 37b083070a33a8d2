import { expect, it } from 'vitest';
import type * as appsv1 from '../../../api/apps/v1.ts';
import { rolloutStatus } from './deployment-status.ts';

const before = '2017-02-15T22:49:00Z';
const nowMs = Date.parse('2017-02-15T23:49:00Z');
const now = '2017-02-15T23:49:00Z';

const set = (name: string, replicas: number, statusReplicas: number, available: number): appsv1.ReplicaSet => ({
  metadata: { name },
  spec: { replicas, selector: {} },
  status: { replicas: statusReplicas, availableReplicas: available },
});
function deployment(
  deadline: number | undefined,
  [replicas, statusReplicas, updatedReplicas, availableReplicas]: readonly [number, number, number, number],
  reason: string | undefined,
  status: 'True' | 'False' = 'True',
): appsv1.Deployment {
  const condition = {
    type: 'Progressing',
    status,
    reason: reason ?? '',
    lastUpdateTime: before,
    lastTransitionTime: before,
  };
  return {
    metadata: { name: 'progress-test' },
    spec: {
      replicas,
      selector: {},
      template: {},
      ...(deadline === undefined ? {} : { progressDeadlineSeconds: deadline }),
    },
    status: {
      replicas: statusReplicas,
      updatedReplicas,
      availableReplicas,
      ...(reason === undefined ? {} : { conditions: [condition] }),
    },
  };
}
const old = [set('bar', 0, 1, 1)];
const half = set('foo', 3, 2, 2);
const whole = set('foo', 3, 3, 3);

// Upstream: pkg/controller/deployment/progress_test.go TestSyncRolloutStatus (v1.36)
it.each([
  {
    name: 'General: remove Progressing condition and do not estimate progress if deployment has no Progress Deadline',
    of: deployment(undefined, [3, 2, 2, 2], 'ReplicaSetUpdated'),
    old,
    fresh: half,
    expected: undefined,
  },
  {
    name: 'General: do not estimate progress of deployment with only one active ReplicaSet',
    of: deployment(60, [3, 3, 3, 3], 'NewReplicaSetAvailable'),
    old: [],
    fresh: set('bar', 3, 3, 3),
    expected: { status: 'True', reason: 'NewReplicaSetAvailable', lastUpdateTime: before, lastTransitionTime: before },
  },
  {
    name: 'DeploymentProgressing: dont update lastTransitionTime if deployment already has Progressing=True',
    of: deployment(60, [3, 2, 2, 2], 'ReplicaSetUpdated'),
    old,
    fresh: half,
    expected: { status: 'True', reason: 'ReplicaSetUpdated', lastUpdateTime: now, lastTransitionTime: before },
  },
  {
    name: 'DeploymentProgressing: update everything if deployment has Progressing=False',
    of: deployment(60, [3, 2, 2, 2], 'ProgressDeadlineExceeded', 'False'),
    old,
    fresh: half,
    expected: { status: 'True', reason: 'ReplicaSetUpdated', lastUpdateTime: now, lastTransitionTime: now },
  },
  {
    name: 'DeploymentProgressing: create Progressing condition if it does not exist',
    of: deployment(60, [3, 2, 2, 2], undefined),
    old,
    fresh: half,
    expected: { status: 'True', reason: 'ReplicaSetUpdated', lastUpdateTime: now, lastTransitionTime: now },
  },
  {
    name: 'DeploymentComplete: dont update lastTransitionTime if deployment already has Progressing=True',
    of: deployment(60, [3, 3, 3, 3], 'ReplicaSetUpdated'),
    old: [],
    fresh: whole,
    expected: { status: 'True', reason: 'NewReplicaSetAvailable', lastUpdateTime: now, lastTransitionTime: before },
  },
  {
    name: 'DeploymentComplete: update everything if deployment has Progressing=False',
    of: deployment(60, [3, 3, 3, 3], 'ProgressDeadlineExceeded', 'False'),
    old: [],
    fresh: whole,
    expected: { status: 'True', reason: 'NewReplicaSetAvailable', lastUpdateTime: now, lastTransitionTime: now },
  },
  {
    name: 'DeploymentTimedOut: update status if rollout exceeds Progress Deadline',
    of: deployment(60, [3, 2, 2, 2], 'ReplicaSetUpdated'),
    old: [],
    fresh: half,
    expected: { status: 'False', reason: 'ProgressDeadlineExceeded', lastUpdateTime: now, lastTransitionTime: now },
  },
  {
    name: 'DeploymentTimedOut: do not update status if deployment has existing timedOut condition',
    of: deployment(60, [3, 2, 2, 2], 'ProgressDeadlineExceeded', 'False'),
    old: [],
    fresh: half,
    expected: {
      status: 'False',
      reason: 'ProgressDeadlineExceeded',
      lastUpdateTime: before,
      lastTransitionTime: before,
    },
  },
])('rolloutStatus: $name', ({ of, old: sets, fresh, expected }) => {
  const { conditions = [] } = rolloutStatus(of, [...sets, fresh], fresh, nowMs);
  const found = conditions.find(({ type }) => type === 'Progressing');
  if (expected === undefined) return expect(found).toBeUndefined();
  expect(found).toMatchObject(expected);
});

it('rolloutStatus: DeploymentComplete: defend against NPE when newRS=nil', () => {
  const { conditions = [] } = rolloutStatus(
    deployment(60, [0, 3, 3, 3], 'ReplicaSetUpdated'),
    [set('foo', 0, 0, 0)],
    undefined,
    nowMs,
  );
  expect(conditions.find(({ type }) => type === 'Progressing')).toMatchObject({
    reason: 'NewReplicaSetAvailable',
    message: 'Deployment "progress-test" has successfully progressed.',
  });
});

it.each([
  { name: 'enough are available', available: 2, status: 'True', reason: 'MinimumReplicasAvailable' },
  { name: 'too few are available', available: 1, status: 'False', reason: 'MinimumReplicasUnavailable' },
])('the Available condition: $name', ({ available, status, reason }) => {
  const { metadata, spec } = deployment(60, [3, 3, 3, 3], undefined);
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } } as const;
  const of = { metadata, spec: { ...(spec ?? { selector: {}, template: {} }), strategy } };
  const made = rolloutStatus(of, [set('foo', 3, 3, available)], set('foo', 3, 3, available), nowMs);
  expect(made.conditions?.find(({ type }) => type === 'Available')).toMatchObject({ status, reason });
  expect(made.unavailableReplicas).toBe(3 - available);
});

it('takes over why a set cannot make its pods, the new set’s reason before others', () => {
  const failing = (name: string, message: string): appsv1.ReplicaSet => ({
    ...set(name, 3, 0, 0),
    status: {
      replicas: 0,
      conditions: [
        { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: before },
      ],
    },
  });
  const fresh = failing('new', 'quota of today');
  const { conditions = [] } = rolloutStatus(
    deployment(60, [3, 0, 0, 0], undefined),
    [failing('old', 'quota of old'), fresh],
    fresh,
    nowMs,
  );
  expect(conditions.find(({ type }) => type === 'ReplicaFailure')).toEqual({
    type: 'ReplicaFailure',
    status: 'True',
    reason: 'FailedCreate',
    message: 'quota of today',
    lastTransitionTime: before,
    lastUpdateTime: before,
  });
});
