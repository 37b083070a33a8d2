import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { compareRankedPods, type RankedPod } from './active-pods.ts';
import { getPodsToDelete } from './pods-to-delete.ts';

const now = Date.UTC(2026, 5, 30);
const hour = 3_600_000;
const month = now - 30 * 24 * hour;

interface Facts {
  readonly node?: string;
  readonly phase?: 'Pending' | 'Unknown' | 'Running';
  /** Since when; null: since nobody knows when. */
  readonly readyMs?: number | null;
  readonly createdMs?: number;
  readonly restarts?: number;
  readonly sidecarRestarts?: number;
  readonly cost?: string;
}
function pod(name: string, facts: Facts): corev1.Pod {
  const { node = '', phase = 'Running', readyMs, createdMs, restarts = 0, sidecarRestarts = 0, cost } = facts;
  const since = readyMs ? { lastTransitionTime: formatTime(readyMs) } : {};
  const status = (container: string, restartCount: number) => ({
    name: container,
    restartCount,
    ready: true,
    image: '',
    imageID: '',
  });
  return {
    metadata: {
      name,
      uid: name,
      ...(createdMs === undefined ? {} : { creationTimestamp: formatTime(createdMs) }),
      annotations: cost === undefined ? {} : { 'controller.kubernetes.io/pod-deletion-cost': cost },
    },
    spec: { nodeName: node, containers: [], initContainers: [{ name: 'sidecar', restartPolicy: 'Always' }] },
    status: {
      phase,
      ...(readyMs === undefined ? {} : { conditions: [{ type: 'Ready', status: 'True', ...since }] }),
      containerStatuses: [status('app', restarts)],
      initContainerStatuses: [status('sidecar', sidecarRestarts)],
    },
  };
}

const node = 'node';
const pods = {
  unscheduled: pod('unscheduled', { phase: 'Pending' }),
  pending: pod('pending', { node, phase: 'Pending' }),
  unknown: pod('unknown-phase', { node, phase: 'Unknown' }),
  notReady: pod('not-ready', { node }),
  noTime: pod('ready-no-last-transition-time', { node, readyMs: null }),
  readyNow: pod('ready-now', { node, readyMs: now, createdMs: now }),
  readyThen: pod('ready-then', { node, readyMs: month, createdMs: month }),
  restarts: pod('ready-high-restarts', { node, readyMs: now, createdMs: now, restarts: 9001 }),
  sidecarRestarts: pod('ready-high-side', {
    node,
    readyMs: now,
    createdMs: now,
    restarts: 9001,
    sidecarRestarts: 9001,
  }),
  createdThen: pod('ready-now-created-then', { node, readyMs: now, createdMs: month }),
  lowCost: pod('low-deletion-cost', { node, readyMs: now, createdMs: month, cost: '10' }),
  highCost: pod('high-deletion-cost', { node, readyMs: now, createdMs: month, cost: '100' }),
  ready2Hours: pod('ready-2-hours', { readyMs: now - 2 * hour, createdMs: month }),
  ready8Hours: pod('ready-8-hours', { readyMs: now - 8 * hour, createdMs: month }),
};
const rank = (one: corev1.Pod, count = 1): RankedPod => ({ pod: one, rank: count });

// Upstream: pkg/controller/controller_utils_test.go TestSortingActivePodsWithRanks (v1.36)
it.each([
  ['unscheduled before scheduled', rank(pods.unscheduled, 1), rank(pods.pending, 2)],
  ['pending before unknown', rank(pods.pending), rank(pods.unknown)],
  ['unknown before running', rank(pods.unknown), rank(pods.notReady)],
  ['not ready before ready', rank(pods.notReady, 1), rank(pods.noTime, 2)],
  ['higher rank before lower', rank(pods.readyThen, 2), rank(pods.readyNow, 1)],
  ['ready since nobody knows when before ready', rank(pods.noTime), rank(pods.readyNow)],
  ['ready for a short time before ready for long', rank(pods.readyNow), rank(pods.readyThen)],
  ['many restarts before few', rank(pods.restarts), rank(pods.readyNow)],
  ['many restarts of sidecars before few', rank(pods.sidecarRestarts), rank(pods.restarts)],
  ['young before old', rank(pods.readyNow), rank(pods.createdThen)],
  ['cheap before dear', rank(pods.lowCost), rank(pods.highCost)],
  ['ready two hours before ready eight: another power of two', rank(pods.ready2Hours), rank(pods.ready8Hours)],
])('%s', (_, first, second) => {
  expect(compareRankedPods(first, second, now)).toBeLessThan(0);
  expect(compareRankedPods(second, first, now)).toBeGreaterThan(0);
});

// Upstream: pkg/controller/replicaset/replica_set_test.go TestGetPodsToDelete (v1.36)
it.each([
  ['all of them', ['unscheduled', 'pending'], 2, ['unscheduled', 'pending']],
  ['only what is not scheduled', ['readyThen', 'unscheduled', 'pending'], 1, ['unscheduled']],
  [
    'what is not ready, then what was ready for a short time',
    ['readyThen', 'readyNow', 'notReady'],
    2,
    ['notReady', 'readyNow'],
  ],
] as const)('getPodsToDelete: %s', (_, names, count, expected) => {
  const all = names.map((name) => pods[name]);
  const chosen = getPodsToDelete(all, all, count, now).map(({ metadata }) => metadata.name);
  expect(chosen).toEqual(expected.map((name) => pods[name].metadata.name));
});
it('getPodsToDelete: from the node that has more pods of the same owners', () => {
  const on = (name: string, where: string) => pod(name, { node: where, readyMs: month, createdMs: month });
  const all = [on('a', 'n1'), on('b', 'n2'), on('c', 'n2')];
  expect(getPodsToDelete(all.slice(0, 2), all, 1, now).map(({ metadata }) => metadata.name)).toEqual(['b']);
});
