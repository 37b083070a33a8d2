import type * as corev1 from '../../../api/core/v1.ts';
import { action, onEvent } from '../cluster-event.ts';
import { StateKey } from '../cycle-state.ts';
import { type Plugin, skip } from '../framework.ts';
import { Status } from '../status.ts';

const name = 'NodeDeclaredFeatures';
const preFilterKey = new StateKey<readonly string[]>(`PreFilter${name}`);
const unsatisfied = new Status('UnschedulableAndUnresolvable', "node(s) didn't match Pod's required features", name);

const restartsAll = ({ restartPolicyRules }: corev1.Container): boolean =>
  restartPolicyRules?.some((rule) => rule.action === 'RestartAllContainers') ?? false;

/** What each feature is wanted by. Upstream: component-helpers/nodedeclaredfeatures/features (v1.36), those that bear on scheduling */
const inferredBy: Readonly<Record<string, (spec: corev1.PodSpec) => boolean>> = {
  RestartAllContainersOnContainerExits: ({ containers, initContainers }) =>
    containers.some(restartsAll) || (initContainers?.some(restartsAll) ?? false),
  UserNamespacesHostNetworkSupport: ({ hostNetwork, hostUsers }) => hostNetwork === true && hostUsers === false,
};
const features = Object.entries(inferredBy);

/** The features a pod needs of its node, sorted. Upstream: nodedeclaredfeatures.Framework InferForPodScheduling (v1.36) */
export function inferForPodScheduling({ spec }: corev1.Pod): readonly string[] {
  if (!spec) return [];
  const wanted: string[] = [];
  for (const [feature, isWanted] of features) if (isWanted(spec)) wanted.push(feature);
  return wanted;
}

/** Only nodes that declare the features a pod needs. Upstream: plugins/nodedeclaredfeatures (v1.36) */
export const newNodeDeclaredFeatures = (): Plugin => ({
  name,
  signPod: ({ pod }) => inferForPodScheduling(pod).join(),
  preFilter: (state, { pod }) => {
    const wanted = inferForPodScheduling(pod);
    if (wanted.length === 0) return skip;
    state.write(preFilterKey, wanted);
    return undefined;
  },
  filter: (state, _, { node }) => {
    const declared = node.status?.declaredFeatures ?? [];
    return state.read(preFilterKey).every((feature) => declared.includes(feature)) ? undefined : unsatisfied;
  },
  eventsToRegister: () => [
    onEvent<corev1.Node>('Node', action.add | action.updateNodeDeclaredFeature, (_, old, node) => {
      return old?.status?.declaredFeatures?.join() !== node?.status?.declaredFeatures?.join() || !old;
    }),
    onEvent<corev1.Pod>('Pod', action.update, (pod, old, updated) => {
      if (!old || !updated || pod.metadata.uid !== updated.metadata.uid) return false;
      return inferForPodScheduling(old).join() !== inferForPodScheduling(updated).join();
    }),
  ],
});
