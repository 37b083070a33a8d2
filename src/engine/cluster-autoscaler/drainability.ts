import type * as corev1 from '../../api/core/v1.ts';
import type * as policyv1 from '../../api/policy/v1.ts';
import { labelSelectorAsSelector } from '../../apimachinery/labels.ts';
import { getControllerOf } from '../../apimachinery/object-meta.ts';

const safeToEvict = 'cluster-autoscaler.kubernetes.io/safe-to-evict';
const mirror = 'kubernetes.io/config.mirror';

export interface PodsToMove {
  readonly pods: readonly corev1.Pod[];
  readonly daemonSetPods: readonly corev1.Pod[];
}

const isTerminal = ({ status }: corev1.Pod) => status?.phase === 'Succeeded' || status?.phase === 'Failed';
const hasLocalStorage = ({ metadata, spec }: corev1.Pod) => {
  const safe = (metadata.annotations?.['cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes'] ?? '').split(
    ',',
  );
  return (spec?.volumes ?? []).some(({ name, hostPath, emptyDir }) =>
    hostPath !== undefined ? true : emptyDir !== undefined && emptyDir.medium !== 'Memory' && !safe.includes(name),
  );
};

/**
 * The pods of a node that would have to move, or (text) why one of them may not be moved.
 *
 * Upstream: cluster-autoscaler/utils/drain/drain.go GetPodsForDeletionOnNodeDrain, simulator/drainability (v1.34)
 */
export function getPodsToMove(
  pods: readonly corev1.Pod[],
  budgets: readonly policyv1.PodDisruptionBudget[],
): PodsToMove | string {
  const moving: corev1.Pod[] = [];
  const daemonSetPods: corev1.Pod[] = [];
  for (const pod of pods) {
    const { annotations = {}, namespace, name } = pod.metadata;
    if (annotations[mirror] !== undefined) continue;
    const owner = getControllerOf(pod);
    if (owner?.kind === 'DaemonSet') {
      daemonSetPods.push(pod);
      continue;
    }
    const matching = budgets.filter((budget) => covers(budget, pod));
    if (annotations[safeToEvict] !== 'true' && !isTerminal(pod)) {
      if (!owner) return `${namespace}/${name} is not replicated`;
      if (namespace === 'kube-system' && matching.length === 0)
        return `non-daemonset, non-mirrored, non-pdb-assigned kube-system pod present: ${name}`;
      if (hasLocalStorage(pod)) return `pod with local storage present: ${name}`;
      if (annotations[safeToEvict] === 'false') return `pod annotated as not safe to evict present: ${name}`;
    }
    if (matching.some(({ status }) => (status?.disruptionsAllowed ?? 0) < 1))
      return `not enough pod disruption budget to move ${namespace}/${name}`;
    if (!isTerminal(pod)) moving.push(pod);
  }
  return { pods: moving, daemonSetPods };
}

function covers({ metadata, spec }: policyv1.PodDisruptionBudget, pod: corev1.Pod): boolean {
  return (
    metadata.namespace === pod.metadata.namespace &&
    labelSelectorAsSelector(spec?.selector).matches(pod.metadata.labels)
  );
}
