/** Constraints of topology spreading, made ready. Upstream: plugins/podtopologyspread/common.go (v1.36) */
import type * as corev1 from '../../api/core/v1.ts';
import { labelSelectorAsSelector, Requirement, type Selector } from '../../apimachinery/labels.ts';
import type { RequiredNodeAffinity } from '../../api/core/node-affinity.ts';
import { nodeLabel } from './node-labels.ts';
import type { NodeFilter } from './pod-counts.ts';
import { findUntoleratedTaint } from './taints.ts';

export interface SpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly selector: Selector;
  readonly minDomains: number;
  readonly honorsAffinity: boolean;
  readonly honorsTaints: boolean;
}

/** The labels that `matchLabelKeys` takes from the pod itself come first. Upstream: mergeLabelSetWithSelector */
function selectorOf(constraint: corev1.TopologySpreadConstraint, pod: corev1.Pod): Selector {
  const selector = labelSelectorAsSelector(constraint.labelSelector);
  const { labels = {} } = pod.metadata;
  const own = (constraint.matchLabelKeys ?? [])
    .filter((key) => Object.hasOwn(labels, key))
    .map((key) => new Requirement(key, '=', [labels[key] ?? '']));
  return own.length > 0 ? selector.add(...own) : selector;
}

/** The pod's constraints of one kind. @throws SelectorError */
export function filterTopologySpreadConstraints(
  constraints: readonly corev1.TopologySpreadConstraint[],
  pod: corev1.Pod,
  whenUnsatisfiable: corev1.TopologySpreadConstraint['whenUnsatisfiable'],
): SpreadConstraint[] {
  return constraints
    .filter((constraint) => constraint.whenUnsatisfiable === whenUnsatisfiable)
    .map((constraint) => ({
      maxSkew: constraint.maxSkew,
      topologyKey: constraint.topologyKey,
      selector: selectorOf(constraint, pod),
      minDomains: constraint.minDomains ?? 1,
      honorsAffinity: (constraint.nodeAffinityPolicy ?? 'Honor') === 'Honor',
      honorsTaints: constraint.nodeTaintsPolicy === 'Honor',
    }));
}

/** Whether the node counts for the constraint. Upstream: matchNodeInclusionPolicies */
export function matchesNodeInclusionPolicies(
  constraint: SpreadConstraint,
  pod: corev1.Pod,
  node: corev1.Node,
  affinity: RequiredNodeAffinity,
): boolean {
  if (constraint.honorsAffinity && !affinity.matches(node)) return false;
  return !constraint.honorsTaints || findUntoleratedTaint(node.spec?.taints, pod.spec?.tolerations) === undefined;
}

/** Whether no node is left out by the constraint's policies. */
const includesAllNodes = (constraint: SpreadConstraint, affinity: RequiredNodeAffinity): boolean =>
  !constraint.honorsTaints && (!constraint.honorsAffinity || affinity.matchesAll);

/**
 * The nodes that count for a pod's constraint: those that its policies include and that have the labels of `labelled`; undefined when
 * these are all nodes that have the constraint's own label.
 */
export function countedNodes(
  constraint: SpreadConstraint,
  pod: corev1.Pod,
  affinity: RequiredNodeAffinity,
  labelled: readonly SpreadConstraint[],
): NodeFilter | undefined {
  const isLabelled = labelled.every(({ topologyKey }) => topologyKey === constraint.topologyKey);
  if (isLabelled && includesAllNodes(constraint, affinity)) return undefined;
  const { affinity: { nodeAffinity } = {}, nodeSelector, tolerations } = pod.spec ?? {};
  const key = JSON.stringify([
    constraint.honorsAffinity && [nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution, nodeSelector],
    constraint.honorsTaints && tolerations,
    labelled.map(({ topologyKey }) => topologyKey),
  ]);
  return {
    key,
    includes: (node) =>
      nodeLabelsMatchSpreadConstraints(node, labelled) && matchesNodeInclusionPolicies(constraint, pod, node, affinity),
  };
}

/** Whether the node has the topology labels of all constraints. */
export function nodeLabelsMatchSpreadConstraints(node: corev1.Node, constraints: readonly SpreadConstraint[]): boolean {
  for (const { topologyKey } of constraints) if (nodeLabel(node, topologyKey) === undefined) return false;
  return true;
}
