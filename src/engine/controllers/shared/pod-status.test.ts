import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { withPodCondition } from './pod-conditions.ts';
import { findMinNextPodAvailabilityCheck, isPodActive, isPodAvailable, isPodTerminating } from './pod-status.ts';

const nowMs = Date.parse('2024-01-01T00:01:00Z');
const ready = (at: string | undefined, status: 'True' | 'False' = 'True'): corev1.Pod => ({
  metadata: {},
  status: { phase: 'Running', conditions: at === undefined ? [] : [{ type: 'Ready', status, lastTransitionTime: at }] },
});

// Upstream: pkg/api/v1/pod/util_test.go TestIsPodAvailable (v1.36)
it.each([
  { name: 'not ready', pod: ready('2024-01-01T00:00:00Z', 'False'), seconds: 0, expected: false },
  { name: 'no condition', pod: ready(undefined), seconds: 0, expected: false },
  { name: 'ready', pod: ready('2024-01-01T00:00:59Z'), seconds: 0, expected: true },
  { name: 'not for long enough', pod: ready('2024-01-01T00:00:59Z'), seconds: 2, expected: false },
  { name: 'for just long enough', pod: ready('2024-01-01T00:00:58Z'), seconds: 2, expected: true },
])('isPodAvailable: $name', ({ pod, seconds, expected }) => {
  expect(isPodAvailable(pod, seconds, nowMs)).toBe(expected);
});

// Upstream: pkg/controller/controller_utils_test.go TestActivePodFiltering, TestFilterTerminatingPods
it.each([
  { phase: 'Running' as const, going: false, active: true, terminating: false },
  { phase: 'Pending' as const, going: true, active: false, terminating: true },
  { phase: 'Succeeded' as const, going: false, active: false, terminating: false },
  { phase: 'Failed' as const, going: true, active: false, terminating: false },
])('$phase, going $going', ({ phase, going, active, terminating }) => {
  const pod: corev1.Pod = { metadata: going ? { deletionTimestamp: '2024-01-01T00:00:00Z' } : {}, status: { phase } };
  expect([isPodActive(pod), isPodTerminating(pod)]).toEqual([active, terminating]);
});

// Upstream: TestFindMinNextPodAvailabilityCheck
it.each([
  { name: 'no pods', pods: [], seconds: 3, expected: undefined },
  { name: 'unready pods', pods: [ready('2024-01-01T00:00:59Z', 'False')], seconds: 3, expected: undefined },
  { name: 'available already', pods: [ready('2024-01-01T00:00:00Z')], seconds: 3, expected: undefined },
  {
    name: 'the sooner of two',
    pods: [ready('2024-01-01T00:00:59Z'), ready('2024-01-01T00:00:58Z')],
    seconds: 3,
    expected: 1000,
  },
  { name: 'nothing to wait for', pods: [ready('2024-01-01T00:00:59Z')], seconds: 0, expected: undefined },
])('findMinNextPodAvailabilityCheck: $name', ({ pods, seconds, expected }) => {
  expect(findMinNextPodAvailabilityCheck(pods, seconds, nowMs)).toBe(expected);
});

const now = '2024-01-01T00:01:00Z';
const condition = { type: 'DisruptionTarget', status: 'True' as const, reason: 'R', message: 'm' };

// Upstream: pkg/api/v1/pod/util_test.go TestUpdatePodCondition
it('withPodCondition adds, keeps the time while the status stays, and says when nothing changes', () => {
  const pod: corev1.Pod = { metadata: { generation: 3 }, status: {} };
  const [added] = withPodCondition(pod, condition, now) ?? [];
  expect(added).toEqual({ ...condition, lastTransitionTime: now, observedGeneration: 3 });
  const later: corev1.Pod = { ...pod, status: { conditions: added ? [added] : [] } };
  expect(withPodCondition(later, condition, '2030-01-01T00:00:00Z')).toBeUndefined();
  expect(withPodCondition(later, { ...condition, message: 'n' }, '2030-01-01T00:00:00Z')).toEqual([
    { ...added, message: 'n' },
  ]);
  expect(
    withPodCondition(later, { ...condition, status: 'False' }, '2030-01-01T00:00:00Z')?.[0]?.lastTransitionTime,
  ).toBe('2030-01-01T00:00:00Z');
});
