import { describe, expect, it } from 'vitest';
import type * as appsv1 from '../../../api/apps/v1.ts';
import { proportionalSizes } from './deployment-sync.ts';
import {
  deploymentComplete,
  deploymentProgressing,
  deploymentTimedOut,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
  maxUnavailable,
  newRSNewReplicas,
  resolveFenceposts,
} from './deployment-util.ts';

type Bound = number | string | undefined;

function deployment(replicas: number, surge?: Bound, unavailable?: Bound, type = 'RollingUpdate'): appsv1.Deployment {
  const rollingUpdate = {
    ...(surge === undefined ? {} : { maxSurge: surge }),
    ...(unavailable === undefined ? {} : { maxUnavailable: unavailable }),
  };
  const strategy = { type, rollingUpdate } as appsv1.DeploymentStrategy;
  const spec = { replicas, selector: {}, template: {}, strategy, progressDeadlineSeconds: 10 };
  return { metadata: { name: 'foo', generation: 1 }, spec };
}
/** A set made when its deployment had so many replicas. */
const set = (name: string, replicas: number, age: number, desired: number, most: number): appsv1.ReplicaSet => ({
  metadata: {
    name,
    creationTimestamp: `2016-05-20T0${2 - age}:00:00Z`,
    annotations: { [desiredReplicasAnnotation]: String(desired), [maxReplicasAnnotation]: String(most) },
  },
  spec: { replicas, selector: {} },
});

// Upstream: pkg/controller/deployment/util/deployment_util_test.go TestResolveFenceposts (v1.36)
it.each([
  ['0%', '0%', 0, 0, 1],
  ['39%', '39%', 10, 4, 3],
  [undefined, '39%', 10, 0, 3],
  ['39%', undefined, 10, 4, 0],
  [undefined, undefined, 10, 0, 1],
])('resolveFenceposts: surge %s and unavailable %s of %i', (surge, most, desired, expectSurge, expectUnavailable) => {
  expect(resolveFenceposts(deployment(desired, surge, most))).toEqual({
    surge: expectSurge,
    unavailable: expectUnavailable,
  });
});

// Upstream: TestMaxUnavailable
it.each([
  ['maxUnavailable less than replicas', 10, 5, 5],
  ['maxUnavailable equal replicas', 10, 10, 10],
  ['maxUnavailable greater than replicas', 5, 10, 5],
  ['maxUnavailable with replicas is 0', 0, 10, 0],
  ['maxUnavailable less than replicas with percents', 10, '50%', 5],
  ['maxUnavailable equal replicas with percents', 10, '100%', 10],
  ['maxUnavailable greater than replicas with percents', 5, '100%', 5],
])('maxUnavailable: %s', (_, replicas, most, expected) => {
  expect(maxUnavailable(deployment(replicas, 0, most))).toBe(expected);
});

// Upstream: TestNewRSNewReplicas
it.each([
  ['can not scale up - to newRSReplicas', 'RollingUpdate', 1, 5, 1, 5],
  ['scale up - to depReplicas', 'RollingUpdate', 6, 2, 10, 6],
  ['recreate - to depReplicas', 'Recreate', 3, 1, 1, 3],
])('newRSNewReplicas: %s', (_, type, replicas, newReplicas, surge, expected) => {
  const others = [set('rs5', 5, 0, 5, 5)];
  expect(newRSNewReplicas(deployment(replicas, surge, 1, type), others, newReplicas)).toBe(expected);
});

// Upstream: pkg/controller/deployment/sync_test.go TestScale. Sizes from the newest set to the oldest.
it.each([
  { name: 'normal scaling event: 10 -> 12', from: 10, to: 12, sizes: [10], expected: [12] },
  { name: 'normal scaling event: 10 -> 5', from: 10, to: 5, sizes: [10], expected: [5] },
  { name: 'proportional scaling: 5 -> 10', from: 5, to: 10, sizes: [2, 3], expected: [4, 6] },
  { name: 'proportional scaling: 5 -> 3', from: 5, to: 3, sizes: [2, 3], expected: [1, 2] },
  { name: 'proportional scaling: 9 -> 4', from: 9, to: 4, sizes: [8, 1], expected: [4, 0] },
  { name: 'proportional scaling: 7 -> 10', from: 7, to: 10, sizes: [2, 3, 2], expected: [3, 4, 3] },
  { name: 'proportional scaling: 13 -> 8', from: 13, to: 8, sizes: [2, 8, 3], expected: [1, 5, 2] },
  { name: 'leftover distribution: 3 -> 4', from: 3, to: 4, sizes: [1, 1, 1], expected: [2, 1, 1] },
  { name: 'leftover distribution: 3 -> 2', from: 3, to: 2, sizes: [1, 1, 1], expected: [1, 1, 0] },
  { name: 'proportional scaling (no new rs): 4 -> 5', from: 4, to: 5, sizes: [2, 2], expected: [3, 2] },
  { name: 'proportional scaling: 6 -> 0', from: 6, to: 0, sizes: [3, 2, 1], expected: [0, 0, 0] },
  { name: 'deployment with surge pods', from: 10, to: 20, sizes: [6, 6], expected: [11, 11], surges: [2, 2] },
  { name: 'change both surge and size', from: 10, to: 50, sizes: [5, 8], expected: [22, 34], surges: [3, 6] },
  { name: 'change both size and template', from: 10, to: 14, sizes: [7, 3], expected: [10, 4] },
])('proportionalSizes: $name', ({ from, to, sizes, expected, surges: [before = 0, after = 0] = [] }) => {
  const sets = sizes.map((size, age) => set(`v${age}`, size, age, from, from + before));
  const result = new Map(
    proportionalSizes(deployment(to, after, 0), sets).map(([rs, size]) => [rs.metadata.name, size]),
  );
  expect(sets.map(({ metadata }) => result.get(metadata.name))).toEqual(expected);
});

const status = (
  replicas: number,
  updatedReplicas: number,
  availableReplicas: number,
  readyReplicas = 0,
): appsv1.DeploymentStatus => ({ replicas, updatedReplicas, availableReplicas, readyReplicas, observedGeneration: 1 });

// Upstream: TestDeploymentComplete
it.each([
  ['not complete: min but not all pods become available', 5, status(5, 5, 4), false],
  ['not complete: min availability is not honored', 1, status(1, 1, 0), false],
  ['complete', 5, status(5, 5, 5), true],
  ['not complete: all pods are available but not updated', 5, status(5, 4, 5), false],
  ['not complete: still running old pods', 1, status(2, 1, 1), false],
  ['not complete: one replica deployment never comes up', 1, status(1, 1, 0), false],
])('deploymentComplete: %s', (_, replicas, now, expected) => {
  expect(deploymentComplete(deployment(replicas), now)).toBe(expected);
});

// Upstream: TestDeploymentProgressing
it.each([
  ['progressing: updated pods', status(10, 4, 0), status(10, 6, 0), true],
  ['not progressing', status(10, 4, 0), status(10, 4, 0), false],
  ['progressing: old pods removed', status(10, 4, 0), status(8, 4, 0), true],
  ['not progressing: less new pods', status(10, 7, 3), status(10, 3, 3), false],
  ['progressing: less overall but more new pods', status(10, 4, 7), status(8, 8, 5), true],
  ['progressing: more ready pods', status(10, 10, 0, 0), status(10, 10, 0, 1), true],
  ['progressing: more available pods', status(10, 10, 0, 1), status(10, 10, 1, 1), true],
])('deploymentProgressing: %s', (_, old, now, expected) => {
  expect(deploymentProgressing({ ...deployment(10), status: old }, now)).toBe(expected);
});

// Upstream: TestDeploymentTimedOut
describe('deploymentTimedOut', () => {
  const earlier = Date.UTC(2017, 1, 15, 22, 49);
  it.each([
    ['nil progressDeadlineSeconds specified - no timeout', null, 'ReplicaSetUpdated', 20, false],
    ['not timed out', 10, 'ReplicaSetUpdated', 10, false],
    ['timed out', 10, 'ReplicaSetUpdated', 11, true],
    ['previously timed out - stays timed out', 10, 'ProgressDeadlineExceeded', 0, true],
    ['complete already', 10, 'NewReplicaSetAvailable', 60, false],
  ])('%s', (_, deadline, reason, seconds, expected) => {
    const { spec, metadata } = deployment(1);
    const time = new Date(earlier).toISOString().replace('.000', '');
    const condition = { type: 'Progressing', status: 'True', reason, lastUpdateTime: time, lastTransitionTime: time };
    const conditions = [condition as appsv1.DeploymentCondition];
    const { progressDeadlineSeconds: __, ...rest } = spec ?? { selector: {}, template: {} };
    const limited = deadline === null ? rest : { ...rest, progressDeadlineSeconds: deadline };
    expect(deploymentTimedOut({ metadata, spec: limited }, { conditions }, earlier + seconds * 1000)).toBe(expected);
  });
});
