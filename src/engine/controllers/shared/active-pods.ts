import type * as corev1 from '../../../api/core/v1.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';
import { timeOf } from './api-time.ts';
import { isPodReady, podReadyTime } from './pod-status.ts';

const phaseOrder: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost';

/** The later, or unknown, time comes first. */
function afterOrZero(a: number | undefined, b: number | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  return a > b ? -1 : 1;
}

function maxContainerRestarts(pod: corev1.Pod): readonly [regular: number, sidecar: number] {
  const sidecars = new Set(
    (pod.spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map((container) => container.name),
  );
  const most = (statuses: readonly corev1.ContainerStatus[]) => Math.max(0, ...statuses.map((s) => s.restartCount));
  const initStatuses = (pod.status?.initContainerStatuses ?? []).filter((status) => sidecars.has(status.name));
  return [most(pod.status?.containerStatuses ?? []), most(initStatuses)];
}

function compareRestarts(a: corev1.Pod, b: corev1.Pod): number {
  const [regularA, sidecarA] = maxContainerRestarts(a);
  const [regularB, sidecarB] = maxContainerRestarts(b);
  return regularB - regularA || sidecarB - sidecarA;
}

function compareBasics(a: corev1.Pod, b: corev1.Pod): number {
  const assigned = (pod: corev1.Pod) => (pod.spec?.nodeName ? 1 : 0);
  const phase = (pod: corev1.Pod) => phaseOrder[pod.status?.phase ?? ''] ?? 0;
  return assigned(a) - assigned(b) || phase(a) - phase(b) || Number(isPodReady(a)) - Number(isPodReady(b));
}

const created = (pod: corev1.Pod) => timeOf(pod.metadata.creationTimestamp);

/**
 * Orders pods so that those that are missed least come first: unassigned, pending, not ready, ready for a shorter time, restarted
 * more often, younger.
 *
 * Upstream: pkg/controller/controller_utils.go ActivePods (v1.36)
 */
export function compareActivePods(a: corev1.Pod, b: corev1.Pod): number {
  return (
    compareBasics(a, b) ||
    afterOrZero(podReadyTime(a), podReadyTime(b)) ||
    compareRestarts(a, b) ||
    afterOrZero(created(a), created(b))
  );
}

/** Whether ages differ by a power of two. Upstream: controller_utils.go logarithmicRankDiff (v1.36) */
function logarithmicRankDiff(a: number, b: number, nowMs: number): number {
  const rank = (ms: number) => (nowMs - ms > 0 ? Math.trunc(Math.log2((nowMs - ms) * 1e6)) : -1);
  return rank(a) - rank(b);
}

function compareAges(a: number | undefined, b: number | undefined, nowMs: number, byUid: number): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return afterOrZero(a, b);
  return logarithmicRankDiff(a, b, nowMs) || byUid;
}

const deletionCost = (pod: corev1.Pod): number => {
  const text = pod.metadata.annotations?.[deletionCostAnnotation] ?? '0';
  return /^(0|-?[1-9]\d*)$/.test(text) ? Number(text) : 0;
};

/** A pod and how many pods of the same owner stand on its node. */
export interface RankedPod {
  readonly pod: corev1.Pod;
  readonly rank: number;
}

/**
 * Orders pods for removal: as `compareActivePods`, but deletion cost and crowded nodes count, and ages only by their magnitude.
 *
 * Upstream: pkg/controller/controller_utils.go ActivePodsWithRanks (v1.36)
 */
export function compareRankedPods(a: RankedPod, b: RankedPod, nowMs: number): number {
  const byUid = compareStrings(a.pod.metadata.uid ?? '', b.pod.metadata.uid ?? '');
  return (
    compareBasics(a.pod, b.pod) ||
    deletionCost(a.pod) - deletionCost(b.pod) ||
    b.rank - a.rank ||
    compareAges(podReadyTime(a.pod), podReadyTime(b.pod), nowMs, byUid) ||
    compareRestarts(a.pod, b.pod) ||
    compareAges(created(a.pod), created(b.pod), nowMs, byUid)
  );
}
