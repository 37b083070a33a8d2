import type * as corev1 from '../../../api/core/v1.ts';

/** Upstream: api/core/v1/toleration.go ToleratesTaint (v1.36) */
export function toleratesTaint(toleration: corev1.Toleration, taint: corev1.Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  const value = taint.value ?? '';
  const isInteger = (text: string) => /^-?\d+$/.test(text);
  const wanted = toleration.value ?? '';
  switch (toleration.operator ?? '') {
    case '':
    case 'Equal':
      return wanted === value;
    case 'Exists':
      return true;
    case 'Gt':
      return isInteger(value) && isInteger(wanted) && BigInt(value) > BigInt(wanted);
    case 'Lt':
      return isInteger(value) && isInteger(wanted) && BigInt(value) < BigInt(wanted);
    default:
      return false;
  }
}

/** The first taint of the given effects that nothing tolerates. Upstream: FindMatchingUntoleratedTaint (v1.36) */
export function findUntoleratedTaint(
  taints: readonly corev1.Taint[],
  tolerations: readonly corev1.Toleration[],
  effects: readonly string[],
): corev1.Taint | undefined {
  return taints.find(
    (taint) => effects.includes(taint.effect) && !tolerations.some((toleration) => toleratesTaint(toleration, taint)),
  );
}
