import type * as corev1 from '../../api/core/v1.ts';
import { HostPortInfo } from './host-ports.ts';
import type { NodeChanges } from './node-changes.ts';
import { hostnameLabel, nodeLabel, zoneLabel } from './node-labels.ts';
import type { PodInfo } from './pod-info.ts';
import { Resource } from './resource.ts';

/** An image as scoring sees it: its size and on how many nodes it is. Shared among nodes. */
export interface ImageState {
  sizeBytes: number;
  numNodes: number;
}

const noImages: ReadonlyMap<string, ImageState> = new Map();
const noTaints: readonly corev1.Taint[] = [];

/**
 * What the scheduler knows of a node: the node, its pods (those assumed to come included) and their sums, kept up to date
 * incrementally.
 *
 * Upstream: pkg/scheduler/framework/types.go NodeInfo (v1.36)
 */
export class NodeInfo {
  readonly name: string;
  /** Where it stands in the list of all nodes; set by who makes the list. */
  place = 0;
  /** Absent when the node is gone but pods still stand on it. */
  current: corev1.Node | undefined;
  pods: PodInfo[] = [];
  podsWithAffinity: PodInfo[] = [];
  usedPorts = new HostPortInfo();
  requested = new Resource();
  nonZeroRequested = new Resource();
  allocatable = new Resource();
  images: ReadonlyMap<string, ImageState> = noImages;
  /** The node's, kept here because each cycle asks hundreds of nodes. */
  taints: readonly corev1.Taint[] = noTaints;
  unschedulable = false;
  hostname: string | undefined;
  zone: string | undefined;

  readonly #changes: NodeChanges | undefined;

  /** `changes` hears of each change. */
  constructor(name: string, changes?: NodeChanges) {
    this.name = name;
    this.#changes = changes;
  }

  /** The node. Only nodes that exist are filtered and scored. */
  get node(): corev1.Node {
    return this.current as corev1.Node;
  }
  setNode(node: corev1.Node): void {
    if (node.status?.allocatable !== this.current?.status?.allocatable || !this.current) {
      this.allocatable = Resource.of(node.status?.allocatable);
    }
    this.#changes?.note(this);
    this.current = node;
    this.taints = node.spec?.taints ?? noTaints;
    this.unschedulable = node.spec?.unschedulable === true;
    this.hostname = nodeLabel(node, hostnameLabel);
    this.zone = nodeLabel(node, zoneLabel);
  }
  label(key: string): string | undefined {
    if (key === hostnameLabel) return this.hostname;
    return key === zoneLabel ? this.zone : nodeLabel(this.node, key);
  }
  addPod(info: PodInfo): void {
    this.pods.push(info);
    if (info.hasAffinity) this.podsWithAffinity.push(info);
    this.#count(info, 1);
  }
  /** Gives what stood there, if it did. */
  removePod(uid: string): PodInfo | undefined {
    const at = this.pods.findIndex((info) => info.uid === uid);
    if (at < 0) return undefined;
    const [info] = this.pods.splice(at, 1) as [PodInfo];
    if (info.hasAffinity) remove(this.podsWithAffinity, info);
    this.#count(info, -1);
    return info;
  }
  /** A copy to try things on. Upstream: Snapshot */
  clone(): NodeInfo {
    const copy = new NodeInfo(this.name);
    copy.current = this.current;
    copy.taints = this.taints;
    copy.unschedulable = this.unschedulable;
    copy.hostname = this.hostname;
    copy.zone = this.zone;
    copy.pods = [...this.pods];
    copy.podsWithAffinity = [...this.podsWithAffinity];
    copy.usedPorts = this.usedPorts.clone();
    copy.requested = this.requested.clone();
    copy.nonZeroRequested = this.nonZeroRequested.clone();
    copy.allocatable = this.allocatable;
    copy.images = this.images;
    return copy;
  }

  #count(info: PodInfo, sign: 1 | -1): void {
    this.#changes?.note(this);
    this.requested.add(info.requests, sign);
    this.nonZeroRequested.add(info.nonZeroRequests, sign);
    for (const port of info.hostPorts) {
      if (sign > 0) this.usedPorts.add(port);
      else this.usedPorts.remove(port);
    }
  }
}

function remove(list: PodInfo[], info: PodInfo): void {
  const at = list.indexOf(info);
  if (at >= 0) list.splice(at, 1);
}
