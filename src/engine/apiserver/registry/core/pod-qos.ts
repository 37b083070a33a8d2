import type * as corev1 from '../../../../api/core/v1.ts';
import { parseQuantity } from '../../../../apimachinery/quantity.ts';

const isZero = (text: string): boolean => parseQuantity(text).sign === 0;

/** Guaranteed, Burstable or BestEffort. Upstream: pkg/apis/core/helper/qos ComputePodQOS (v1.36) */
export function computePodQOS(pod: corev1.Pod): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const own = pod.spec?.resources;
  const sources: readonly { readonly resources?: corev1.ResourceRequirements }[] = own
    ? [{ resources: own }]
    : [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  let guaranteed = sources.length > 0;
  let any = false;
  for (const { resources } of sources) {
    for (const name of ['cpu', 'memory'] as const) {
      const limit = resources?.limits?.[name];
      const request = resources?.requests?.[name];
      const hasLimit = limit !== undefined && !isZero(limit);
      const hasRequest = request !== undefined && !isZero(request);
      any ||= hasLimit || hasRequest;
      if (!hasLimit || !hasRequest || parseQuantity(limit).cmp(parseQuantity(request)) !== 0) guaranteed = false;
    }
  }
  if (!any) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
