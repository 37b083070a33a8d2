import type * as corev1 from '../../../../api/core/v1.ts';
import type { Draft } from '../draft.ts';

function requestsFromLimits(containers: Draft<corev1.Container>[] | undefined): void {
  for (const container of containers ?? []) {
    const limits = container.resources?.limits;
    if (!limits || !container.resources) continue;
    const requests = container.resources.requests;
    if (requests && Object.keys(limits).every((name) => Object.hasOwn(requests, name))) continue;
    container.resources.requests = { ...limits, ...requests };
  }
}

/**
 * Keeps podIP and the first of podIPs the same; podIP counts.
 *
 * Upstream: pkg/apis/core/v1/conversion.go Convert_v1_PodStatus_To_core_PodStatus (v1.36)
 */
function syncPodIPs(draft: Draft<corev1.Pod>): void {
  const { podIP, podIPs } = draft.status ?? {};
  const first = podIPs?.[0]?.ip;
  if (podIP ? podIP === first : !first) return;
  draft.status = podIP ? { ...draft.status, podIPs: [{ ip: podIP }] } : { ...draft.status, podIP: first ?? '' };
}

const initContainerAnnotations: ReadonlySet<string> = new Set([
  'pod.beta.kubernetes.io/init-containers',
  'pod.alpha.kubernetes.io/init-containers',
  'pod.beta.kubernetes.io/init-container-statuses',
  'pod.alpha.kubernetes.io/init-container-statuses',
]);

/** Annotations of kubelets of old are taken off. Upstream: pkg/apis/core/v1/conversion.go dropInitContainerAnnotations (v1.36) */
function dropInitContainerAnnotations({ metadata }: Draft<corev1.Pod>): void {
  const { annotations } = metadata;
  if (!annotations) return;
  const kept = Object.entries(annotations).filter(([key]) => !initContainerAnnotations.has(key));
  if (kept.length < Object.keys(annotations).length) metadata.annotations = Object.fromEntries(kept);
}

/** Defaults of pods that templates do not get. Upstream: core/v1 SetDefaults_Pod (v1.36) */
export function setPodDefaults(draft: Draft<corev1.Pod>): void {
  syncPodIPs(draft);
  dropInitContainerAnnotations(draft);
  const { spec } = draft;
  if (!spec) return;
  requestsFromLimits(spec.containers);
  requestsFromLimits(spec.initContainers);
  spec.enableServiceLinks ??= true;
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) spec.terminationGracePeriodSeconds = 1;
}
