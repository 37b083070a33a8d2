import type * as corev1 from '../../api/core/v1.ts';
import type { CloneableState } from './cycle-state.ts';
import type { SharedLister } from './framework.ts';
import { RequiredNodeAffinity } from '../../api/core/node-affinity.ts';
import { nodeLabel } from './node-labels.ts';
import { type Counts, oneNamespace, type PodQuestion } from './pod-counts.ts';
import {
  countedNodes,
  matchesNodeInclusionPolicies,
  nodeLabelsMatchSpreadConstraints,
  type SpreadConstraint,
} from './topology-spread.ts';

/** The domains of one constraint and how many matching pods each has. */
interface Domains {
  /** Keys are the domains. */
  readonly all: Counts;
  readonly counts: Counts;
}

/**
 * How many matching pods each domain of each constraint has. What is tried out is kept apart, so that copies are cheap.
 *
 * Upstream: plugins/podtopologyspread/filtering.go preFilterState (v1.36)
 */
export class SpreadState implements CloneableState {
  readonly constraints: readonly SpreadConstraint[];
  /** By constraint: 1 when it counts the pod itself, else 0. */
  readonly selfMatches: readonly number[];
  readonly #domains: readonly Domains[];
  readonly #affinity: RequiredNodeAffinity;
  readonly #changes: readonly Map<string, number>[];
  readonly #least: (number | undefined)[];

  constructor(
    constraints: readonly SpreadConstraint[],
    selfMatches: readonly number[],
    domains: readonly Domains[],
    affinity: RequiredNodeAffinity,
    changes: readonly Map<string, number>[] = constraints.map(() => new Map()),
  ) {
    this.constraints = constraints;
    this.selfMatches = selfMatches;
    this.#domains = domains;
    this.#affinity = affinity;
    this.#changes = changes;
    this.#least = constraints.map(() => undefined);
  }

  clone(): SpreadState {
    const changes = this.#changes.map((change) => new Map(change));
    return new SpreadState(this.constraints, this.selfMatches, this.#domains, this.#affinity, changes);
  }
  matchNum(index: number, value: string): number {
    return (this.#domains[index]?.counts.get(value) ?? 0) + (this.#changes[index]?.get(value) ?? 0);
  }
  /** The count of the domain with the fewest; 0 when there are fewer domains than asked for. */
  minMatchNum(index: number): number {
    let least = this.#least[index];
    if (least === undefined) this.#least[index] = least = this.#findLeast(index);
    return least;
  }
  #findLeast(index: number): number {
    const { all, counts } = this.#domains[index] as Domains;
    const changes = this.#changes[index] as Map<string, number>;
    if (all.size < (this.constraints[index]?.minDomains ?? 1)) return 0;
    // Domains without pods are not in the counts.
    if (counts.size + changes.size < all.size) return 0;
    let least = Number.MAX_SAFE_INTEGER;
    for (const value of all.keys()) least = Math.min(least, this.matchNum(index, value));
    return least;
  }
  /** Counts a pod in (or out) on a node. */
  update(pod: corev1.Pod, other: corev1.Pod, node: corev1.Node, delta: 1 | -1): void {
    if (other.metadata.namespace !== pod.metadata.namespace) return;
    if (!nodeLabelsMatchSpreadConstraints(node, this.constraints)) return;
    this.constraints.forEach((constraint, i) => {
      if (!constraint.selector.matches(other.metadata.labels)) return;
      if (!matchesNodeInclusionPolicies(constraint, pod, node, this.#affinity)) return;
      const changes = this.#changes[i] as Map<string, number>;
      const value = nodeLabel(node, constraint.topologyKey) ?? '';
      changes.set(value, (changes.get(value) ?? 0) + delta);
      this.#least[i] = undefined;
    });
  }
}

/** Upstream: calPreFilterState */
export function newSpreadState(
  constraints: readonly SpreadConstraint[],
  pod: corev1.Pod,
  lister: SharedLister,
): SpreadState {
  const affinity = new RequiredNodeAffinity(pod);
  // What all nodes have nobody needs to look for.
  const labelled = constraints.some(({ topologyKey }) => lister.lacksLabel(topologyKey)) ? constraints : [];
  const domains = constraints.map((constraint): Domains => {
    const { selector, topologyKey } = constraint;
    const question: PodQuestion = {
      namespaces: oneNamespace(pod.metadata.namespace ?? ''),
      selector,
      withDeleted: false,
    };
    const among = countedNodes(constraint, pod, affinity, labelled);
    const counts = selector.isEmpty ? noCounts : lister.podsByTopology(question, topologyKey, among);
    return { all: lister.domains(topologyKey, among), counts };
  });
  const selfMatches = constraints.map(({ selector }) => Number(selector.matches(pod.metadata.labels)));
  return new SpreadState(constraints, selfMatches, domains, affinity);
}

const noCounts: Counts = new Map();
