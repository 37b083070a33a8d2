/**
 * Hollow kubelets: nodes whose kubelet only walks a status, as kwok's fast stages do, for scale and for scheduling lessons.
 *
 * One instance serves all hollow nodes of a cluster. It reads Nodes and Pods through one informer each; it writes node status and
 * leases (background), pod status, and deletes pods that are being deleted. The composition root starts it.
 *
 * Upstream: sigs.k8s.io/kwok v0.8 pkg/kwok/controllers, with --manage-all-nodes --node-lease-duration-seconds=40
 */
import type * as coordinationv1 from '../../api/coordination/v1.ts';
import type * as corev1 from '../../api/core/v1.ts';
import { leases, nodes, pods } from '../../api/resources.ts';
import { isNotFound, StatusError } from '../../apimachinery/status-error.ts';
import type { Client } from '../../client/client.ts';
import type { Informer } from '../../client/informer.ts';
import { type Process, sleep } from '../../process/process.ts';
import type { ComponentContext } from '../component.ts';
import { formatMicroTime, formatTime } from '../../apimachinery/time.ts';
import {
  needsNodeHeartbeat,
  needsNodeInitialize,
  nextPodStage,
  nodeHeartbeatPatch,
  nodeInitializePatch,
  podCompletePatch,
  podReadyPatch,
} from './hollow-stages.ts';
import { IpPool } from './ip-pool.ts';

export interface HollowOptions {
  /** Which nodes are hollow; all by default. */
  readonly manages?: (node: corev1.Node) => boolean;
  /** Whether a node's machine has power and network; always by default. */
  readonly isUp?: (nodeName: string) => boolean;
}

/** What runs on behalf of one node. */
interface HollowNode {
  readonly name: string;
  lease: coordinationv1.Lease | undefined;
  cancelLease: (() => void) | undefined;
  cancelHeartbeat: (() => void) | undefined;
  busy: boolean;
}

const leaseDurationSeconds = 40;
const renewIntervalMs = (leaseDurationSeconds * 1000) / 4;
const renewJitter = 0.04;
const heartbeatMs = 600_000;
const heartbeatJitterMs = 10_000;
const retryMs = 1_000;
const defaultPodCIDR = '10.0.0.1/24';
const userAgent = 'kwok/v0.8.0 (linux/amd64) kwok/v0.8.0';
const leaseNamespace = 'kube-node-lease';

/** Starts the hollow kubelets; the informers must be started by whoever owns the context. */
export function startHollowKubelets(context: ComponentContext, options: HollowOptions = {}): HollowKubelets {
  return new HollowKubelets(context, options);
}

export class HollowKubelets {
  readonly #context: ComponentContext;
  readonly #client: Client;
  readonly #options: HollowOptions;
  readonly #holder: string;
  readonly #nodes = new Map<string, HollowNode>();
  readonly #podsInPlay = new Set<string>();
  readonly #pools = new Map<string, IpPool>();
  readonly #nodeInformer: Informer<corev1.Node>;
  readonly #podInformer: Informer<corev1.Pod>;
  #stopped = false;

  constructor(context: ComponentContext, options: HollowOptions) {
    this.#context = context;
    this.#options = options;
    this.#client = context.client.withHeaders({ 'user-agent': userAgent });
    this.#holder = `kwok_${context.random.uid()}`;
    this.#nodeInformer = context.informers.informer(nodes);
    this.#podInformer = context.informers.informer(pods, {
      indexers: { node: (pod: corev1.Pod) => (pod.spec?.nodeName ? [pod.spec.nodeName] : []) },
    });
    this.#nodeInformer.addEventHandler({
      add: (node) => this.#onNode(node),
      update: (_, node) => this.#onNode(node),
      delete: (node) => this.#forgetNode(node.metadata.name ?? ''),
    });
    this.#podInformer.addEventHandler({
      add: (pod) => this.#onPod(pod),
      update: (_, pod) => this.#onPod(pod),
      delete: (pod) => this.#releasePodIPs(pod),
    });
  }

  /** Looks at a node and its pods again: after its machine came back. */
  recheck(nodeName: string): void {
    const node = this.#nodeInformer.store.get(nodeName);
    if (node) this.#onNode(node);
    for (const pod of this.#podInformer.store.byIndex('node', nodeName)) this.#onPod(pod);
  }

  stop(): void {
    this.#stopped = true;
    for (const name of [...this.#nodes.keys()]) this.#forgetNode(name);
  }

  #isUp(nodeName: string): boolean {
    return !this.#stopped && (this.#options.isUp?.(nodeName) ?? true);
  }

  #onNode(node: corev1.Node): void {
    const name = node.metadata.name ?? '';
    if (this.#stopped || !(this.#options.manages?.(node) ?? true)) return;
    const known = this.#nodes.get(name);
    if (known?.lease && known.lease.metadata.ownerReferences?.[0]?.uid !== node.metadata.uid) this.#forgetNode(name);
    const state = this.#nodes.get(name) ?? this.#addNode(name);
    if (state.lease && needsNodeInitialize(node) && this.#isUp(name)) this.#spawnInitialize(state);
  }

  #addNode(name: string): HollowNode {
    const state: HollowNode = {
      name,
      lease: undefined,
      cancelLease: undefined,
      cancelHeartbeat: undefined,
      busy: false,
    };
    this.#nodes.set(name, state);
    this.#context.sim.spawn(this.#manage(state), `hollow ${name}`);
    return state;
  }

  #forgetNode(name: string): void {
    const state = this.#nodes.get(name);
    state?.cancelLease?.();
    state?.cancelHeartbeat?.();
    this.#nodes.delete(name);
  }

  #isCurrent(state: HollowNode): boolean {
    return !this.#stopped && this.#nodes.get(state.name) === state;
  }

  /** A node is managed once its lease is held. */
  *#manage(state: HollowNode): Process<void> {
    while (this.#isCurrent(state) && !(this.#isUp(state.name) && (yield* this.#renewLease(state))))
      yield* sleep(retryMs);
    if (!this.#isCurrent(state)) return;
    this.#scheduleLease(state);
    this.#scheduleHeartbeat(state);
    this.recheck(state.name);
  }

  #scheduleLease(state: HollowNode): void {
    const ms = renewIntervalMs * (1 + this.#context.random.float() * renewJitter);
    const tick = () => {
      if (this.#isUp(state.name)) this.#context.sim.spawn(this.#renewLease(state), `lease ${state.name}`);
      this.#scheduleLease(state);
    };
    state.cancelLease = this.#context.sim.setTimer(ms, tick, { background: true });
  }

  #scheduleHeartbeat(state: HollowNode): void {
    const ms = heartbeatMs + this.#context.random.between(0, heartbeatJitterMs);
    const tick = () => {
      const node = this.#nodeInformer.store.get(state.name);
      if (node && needsNodeHeartbeat(node) && this.#isUp(state.name))
        this.#context.sim.spawn(
          this.#patchNode(state, nodeHeartbeatPatch(node, this.#now())),
          `heartbeat ${state.name}`,
        );
      this.#scheduleHeartbeat(state);
    };
    state.cancelHeartbeat = this.#context.sim.setTimer(ms, tick, { background: true });
  }

  /** Creates or renews; gives whether the lease is held. */
  *#renewLease(state: HollowNode): Process<boolean> {
    const client = this.#client.resource(leases, leaseNamespace);
    const node = this.#nodeInformer.store.get(state.name);
    if (!node) return false;
    const renewTime = formatMicroTime(this.#context.sim.now());
    const spec = { holderIdentity: this.#holder, leaseDurationSeconds, renewTime };
    try {
      const base = state.lease;
      const lease = base
        ? yield* client.update({ ...base, spec: { ...base.spec, ...spec } })
        : yield* client.create({
            metadata: { name: state.name, namespace: leaseNamespace, ownerReferences: [nodeOwner(node)] },
            spec,
          });
      if (this.#isCurrent(state)) state.lease = lease;
      return true;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      return yield* this.#adoptLease(state, node, spec);
    }
  }

  /** The lease that is there already, or was changed by someone, becomes ours. */
  *#adoptLease(state: HollowNode, node: corev1.Node, spec: coordinationv1.LeaseSpec): Process<boolean> {
    const client = this.#client.resource(leases, leaseNamespace);
    try {
      const found = yield* client.get(state.name);
      const metadata = { ...found.metadata, ownerReferences: [nodeOwner(node)] };
      const lease = yield* client.update({ ...found, metadata, spec: { ...found.spec, ...spec } });
      if (this.#isCurrent(state)) state.lease = lease;
      return true;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      state.lease = undefined;
      return false;
    }
  }

  #spawnInitialize(state: HollowNode): void {
    if (state.busy) return;
    state.busy = true;
    this.#context.sim.spawn(this.#initialize(state), `node-initialize ${state.name}`);
  }

  *#initialize(state: HollowNode): Process<void> {
    try {
      const node = this.#nodeInformer.store.get(state.name);
      if (node) yield* this.#patchNode(state, nodeInitializePatch(node, this.#now()));
    } finally {
      state.busy = false;
    }
  }

  *#patchNode(state: HollowNode, patch: object): Process<void> {
    try {
      yield* this.#client.resource(nodes).patch(state.name, 'strategic', patch, { subresource: 'status' });
    } catch (error) {
      if (!isNotFound(error)) this.#context.report(error, `hollow kubelet: node ${state.name}`);
    }
  }

  #onPod(pod: corev1.Pod): void {
    const nodeName = pod.spec?.nodeName;
    if (!nodeName || this.#podsInPlay.has(pod.metadata.uid ?? '')) return;
    if (!this.#nodes.get(nodeName)?.lease || !this.#isUp(nodeName) || !nextPodStage(pod)) return;
    this.#podsInPlay.add(pod.metadata.uid ?? '');
    this.#context.sim.spawn(this.#playPod(pod), `hollow pod ${pod.metadata.name ?? ''}`);
  }

  /** Performs the stage the pod is due for; what its own write leads to comes back through the informer. */
  *#playPod(pod: corev1.Pod): Process<void> {
    const { name = '', namespace = '', uid = '' } = pod.metadata;
    try {
      yield* this.#playStage(pod);
    } catch (error) {
      if (!isNotFound(error)) this.#context.report(error, `hollow kubelet: pod ${namespace}/${name}`);
    } finally {
      this.#podsInPlay.delete(uid);
    }
    const seen = this.#podInformer.store.get(`${namespace}/${name}`);
    if (seen && seen !== pod && seen.metadata.uid === uid) this.#onPod(seen);
  }

  *#playStage(pod: corev1.Pod): Process<void> {
    const { name = '', namespace } = pod.metadata;
    const client = this.#client.resource(pods, namespace);
    const stage = nextPodStage(pod);
    if (stage === 'pod-delete') {
      yield* client.delete(name, { gracePeriodSeconds: 0 });
      return;
    }
    const patch = stage === 'pod-ready' ? this.#readyPatch(pod) : podCompletePatch(pod, this.#now());
    yield* client.patch(name, 'strategic', patch, { subresource: 'status' });
  }

  #readyPatch(pod: corev1.Pod): object {
    const node = this.#nodeInformer.store.get(pod.spec?.nodeName ?? '');
    const addresses = node?.status?.addresses ?? [];
    const hostIPs = addresses.filter(({ type }) => type === 'InternalIP').map(({ address }) => address);
    return podReadyPatch(pod, { now: this.#now(), hostIPs, podIPs: this.#podIPs(pod, node, hostIPs) });
  }

  #podIPs(pod: corev1.Pod, node: corev1.Node | undefined, hostIPs: readonly string[]): readonly string[] {
    if (pod.spec?.hostNetwork) return hostIPs;
    const had = pod.status?.podIPs?.map(({ ip }) => ip);
    if (had && had.length > 0) return had;
    return [this.#pool(node).get()];
  }

  #pool(node: corev1.Node | undefined): IpPool {
    const cidr = node?.spec?.podCIDRs?.[0] ?? node?.spec?.podCIDR ?? defaultPodCIDR;
    const pool = this.#pools.get(cidr) ?? new IpPool(cidr);
    this.#pools.set(cidr, pool);
    return pool;
  }

  #releasePodIPs(pod: corev1.Pod): void {
    if (pod.spec?.hostNetwork || !pod.spec?.nodeName || !pod.status?.podIP) return;
    this.#pool(this.#nodeInformer.store.get(pod.spec.nodeName)).release(pod.status.podIP);
  }

  #now(): string {
    return formatTime(this.#context.sim.now());
  }
}

const nodeOwner = (node: corev1.Node) => ({
  apiVersion: 'v1',
  kind: 'Node',
  name: node.metadata.name ?? '',
  uid: node.metadata.uid ?? '',
});
