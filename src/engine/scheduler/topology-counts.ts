import type * as corev1 from '../../api/core/v1.ts';
import { nodeLabel } from './node-labels.ts';

/** Counts by topology: by key (`topology.kubernetes.io/zone`) and value. */
export class TopologyCounts {
  readonly #keys = new Map<string, Map<string, number>>();

  get isEmpty(): boolean {
    return this.#keys.size === 0;
  }
  clone(): TopologyCounts {
    const copy = new TopologyCounts();
    for (const [key, values] of this.#keys) copy.#keys.set(key, new Map(values));
    return copy;
  }
  /** Nothing is counted for nodes without the label; what comes to zero is dropped unless `keepZero`. */
  add(node: corev1.Node, key: string, amount: number, keepZero = false): void {
    const value = nodeLabel(node, key);
    if (value === undefined) return;
    let values = this.#keys.get(key);
    if (!values) this.#keys.set(key, (values = new Map()));
    const sum = (values.get(value) ?? 0) + amount;
    if (sum !== 0 || keepZero) values.set(value, sum);
    else values.delete(value);
    if (values.size === 0) this.#keys.delete(key);
  }
  get(node: corev1.Node, key: string): number {
    const values = this.#keys.get(key);
    if (!values) return 0;
    const value = nodeLabel(node, key);
    return value === undefined ? 0 : (values.get(value) ?? 0);
  }
  /** All counts of the domains a node is in, added up. */
  sum(node: corev1.Node): number {
    let sum = 0;
    for (const key of this.#keys.keys()) sum += this.get(node, key);
    return sum;
  }
  /** Whether something is counted in a domain the node is in. */
  hasAny(node: corev1.Node): boolean {
    for (const key of this.#keys.keys()) if (this.get(node, key) > 0) return true;
    return false;
  }
}
