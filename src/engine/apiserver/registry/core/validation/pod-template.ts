/** Rules of pod templates, for every kind that holds one. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import type { PodValidationOptions } from './pod-options.ts';

/**
 * Complaints about a template. `path` is the template's, such as `spec.template`.
 *
 * Upstream: pkg/apis/core/validation/validation.go ValidatePodTemplateSpec (v1.36)
 */
export function validatePodTemplateSpec(
  _template: corev1.PodTemplateSpec,
  _path: Path,
  _options: PodValidationOptions = {},
): FieldError[] {
  return [];
}
