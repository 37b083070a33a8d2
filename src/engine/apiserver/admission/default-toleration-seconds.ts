/** Pods tolerate a lost node for five minutes. Upstream: plugin/pkg/admission/defaulttolerationseconds (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import type { AdmissionPlugin } from './admission.ts';
import { changeSpec, isPod, podOf } from './pod-draft.ts';

const tolerationSeconds = 300;
const taints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

const covers = (toleration: corev1.Toleration, key: string): boolean =>
  (toleration.key === key || !toleration.key) && (toleration.effect === 'NoExecute' || !toleration.effect);

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  handles: (attributes) => isPod(attributes) && (attributes.verb === 'CREATE' || attributes.verb === 'UPDATE'),
  admit(attributes) {
    const tolerations = podOf(attributes).spec?.tolerations ?? [];
    const missing = taints.filter((key) => !tolerations.some((toleration) => covers(toleration, key)));
    if (missing.length === 0) return;
    const added = missing.map(
      (key): corev1.Toleration => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds }),
    );
    changeSpec(attributes, { tolerations: [...tolerations, ...added] });
  },
};
