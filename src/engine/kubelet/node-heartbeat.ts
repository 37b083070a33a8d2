/**
 * Registers the node and keeps saying that it lives: its Lease every 10 s, its status when it changes and every 5 min.
 *
 * Upstream: pkg/kubelet/kubelet_node_status.go, component-helpers/apimachinery/lease/controller.go (v1.36)
 */
import type * as coordinationv1 from '../../api/coordination/v1.ts';
import type * as corev1 from '../../api/core/v1.ts';
import { leases, nodes } from '../../api/resources.ts';
import { schemaFor } from '../../api/schema.ts';
import { deepEqual } from '../../apimachinery/deep-equal.ts';
import type { JsonObject } from '../../apimachinery/json-value.ts';
import { isAlreadyExists, isNotFound, StatusError } from '../../apimachinery/status-error.ts';
import { createTwoWayMergePatch } from '../../apimachinery/strategic-merge-diff.ts';
import { formatMicroTime, formatTime } from '../../apimachinery/time.ts';
import { type Process, sleep } from '../../process/process.ts';
import type { Machine } from '../nodes/machines.ts';
import type { KubeletHost } from './kubelet-host.ts';
import { initialNode, nodeLabels, nodeStatus, type NodeStatusSource, type Pressure } from './node-status.ts';

export interface NodeHeartbeatOptions {
  readonly host: KubeletHost;
  readonly machine: Machine;
  readonly taints: readonly corev1.Taint[];
  /** As the watch has it. */
  readonly node: () => corev1.Node | undefined;
  readonly networkError: () => string | undefined;
  readonly pressure: () => Pressure;
  readonly volumesInUse: () => readonly string[];
}

const leaseNamespace = 'kube-node-lease';
const leaseDurationSeconds = 40;
const leaseRenewMs = 10_000;
const leaseRenewJitter = 0.04;
const statusUpdateMs = 10_000;
const statusReportMs = 300_000;
const maxRegisterWaitMs = 7_000;

export class NodeHeartbeat {
  readonly #options: NodeHeartbeatOptions;
  readonly #cancels = new Set<() => void>();
  #lease: coordinationv1.Lease | undefined;
  #lastReportMs = Number.NEGATIVE_INFINITY;
  #updating = false;
  #stopped = false;
  #registered = false;

  constructor(options: NodeHeartbeatOptions) {
    this.#options = options;
  }

  start(): void {
    const { sim } = this.#options.host;
    this.#event('Starting', 'Starting kubelet.');
    sim.spawn(this.#register(), 'register node');
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#cancels) cancel();
  }

  /** Something about the node changed: its status is written now rather than at the next turn. */
  update(): void {
    if (this.#registered) this.#options.host.sim.spawn(this.#updateStatus(true), 'node status');
  }

  #event(reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    const { host } = this.#options;
    host.recorder.event({ kind: 'Node', name: host.nodeName, uid: host.nodeName }, type, reason, message);
  }

  *#register(): Process<void> {
    let waitMs = 100;
    while (!this.#stopped && !(yield* this.#tryRegister())) {
      yield* sleep(waitMs);
      waitMs = Math.min(waitMs * 2, maxRegisterWaitMs);
    }
    if (this.#stopped) return;
    this.#registered = true;
    this.#tellFirstConditions();
    this.#event('NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods');
    yield* this.#renewLease();
    this.#every(
      () => leaseRenewMs * (1 + this.#options.host.random.float() * leaseRenewJitter),
      () => this.#renewLease(),
    );
    this.#every(
      () => statusUpdateMs * (1 + this.#options.host.random.float() * 0.04),
      () => this.#updateStatus(false),
    );
    yield* this.#updateStatus(true);
  }

  #tellFirstConditions(): void {
    const { nodeName } = this.#options.host;
    for (const reason of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID'])
      this.#event(reason, `Node ${nodeName} status is now: ${reason}`);
  }

  /** Upstream: tryRegisterWithAPIServer */
  *#tryRegister(): Process<boolean> {
    const { host, machine, taints } = this.#options;
    const client = host.client.resource(nodes);
    try {
      yield* client.create(initialNode(this.#source({}), taints));
      return true;
    } catch (error) {
      if (!isAlreadyExists(error)) return false;
    }
    try {
      const existing = yield* client.get(host.nodeName);
      const labels = nodeLabels(machine);
      const have = existing.metadata.labels ?? {};
      if (Object.entries(labels).some(([key, value]) => have[key] !== value))
        yield* client.patch(host.nodeName, 'strategic', { metadata: { labels } });
      const bootId = existing.status?.nodeInfo?.bootID;
      if (bootId && bootId !== machine.bootId)
        this.#event('Rebooted', `Node ${host.nodeName} has been rebooted, boot id: ${machine.bootId}`, 'Warning');
      return true;
    } catch {
      return false;
    }
  }

  #source(previous: corev1.NodeStatus): NodeStatusSource {
    const { host, machine, networkError, pressure, volumesInUse } = this.#options;
    return {
      machine,
      images: host.images,
      now: formatTime(host.sim.now()),
      networkError: networkError(),
      pressure: pressure(),
      volumesInUse: volumesInUse(),
      previous,
    };
  }

  /** Housekeeping that keeps nobody waiting. */
  #every(nextMs: () => number, action: () => Process<void>): void {
    const { sim } = this.#options.host;
    const tick = () => {
      this.#cancels.delete(cancel);
      if (this.#stopped) return;
      sim.spawn(action(), 'heartbeat');
      this.#every(nextMs, action);
    };
    const cancel = sim.setTimer(nextMs(), tick, { background: true });
    this.#cancels.add(cancel);
  }

  *#updateStatus(urgent: boolean): Process<void> {
    const { host } = this.#options;
    if (this.#updating || this.#stopped) return;
    this.#updating = true;
    try {
      const node = this.#options.node() ?? (yield* host.client.resource(nodes).get(host.nodeName));
      const status = nodeStatus(this.#source(node.status ?? {}));
      const due = host.sim.now() - this.#lastReportMs >= statusReportMs;
      if (!due && !urgent && sameStatus(node.status ?? {}, status)) return;
      if (urgent && !due && sameStatus(node.status ?? {}, status)) return;
      this.#tellReadiness(node, status);
      yield* this.#patchStatus(node, status);
      this.#lastReportMs = host.sim.now();
    } catch (error) {
      // A Node that somebody deleted is made again only when the kubelet starts anew.
      if (error instanceof StatusError && !isNotFound(error)) host.report(error, `status of node ${host.nodeName}`);
    } finally {
      this.#updating = false;
    }
  }

  #tellReadiness(node: corev1.Node, status: corev1.NodeStatus): void {
    const ready = (of: corev1.NodeStatus | undefined) => of?.conditions?.find(({ type }) => type === 'Ready')?.status;
    if (ready(node.status) === ready(status)) return;
    const reason = ready(status) === 'True' ? 'NodeReady' : 'NodeNotReady';
    this.#event(reason, `Node ${node.metadata.name ?? ''} status is now: ${reason}`);
  }

  *#patchStatus(node: corev1.Node, status: corev1.NodeStatus): Process<void> {
    const schema = schemaFor({ group: '', version: 'v1', kind: 'Node' });
    const { volumesAttached } = node.status ?? {};
    const complete = { ...status, ...(volumesAttached ? { volumesAttached } : {}) };
    // Statuses are plain JSON; their types only lack the index signature.
    const [from, to] = [{ status: node.status ?? {} }, { status: complete }].map(
      (each) => each as unknown as JsonObject,
    );
    const patch = schema && from && to ? createTwoWayMergePatch(from, to, schema) : { status: complete };
    if (Object.keys(patch).length === 0) return;
    yield* this.#options.host.client
      .resource(nodes)
      .patch(node.metadata.name ?? '', 'strategic', patch, { subresource: 'status' });
  }

  *#renewLease(): Process<void> {
    if (this.#stopped || (yield* this.#tryRenewLease())) return;
    this.#lease = yield* this.#readLease();
    if (this.#lease) yield* this.#tryRenewLease();
  }

  *#tryRenewLease(): Process<boolean> {
    const { host, node } = this.#options;
    const client = host.client.resource(leases, leaseNamespace);
    const renewTime = formatMicroTime(host.sim.now());
    const uid = node()?.metadata.uid;
    const ownerReferences = uid ? [{ apiVersion: 'v1', kind: 'Node', name: host.nodeName, uid }] : undefined;
    const spec = { holderIdentity: host.nodeName, leaseDurationSeconds, renewTime };
    const base = this.#lease;
    const metadata = base?.metadata ?? { name: host.nodeName, namespace: leaseNamespace };
    const owned = base?.metadata.ownerReferences || !ownerReferences ? metadata : { ...metadata, ownerReferences };
    try {
      this.#lease = base
        ? yield* client.update({ ...base, metadata: owned, spec: { ...base.spec, ...spec } })
        : yield* client.create({ metadata: owned, spec });
      return true;
    } catch {
      return false;
    }
  }

  /** The lease as it is there. */
  *#readLease(): Process<coordinationv1.Lease | undefined> {
    const { host } = this.#options;
    try {
      return yield* host.client.resource(leases, leaseNamespace).get(host.nodeName);
    } catch {
      return undefined;
    }
  }
}

/** Equal but for heartbeats. Upstream: nodeStatusHasChanged */
function sameStatus(a: corev1.NodeStatus, b: corev1.NodeStatus): boolean {
  const plain = ({ conditions, volumesAttached, phase, ...rest }: corev1.NodeStatus) => ({
    ...rest,
    conditions: (conditions ?? [])
      .map(({ lastHeartbeatTime, ...condition }) => condition)
      .sort((x, y) => (x.type < y.type ? -1 : 1)),
  });
  return deepEqual(plain(a), plain(b));
}
