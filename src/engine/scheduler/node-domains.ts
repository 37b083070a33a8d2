import type { NodeInfo } from './node-info.ts';
import { nodeLabel } from './node-labels.ts';

interface Domains {
  readonly counts: ReadonlyMap<string, number>;
  /** Some node does not have the label. */
  readonly areLacking: boolean;
}

/** Which values a label has over all nodes, and on how many nodes: found once, until nodes change. */
export class NodeDomains {
  readonly #known = new Map<string, Domains>();
  readonly #nodes: () => readonly NodeInfo[];

  constructor(nodes: () => readonly NodeInfo[]) {
    this.#nodes = nodes;
  }

  /** How many nodes have each value of the label. */
  of(key: string): ReadonlyMap<string, number> {
    return this.#domains(key).counts;
  }
  /** Whether some node does not have the label. */
  areLacking(key: string): boolean {
    return this.#domains(key).areLacking;
  }
  clear(): void {
    this.#known.clear();
  }

  #domains(key: string): Domains {
    let domains = this.#known.get(key);
    if (!domains) this.#known.set(key, (domains = this.#count(key)));
    return domains;
  }
  #count(key: string): Domains {
    const counts = new Map<string, number>();
    let areLacking = false;
    for (const { node } of this.#nodes()) {
      const value = nodeLabel(node, key);
      if (value === undefined) areLacking = true;
      else counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return { counts, areLacking };
  }
}
