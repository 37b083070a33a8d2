/** Rules of pods as they are created. */
import type * as corev1 from '../../../../../api/core/v1.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError } from '../../../../../apimachinery/field-error.ts';
import type { Complaints } from './complaints.ts';
import { validateImageSpace } from './containers.ts';
import { validatePodSpecificAnnotations, validateProfilesMatchAnnotations } from './pod-annotations.ts';
import { getValidationOptionsFromPod, type PodValidationOptions } from './pod-options.ts';
import { validatePodSpec } from './pod-spec.ts';

const metadataPath = field.newPath('metadata');
const specPath = field.newPath('spec');
const emptySpec = Object.freeze({}) as corev1.PodSpec;

function refuseTokens(errors: Complaints, spec: corev1.PodSpec): void {
  if (spec.serviceAccountName) return;
  for (const [i, { projected }] of (spec.volumes ?? []).entries()) {
    for (const [j, { serviceAccountToken }] of (projected?.sources ?? []).entries()) {
      if (!serviceAccountToken) continue;
      const at = specPath.child('volumes').index(i).child('projected', 'sources').index(j).child('serviceAccountToken');
      errors.push(field.forbidden(at, 'must not be specified when serviceAccountName is not set'));
    }
  }
}

/** What holds for a pod at any time. Upstream: validatePodMetadataAndSpec (v1.36), without metadata's own rules */
export function validatePodMetadataAndSpec(errors: Complaints, pod: corev1.Pod, options: PodValidationOptions): void {
  const { metadata, spec = emptySpec } = pod;
  const lenientCost = options.allowInvalidPodDeletionCost === true;
  if (metadata.annotations) {
    const at = metadataPath.child('annotations');
    validatePodSpecificAnnotations(errors, at, metadata.annotations, spec, lenientCost);
  }
  validatePodSpec(errors, specPath, spec, metadata, options);
  refuseTokens(errors, spec);
  for (const list of ['containers', 'initContainers'] as const) {
    for (const [i, container] of (spec[list] ?? []).entries()) {
      if (container.image?.trim() !== container.image)
        validateImageSpace(errors, specPath.child(list).index(i), container);
    }
  }
}

/** Complaints about a new pod. Upstream: ValidatePodCreate (v1.36) */
export function validatePodCreate(pod: corev1.Pod): FieldError[] {
  const errors: Complaints = [];
  validatePodMetadataAndSpec(errors, pod, getValidationOptionsFromPod(undefined));
  const { spec = emptySpec } = pod;
  if ((spec.ephemeralContainers ?? []).length > 0) {
    errors.push(field.forbidden(specPath.child('ephemeralContainers'), 'cannot be set on create'));
  }
  if (spec.nodeName && (spec.schedulingGates ?? []).length > 0) {
    const why = 'cannot be set until all schedulingGates have been cleared';
    errors.push(field.forbidden(specPath.child('nodeName'), why));
  }
  validateProfilesMatchAnnotations(errors, specPath, pod.metadata, spec);
  return errors;
}
