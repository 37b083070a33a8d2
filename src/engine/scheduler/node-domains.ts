import type { NodeInfo } from './node-info.ts';
import { nodeLabel } from './node-labels.ts';
import type { NodeFilter } from './pod-counts.ts';

interface Domains {
  readonly among: NodeFilter | undefined;
  readonly counts: ReadonlyMap<string, number>;
  /** Some node does not have the label. */
  readonly areLacking: boolean;
}

const maxKnown = 256;

/** Which values a label has over all nodes, and on how many nodes: found once, until nodes change. */
export class NodeDomains {
  readonly #known = new Map<string, Domains>();
  readonly #nodes: () => readonly NodeInfo[];

  constructor(nodes: () => readonly NodeInfo[]) {
    this.#nodes = nodes;
  }

  /** How many nodes, among those, have each value of the label. */
  of(key: string, among?: NodeFilter): ReadonlyMap<string, number> {
    return this.#domains(key, among).counts;
  }
  /** Whether some node does not have the label. */
  areLacking(key: string): boolean {
    return this.#domains(key).areLacking;
  }
  clear(): void {
    this.#known.clear();
  }
  /** Nodes have changed their taints. */
  forgetFiltered(): void {
    for (const [key, { among }] of this.#known) if (among) this.#known.delete(key);
  }

  #domains(label: string, among?: NodeFilter): Domains {
    const key = among ? `${label}|${among.key}` : label;
    let domains = this.#known.get(key);
    if (domains) return domains;
    // Each kind of pod may have a filter of its own.
    if (this.#known.size >= maxKnown) this.#known.clear();
    this.#known.set(key, (domains = this.#count(label, among)));
    return domains;
  }
  #count(key: string, among: NodeFilter | undefined): Domains {
    const counts = new Map<string, number>();
    let areLacking = false;
    for (const { node } of this.#nodes()) {
      if (among && !among.includes(node)) continue;
      const value = nodeLabel(node, key);
      if (value === undefined) areLacking = true;
      else counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return { among, counts, areLacking };
  }
}
