import type * as corev1 from '../../api/core/v1.ts';
import { maxNodeScore, type SharedLister } from './framework.ts';
import { RequiredNodeAffinity } from '../../api/core/node-affinity.ts';
import type { NodeInfo } from './node-info.ts';
import { hostnameLabel } from './node-labels.ts';
import { type Counts, oneNamespace, type PodQuestion } from './pod-counts.ts';
import { countedNodes, nodeLabelsMatchSpreadConstraints, type SpreadConstraint } from './topology-spread.ts';

interface ConstraintScores {
  readonly constraint: SpreadConstraint;
  /** For the hostname: pods by node; else undefined. */
  readonly byNode: Counts | undefined;
  /** Pods by domain, for domains that some scored node is in. */
  readonly byDomain: Counts;
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

  score(node: NodeInfo): number {
    const { name } = node;
    if (this.#ignored.size > 0 && this.#ignored.has(name)) return 0;
    let score = 0;
    for (const { constraint, byNode, byDomain, weight } of this.#constraints) {
      const value = node.label(constraint.topologyKey);
      if (value === undefined) continue;
      const count = (byNode ? byNode.get(name) : byDomain.get(value)) ?? 0;
      score += count * weight + (constraint.maxSkew - 1);
    }
    return Math.round(score);
  }
  normalize(scores: Float64Array, nodes: readonly NodeInfo[]): void {
    const ignored = this.#ignored.size > 0 ? this.#ignored : undefined;
    let least = Number.MAX_SAFE_INTEGER;
    let most = 0;
    for (let i = 0; i < scores.length; i++) {
      if (ignored?.has(nodes[i]?.name ?? '')) continue;
      const score = scores[i] as number;
      if (score < least) least = score;
      if (score > most) most = score;
    }
    for (let i = 0; i < scores.length; i++) {
      if (ignored?.has(nodes[i]?.name ?? '')) scores[i] = 0;
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
    const { selector, topologyKey } = constraint;
    const namespaces = oneNamespace(pod.metadata.namespace ?? '');
    const question: PodQuestion = { namespaces, selector, withDeleted: false };
    if (topologyKey === hostnameLabel) {
      const byNode = selector.isEmpty ? noCounts : lister.podsByNode(question);
      return { constraint, byNode, byDomain: noCounts, weight: Math.log(nodes.length - ignored.size + 2) };
    }
    const weight = Math.log(countDomainsOf(topologyKey, nodes, ignored, lister) + 2);
    if (selector.isEmpty) return { constraint, byNode: undefined, byDomain: noCounts, weight };
    const among = countedNodes(constraint, pod, affinity, requireAllTopologies ? constraints : []);
    const byDomain = lister.podsByTopology(question, topologyKey, among);
    return { constraint, byNode: undefined, byDomain, weight };
  });
  return new SpreadScores(counted, ignored);
}

const noCounts: Counts = new Map();

/** How many domains the nodes are in; those without the label are in one together. */
function countDomainsOf(
  topologyKey: string,
  nodes: readonly NodeInfo[],
  ignored: ReadonlySet<string>,
  lister: SharedLister,
): number {
  // No more are found than there are: with zones in turn, after a few nodes.
  const most = lister.domains(topologyKey).size + Number(lister.lacksLabel(topologyKey));
  const found = new Set<string>();
  for (const node of nodes) {
    if (ignored.size === 0 || !ignored.has(node.name)) found.add(node.label(topologyKey) ?? '');
    if (found.size === most) break;
  }
  return found.size;
}
