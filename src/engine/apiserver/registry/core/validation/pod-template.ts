/** Rules of pod templates, for every kind that holds one. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError, Path } from '../../../../../apimachinery/field-error.ts';
import { validateAnnotations } from '../../../generic/object-meta-validation.ts';
import type { Complaints } from './complaints.ts';
import { validateLabelMap } from './labels.ts';
import { validatePodSpecificAnnotations, validateProfilesMatchAnnotations } from './pod-annotations.ts';
import type { PodValidationOptions } from './pod-options.ts';
import { validatePodSpec } from './pod-spec.ts';

/** What an absent spec stands for: a struct of zero values. */
const emptySpec = Object.freeze({}) as corev1.PodSpec;

/**
 * Complaints about a template. `path` is the template's, such as `spec.template`.
 *
 * Upstream: pkg/apis/core/validation/validation.go ValidatePodTemplateSpec (v1.36)
 */
export function validatePodTemplateSpec(
  template: corev1.PodTemplateSpec,
  path: Path,
  options: PodValidationOptions = {},
): FieldError[] {
  const errors: Complaints = [];
  const { metadata, spec = emptySpec } = template;
  if (metadata?.labels) validateLabelMap(errors, path.child('labels'), metadata.labels);
  if (metadata?.annotations) {
    const at = path.child('annotations');
    errors.push(...validateAnnotations(metadata.annotations, at));
    validatePodSpecificAnnotations(
      errors,
      at,
      metadata.annotations,
      spec,
      options.allowInvalidPodDeletionCost === true,
    );
  }
  const specPath = path.child('spec');
  validatePodSpec(errors, specPath, spec, undefined, options);
  validateProfilesMatchAnnotations(errors, specPath, metadata, spec);
  if ((spec.ephemeralContainers ?? []).length > 0) {
    const why = 'ephemeral containers not allowed in pod template';
    errors.push(field.forbidden(specPath.child('ephemeralContainers'), why));
  }
  return errors;
}
