/**
 * The scheduler's picture of the cluster: nodes and the pods on them, kept from informers and ahead of them by what it has decided
 * itself (assumed pods).
 *
 * Upstream: pkg/scheduler/backend/cache/cache.go (v1.36). Differs: a scheduling cycle is one task here, so nothing changes under it
 * and the cache itself serves as its snapshot.
 */
import type * as corev1 from '../../api/core/v1.ts';
import { deepEqual } from '../../apimachinery/deep-equal.ts';
import { AffinityIndex, type AffinityKind, type IndexedTerm } from './affinity-index.ts';
import type { SharedLister } from './framework.ts';
import { ImageStates } from './image-states.ts';
import { NodeChanges } from './node-changes.ts';
import { NodeDomains } from './node-domains.ts';
import { NodeInfo } from './node-info.ts';
import { nodeLabel } from './node-labels.ts';
import { NodeTree } from './node-tree.ts';
import { type Counts, type NodeFilter, PodCounts, type PodQuestion } from './pod-counts.ts';
import { PodInfo } from './pod-info.ts';

export class SchedulerCache implements SharedLister {
  readonly changes = new NodeChanges();
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #tree = new NodeTree();
  readonly #pods = new Map<string, PodInfo>();
  readonly #assumed = new Set<string>();
  readonly #claims = new Map<string, number>();
  readonly #images = new ImageStates();
  readonly #affinity = new AffinityIndex();
  readonly #domains = new NodeDomains(() => this.nodeInfos);
  readonly #counts = new PodCounts((nodeName) => this.#nodes.get(nodeName)?.current);
  #list: readonly NodeInfo[] | undefined;

  get nodeInfos(): readonly NodeInfo[] {
    this.#list ??= this.#tree.list().map((name, place) => {
      const info = this.#nodes.get(name) as NodeInfo;
      info.place = place;
      return info;
    });
    return this.#list;
  }
  nodeInfo(name: string): NodeInfo | undefined {
    const info = this.#nodes.get(name);
    return info?.current ? info : undefined;
  }
  get hasImages(): boolean {
    return !this.#images.isEmpty;
  }
  isClaimUsed(key: string): boolean {
    return this.#claims.has(key);
  }
  podsByNode(question: PodQuestion): Counts {
    return this.#counts.byNode(question);
  }
  podsByTopology(question: PodQuestion, topologyKey: string, among?: NodeFilter): Counts {
    return this.#counts.byTopology(question, topologyKey, among);
  }
  domains(topologyKey: string, among?: NodeFilter): Counts {
    return this.#domains.of(topologyKey, among);
  }
  lacksLabel(key: string): boolean {
    return this.#domains.areLacking(key);
  }
  affinityTerms(kind: AffinityKind): Iterable<IndexedTerm> {
    return this.#affinity.terms(kind);
  }

  putNode(node: corev1.Node): void {
    const info = this.#ensureNode(node.metadata.name ?? '');
    const old = info.current;
    if (!old || node.status?.images !== old.status?.images) {
      info.images = this.#images.put(info.name, node.status?.images);
    }
    const isMoved = !old || !deepEqual(old.metadata.labels, node.metadata.labels);
    if (isMoved) this.#index(info, -1);
    info.setNode(node);
    if (isMoved) {
      this.#index(info, 1);
      this.#forgetTopologies();
    } else if (!deepEqual(old.spec?.taints, node.spec?.taints)) {
      this.#counts.forgetFiltered();
      this.#domains.forgetFiltered();
    }
    if (this.#tree.put(node)) this.#list = undefined;
  }
  removeNode(name: string): void {
    const info = this.#nodes.get(name);
    if (!info) return;
    this.#index(info, -1);
    info.current = undefined;
    this.#images.remove(name);
    if (info.pods.length === 0) this.#nodes.delete(name);
    this.#tree.remove(name);
    this.#list = undefined;
    this.#forgetTopologies();
  }

  isAssumed(uid: string): boolean {
    return this.#assumed.has(uid);
  }
  /** The pod as it stands on its node, assumed or known. */
  getPod(uid: string): PodInfo | undefined {
    return this.#pods.get(uid);
  }
  /** Counts a pod on the node it will be bound to. */
  assumePod(info: PodInfo): void {
    this.#put(info);
    this.#assumed.add(info.uid);
  }
  /** Binding failed: takes an assumed pod away again. */
  forgetPod(uid: string): void {
    if (this.#assumed.delete(uid)) this.#take(uid);
  }
  /** A pod that has a node: new, changed, or the confirmation of what was assumed. */
  putPod(pod: corev1.Pod): void {
    const uid = pod.metadata.uid ?? '';
    const known = this.#pods.get(uid);
    this.#assumed.delete(uid);
    if (known && isSameForScheduling(known.pod, pod)) this.#counts.replace(known, pod);
    else {
      this.#take(uid);
      this.#put(new PodInfo(pod));
    }
  }
  removePod(uid: string): void {
    this.#assumed.delete(uid);
    this.#take(uid);
  }

  #ensureNode(name: string): NodeInfo {
    let info = this.#nodes.get(name);
    if (!info) this.#nodes.set(name, (info = new NodeInfo(name, this.changes)));
    return info;
  }
  #put(info: PodInfo): void {
    const node = this.#ensureNode(info.pod.spec?.nodeName ?? '');
    this.#pods.set(info.uid, info);
    node.addPod(info);
    this.#counts.add(info);
    this.#indexPod(node, info, 1);
    this.#countClaims(info, 1);
  }
  #take(uid: string): void {
    const info = this.#pods.get(uid);
    if (!info) return;
    this.#pods.delete(uid);
    this.#counts.remove(info);
    this.#countClaims(info, -1);
    const node = this.#nodes.get(info.pod.spec?.nodeName ?? '');
    if (!node) return;
    node.removePod(uid);
    this.#indexPod(node, info, -1);
    if (!node.current && node.pods.length === 0) this.#nodes.delete(node.name);
  }
  /** Pods on nodes that do not exist have no topology. */
  #indexPod({ current }: NodeInfo, info: PodInfo, by: 1 | -1): void {
    if (current) this.#affinity.update(info, (key) => nodeLabel(current, key), by);
  }
  #index(node: NodeInfo, by: 1 | -1): void {
    for (const info of node.podsWithAffinity) this.#indexPod(node, info, by);
  }
  #forgetTopologies(): void {
    this.#counts.forgetTopologies();
    this.#domains.clear();
  }
  #countClaims(info: PodInfo, sign: 1 | -1): void {
    for (const name of info.claimNames) {
      const key = `${info.namespace}/${name}`;
      const count = (this.#claims.get(key) ?? 0) + sign;
      if (count > 0) this.#claims.set(key, count);
      else this.#claims.delete(key);
    }
  }
}

/** What of a pod's spec a PodInfo is made of. Versions of a pod share what is equal, so identity tells. */
const derivedFrom = [
  'nodeName',
  'containers',
  'initContainers',
  'affinity',
  'volumes',
  'resources',
  'overhead',
] as const;

/** Whether nothing that a PodInfo derives has changed between two versions of a pod that has a node. */
function isSameForScheduling(old: corev1.Pod, pod: corev1.Pod): boolean {
  if (old.spec !== pod.spec && derivedFrom.some((field) => old.spec?.[field] !== pod.spec?.[field])) return false;
  return !reportsResources(pod) && !reportsResources(old);
}

const reportsResources = (pod: corev1.Pod): boolean =>
  pod.status?.resources !== undefined ||
  (pod.status?.containerStatuses?.some((status) => status.resources !== undefined) ?? false) ||
  (pod.status?.initContainerStatuses?.some((status) => status.resources !== undefined) ?? false);
