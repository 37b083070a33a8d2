import type * as corev1 from '../../api/core/v1.ts';
import type { Selector } from '../../apimachinery/labels.ts';
import { nodeLabel } from './node-labels.ts';
import type { PodInfo } from './pod-info.ts';

/** Counts by a node's name, or by a value of a node's label. Shared: they change with the cluster. Absent is 0. */
export type Counts = ReadonlyMap<string, number>;

/** Some namespaces; `key` tells them from others. */
export interface NamespaceSet {
  readonly key: string;
  readonly names: readonly string[];
}

/** Which pods count: those of the namespaces that a selector matches; spreading leaves out those that are being deleted. */
export interface PodQuestion {
  readonly namespaces: NamespaceSet;
  readonly selector: Selector;
  readonly withDeleted: boolean;
}

/** Which nodes count; `key` is equal for those that say the same of a node as long as its labels and taints stay as they are. */
export interface NodeFilter {
  readonly key: string;
  includes(node: corev1.Node): boolean;
}

/** Counts by the values of a label, over some nodes. */
interface TopologyEntry {
  readonly topologyKey: string;
  readonly among: NodeFilter | undefined;
  readonly counts: Map<string, number>;
}

interface Entry {
  readonly question: PodQuestion;
  readonly byNode: Map<string, number>;
  /** By the label and the filter of nodes. */
  readonly byTopology: Map<string, TopologyEntry>;
}

/** Entries about the pods of one namespace: found by a label that a pod must have, for with a thousand ReplicaSets hardly one is about it. */
class Entries {
  readonly #all = new Set<Entry>();
  /** By label and value. */
  readonly #byLabel = new Map<string, Map<string, Set<Entry>>>();
  /** Those that ask for no label with one certain value. */
  readonly #others = new Set<Entry>();

  get isEmpty(): boolean {
    return this.#all.size === 0;
  }
  add(entry: Entry): void {
    this.#all.add(entry);
    const required = requiredLabel(entry);
    if (!required) {
      this.#others.add(entry);
      return;
    }
    const [key, value] = required;
    let byValue = this.#byLabel.get(key);
    if (!byValue) this.#byLabel.set(key, (byValue = new Map<string, Set<Entry>>()));
    const entries = byValue.get(value);
    if (entries) entries.add(entry);
    else byValue.set(value, new Set([entry]));
  }
  delete(entry: Entry): void {
    this.#all.delete(entry);
    this.#others.delete(entry);
    const [key = '', value = ''] = requiredLabel(entry) ?? [];
    const byValue = this.#byLabel.get(key);
    const entries = byValue?.get(value);
    if (!byValue || !entries) return;
    entries.delete(entry);
    if (entries.size === 0) byValue.delete(value);
    if (byValue.size === 0) this.#byLabel.delete(key);
  }
  /** Calls back for each entry that may be about the pod. */
  forEach({ metadata: { labels } }: corev1.Pod, callback: (entry: Entry) => void): void {
    for (const entry of this.#others) callback(entry);
    if (!labels) return;
    for (const [key, byValue] of this.#byLabel) {
      const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
      const entries = value === undefined ? undefined : byValue.get(value);
      if (entries) for (const entry of entries) callback(entry);
    }
  }
}

function requiredLabel({ question }: Entry): readonly [string, string] | undefined {
  const found = question.selector.requirements.find(
    ({ operator, values }) => values.length === 1 && (operator === '=' || operator === '==' || operator === 'in'),
  );
  return found && [found.key, found.values[0] ?? ''];
}

/** The only namespace. */
export const oneNamespace = (name: string): NamespaceSet => ({ key: name, names: [name] });

const maxEntries = 4096;
const maxTopologies = 64;

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
  readonly #byNamespace = new Map<string, Entries>();
  readonly #nodeOf: (name: string) => corev1.Node | undefined;

  /** `nodeOf` gives a node that exists. */
  constructor(nodeOf: (name: string) => corev1.Node | undefined) {
    this.#nodeOf = nodeOf;
  }

  byNode(question: PodQuestion): Counts {
    return this.#entry(question).byNode;
  }
  /** By the values of a label, over the nodes that have it, and are `among` those. */
  byTopology(question: PodQuestion, topologyKey: string, among?: NodeFilter): Counts {
    const { byNode, byTopology } = this.#entry(question);
    const key = among ? `${topologyKey}|${among.key}` : topologyKey;
    let found = byTopology.get(key);
    if (!found) {
      if (byTopology.size >= maxTopologies) byTopology.clear();
      byTopology.set(key, (found = { topologyKey, among, counts: new Map() }));
      for (const [node, count] of byNode) this.#countInDomain(found, this.#nodeOf(node), count);
    }
    return found.counts;
  }
  add(info: PodInfo): void {
    const pods = this.#pods.get(info.namespace);
    if (pods) pods.add(info);
    else this.#pods.set(info.namespace, new Set([info]));
    this.#countPod(info.namespace, info.pod, 1);
  }
  remove(info: PodInfo): void {
    const pods = this.#pods.get(info.namespace);
    pods?.delete(info);
    if (pods?.size === 0) this.#pods.delete(info.namespace);
    this.#countPod(info.namespace, info.pod, -1);
  }
  /** A pod has changed where it stands. */
  replace(info: PodInfo, pod: corev1.Pod): void {
    const old = info.pod;
    if (old.metadata.labels !== pod.metadata.labels || isGoing(old) !== isGoing(pod)) {
      this.#countPod(info.namespace, old, -1);
      this.#countPod(info.namespace, pod, 1);
    }
    info.pod = pod;
  }
  /** Nodes have come, gone or changed their labels. */
  forgetTopologies(): void {
    for (const { byTopology } of this.#entries.values()) byTopology.clear();
  }
  /** Nodes have changed their taints. */
  forgetFiltered(): void {
    for (const { byTopology } of this.#entries.values())
      for (const [key, { among }] of byTopology) if (among) byTopology.delete(key);
  }

  #entry(question: PodQuestion): Entry {
    const { namespaces, selector, withDeleted } = question;
    const key = `${withDeleted ? '+' : ''}${namespaces.key}|${selector.toString()}`;
    const known = this.#entries.get(key);
    if (known) return known;
    if (this.#entries.size >= maxEntries) this.#dropOldest();
    const entry: Entry = { question, byNode: new Map(), byTopology: new Map() };
    for (const namespace of namespaces.names) {
      for (const info of this.#pods.get(namespace) ?? []) this.#count(entry, info.pod, 1);
      let entries = this.#byNamespace.get(namespace);
      if (!entries) this.#byNamespace.set(namespace, (entries = new Entries()));
      entries.add(entry);
    }
    this.#entries.set(key, entry);
    return entry;
  }
  #dropOldest(): void {
    const [oldest] = this.#entries;
    if (!oldest) return;
    const [key, entry] = oldest;
    this.#entries.delete(key);
    for (const namespace of entry.question.namespaces.names) {
      const entries = this.#byNamespace.get(namespace);
      entries?.delete(entry);
      if (entries?.isEmpty) this.#byNamespace.delete(namespace);
    }
  }
  #countPod(namespace: string, pod: corev1.Pod, by: 1 | -1): void {
    this.#byNamespace.get(namespace)?.forEach(pod, (entry) => this.#count(entry, pod, by));
  }
  #count({ question, byNode, byTopology }: Entry, pod: corev1.Pod, by: 1 | -1): void {
    if (!question.withDeleted && isGoing(pod)) return;
    if (!question.selector.matches(pod.metadata.labels)) return;
    const nodeName = pod.spec?.nodeName ?? '';
    change(byNode, nodeName, by);
    if (byTopology.size === 0) return;
    const node = this.#nodeOf(nodeName);
    for (const topology of byTopology.values()) this.#countInDomain(topology, node, by);
  }
  #countInDomain({ topologyKey, among, counts }: TopologyEntry, node: corev1.Node | undefined, by: number): void {
    if (!node || (among && !among.includes(node))) return;
    const value = nodeLabel(node, topologyKey);
    if (value !== undefined) change(counts, value, by);
  }
}

const isGoing = (pod: corev1.Pod) => pod.metadata.deletionTimestamp !== undefined;
