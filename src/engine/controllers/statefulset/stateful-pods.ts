import type * as appsv1 from '../../../api/apps/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { statefulSets } from '../../../api/resources.ts';
import { newControllerRef } from '../../../apimachinery/object-meta.ts';
import { controllerRevisionHashLabel } from '../shared/controller-history.ts';
import { getPodFromTemplate } from '../shared/pod-control.ts';
import { isPodAvailable } from '../shared/pod-status.ts';

type StatefulSet = appsv1.StatefulSet;
type Claim = corev1.PersistentVolumeClaim;

const podNameLabel = 'statefulset.kubernetes.io/pod-name';
const podIndexLabel = 'apps.kubernetes.io/pod-index';

/** The set's name and the number in a pod's name; -1 when it has none. */
export function getParentNameAndOrdinal(pod: corev1.Pod): { readonly parent: string; readonly ordinal: number } {
  const match = /^(.*)-(\d+)$/.exec(pod.metadata.name ?? '');
  const ordinal = Number(match?.[2] ?? -1);
  return match && ordinal <= 2_147_483_647 ? { parent: match[1] ?? '', ordinal } : { parent: '', ordinal: -1 };
}
export const getOrdinal = (pod: corev1.Pod): number => getParentNameAndOrdinal(pod).ordinal;
export const getStartOrdinal = (set: StatefulSet): number => set.spec?.ordinals?.start ?? 0;
export const replicasOf = (set: StatefulSet): number => set.spec?.replicas ?? 1;
export const podInOrdinalRange = (pod: corev1.Pod, set: StatefulSet): boolean => {
  const ordinal = getOrdinal(pod);
  return ordinal >= getStartOrdinal(set) && ordinal < getStartOrdinal(set) + replicasOf(set);
};
export const getPodRevision = (pod: corev1.Pod): string => pod.metadata.labels?.[controllerRevisionHashLabel] ?? '';
export const isMemberOf = (set: StatefulSet, pod: corev1.Pod): boolean =>
  getParentNameAndOrdinal(pod).parent === set.metadata.name;

export const isCreated = (pod: corev1.Pod): boolean => Boolean(pod.status?.phase);
export const isTerminating = (pod: corev1.Pod): boolean => pod.metadata.deletionTimestamp !== undefined;
export const isUnavailable = (pod: corev1.Pod, set: StatefulSet, nowMs: number): boolean =>
  isTerminating(pod) || !isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, nowMs);
export const allowsBurst = (set: StatefulSet): boolean => set.spec?.podManagementPolicy === 'Parallel';

export const claimName = (set: StatefulSet, template: Claim, ordinal: number): string =>
  `${template.metadata.name ?? ''}-${set.metadata.name ?? ''}-${ordinal}`;

/** The claims of one pod, as the templates want them. */
export function getPersistentVolumeClaims(set: StatefulSet, pod: corev1.Pod): readonly Claim[] {
  const ordinal = getOrdinal(pod);
  return (set.spec?.volumeClaimTemplates ?? []).map((template) => {
    const { status: _, ...claim } = template;
    const labels = { ...template.metadata.labels, ...set.spec?.selector.matchLabels };
    return {
      ...claim,
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {
        ...template.metadata,
        name: claimName(set, template, ordinal),
        namespace: set.metadata.namespace ?? '',
        labels,
      },
    };
  });
}

export function identityMatches(set: StatefulSet, pod: corev1.Pod): boolean {
  const { parent, ordinal } = getParentNameAndOrdinal(pod);
  const { name, labels } = pod.metadata;
  return ordinal >= 0 && parent === set.metadata.name && labels?.[podNameLabel] === name;
}

export function storageMatches(set: StatefulSet, pod: corev1.Pod): boolean {
  const ordinal = getOrdinal(pod);
  return (set.spec?.volumeClaimTemplates ?? []).every((template) => {
    const volume = pod.spec?.volumes?.find(({ name }) => name === template.metadata.name);
    return volume?.persistentVolumeClaim?.claimName === claimName(set, template, ordinal);
  });
}

/** The pod with its name's labels. */
export function withIdentity(pod: corev1.Pod, ordinal: number): corev1.Pod {
  const name = pod.metadata.name ?? '';
  const labels = { ...pod.metadata.labels, [podNameLabel]: name, [podIndexLabel]: String(ordinal) };
  return { ...pod, metadata: { ...pod.metadata, labels } };
}

/** The pod with a volume for each claim. */
export function withStorage(set: StatefulSet, pod: corev1.Pod): corev1.Pod {
  const ordinal = getOrdinal(pod);
  const templates = set.spec?.volumeClaimTemplates ?? [];
  if (templates.length === 0) return pod;
  const own = templates.map((template) => ({
    name: template.metadata.name ?? '',
    persistentVolumeClaim: { claimName: claimName(set, template, ordinal) },
  }));
  const names = new Set(own.map(({ name }) => name));
  const others = (pod.spec?.volumes ?? []).filter(({ name }) => !names.has(name));
  return { ...pod, spec: { ...(pod.spec ?? { containers: [] }), volumes: [...own, ...others] } };
}

/** A set's pod of one revision, not created yet. Upstream: stateful_set_utils.go newStatefulSetPod (v1.36) */
export function newStatefulSetPod(
  set: StatefulSet,
  template: corev1.PodTemplateSpec,
  revision: string,
  ordinal: number,
): corev1.Pod {
  const base = getPodFromTemplate(template, set, newControllerRef(set, statefulSets));
  const name = `${set.metadata.name ?? ''}-${ordinal}`;
  const labels = { ...base.metadata.labels, [controllerRevisionHashLabel]: revision };
  const { generateName, ...metadata } = base.metadata;
  const spec = {
    ...(base.spec ?? { containers: [] }),
    hostname: name,
    ...(set.spec?.serviceName ? { subdomain: set.spec.serviceName } : {}),
  };
  const named = { ...base, metadata: { ...metadata, generateName: generateName ?? '', name, labels }, spec };
  return withStorage(set, withIdentity(named, ordinal));
}

/** Whether a pod that is missing comes back in the present revision, not the new one. */
export function usesCurrentRevision(set: StatefulSet, ordinal: number): boolean {
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  const start = getStartOrdinal(set);
  if (rollingUpdate) return ordinal < start + (rollingUpdate.partition ?? 0);
  return type === 'RollingUpdate' && ordinal < start + (set.status?.currentReplicas ?? 0);
}
