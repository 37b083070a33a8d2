/**
 * The scheduler's picture of the cluster: nodes and the pods on them, kept from informers and ahead of them by what it has decided
 * itself (assumed pods).
 *
 * Upstream: pkg/scheduler/backend/cache/cache.go (v1.36). Differs: a scheduling cycle is one task here, so nothing changes under it
 * and the cache itself serves as its snapshot.
 */
import type * as corev1 from '../../api/core/v1.ts';
import type { Selector } from '../../apimachinery/labels.ts';
import type { SharedLister } from './framework.ts';
import { ImageStates } from './image-states.ts';
import { NodeInfo } from './node-info.ts';
import { NodeTree } from './node-tree.ts';
import { type CountsByNode, PodCounts } from './pod-counts.ts';
import { PodInfo } from './pod-info.ts';

const noNodes: readonly NodeInfo[] = [];

export class SchedulerCache implements SharedLister {
  readonly #nodes = new Map<string, NodeInfo>();
  readonly #tree = new NodeTree();
  readonly #pods = new Map<string, PodInfo>();
  readonly #assumed = new Set<string>();
  readonly #withAffinity = new Set<NodeInfo>();
  readonly #withAntiAffinity = new Set<NodeInfo>();
  readonly #claims = new Map<string, number>();
  readonly #counts = new PodCounts();
  readonly #images = new ImageStates();
  #list: readonly NodeInfo[] | undefined = noNodes;

  get nodeInfos(): readonly NodeInfo[] {
    this.#list ??= this.#tree.list().map((name) => this.#nodes.get(name) as NodeInfo);
    return this.#list;
  }
  nodeInfo(name: string): NodeInfo | undefined {
    const info = this.#nodes.get(name);
    return info?.current ? info : undefined;
  }
  nodesWithAffinity(): readonly NodeInfo[] {
    return this.#withAffinity.size === 0 ? noNodes : [...this.#withAffinity].filter((info) => info.current);
  }
  nodesWithRequiredAntiAffinity(): readonly NodeInfo[] {
    return this.#withAntiAffinity.size === 0 ? noNodes : [...this.#withAntiAffinity].filter((info) => info.current);
  }
  isClaimUsed(key: string): boolean {
    return this.#claims.has(key);
  }
  countMatching(namespace: string, selector: Selector): CountsByNode {
    return this.#counts.countMatching(namespace, selector);
  }

  putNode(node: corev1.Node): void {
    const info = this.#ensureNode(node.metadata.name ?? '');
    const { images } = node.status ?? {};
    if (!info.current || images !== info.current.status?.images) info.images = this.#images.put(info.name, images);
    info.setNode(node);
    if (this.#tree.put(node)) this.#list = undefined;
  }
  removeNode(name: string): void {
    const info = this.#nodes.get(name);
    if (!info) return;
    info.current = undefined;
    this.#images.remove(name);
    if (info.pods.length === 0) this.#nodes.delete(name);
    this.#tree.remove(name);
    this.#list = undefined;
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
    if (!this.#assumed.delete(uid)) return;
    this.#take(uid);
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
    if (!info) this.#nodes.set(name, (info = new NodeInfo(name)));
    return info;
  }
  #put(info: PodInfo): void {
    const node = this.#ensureNode(info.pod.spec?.nodeName ?? '');
    this.#pods.set(info.uid, info);
    node.addPod(info);
    this.#counts.add(info);
    if (info.hasAffinity) this.#track(node);
    this.#countClaims(info, 1);
  }
  #take(uid: string): void {
    const info = this.#pods.get(uid);
    if (!info) return;
    this.#pods.delete(uid);
    this.#counts.remove(info);
    const node = this.#nodes.get(info.pod.spec?.nodeName ?? '');
    if (!node) return;
    node.removePod(uid);
    if (info.hasAffinity) this.#track(node);
    this.#countClaims(info, -1);
    if (!node.current && node.pods.length === 0) this.#nodes.delete(node.name);
  }
  #track(node: NodeInfo): void {
    if (node.podsWithAffinity.length > 0) this.#withAffinity.add(node);
    else this.#withAffinity.delete(node);
    if (node.podsWithRequiredAntiAffinity.length > 0) this.#withAntiAffinity.add(node);
    else this.#withAntiAffinity.delete(node);
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
