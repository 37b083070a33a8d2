import type * as corev1 from '../../api/core/v1.ts';
import { maxNodeScore, type SharedLister } from './framework.ts';
import { RequiredNodeAffinity } from './node-affinity.ts';
import type { NodeInfo } from './node-info.ts';
import { nodeLabel } from './node-labels.ts';
import type { CountsByNode } from './pod-counts.ts';
import {
  hostnameLabel,
  matchesNodeInclusionPolicies,
  nodeLabelsMatchSpreadConstraints,
  type SpreadConstraint,
} from './topology-spread.ts';

interface ConstraintScores {
  readonly constraint: SpreadConstraint;
  /** For the hostname: pods by node; else undefined. */
  readonly byNode: CountsByNode | undefined;
  /** Pods by domain, for domains that some scored node is in. */
  readonly byDomain: ReadonlyMap<string, number>;
  /** The more domains, the more a pod more counts. */
  readonly weight: number;
}

/**
 * Soft constraints: the more matching pods a node's domains have, the worse.
 *
 * Upstream: plugins/podtopologyspread/scoring.go (v1.36)
 */
export class SpreadScores {
  readonly #constraints: readonly ConstraintScores[];
  readonly #ignored: ReadonlySet<string>;

  constructor(constraints: readonly ConstraintScores[], ignored: ReadonlySet<string>) {
    this.#constraints = constraints;
    this.#ignored = ignored;
  }

  score({ name, node }: NodeInfo): number {
    if (this.#ignored.has(name)) return 0;
    let score = 0;
    for (const { constraint, byNode, byDomain, weight } of this.#constraints) {
      const value = nodeLabel(node, constraint.topologyKey);
      if (value === undefined) continue;
      const count = (byNode ? byNode.get(name) : byDomain.get(value)) ?? 0;
      score += count * weight + (constraint.maxSkew - 1);
    }
    return Math.round(score);
  }
  normalize(scores: Float64Array, nodes: readonly NodeInfo[]): void {
    const isIgnored = (i: number) => this.#ignored.size > 0 && this.#ignored.has(nodes[i]?.name ?? '');
    let least = Number.MAX_SAFE_INTEGER;
    let most = 0;
    for (let i = 0; i < scores.length; i++) {
      if (isIgnored(i)) continue;
      least = Math.min(least, scores[i] as number);
      most = Math.max(most, scores[i] as number);
    }
    for (let i = 0; i < scores.length; i++) {
      if (isIgnored(i)) scores[i] = 0;
      else if (most === 0) scores[i] = maxNodeScore;
      else scores[i] = Math.trunc((maxNodeScore * (most + least - (scores[i] as number))) / most);
    }
  }
}

/** Upstream: initPreScoreState, PreScore */
export function newSpreadScores(
  constraints: readonly SpreadConstraint[],
  pod: corev1.Pod,
  nodes: readonly NodeInfo[],
  lister: SharedLister,
  requireAllTopologies: boolean,
): SpreadScores {
  const ignored = new Set<string>();
  if (requireAllTopologies) {
    for (const { name, node } of nodes) if (!nodeLabelsMatchSpreadConstraints(node, constraints)) ignored.add(name);
  }
  const affinity = new RequiredNodeAffinity(pod);
  const counted = constraints.map((constraint): ConstraintScores => {
    const byNode = lister.countMatching(pod.metadata.namespace ?? '', constraint.selector);
    if (constraint.topologyKey === hostnameLabel) {
      return { constraint, byNode, byDomain: new Map(), weight: Math.log(nodes.length - ignored.size + 2) };
    }
    const byDomain = new Map<string, number>();
    for (const { name, node } of nodes) {
      if (!ignored.has(name)) byDomain.set(nodeLabel(node, constraint.topologyKey) ?? '', 0);
    }
    for (const [name, count] of byNode) {
      const node = lister.nodeInfo(name)?.node;
      if (!node || (requireAllTopologies && !nodeLabelsMatchSpreadConstraints(node, constraints))) continue;
      if (!matchesNodeInclusionPolicies(constraint, pod, node, affinity)) continue;
      const value = nodeLabel(node, constraint.topologyKey) ?? '';
      const known = byDomain.get(value);
      if (known !== undefined) byDomain.set(value, known + count);
    }
    return { constraint, byNode: undefined, byDomain, weight: Math.log(byDomain.size + 2) };
  });
  return new SpreadScores(counted, ignored);
}
