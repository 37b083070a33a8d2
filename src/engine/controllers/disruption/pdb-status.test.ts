import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import type * as policyv1 from '../../../api/policy/v1.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { countHealthyPods, getExpectedPodCount, pdbStatus } from './pdb-status.ts';

const now = Date.UTC(2026, 0, 1);
const pdb = (spec: policyv1.PodDisruptionBudgetSpec): policyv1.PodDisruptionBudget => ({
  metadata: { name: 'b', generation: 1 },
  spec,
});

// Of upstream's pkg/controller/disruption/disruption_test.go (v1.36): TestIntegerMaxUnavailable, TestPercentage…, TestReplicaSet …
it.each([
  ['nothing said', {}, 3, 5, { expected: 0, desiredHealthy: 0 }],
  ['minAvailable, a number: of the pods there are', { minAvailable: 3 }, 4, 10, { expected: 4, desiredHealthy: 3 }],
  ['minAvailable, more than there are', { minAvailable: 10 }, 4, 4, { expected: 4, desiredHealthy: 10 }],
  [
    'minAvailable, a share: of the scale, rounded up',
    { minAvailable: '67%' },
    4,
    10,
    { expected: 10, desiredHealthy: 7 },
  ],
  ['minAvailable 28% of 7', { minAvailable: '28%' }, 7, 7, { expected: 7, desiredHealthy: 2 }],
  ['maxUnavailable, a number', { maxUnavailable: 1 }, 2, 7, { expected: 7, desiredHealthy: 6 }],
  ['maxUnavailable, more than the scale', { maxUnavailable: 5 }, 4, 4, { expected: 4, desiredHealthy: 0 }],
  ['maxUnavailable, a share: rounded up', { maxUnavailable: '30%' }, 10, 10, { expected: 10, desiredHealthy: 7 }],
  ['maxUnavailable 10% of 7', { maxUnavailable: '10%' }, 7, 7, { expected: 7, desiredHealthy: 6 }],
])('getExpectedPodCount: %s', (_, spec, pods, scale, expected) => {
  expect(getExpectedPodCount(pdb(spec), pods, () => scale)).toEqual(expected);
});

const pod = (name: string, ready: boolean, going = false): corev1.Pod => ({
  metadata: { name, ...(going ? { deletionTimestamp: formatTime(now) } : {}) },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});
it.each([
  ['ready ones only', [pod('a', true), pod('b', false)], {}, 1],
  ['not those that go', [pod('a', true), pod('b', true, true)], {}, 1],
  ['not those that were evicted', [pod('a', true), pod('b', true)], { b: formatTime(now - 60_000) }, 1],
  ['those whose eviction came to nothing', [pod('a', true), pod('b', true)], { b: formatTime(now - 120_000) }, 2],
])('countHealthyPods: %s', (_, pods, disrupted, expected) => {
  expect(countHealthyPods(pods, disrupted, now)).toBe(expected);
});

it.each([
  ['enough', 5, 3, 5, 2, 'SufficientPods'],
  ['just enough', 3, 3, 5, 0, 'InsufficientPods'],
  ['too few', 1, 3, 5, 0, 'InsufficientPods'],
  ['no pods are expected', 3, 0, 0, 0, 'InsufficientPods'],
])('pdbStatus: %s', (_, currentHealthy, desiredHealthy, expectedPods, allowed, reason) => {
  const counts = { currentHealthy, desiredHealthy, expectedPods, disruptedPods: {} };
  const status = pdbStatus(pdb({}), counts, formatTime(now));
  expect([status.disruptionsAllowed, status.conditions?.[0]?.reason]).toEqual([allowed, reason]);
});
