/** Pods tolerate a lost node for five minutes. Upstream: plugin/pkg/admission/defaulttolerationseconds (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import { deepFreeze } from '../../../apimachinery/deep-freeze.ts';
import type { AdmissionPlugin } from './admission.ts';
import { changeSpec, isPod, podOf } from './pod-draft.ts';

const tolerationSeconds = 300;
/** The same for all pods. */
const defaults: readonly corev1.Toleration[] = deepFreeze([
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds },
]);

const covers = (toleration: corev1.Toleration, key: string | undefined): boolean =>
  (toleration.key === key || !toleration.key) && (toleration.effect === 'NoExecute' || !toleration.effect);

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  handles: (attributes) => isPod(attributes) && (attributes.verb === 'CREATE' || attributes.verb === 'UPDATE'),
  admit(attributes) {
    const tolerations = podOf(attributes).spec?.tolerations ?? [];
    if (tolerations.length === 0) return changeSpec(attributes, { tolerations: defaults });
    const missing = defaults.filter(({ key }) => !tolerations.some((toleration) => covers(toleration, key)));
    if (missing.length > 0) changeSpec(attributes, { tolerations: [...tolerations, ...missing] });
  },
};
