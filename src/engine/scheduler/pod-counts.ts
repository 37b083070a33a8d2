import type * as corev1 from '../../api/core/v1.ts';
import type { Selector } from '../../apimachinery/labels.ts';
import type { PodInfo } from './pod-info.ts';

/** Counts by a node's name, or by a value of a node's label. Shared: they change with the cluster. Absent is 0. */
export type Counts = ReadonlyMap<string, number>;

/** Which pods count: those of a namespace that a selector matches; spreading leaves out those that are being deleted. */
export interface PodQuestion {
  readonly namespace: string;
  readonly selector: Selector;
  readonly withDeleted: boolean;
}

interface Entry {
  readonly question: PodQuestion;
  readonly byNode: Map<string, number>;
  readonly byTopology: Map<string, Map<string, number>>;
}

const maxEntries = 512;

const change = (counts: Map<string, number>, key: string, by: number): void => {
  const next = (counts.get(key) ?? 0) + by;
  if (next > 0) counts.set(key, next);
  else counts.delete(key);
};

/**
 * Answers "how many such pods are on each node", or in each zone, without looking at all pods each time: the answer to a question once
 * asked is kept up to date. Upstream counts afresh in each cycle.
 */
export class PodCounts {
  readonly #pods = new Map<string, Set<PodInfo>>();
  readonly #entries = new Map<string, Entry>();
  readonly #byNamespace = new Map<string, Set<Entry>>();
  readonly #labelOf: (nodeName: string, key: string) => string | undefined;

  /** `labelOf` gives the label of a node that exists. */
  constructor(labelOf: (nodeName: string, key: string) => string | undefined) {
    this.#labelOf = labelOf;
  }

  byNode(question: PodQuestion): Counts {
    return this.#entry(question).byNode;
  }
  /** By the values of a label, over the nodes that have it. */
  byTopology(question: PodQuestion, topologyKey: string): Counts {
    const { byNode, byTopology } = this.#entry(question);
    let counts = byTopology.get(topologyKey);
    if (!counts) {
      byTopology.set(topologyKey, (counts = new Map()));
      for (const [node, count] of byNode) {
        const value = this.#labelOf(node, topologyKey);
        if (value !== undefined) change(counts, value, count);
      }
    }
    return counts;
  }
  add(info: PodInfo): void {
    const pods = this.#pods.get(info.namespace);
    if (pods) pods.add(info);
    else this.#pods.set(info.namespace, new Set([info]));
    for (const entry of this.#byNamespace.get(info.namespace) ?? []) this.#count(entry, info.pod, 1);
  }
  remove(info: PodInfo): void {
    const pods = this.#pods.get(info.namespace);
    pods?.delete(info);
    if (pods?.size === 0) this.#pods.delete(info.namespace);
    for (const entry of this.#byNamespace.get(info.namespace) ?? []) this.#count(entry, info.pod, -1);
  }
  /** A pod has changed where it stands. */
  replace(info: PodInfo, pod: corev1.Pod): void {
    const old = info.pod;
    if (old.metadata.labels !== pod.metadata.labels || isGoing(old) !== isGoing(pod)) {
      for (const entry of this.#byNamespace.get(info.namespace) ?? []) {
        this.#count(entry, old, -1);
        this.#count(entry, pod, 1);
      }
    }
    info.pod = pod;
  }
  /** Nodes have come, gone or changed their labels. */
  forgetTopologies(): void {
    for (const { byTopology } of this.#entries.values()) byTopology.clear();
  }

  #entry(question: PodQuestion): Entry {
    const key = `${question.withDeleted ? '+' : ''}${question.namespace}|${question.selector.toString()}`;
    const known = this.#entries.get(key);
    if (known) return known;
    if (this.#entries.size >= maxEntries) this.#dropOldest();
    const entry: Entry = { question, byNode: new Map(), byTopology: new Map() };
    for (const info of this.#pods.get(question.namespace) ?? []) this.#count(entry, info.pod, 1);
    this.#entries.set(key, entry);
    const entries = this.#byNamespace.get(question.namespace);
    if (entries) entries.add(entry);
    else this.#byNamespace.set(question.namespace, new Set([entry]));
    return entry;
  }
  #dropOldest(): void {
    const [oldest] = this.#entries;
    if (!oldest) return;
    const [key, entry] = oldest;
    this.#entries.delete(key);
    const entries = this.#byNamespace.get(entry.question.namespace);
    entries?.delete(entry);
    if (entries?.size === 0) this.#byNamespace.delete(entry.question.namespace);
  }
  #count({ question, byNode, byTopology }: Entry, pod: corev1.Pod, by: 1 | -1): void {
    if (!question.withDeleted && isGoing(pod)) return;
    if (!question.selector.matches(pod.metadata.labels)) return;
    const node = pod.spec?.nodeName ?? '';
    change(byNode, node, by);
    for (const [topologyKey, counts] of byTopology) {
      const value = this.#labelOf(node, topologyKey);
      if (value !== undefined) change(counts, value, by);
    }
  }
}

const isGoing = (pod: corev1.Pod) => pod.metadata.deletionTimestamp !== undefined;
