/** The cloud that the cluster autoscaler rents from: pools of machines, each of which takes its time to come. */
import type * as corev1 from '../api/core/v1.ts';
import type { NodePool, NodeSpec } from '../protocol/control.ts';
import { type CloudProvider, nodePoolLabel } from './cluster-autoscaler/node-group.ts';
import { hollowNode } from './cluster-nodes.ts';
import type { Sim } from './sim/sim.ts';

export interface PoolsOptions {
  readonly sim: Sim;
  readonly pools: readonly NodePool[];
  /** From the order to a machine that boots. */
  readonly provisionMs: () => number;
  addNode(spec: NodeSpec): void;
  removeNode(name: string): void;
}

export class Pools implements CloudProvider {
  readonly pools: readonly NodePool[];
  readonly #options: PoolsOptions;
  readonly #sizes = new Map<string, number>();
  readonly #random;
  readonly #orders = new Set<() => void>();

  /** Every pool begins with its least size. */
  constructor(options: PoolsOptions) {
    this.#options = options;
    this.pools = options.pools;
    this.#random = options.sim.random.fork('node-pools');
    for (const pool of options.pools) {
      this.#sizes.set(pool.name, pool.min);
      for (let i = 0; i < pool.min; i++) options.addNode(this.#spec(pool));
    }
  }

  targetSize(pool: string): number {
    return this.#sizes.get(pool) ?? 0;
  }

  increaseSize(name: string, by: number): void {
    const pool = this.#pool(name);
    this.#sizes.set(name, this.targetSize(name) + by);
    for (let i = 0; i < by; i++) {
      const cancel = this.#options.sim.setTimer(this.#options.provisionMs(), () => {
        this.#orders.delete(cancel);
        this.#options.addNode(this.#spec(pool));
      });
      this.#orders.add(cancel);
    }
  }

  deleteNode(pool: string, node: string): void {
    this.#sizes.set(pool, Math.max(0, this.targetSize(pool) - 1));
    this.#options.removeNode(node);
  }

  templateNode(name: string): corev1.Node {
    const pool = this.#pool(name);
    const node = hollowNode(name, 0, this.#spec(pool));
    return { ...node, metadata: { ...node.metadata, name } };
  }

  /** Machines that were ordered do not come any more. */
  stop(): void {
    for (const cancel of this.#orders) cancel();
    this.#orders.clear();
  }

  #pool(name: string): NodePool {
    const found = this.pools.find((pool) => pool.name === name);
    if (!found) throw new Error(`there is no node pool named ${name}`);
    return found;
  }

  #spec({ name, cpu, memory, pods, zone, labels }: NodePool): NodeSpec {
    return {
      name: `${name}-${this.#random.suffix(5)}`,
      labels: { ...labels, [nodePoolLabel]: name },
      ...(cpu ? { cpu } : {}),
      ...(memory ? { memory } : {}),
      ...(pods ? { pods } : {}),
      ...(zone ? { zone } : {}),
    };
  }
}
