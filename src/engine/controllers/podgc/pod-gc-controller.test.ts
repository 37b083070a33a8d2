import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { byEvictionAndCreationTimestamp, isStuck } from './pod-gc-controller.ts';

const pod = (name: string, created: number, reason?: string): corev1.Pod => ({
  metadata: { name, creationTimestamp: `2024-01-01T00:00:0${created}Z` },
  status: { phase: 'Failed', ...(reason ? { reason } : {}) },
});

// Upstream: pkg/controller/podgc/gc_controller_test.go TestGCTerminated (v1.36)
it('takes evicted pods first, then the oldest', () => {
  const all = [
    pod('young', 3),
    pod('b', 1),
    pod('a', 1),
    pod('evicted', 5, 'Evicted'),
    pod('older evicted', 4, 'Evicted'),
  ];
  expect(all.sort(byEvictionAndCreationTimestamp).map(({ metadata }) => metadata.name)).toEqual([
    'older evicted',
    'evicted',
    'a',
    'b',
    'young',
  ]);
});

const node = (ready: boolean, taint: string): corev1.Node => ({
  metadata: {},
  spec: { taints: [{ key: taint, effect: 'NoExecute' }] },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }] },
});
const outOfService = 'node.kubernetes.io/out-of-service';

// Upstream: TestGCInspectingPatchedPodBeforeDeletion, TestGCTerminating
it.each([
  {
    name: 'pod being deleted, node not ready and out of service',
    going: true,
    node: node(false, outOfService),
    expected: true,
  },
  { name: 'node is ready', going: true, node: node(true, outOfService), expected: false },
  { name: 'node is not out of service', going: true, node: node(false, 'other'), expected: false },
  { name: 'pod is not being deleted', going: false, node: node(false, outOfService), expected: false },
  { name: 'node is gone', going: true, node: undefined, expected: false },
])('isStuck: $name', ({ going, node: on, expected }) => {
  const metadata = going ? { deletionTimestamp: '2024-01-01T00:00:00Z' } : {};
  expect(isStuck({ metadata }, on)).toBe(expected);
});
