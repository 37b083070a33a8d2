import type * as corev1 from '../../../api/core/v1.ts';
import { action, onEvent } from '../cluster-event.ts';
import { StateKey } from '../cycle-state.ts';
import type { Plugin } from '../framework.ts';
import { defaultNormalizeScore } from '../normalize-score.ts';
import { Status } from '../status.ts';
import { findUntoleratedTaint, newTolerationTexts, tolerationsTolerateTaint } from '../taints.ts';

const name = 'TaintToleration';
const untolerated = new Status('UnschedulableAndUnresolvable', 'node(s) had untolerated taint(s)', name);
const preScoreKey = new StateKey<readonly corev1.Toleration[]>(`PreScore${name}`);

const isUntolerated = (node: corev1.Node | undefined, pod: corev1.Pod) =>
  findUntoleratedTaint(node?.spec?.taints, pod.spec?.tolerations) !== undefined;

function countIntolerable(taints: readonly corev1.Taint[], tolerations: readonly corev1.Toleration[]): number {
  let count = 0;
  for (const taint of taints) {
    if (taint.effect === 'PreferNoSchedule' && !tolerationsTolerateTaint(tolerations, taint)) count++;
  }
  return count;
}

/** Keeps pods off nodes whose taints they do not tolerate. Upstream: plugins/tainttoleration/taint_toleration.go (v1.36) */
export const newTaintToleration = (): Plugin => ({
  name,
  signPod: newTolerationTexts(),
  filter: (_, { pod }, { taints }) => {
    if (taints.length === 0) return undefined;
    return findUntoleratedTaint(taints, pod.spec?.tolerations) ? untolerated : undefined;
  },
  preScore: (state, { pod }) => {
    const tolerations = (pod.spec?.tolerations ?? []).filter((t) => !t.effect || t.effect === 'PreferNoSchedule');
    state.write(preScoreKey, tolerations);
    return undefined;
  },
  score: (state, _, { taints }) => (taints.length > 0 ? countIntolerable(taints, state.read(preScoreKey)) : 0),
  normalizeScore: (_, __, scores) => defaultNormalizeScore(scores, true),
  eventsToRegister: () => [
    onEvent<corev1.Node>('Node', action.add | action.updateNodeTaint, (pod, old, node) => {
      return (old === undefined || isUntolerated(old, pod)) && !isUntolerated(node, pod);
    }),
    onEvent<corev1.Pod>('Pod', action.updatePodToleration, (pod, _, updated) => {
      return updated?.metadata.uid === pod.metadata.uid;
    }),
  ],
});
