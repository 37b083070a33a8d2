import type * as corev1 from '../../../../api/core/v1.ts';
import { parseQuantity } from '../../../../apimachinery/quantity.ts';

const isPositive = (text: string | undefined): boolean => text !== undefined && parseQuantity(text).sign > 0;

const isSame = (a = '0', b = '0'): boolean => parseQuantity(a).cmp(parseQuantity(b)) === 0;

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
      const hasLimit = isPositive(limit);
      const hasRequest = isPositive(request);
      any ||= hasLimit || hasRequest;
      if (!hasLimit || !hasRequest || !isSame(limit, request)) guaranteed = false;
    }
  }
  if (!any) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
