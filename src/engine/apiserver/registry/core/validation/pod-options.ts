/** What an object that existed already may keep, though it would be refused today. */
import type * as corev1 from '../../../../../api/core/v1.ts';

/**
 * Leniences of pod validation, taken from the present object of an update. The defaults are those of a create.
 *
 * Upstream: pkg/apis/core/validation/validation.go PodValidationOptions (v1.36)
 */
export interface PodValidationOptions {
  /** The spec belongs to a pod, not to a template: its ephemeral containers and its resources at pod level count. */
  readonly resourceIsPod?: boolean;
}

/** The leniences of a template, given the one it replaces. Upstream: pkg/api/pod/util.go GetValidationOptionsFromPodTemplate (v1.36) */
export function getValidationOptionsFromPodTemplate(
  _template: corev1.PodTemplateSpec | undefined,
  _old: corev1.PodTemplateSpec | undefined,
): PodValidationOptions {
  return {};
}
