import type * as corev1 from '../../api/core/v1.ts';

/** Whether one of the values, or their absence, is what a scope selects. */
export function scopeSelects(
  { operator, values = [] }: corev1.ScopedResourceSelectorRequirement,
  found: readonly string[],
): boolean {
  switch (operator) {
    case 'In':
      return found.some((value) => values.includes(value));
    case 'NotIn':
      return found.length === 0 || found.some((value) => !values.includes(value));
    case 'DoesNotExist':
      return found.length === 0;
    default:
      return found.length > 0;
  }
}
