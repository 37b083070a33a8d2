import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { calculateStatus, type StatusInput } from './replica-status.ts';

const nowMs = Date.parse('2024-01-01T01:00:00Z');
const pod = (labels: Readonly<Record<string, string>>, state: 'ready' | 'fresh' | 'pending' = 'ready'): corev1.Pod => ({
  metadata: { labels },
  status: {
    phase: state === 'pending' ? 'Pending' : 'Running',
    conditions: [
      {
        type: 'Ready',
        status: state === 'pending' ? 'False' : 'True',
        lastTransitionTime: state === 'fresh' ? '2024-01-01T00:59:59Z' : '2024-01-01T00:00:00Z',
      },
    ],
  },
});
const full = { name: 'foo', type: 'production' };
const some = { name: 'foo' };
const input = (activePods: readonly corev1.Pod[], more: Partial<StatusInput> = {}): StatusInput => ({
  status: { replicas: 0 },
  replicas: activePods.length,
  minReadySeconds: 0,
  templateLabels: full,
  activePods,
  terminating: undefined,
  manageReplicasError: undefined,
  nowMs,
  ...more,
});

// Upstream: pkg/controller/replicaset/replica_set_utils_test.go TestCalculateStatus (v1.36)
it.each([
  {
    name: '1 fully labelled pod',
    input: input([pod(full)]),
    expected: { replicas: 1, fullyLabeledReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
  },
  {
    name: '1 not fully labelled pod',
    input: input([pod(some)]),
    expected: { replicas: 1, readyReplicas: 1, availableReplicas: 1 },
  },
  {
    name: '2 fully labelled pods with DeploymentReplicaSetTerminatingReplicas',
    input: input([pod(full), pod(full)], { terminating: 0 }),
    expected: { replicas: 2, fullyLabeledReplicas: 2, readyReplicas: 2, availableReplicas: 2, terminatingReplicas: 0 },
  },
  {
    name: '1 fully labelled pod, 1 not fully labelled pod',
    input: input([pod(full), pod(some)]),
    expected: { replicas: 2, fullyLabeledReplicas: 1, readyReplicas: 2, availableReplicas: 2 },
  },
  { name: '1 non-ready pod', input: input([pod(full, 'pending')]), expected: { replicas: 1, fullyLabeledReplicas: 1 } },
  {
    name: '1 ready but non-available pod',
    input: input([pod(full, 'fresh')], { minReadySeconds: 3600 }),
    expected: { replicas: 1, fullyLabeledReplicas: 1, readyReplicas: 1 },
  },
  {
    name: '1 available pod with minReadySeconds',
    input: input([pod(full)], { minReadySeconds: 3600 }),
    expected: { replicas: 1, fullyLabeledReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
  },
  { name: 'no pods', input: input([]), expected: { replicas: 0 } },
])('calculateStatus: $name', ({ input: given, expected }) => {
  expect(calculateStatus(given)).toEqual(expected);
});

const failure = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'before' };
const error = new Error('fake manageReplicasErr');
const made = (reason: string | undefined) => ({
  type: 'ReplicaFailure',
  status: 'True',
  lastTransitionTime: '2024-01-01T01:00:00Z',
  ...(reason === undefined ? {} : { reason }),
  message: 'fake manageReplicasErr',
});

// Upstream: TestCalculateStatusConditions
it.each([
  {
    name: 'manageReplicasErr != nil && failureCond == nil, diff < 0',
    pods: 1,
    conditions: [],
    error,
    expected: [made('FailedCreate')],
  },
  {
    name: 'manageReplicasErr != nil && failureCond == nil, diff > 0',
    pods: 3,
    conditions: [],
    error,
    expected: [made('FailedDelete')],
  },
  {
    name: 'manageReplicasErr != nil && failureCond == nil, diff == 0',
    pods: 2,
    conditions: [],
    error,
    expected: [made(undefined)],
  },
  {
    name: 'manageReplicasErr == nil && failureCond != nil',
    pods: 2,
    conditions: [failure],
    error: undefined,
    expected: undefined,
  },
  {
    name: 'manageReplicasErr != nil && failureCond != nil',
    pods: 1,
    conditions: [failure],
    error,
    expected: [failure],
  },
  {
    name: 'manageReplicasErr == nil && failureCond == nil',
    pods: 2,
    conditions: [],
    error: undefined,
    expected: undefined,
  },
])('calculateStatus: $name', ({ pods, conditions, error: manageReplicasError, expected }) => {
  const activePods = Array.from({ length: pods }, () => pod(full));
  const given = input(activePods, { replicas: 2, status: { replicas: 0, conditions }, manageReplicasError });
  expect(calculateStatus(given).conditions).toEqual(expected);
});
