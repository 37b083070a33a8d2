import type * as corev1 from '../../api/core/v1.ts';
import type { Selector } from '../../apimachinery/labels.ts';
import type { PodInfo } from './pod-info.ts';

/** How many pods of a namespace match a selector, by node; nodes without any are absent. */
export type CountsByNode = ReadonlyMap<string, number>;

interface Entry {
  readonly namespace: string;
  readonly selector: Selector;
  readonly counts: Map<string, number>;
}

const maxEntries = 256;

/**
 * Answers "how many such pods are on each node" without looking at all pods each time: the answer to a question once asked is kept up to
 * date. Pods that are being deleted do not count. Upstream counts afresh: podtopologyspread/common.go countPodsMatchSelector (v1.36).
 */
export class PodCounts {
  readonly #pods = new Map<string, Set<PodInfo>>();
  readonly #entries = new Map<string, Entry>();
  readonly #byNamespace = new Map<string, Set<Entry>>();

  /** The counts stay current: they are shared and change with the cluster. */
  countMatching(namespace: string, selector: Selector): CountsByNode {
    const key = `${namespace}|${selector.toString()}`;
    const known = this.#entries.get(key);
    if (known) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known.counts;
    }
    const entry: Entry = { namespace, selector, counts: new Map() };
    if (!selector.isEmpty) for (const info of this.#pods.get(namespace) ?? []) count(entry, info.pod, 1);
    this.#entries.set(key, entry);
    const entries = this.#byNamespace.get(namespace);
    if (entries) entries.add(entry);
    else this.#byNamespace.set(namespace, new Set([entry]));
    if (this.#entries.size > maxEntries) this.#dropOldest();
    return entry.counts;
  }
  add(info: PodInfo): void {
    const pods = this.#pods.get(info.namespace);
    if (pods) pods.add(info);
    else this.#pods.set(info.namespace, new Set([info]));
    for (const entry of this.#byNamespace.get(info.namespace) ?? []) count(entry, info.pod, 1);
  }
  remove(info: PodInfo): void {
    const pods = this.#pods.get(info.namespace);
    pods?.delete(info);
    if (pods?.size === 0) this.#pods.delete(info.namespace);
    for (const entry of this.#byNamespace.get(info.namespace) ?? []) count(entry, info.pod, -1);
  }
  /** A pod has changed where it stands. */
  replace(info: PodInfo, pod: corev1.Pod): void {
    const old = info.pod;
    if (old.metadata.labels !== pod.metadata.labels || isGoing(old) !== isGoing(pod)) {
      for (const entry of this.#byNamespace.get(info.namespace) ?? []) {
        count(entry, old, -1);
        count(entry, pod, 1);
      }
    }
    info.pod = pod;
  }

  #dropOldest(): void {
    const [oldest] = this.#entries;
    if (!oldest) return;
    const [key, entry] = oldest;
    this.#entries.delete(key);
    const entries = this.#byNamespace.get(entry.namespace);
    entries?.delete(entry);
    if (entries?.size === 0) this.#byNamespace.delete(entry.namespace);
  }
}

const isGoing = (pod: corev1.Pod) => pod.metadata.deletionTimestamp !== undefined;

function count({ selector, counts }: Entry, pod: corev1.Pod, sign: 1 | -1): void {
  if (selector.isEmpty || isGoing(pod) || !selector.matches(pod.metadata.labels)) return;
  const node = pod.spec?.nodeName ?? '';
  const next = (counts.get(node) ?? 0) + sign;
  if (next > 0) counts.set(node, next);
  else counts.delete(node);
}
