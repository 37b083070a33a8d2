/** A new node takes no pods before it is Ready. Upstream: plugin/pkg/admission/nodetaint (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import type { AdmissionPlugin } from './admission.ts';
import { isResource } from './pod-draft.ts';

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' } as corev1.Taint;

export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  handles: (attributes) => isResource(attributes, 'CREATE', '', 'nodes'),
  admit({ object }) {
    const { spec } = object as unknown as corev1.Node;
    const taints = spec?.taints ?? [];
    if (taints.some(({ key, effect }) => key === notReady.key && effect === notReady.effect)) return;
    if (object) object['spec'] = { ...spec, taints: [...taints, notReady] };
  },
};
