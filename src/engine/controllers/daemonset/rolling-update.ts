import type * as appsv1 from '../../../api/apps/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { isPodAvailable } from '../shared/pod-status.ts';
import { findUpdatedPodsOnNode, nodeShouldRunDaemonPod, updateLimits } from './daemon-pods.ts';

export interface UpdateInput {
  readonly ds: appsv1.DaemonSet;
  readonly nodes: readonly corev1.Node[];
  /** Pods by the node they are on or pinned to. */
  readonly podsByNode: ReadonlyMap<string, readonly corev1.Pod[]>;
  readonly hash: string;
  readonly nowMs: number;
}

/** Names of pods to delete and of nodes that get a pod. */
export interface UpdateDecision {
  readonly podsToDelete: readonly string[];
  readonly nodesToCreate: readonly string[];
}

const nameOf = (pod: corev1.Pod) => pod.metadata.name ?? '';

/** One step of a rolling update. Upstream: pkg/controller/daemon/update.go rollingUpdate (v1.36). Differs: nodes in order of names. */
export function rollingUpdate(input: UpdateInput): UpdateDecision {
  const { ds, nodes, podsByNode } = input;
  const wanted = nodes.filter((node) => nodeShouldRunDaemonPod(node, ds).shouldRun);
  const { maxSurge, maxUnavailable } = updateLimits(ds, wanted.length);
  const all = new Map(podsByNode);
  for (const node of wanted) if (!all.has(node.metadata.name ?? '')) all.set(node.metadata.name ?? '', []);
  const byNode = [...all].sort(([a], [b]) => (a < b ? -1 : 1));
  return maxSurge === 0
    ? replaceInPlace(input, byNode, maxUnavailable)
    : replaceBySurge(input, byNode, maxSurge, wanted.length);
}

type ByNode = readonly (readonly [node: string, pods: readonly corev1.Pod[]])[];

function replaceInPlace({ ds, hash, nowMs }: UpdateInput, byNode: ByNode, maxUnavailable: number): UpdateDecision {
  const available = (pod: corev1.Pod) => isPodAvailable(pod, ds.spec?.minReadySeconds ?? 0, nowMs);
  const allowed: string[] = [];
  const candidates: string[] = [];
  let unavailable = 0;
  for (const [, pods] of byNode) {
    const found = findUpdatedPodsOnNode(ds, pods, hash);
    const { newPod, oldPod } = found ?? {};
    if ((newPod === undefined) === (oldPod === undefined)) unavailable++;
    else if (newPod) {
      if (!available(newPod)) unavailable++;
    } else if (oldPod && !available(oldPod)) {
      allowed.push(nameOf(oldPod));
      unavailable++;
    } else if (oldPod && unavailable < maxUnavailable) candidates.push(nameOf(oldPod));
  }
  const remaining = Math.max(0, maxUnavailable - unavailable);
  return { podsToDelete: [...allowed, ...candidates.slice(0, remaining)], nodesToCreate: [] };
}

function replaceBySurge(input: UpdateInput, byNode: ByNode, maxSurge: number, desired: number): UpdateDecision {
  const { ds, hash, nowMs, nodes } = input;
  const available = (pod: corev1.Pod) => isPodAvailable(pod, ds.spec?.minReadySeconds ?? 0, nowMs);
  const shouldRun = (name: string) => {
    const node = nodes.find((one) => one.metadata.name === name);
    return node !== undefined && nodeShouldRunDaemonPod(node, ds).shouldRun;
  };
  const podsToDelete: string[] = [];
  const sunset: string[] = [];
  const allowed: string[] = [];
  const candidates: string[] = [];
  let surge = 0;
  let availableCount = 0;
  for (const [node, pods] of byNode) {
    const found = findUpdatedPodsOnNode(ds, pods, hash);
    if (!found) {
      surge++;
      continue;
    }
    const { newPod, oldPod } = found;
    const counted = oldPod ?? newPod;
    if (counted && available(counted)) availableCount++;
    if (!oldPod) continue;
    if (newPod) {
      if (available(newPod)) podsToDelete.push(nameOf(oldPod));
      else surge++;
    } else if (!shouldRun(node)) (available(oldPod) ? sunset : podsToDelete).push(nameOf(oldPod));
    else if (!available(oldPod)) allowed.push(node);
    else if (surge < maxSurge) candidates.push(node);
  }
  podsToDelete.push(...sunset.slice(0, Math.max(0, availableCount - desired)));
  return { podsToDelete, nodesToCreate: [...allowed, ...candidates.slice(0, Math.max(0, maxSurge - surge))] };
}
