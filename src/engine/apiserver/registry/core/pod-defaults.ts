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

/** Defaults of pods that templates do not get. Upstream: core/v1 SetDefaults_Pod (v1.36) */
export function setPodDefaults(draft: Draft<corev1.Pod>): void {
  syncPodIPs(draft);
  const { spec } = draft;
  if (!spec) return;
  requestsFromLimits(spec.containers);
  requestsFromLimits(spec.initContainers);
  spec.enableServiceLinks ??= true;
}
