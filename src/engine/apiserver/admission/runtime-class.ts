/** Pods of a runtime class get its overhead and its scheduling. Upstream: plugin/pkg/admission/runtimeclass (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import type * as nodev1 from '../../../api/node/v1.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { newStatusError } from '../../../apimachinery/status-error.ts';
import type { ObjectReader } from '../registry/strategy-context.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts';
import { admissionForbidden } from './forbidden.ts';
import { changeSpec, isPod, podOf } from './pod-draft.ts';

export function runtimeClass(objects: ObjectReader): AdmissionPlugin {
  const classOf = (attributes: AdmissionAttributes): nodev1.RuntimeClass | undefined => {
    const name = podOf(attributes).spec?.runtimeClassName;
    if (name === undefined) return undefined;
    if (name === '') throw newStatusError({ code: 500, reason: '', message: 'resource name may not be empty' });
    const found = objects.get<nodev1.RuntimeClass>('node.k8s.io', 'runtimeclasses', '', name);
    if (!found) throw admissionForbidden(attributes, `pod rejected: RuntimeClass "${name}" not found`);
    return found;
  };
  return {
    name: 'RuntimeClass',
    handles: (attributes) => isPod(attributes) && attributes.verb === 'CREATE',
    admit(attributes) {
      const found = classOf(attributes);
      if (found?.overhead) setOverhead(attributes, found.overhead);
      if (found?.scheduling) setScheduling(attributes, found.scheduling);
    },
    validate(attributes) {
      const { spec } = podOf(attributes);
      const overhead = classOf(attributes)?.overhead?.podFixed;
      if (overhead && !deepEqual(spec?.overhead, overhead)) {
        throw admissionForbidden(
          attributes,
          "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
        );
      }
      if (!overhead && spec?.overhead) {
        throw admissionForbidden(
          attributes,
          'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
        );
      }
    },
  };
}

function setOverhead(attributes: AdmissionAttributes, { podFixed }: nodev1.Overhead): void {
  const present = podOf(attributes).spec?.overhead;
  if (present && !deepEqual(present, podFixed)) {
    throw admissionForbidden(attributes, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
  }
  if (podFixed) changeSpec(attributes, { overhead: podFixed });
}

function setScheduling(attributes: AdmissionAttributes, { nodeSelector, tolerations }: nodev1.Scheduling): void {
  const { spec } = podOf(attributes);
  const own = spec?.nodeSelector ?? {};
  for (const [key, value] of Object.entries(nodeSelector ?? {})) {
    const given = own[key];
    if (given !== undefined && given !== value) {
      throw admissionForbidden(
        attributes,
        `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${given}`,
      );
    }
  }
  if (nodeSelector) changeSpec(attributes, { nodeSelector: { ...own, ...nodeSelector } });
  const present: readonly corev1.Toleration[] = spec?.tolerations ?? [];
  const added = (tolerations ?? []).filter((toleration) => !present.some((one) => deepEqual(one, toleration)));
  if (added.length > 0) changeSpec(attributes, { tolerations: [...present, ...added] });
}
