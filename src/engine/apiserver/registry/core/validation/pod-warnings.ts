/** Warnings about pods and pod templates that are accepted. Upstream: pkg/api/pod/warnings.go (v1.36) */
import type * as corev1 from '../../../../../api/core/v1.ts';
import type { Path } from '../../../../../apimachinery/field-error.ts';

/** Warnings about a template; `path` is the template's. Upstream: GetWarningsForPodTemplate (v1.36) */
export function getWarningsForPodTemplate(
  _path: Path,
  _template: corev1.PodTemplateSpec,
  _old?: corev1.PodTemplateSpec,
): string[] {
  return [];
}
