import type * as policyv1 from '../../../api/policy/v1.ts';
import { labelSelectorAsSelector } from '../../../apimachinery/labels.ts';
import type { PodInfo } from '../pod-info.ts';

/**
 * Parts pods into those whose removal would break a disruption budget, and the others; order is kept.
 *
 * Upstream: plugins/defaultpreemption/default_preemption.go filterPodsWithPDBViolation (v1.36)
 */
export function filterPodsWithPdbViolation(
  pods: readonly PodInfo[],
  budgets: readonly policyv1.PodDisruptionBudget[],
): { readonly violating: readonly PodInfo[]; readonly nonViolating: readonly PodInfo[] } {
  const left = budgets.map((budget) => ({
    namespace: budget.metadata.namespace,
    selector: labelSelectorAsSelector(budget.spec?.selector),
    disrupted: budget.status?.disruptedPods ?? {},
    allowed: budget.status?.disruptionsAllowed ?? 0,
  }));
  const isViolating = ({ pod }: PodInfo): boolean => {
    const { labels = {}, namespace, name = '' } = pod.metadata;
    if (Object.keys(labels).length === 0) return false;
    let violated = false;
    for (const budget of left) {
      if (budget.namespace !== namespace || budget.selector.isEmpty || !budget.selector.matches(labels)) continue;
      if (Object.hasOwn(budget.disrupted, name)) continue;
      budget.allowed--;
      if (budget.allowed < 0) violated = true;
    }
    return violated;
  };
  const violating: PodInfo[] = [];
  const nonViolating: PodInfo[] = [];
  for (const pod of pods) (isViolating(pod) ? violating : nonViolating).push(pod);
  return { violating, nonViolating };
}
