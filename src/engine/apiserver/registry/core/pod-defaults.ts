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

/** Defaults of pods that templates do not get. Upstream: core/v1 SetDefaults_Pod (v1.36) */
export function setPodDefaults(draft: Draft<corev1.Pod>): void {
  const { spec } = draft;
  if (!spec) return;
  requestsFromLimits(spec.containers);
  requestsFromLimits(spec.initContainers);
  spec.enableServiceLinks ??= true;
}
