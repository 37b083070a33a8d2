import type * as corev1 from '../../api/core/v1.ts';
import type { CloneableState } from './cycle-state.ts';
import type { SharedLister } from './framework.ts';
import { RequiredNodeAffinity } from './node-affinity.ts';
import type { NodeInfo } from './node-info.ts';
import { nodeLabel } from './node-labels.ts';
import {
  matchesNodeInclusionPolicies,
  nodeLabelsMatchSpreadConstraints,
  type SpreadConstraint,
} from './topology-spread.ts';

/**
 * How many matching pods each domain of each constraint has. Trying out additions and removals changes a copy.
 *
 * Upstream: plugins/podtopologyspread/filtering.go preFilterState (v1.36). Differs: the smallest count is found afresh after a change,
 * where upstream keeps the two smallest.
 */
export class SpreadState implements CloneableState {
  readonly constraints: readonly SpreadConstraint[];
  readonly #domains: readonly Map<string, number>[];
  readonly #affinity: RequiredNodeAffinity;
  readonly #least: (number | undefined)[];

  constructor(
    constraints: readonly SpreadConstraint[],
    domains: readonly Map<string, number>[],
    affinity: RequiredNodeAffinity,
  ) {
    this.constraints = constraints;
    this.#domains = domains;
    this.#affinity = affinity;
    this.#least = constraints.map(() => undefined);
  }

  clone(): SpreadState {
    return new SpreadState(
      this.constraints,
      this.#domains.map((domain) => new Map(domain)),
      this.#affinity,
    );
  }
  matchNum(index: number, value: string): number {
    return this.#domains[index]?.get(value) ?? 0;
  }
  /** The count of the domain with the fewest; 0 when there are fewer domains than asked for. */
  minMatchNum(index: number): number {
    const domain = this.#domains[index];
    const minDomains = this.constraints[index]?.minDomains ?? 1;
    if (!domain || domain.size < minDomains) return 0;
    let least = this.#least[index];
    if (least === undefined) {
      least = Number.MAX_SAFE_INTEGER;
      for (const count of domain.values()) if (count < least) least = count;
      this.#least[index] = least;
    }
    return least;
  }
  /** Counts a pod in (or out) on a node. */
  update(pod: corev1.Pod, other: corev1.Pod, node: corev1.Node, delta: 1 | -1): void {
    if (other.metadata.namespace !== pod.metadata.namespace) return;
    if (!nodeLabelsMatchSpreadConstraints(node, this.constraints)) return;
    this.constraints.forEach((constraint, i) => {
      if (!constraint.selector.matches(other.metadata.labels)) return;
      if (!matchesNodeInclusionPolicies(constraint, pod, node, this.#affinity)) return;
      const domain = this.#domains[i] as Map<string, number>;
      const value = nodeLabel(node, constraint.topologyKey) ?? '';
      domain.set(value, (domain.get(value) ?? 0) + delta);
      this.#least[i] = undefined;
    });
  }
}

/** Upstream: calPreFilterState */
export function newSpreadState(
  constraints: readonly SpreadConstraint[],
  pod: corev1.Pod,
  nodes: readonly NodeInfo[],
  lister: SharedLister,
): SpreadState {
  const affinity = new RequiredNodeAffinity(pod);
  const namespace = pod.metadata.namespace ?? '';
  const counts = constraints.map(({ selector }) => lister.countMatching(namespace, selector));
  const domains = constraints.map(() => new Map<string, number>());
  for (const { name, node } of nodes) {
    if (!nodeLabelsMatchSpreadConstraints(node, constraints)) continue;
    for (let i = 0; i < constraints.length; i++) {
      const constraint = constraints[i] as SpreadConstraint;
      if (!matchesNodeInclusionPolicies(constraint, pod, node, affinity)) continue;
      const value = nodeLabel(node, constraint.topologyKey) ?? '';
      const domain = domains[i] as Map<string, number>;
      domain.set(value, (domain.get(value) ?? 0) + (counts[i]?.get(name) ?? 0));
    }
  }
  return new SpreadState(constraints, domains, affinity);
}
