import type { NodeInfo } from './node-info.ts';
import { nodeLabel } from './node-labels.ts';

/** Which values a label has over all nodes, and on how many nodes: found once, until nodes change. */
export class NodeDomains {
  readonly #known = new Map<string, ReadonlyMap<string, number>>();
  readonly #nodes: () => readonly NodeInfo[];

  constructor(nodes: () => readonly NodeInfo[]) {
    this.#nodes = nodes;
  }

  /** How many nodes have each value of the label. */
  of(key: string): ReadonlyMap<string, number> {
    let domains = this.#known.get(key);
    if (!domains) {
      const counts = new Map<string, number>();
      for (const { node } of this.#nodes()) {
        const value = nodeLabel(node, key);
        if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      this.#known.set(key, (domains = counts));
    }
    return domains;
  }
  clear(): void {
    this.#known.clear();
  }
}
