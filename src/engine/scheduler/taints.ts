import type * as corev1 from '../../api/core/v1.ts';
import type { PodInfo } from './pod-info.ts';

/** Upstream: api/core/v1/toleration.go ToleratesTaint (v1.36), without the comparison operators that are off by default */
function toleratesTaint(toleration: corev1.Toleration, taint: corev1.Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  const operator = toleration.operator || 'Equal';
  if (operator === 'Exists') return true;
  return operator === 'Equal' && (toleration.value ?? '') === (taint.value ?? '');
}

export function tolerationsTolerateTaint(
  tolerations: readonly corev1.Toleration[] | undefined,
  taint: corev1.Taint,
): boolean {
  if (tolerations) for (const toleration of tolerations) if (toleratesTaint(toleration, taint)) return true;
  return false;
}

/** Gives texts that are equal for pods of equal tolerations. Pods made alike share theirs: one text does for all of them. */
export function newTolerationTexts(): (pod: PodInfo) => string {
  const known = new WeakMap<readonly corev1.Toleration[], string>();
  return ({ pod }) => {
    const tolerations = pod.spec?.tolerations;
    if (!tolerations || tolerations.length === 0) return '';
    let text = known.get(tolerations);
    if (text === undefined) known.set(tolerations, (text = JSON.stringify(tolerations)));
    return text;
  };
}

/** The first taint that keeps pods off (NoSchedule, NoExecute) and is not tolerated. */
export function findUntoleratedTaint(
  taints: readonly corev1.Taint[] | undefined,
  tolerations: readonly corev1.Toleration[] | undefined,
): corev1.Taint | undefined {
  if (!taints) return undefined;
  for (const taint of taints) {
    if (taint.effect !== 'NoSchedule' && taint.effect !== 'NoExecute') continue;
    if (!tolerationsTolerateTaint(tolerations, taint)) return taint;
  }
  return undefined;
}
