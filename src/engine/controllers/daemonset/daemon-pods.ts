import type * as appsv1 from '../../../api/apps/v1.ts';
import { RequiredNodeAffinity } from '../../../api/core/node-affinity.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { getScaledValueFromIntOrPercent } from '../../../apimachinery/int-or-string.ts';
import { timeOf } from '../shared/api-time.ts';
import { controllerRevisionHashLabel } from '../shared/controller-history.ts';
import { findUntoleratedTaint } from '../shared/taints.ts';

const generationAnnotation = 'deprecated.daemonset.template.generation';
const generationLabel = 'pod-template-generation';

/** The node a pod is on, or is pinned to by its affinity. Upstream: daemon/util GetTargetNodeName (v1.36) */
export function getTargetNodeName(pod: corev1.Pod): string | undefined {
  if (pod.spec?.nodeName) return pod.spec.nodeName;
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const term of required?.nodeSelectorTerms ?? []) {
    for (const { key, operator, values } of term.matchFields ?? []) {
      if (key === 'metadata.name' && operator === 'In' && values?.length === 1) return values[0];
    }
  }
  return undefined;
}

const always: readonly (readonly [key: string, effect: 'NoExecute' | 'NoSchedule'])[] = [
  ['node.kubernetes.io/not-ready', 'NoExecute'],
  ['node.kubernetes.io/unreachable', 'NoExecute'],
  ['node.kubernetes.io/disk-pressure', 'NoSchedule'],
  ['node.kubernetes.io/memory-pressure', 'NoSchedule'],
  ['node.kubernetes.io/pid-pressure', 'NoSchedule'],
  ['node.kubernetes.io/unschedulable', 'NoSchedule'],
];

/** Upstream: daemon/util AddOrUpdateDaemonPodTolerations (v1.36) */
export function daemonPodTolerations(spec: corev1.PodSpec | undefined): corev1.Toleration[] {
  const network = ['node.kubernetes.io/network-unavailable', 'NoSchedule'] as const;
  const out = [...(spec?.tolerations ?? [])];
  for (const [key, effect] of spec?.hostNetwork ? [...always, network] : always) {
    const toleration: corev1.Toleration = { key, operator: 'Exists', effect };
    const at = out.findIndex((one) => one.key === key && one.effect === effect && one.operator === 'Exists');
    if (at >= 0) out[at] = toleration;
    else out.push(toleration);
  }
  return out;
}

/** Whether a daemon pod belongs on a node, and whether one that is there may stay. Upstream: NodeShouldRunDaemonPod (v1.36) */
export function nodeShouldRunDaemonPod(
  node: corev1.Node,
  ds: appsv1.DaemonSet,
): { readonly shouldRun: boolean; readonly shouldContinueRunning: boolean } {
  const spec = ds.spec?.template.spec;
  if (spec?.nodeName && spec.nodeName !== node.metadata.name) return { shouldRun: false, shouldContinueRunning: false };
  if (!new RequiredNodeAffinity(ds.spec?.template ?? {}).matches(node))
    return { shouldRun: false, shouldContinueRunning: false };
  const taints = node.spec?.taints ?? [];
  const tolerations = daemonPodTolerations(spec);
  if (!findUntoleratedTaint(taints, tolerations, ['NoExecute', 'NoSchedule'])) {
    return { shouldRun: true, shouldContinueRunning: true };
  }
  return { shouldRun: false, shouldContinueRunning: !findUntoleratedTaint(taints, tolerations, ['NoExecute']) };
}

/** The template of a daemon pod for one node. Upstream: CreatePodTemplate, ReplaceDaemonSetPodNodeNameNodeAffinity (v1.36) */
export function daemonPodTemplate(ds: appsv1.DaemonSet, hash: string, nodeName: string): corev1.PodTemplateSpec {
  const template = ds.spec?.template ?? {};
  const generation = ds.metadata.annotations?.[generationAnnotation];
  const labels = {
    ...template.metadata?.labels,
    ...(generation === undefined ? {} : { [generationLabel]: generation }),
    ...(hash ? { [controllerRevisionHashLabel]: hash } : {}),
  };
  const affinity = template.spec?.affinity;
  const nodeSelectorTerms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName] }] }];
  return {
    ...template,
    metadata: { ...template.metadata, labels },
    spec: {
      ...(template.spec ?? { containers: [] }),
      tolerations: daemonPodTolerations(template.spec),
      affinity: {
        ...affinity,
        nodeAffinity: {
          ...affinity?.nodeAffinity,
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
        },
      },
    },
  } as corev1.PodTemplateSpec;
}

export function isPodUpdated(pod: corev1.Pod, hash: string, ds: appsv1.DaemonSet): boolean {
  const generation = ds.metadata.annotations?.[generationAnnotation];
  const labels = pod.metadata.labels ?? {};
  const sameGeneration = generation !== undefined && labels[generationLabel] === generation;
  return sameGeneration || (hash !== '' && labels[controllerRevisionHashLabel] === hash);
}

/** The one pod of the present template and the one of a former; undefined when there are several of a sort. */
export function findUpdatedPodsOnNode(
  ds: appsv1.DaemonSet,
  pods: readonly corev1.Pod[],
  hash: string,
): { readonly newPod?: corev1.Pod; readonly oldPod?: corev1.Pod } | undefined {
  const alive = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  const updated = alive.filter((pod) => isPodUpdated(pod, hash, ds));
  const old = alive.filter((pod) => !updated.includes(pod));
  if (updated.length > 1 || old.length > 1) return undefined;
  return { ...(updated[0] ? { newPod: updated[0] } : {}), ...(old[0] ? { oldPod: old[0] } : {}) };
}

/** Scheduled pods first, then the oldest. */
export function byCreationTimestampAndPhase(a: corev1.Pod, b: corev1.Pod): number {
  const assigned = Number(Boolean(b.spec?.nodeName)) - Number(Boolean(a.spec?.nodeName));
  if (assigned !== 0) return assigned;
  const age = (timeOf(a.metadata.creationTimestamp) ?? 0) - (timeOf(b.metadata.creationTimestamp) ?? 0);
  return age || ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1);
}

/** How many pods may be missing and how many may be extra while an update runs. Upstream: updatedDesiredNodeCounts (v1.36) */
export function updateLimits(ds: appsv1.DaemonSet, desired: number): { maxSurge: number; maxUnavailable: number } {
  const { maxSurge: surge = 0, maxUnavailable: unavailable = 0 } = ds.spec?.updateStrategy?.rollingUpdate ?? {};
  const rolling = ds.spec?.updateStrategy?.type === 'RollingUpdate';
  const maxSurge = rolling ? getScaledValueFromIntOrPercent(surge, desired, true) : 0;
  const maxUnavailable = rolling ? getScaledValueFromIntOrPercent(unavailable, desired, true) : 0;
  if (desired > 0 && maxSurge === 0 && maxUnavailable === 0) return { maxSurge, maxUnavailable: 1 };
  return { maxSurge, maxUnavailable };
}

export function allowsSurge(ds: appsv1.DaemonSet): boolean {
  return updateLimits(ds, 1).maxSurge > 0;
}
