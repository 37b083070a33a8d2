import type * as corev1 from '../../../api/core/v1.ts';
import type * as metav1 from '../../../api/meta/v1.ts';
import type * as policyv1 from '../../../api/policy/v1.ts';
import { getScaledValueFromIntOrPercent } from '../../../apimachinery/int-or-string.ts';
import { timeOf } from '../shared/api-time.ts';
import { getCondition } from '../shared/conditions.ts';
import { isPodReady } from '../shared/pod-status.ts';

/** How long a pod that was evicted may take to go before it counts again. */
export const deletionTimeoutMs = 120_000;

/** How many pods are expected and how many must be healthy. Upstream: disruption.go getExpectedPodCount (v1.36) */
export function getExpectedPodCount(
  pdb: policyv1.PodDisruptionBudget,
  podCount: number,
  expectedScale: () => number,
): { readonly expected: number; readonly desiredHealthy: number } {
  const { maxUnavailable, minAvailable } = pdb.spec ?? {};
  if (maxUnavailable !== undefined) {
    const expected = expectedScale();
    const allowed = getScaledValueFromIntOrPercent(maxUnavailable, expected, true);
    return { expected, desiredHealthy: Math.max(0, expected - allowed) };
  }
  if (minAvailable === undefined) return { expected: 0, desiredHealthy: 0 };
  if (typeof minAvailable === 'number') return { expected: podCount, desiredHealthy: minAvailable };
  const expected = expectedScale();
  return { expected, desiredHealthy: getScaledValueFromIntOrPercent(minAvailable, expected, true) };
}

export function countHealthyPods(
  pods: readonly corev1.Pod[],
  disrupted: Readonly<Record<string, string>>,
  nowMs: number,
): number {
  return pods.filter((pod) => {
    if (pod.metadata.deletionTimestamp !== undefined || !isPodReady(pod)) return false;
    const since = timeOf(disrupted[pod.metadata.name ?? '']);
    return since === undefined || since + deletionTimeoutMs <= nowMs;
  }).length;
}

export interface PdbCounts {
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  readonly expectedPods: number;
  readonly disruptedPods: Readonly<Record<string, string>>;
}

/** Upstream: disruption.go updatePdbStatus (v1.36) */
export function pdbStatus(
  pdb: policyv1.PodDisruptionBudget,
  counts: PdbCounts,
  now: string,
): policyv1.PodDisruptionBudgetStatus {
  const { currentHealthy, desiredHealthy, expectedPods, disruptedPods } = counts;
  const surplus = currentHealthy - desiredHealthy;
  const disruptionsAllowed = expectedPods <= 0 || surplus <= 0 ? 0 : surplus;
  const generation = pdb.metadata.generation ?? 0;
  const enough = disruptionsAllowed > 0;
  return {
    ...(generation > 0 ? { observedGeneration: generation } : {}),
    ...(Object.keys(disruptedPods).length > 0 ? { disruptedPods } : {}),
    disruptionsAllowed,
    currentHealthy,
    desiredHealthy,
    expectedPods,
    conditions: withCondition(
      pdb,
      enough ? 'True' : 'False',
      enough ? 'SufficientPods' : 'InsufficientPods',
      '',
      generation,
      now,
    ),
  };
}

/** The budget's conditions with DisruptionAllowed as given. */
export function withCondition(
  pdb: policyv1.PodDisruptionBudget,
  status: 'True' | 'False',
  reason: string,
  message: string,
  observedGeneration: number,
  now: string,
): readonly metav1.Condition[] {
  const conditions = pdb.status?.conditions ?? [];
  const old = getCondition(conditions, 'DisruptionAllowed');
  const lastTransitionTime = old?.status === status ? old.lastTransitionTime : now;
  const generation = observedGeneration > 0 ? { observedGeneration } : {};
  const condition: metav1.Condition = {
    type: 'DisruptionAllowed',
    status,
    ...generation,
    lastTransitionTime,
    reason,
    message,
  };
  return old ? conditions.map((one) => (one === old ? condition : one)) : [...conditions, condition];
}

/** A label selector as Go prints it with `%v`. */
export function goSelector(selector: metav1.LabelSelector | undefined): string {
  if (!selector) return 'nil';
  const labels = Object.entries(selector.matchLabels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  );
  const map = labels.map(([key, value]) => `${key}: ${value},`).join('');
  return `&LabelSelector{MatchLabels:map[string]string{${map}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`;
}
