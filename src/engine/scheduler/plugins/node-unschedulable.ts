import type * as corev1 from '../../../api/core/v1.ts';
import { action, onEvent } from '../cluster-event.ts';
import type { Plugin } from '../framework.ts';
import { Status } from '../status.ts';
import { newTolerationTexts, tolerationsTolerateTaint } from '../taints.ts';

const name = 'NodeUnschedulable';
const unschedulable = new Status('UnschedulableAndUnresolvable', 'node(s) were unschedulable', name);
const taint: corev1.Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Keeps pods off cordoned nodes. Upstream: plugins/nodeunschedulable/node_unschedulable.go (v1.36) */
export const newNodeUnschedulable = (): Plugin => ({
  name,
  signPod: newTolerationTexts(),
  filter: (_, { pod }, node) => {
    if (!node.unschedulable) return undefined;
    return tolerationsTolerateTaint(pod.spec?.tolerations, taint) ? undefined : unschedulable;
  },
  eventsToRegister: () => [
    onEvent<corev1.Node>('Node', action.add | action.updateNodeTaint, (_, old, node) => {
      return !node?.spec?.unschedulable && (old === undefined || !!old.spec?.unschedulable);
    }),
    onEvent<corev1.Pod>('Pod', action.updatePodToleration, (pod, _, updated) => {
      return updated?.metadata.uid === pod.metadata.uid && tolerationsTolerateTaint(updated?.spec?.tolerations, taint);
    }),
  ],
});
