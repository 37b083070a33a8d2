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

const noTolerations: readonly corev1.Toleration[] = [];

/** Gives texts that are equal for pods of equal tolerations. Pods that follow each other mostly have the same: to see that is cheaper. */
export function newTolerationTexts(): (pod: PodInfo) => string {
  let last = noTolerations;
  let text = '[]';
  return ({ pod }) => {
    const tolerations = pod.spec?.tolerations ?? noTolerations;
    if (areSame(last, tolerations)) return text;
    last = tolerations;
    text = JSON.stringify(tolerations);
    return text;
  };
}

function areSame(a: readonly corev1.Toleration[], b: readonly corev1.Toleration[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!isSame(a[i] as corev1.Toleration, b[i] as corev1.Toleration)) return false;
  return true;
}

const isSame = (a: corev1.Toleration, b: corev1.Toleration): boolean =>
  a === b || (a.key === b.key && a.operator === b.operator && a.value === b.value && a.effect === b.effect);

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
