/** What an update of a pod or a node means for scheduling. Upstream: pkg/scheduler/framework/events.go (v1.36) */
import type * as corev1 from '../../api/core/v1.ts';
import { semanticDeepEqual } from '../../apimachinery/deep-equal.ts';
import { action, type ClusterEvent } from './cluster-event.ts';
import { podRequests } from './pod-requests.ts';

/** Versions share what is equal, so identity answers nearly always. */
const isChanged = (old: unknown, now: unknown) => old !== now && !semanticDeepEqual(old ?? {}, now ?? {});

function isScaledDown(old: corev1.Pod, pod: corev1.Pod): boolean {
  if (old.spec === pod.spec && old.status === pod.status) return false;
  const before = podRequests(old, { useStatus: true });
  const after = podRequests(pod, { useStatus: true });
  const names = ['cpu', 'memory', 'ephemeral-storage', ...(before.scalars?.keys() ?? [])];
  return names.some((name) => before.get(name) > after.get(name));
}

export function podSchedulingPropertiesChange(old: corev1.Pod, pod: corev1.Pod): ClusterEvent[] {
  const resource = pod.spec?.nodeName ? 'AssignedPod' : 'UnschedulablePod';
  const actions: number[] = [];
  if (isChanged(old.metadata.labels, pod.metadata.labels)) actions.push(action.updatePodLabel);
  if (isScaledDown(old, pod)) actions.push(action.updatePodScaleDown);
  if (old.spec?.schedulingGates?.length && !pod.spec?.schedulingGates?.length) {
    actions.push(action.updatePodSchedulingGatesEliminated);
  }
  if ((old.spec?.tolerations?.length ?? 0) !== (pod.spec?.tolerations?.length ?? 0)) {
    actions.push(action.updatePodToleration);
  }
  if (isChanged(old.status?.resourceClaimStatuses, pod.status?.resourceClaimStatuses)) {
    actions.push(action.updatePodGeneratedResourceClaim);
  }
  if (actions.length === 0) actions.push(action.update);
  return actions.map((found) => ({ resource, action: found }));
}

const conditionStatuses = (node: corev1.Node) =>
  Object.fromEntries((node.status?.conditions ?? []).map(({ type, status }) => [type, status]));

export function nodeSchedulingPropertiesChange(old: corev1.Node, node: corev1.Node): ClusterEvent[] {
  const actions: number[] = [];
  if (old.spec?.unschedulable && !node.spec?.unschedulable) actions.push(action.updateNodeTaint);
  if (isChanged(old.status?.allocatable, node.status?.allocatable)) actions.push(action.updateNodeAllocatable);
  if (isChanged(old.metadata.labels, node.metadata.labels)) actions.push(action.updateNodeLabel);
  if (isChanged(old.spec?.taints, node.spec?.taints)) actions.push(action.updateNodeTaint);
  const { conditions } = node.status ?? {};
  if (old.status?.conditions !== conditions && isChanged(conditionStatuses(old), conditionStatuses(node))) {
    actions.push(action.updateNodeCondition);
  }
  if (isChanged(old.metadata.annotations, node.metadata.annotations)) actions.push(action.updateNodeAnnotation);
  if (isChanged(old.status?.declaredFeatures, node.status?.declaredFeatures)) {
    actions.push(action.updateNodeDeclaredFeature);
  }
  return actions.map((found) => ({ resource: 'Node', action: found }));
}
