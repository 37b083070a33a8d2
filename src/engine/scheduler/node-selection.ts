import type { NodeInfo } from './node-info.ts';

/** Some nodes, in order. */
export interface NodeSelection {
  readonly length: number;
  list(): readonly NodeInfo[];
}

/** Nodes by their places in the list of all: what is kept of a cycle holds no list of its own. */
export class NodesAt implements NodeSelection {
  readonly #all: readonly NodeInfo[];
  readonly #places: Int32Array;

  constructor(all: readonly NodeInfo[], places: Int32Array) {
    this.#all = all;
    this.#places = places;
  }

  get length(): number {
    return this.#places.length;
  }
  list(): readonly NodeInfo[] {
    return Array.from(this.#places, (place) => this.#all[place] as NodeInfo);
  }
}

/** Nodes that are listed already. */
export const listedNodes = (nodes: readonly NodeInfo[]): NodeSelection => ({
  length: nodes.length,
  list: () => nodes,
});
