import type * as corev1 from '../../api/core/v1.ts';
import { nodeLabel } from './node-labels.ts';
import type { Counts } from './pod-counts.ts';

interface Part {
  readonly key: string;
  readonly counts: Counts;
  readonly factor: number;
}

const fewParts = 4;

function joinParts(parts: readonly Part[]): Part[] {
  const byKey = new Map<string, Map<string, number>>();
  for (const { key, counts, factor } of parts) {
    let joined = byKey.get(key);
    if (!joined) byKey.set(key, (joined = new Map()));
    for (const [value, count] of counts) joined.set(value, (joined.get(value) ?? 0) + factor * count);
  }
  return [...byKey].map(([key, counts]) => ({ key, counts, factor: 1 }));
}

/**
 * Counts by topology: by key (`topology.kubernetes.io/zone`) and value. Made of shared counts and of own changes, so that copies are
 * cheap.
 */
export class TopologyCounts {
  readonly #parts: Part[] = [];
  /** The same, with many of one key added up: each node asks, and a term may stand for a hundred namespaces. */
  #joined: readonly Part[] | undefined;
  readonly #changes = new Map<string, Map<string, number>>();
  /** The sum of all counts, once it was asked for: each node asks. */
  #total: number | undefined;

  /** Whether nothing is counted anywhere. */
  get isEmpty(): boolean {
    this.#total ??= this.#sumOfAll();
    return this.#total === 0;
  }
  #sumOfAll(): number {
    let total = 0;
    for (const { counts, factor } of this.#parts) for (const count of counts.values()) total += factor * count;
    for (const values of this.#changes.values()) for (const count of values.values()) total += count;
    return total;
  }
  get hasParts(): boolean {
    return this.#parts.length > 0 || this.#changes.size > 0;
  }
  clone(): TopologyCounts {
    const copy = new TopologyCounts();
    copy.#parts.push(...this.#parts);
    copy.#joined = this.#joined;
    for (const [key, values] of this.#changes) copy.#changes.set(key, new Map(values));
    return copy;
  }
  /** Counts what shared counts count, `factor` times. */
  addAll(key: string, counts: Counts, factor = 1): void {
    if (counts.size === 0) return;
    this.#parts.push({ key, counts, factor });
    this.#joined = undefined;
    this.#total = undefined;
  }
  /** Nothing is counted for nodes without the label. */
  add(node: corev1.Node, key: string, amount: number): void {
    const value = nodeLabel(node, key);
    if (value === undefined) return;
    let values = this.#changes.get(key);
    if (!values) this.#changes.set(key, (values = new Map()));
    const sum = (values.get(value) ?? 0) + amount;
    this.#total = undefined;
    if (sum === 0) values.delete(value);
    else values.set(value, sum);
    if (values.size === 0) this.#changes.delete(key);
  }
  get(node: corev1.Node, key: string): number {
    const value = nodeLabel(node, key);
    if (value === undefined) return 0;
    let sum = this.#changes.get(key)?.get(value) ?? 0;
    for (const part of this.#joinedParts()) if (part.key === key) sum += part.factor * (part.counts.get(value) ?? 0);
    return sum;
  }
  #joinedParts(): readonly Part[] {
    this.#joined ??= this.#parts.length < fewParts ? this.#parts : joinParts(this.#parts);
    return this.#joined;
  }
  /** All counts of the domains a node is in, added up. */
  sum(node: corev1.Node): number {
    let sum = 0;
    for (const { key, counts, factor } of this.#joinedParts()) {
      const value = nodeLabel(node, key);
      if (value !== undefined) sum += factor * (counts.get(value) ?? 0);
    }
    for (const [key, values] of this.#changes) sum += values.get(nodeLabel(node, key) ?? '') ?? 0;
    return sum;
  }
  /** Whether something is counted in a domain the node is in. */
  hasAny(node: corev1.Node): boolean {
    if (this.#changes.size === 0) return this.sum(node) > 0;
    const keys = new Set([...this.#parts.map(({ key }) => key), ...this.#changes.keys()]);
    for (const key of keys) if (this.get(node, key) > 0) return true;
    return false;
  }
}
