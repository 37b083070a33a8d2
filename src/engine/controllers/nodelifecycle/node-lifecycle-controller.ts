/**
 * Watches over nodes: marks those that fall silent, taints them so that nothing new comes and what is there goes, and takes the taints
 * off when they are back.
 *
 * Reads nodes, leases and pods through informers, every five seconds; writes node conditions, taints, two old labels, and the Ready
 * condition of pods on silent nodes. Upstream: pkg/controller/nodelifecycle/node_lifecycle_controller.go (v1.36)
 */
import type * as coordinationv1 from '../../../api/coordination/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { leases, nodes, pods } from '../../../api/resources.ts';
import { isConflict, isNotFound } from '../../../apimachinery/status-error.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { EventRecorder } from '../../../client/event-recorder.ts';
import type { Informer } from '../../../client/informer.ts';
import type { RateLimitingQueue } from '../../../client/rate-limiting-queue.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { getCondition } from '../shared/conditions.ts';
import { podNodeNameIndex } from '../shared/pod-indexes.ts';
import { swapNodeTaints, taintExists } from '../shared/node-taints.ts';
import { checkNodeHealth, type NodeHealth, noScheduleTaints } from './node-health.ts';
import { getZoneKey, ZoneEvictors } from './zone-evictors.ts';

const nodeMonitorPeriodMs = 5000;
const taintingPeriodMs = 100;
const excludedLabel = 'node.kubernetes.io/exclude-disruption';
const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' } as const;
const unreachable = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' } as const;
const betaLabels: readonly (readonly [primary: string, secondary: string])[] = [
  ['kubernetes.io/os', 'beta.kubernetes.io/os'],
  ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
];

export const nodeLifecycleController = defineController({
  name: 'node-lifecycle-controller',
  serviceAccount: 'node-controller',
  start: (run) => new NodeLifecycleController(run).start(),
});

class NodeLifecycleController {
  readonly #run: ControllerRun;
  readonly #nodes: Informer<corev1.Node>;
  readonly #leases: Informer<coordinationv1.Lease>;
  readonly #pods: Informer<corev1.Pod>;
  readonly #recorder: EventRecorder;
  readonly #nodeQueue: RateLimitingQueue;
  readonly #podQueue: RateLimitingQueue;
  readonly #zones: ZoneEvictors;
  readonly #known = new Map<string, corev1.Node>();
  readonly #health = new Map<string, NodeHealth>();
  readonly #retry = new Set<string>();
  #busy = false;

  constructor(run: ControllerRun) {
    this.#run = run;
    this.#nodes = run.informer(nodes);
    this.#leases = run.informer(leases);
    this.#pods = run.informer(pods, podNodeNameIndex);
    this.#recorder = run.recorder('node-controller');
    this.#nodeQueue = run.queue();
    this.#podQueue = run.queue();
    this.#zones = new ZoneEvictors(() => run.now());
  }

  start(): void {
    const run = this.#run;
    const enqueue = (node: corev1.Node) => this.#nodeQueue.add(node.metadata.name ?? '');
    run.watch(this.#nodes, {
      add: enqueue,
      update: (old, node) => {
        const changed =
          old.spec !== node.spec ||
          old.status?.conditions !== node.status?.conditions ||
          old.metadata !== node.metadata;
        if (changed && (this.#needsTaints(node) || this.#betaLabels(node))) enqueue(node);
      },
    });
    run.watch(this.#pods, {
      add: (pod) => this.#podAssigned(undefined, pod),
      update: (old, pod) => this.#podAssigned(old, pod),
    });
    const informers = [this.#nodes, this.#leases, this.#pods];
    run.work({ queue: this.#nodeQueue, informers, workers: 8, reconcile: (name) => this.#processNode(name) });
    run.work({ queue: this.#podQueue, informers, workers: 4, reconcile: (key) => this.#processPod(key) });
    run.every(nodeMonitorPeriodMs, () => {
      if (this.#busy || informers.some((informer) => !informer.hasSynced)) return;
      this.#busy = true;
      run.spawn(this.#monitorNodeHealth());
    });
    run.every(taintingPeriodMs, () => {
      if (!this.#zones.waiting) return;
      for (const name of this.#zones.take()) run.spawn(this.#taintNoExecute(name));
    });
  }

  // What follows at once from a node's conditions.

  #needsTaints(node: corev1.Node): boolean {
    const { add, remove } = noScheduleTaints(node);
    return add.length + remove.length > 0;
  }
  #betaLabels(node: corev1.Node): Readonly<Record<string, string>> | undefined {
    const labels = node.metadata.labels ?? {};
    const wanted = betaLabels.flatMap(([primary, secondary]) => {
      const value = labels[primary];
      return value !== undefined && labels[secondary] !== value ? [[secondary, value] as const] : [];
    });
    return wanted.length === 0 ? undefined : Object.fromEntries(wanted);
  }
  *#processNode(name: string): Process<void> {
    const node = this.#nodes.store.get(name);
    if (!node) return;
    const { add, remove } = noScheduleTaints(node);
    const effect = 'NoSchedule' as const;
    const keyed = (keys: readonly string[]) => keys.map((key) => ({ key, effect }));
    yield* swapNodeTaints(this.#run.client, node, keyed(add), keyed(remove), this.#run.now());
    const labels = this.#betaLabels(node);
    if (!labels) return;
    try {
      yield* this.#run.client.resource(nodes).patch(name, 'strategic', { metadata: { labels } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  // The look at all nodes.

  *#monitorNodeHealth(): Process<void> {
    try {
      const all = this.#nodes.store.list();
      yield* this.#register(all);
      const readyByZone = new Map<string, boolean[]>();
      for (const node of all) {
        const ready = yield* this.#monitorNode(node);
        if (node.metadata.labels?.[excludedLabel] !== undefined) continue;
        const zone = getZoneKey(node);
        readyByZone.set(zone, [...(readyByZone.get(zone) ?? []), ready]);
      }
      yield* this.#handleDisruption(all, readyByZone);
    } finally {
      this.#busy = false;
    }
  }
  *#register(all: readonly corev1.Node[]): Process<void> {
    const names = new Set(all.map((node) => node.metadata.name));
    for (const node of all) {
      const name = node.metadata.name ?? '';
      this.#zones.addZone(getZoneKey(node));
      if (this.#known.has(name)) continue;
      this.#known.set(name, node);
      this.#nodeEvent(node, 'RegisteredNode', `Registered Node ${name} in Controller`);
      yield* this.#markNodeAsReachable(node);
    }
    for (const [name, node] of this.#known) {
      if (names.has(name)) continue;
      this.#known.delete(name);
      this.#health.delete(name);
      this.#nodeEvent(node, 'RemovingNode', `Removing Node ${name} from Controller`);
    }
  }
  #nodeEvent(node: corev1.Node, reason: string, message: string): void {
    const { name = '', uid = '' } = node.metadata;
    const about = { apiVersion: 'v1', kind: 'Node', name, uid };
    this.#recorder.event(about, 'Normal', reason, `Node ${name} event: ${message}`);
  }

  /** Gives whether the node is ready. */
  *#monitorNode(seen: corev1.Node): Process<boolean> {
    const name = seen.metadata.name ?? '';
    let node = seen;
    let check = this.#check(node);
    for (let attempt = 0; check.conditions; attempt++) {
      try {
        const status = { ...node.status, conditions: check.conditions };
        node = yield* this.#run.client.resource(nodes).updateStatus({ ...node, status });
        break;
      } catch (error) {
        if (isNotFound(error)) return false;
        if (!isConflict(error) || attempt >= 4) throw error;
        node = yield* this.#run.client.resource(nodes).get(name);
        check = this.#check(node);
      }
    }
    const ready = getCondition(node.status?.conditions, 'Ready');
    this.#health.set(name, { ...check.health, ready });
    if (!ready) return false;
    yield* this.#processTaintBaseEviction(node, ready);
    const lost = ready.status !== 'True' && check.observedReady.status === 'True';
    if (lost) {
      const { uid = '' } = node.metadata;
      const about = { apiVersion: 'v1', kind: 'Node', name, uid };
      this.#recorder.event(about, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
    }
    if (lost || (this.#retry.has(name) && ready.status !== 'True')) yield* this.#markAllPodsNotReady(name);
    return ready.status === 'True';
  }
  #check(node: corev1.Node) {
    const name = node.metadata.name ?? '';
    const lease = this.#leases.store.get(`kube-node-lease/${name}`);
    return checkNodeHealth(node, lease, this.#health.get(name), this.#run.now());
  }

  *#processTaintBaseEviction(node: corev1.Node, ready: corev1.NodeCondition): Process<void> {
    if (ready.status === 'True') return yield* this.#markNodeAsReachable(node);
    const [wanted, other] = ready.status === 'False' ? [notReady, unreachable] : [unreachable, notReady];
    if (taintExists(node, other)) {
      yield* swapNodeTaints(this.#run.client, node, [wanted], [other], this.#run.now());
    } else if (!taintExists(node, wanted)) this.#zones.enqueue(getZoneKey(node), node.metadata.name ?? '');
  }
  *#markNodeAsReachable(node: corev1.Node): Process<void> {
    yield* swapNodeTaints(this.#run.client, node, [], [unreachable, notReady], this.#run.now());
    this.#zones.remove(getZoneKey(node), node.metadata.name ?? '');
  }
  *#taintNoExecute(name: string): Process<void> {
    const node = this.#nodes.store.get(name);
    const status = getCondition(node?.status?.conditions, 'Ready')?.status;
    if (!node || (status !== 'False' && status !== 'Unknown')) return;
    const [wanted, other] = status === 'False' ? [notReady, unreachable] : [unreachable, notReady];
    yield* swapNodeTaints(this.#run.client, node, [wanted], [other], this.#run.now());
  }

  *#handleDisruption(all: readonly corev1.Node[], readyByZone: ReadonlyMap<string, readonly boolean[]>): Process<void> {
    const { allDown, allWereDown } = this.#zones.update(readyByZone);
    if (allDown && !allWereDown) {
      for (const node of all) yield* this.#markNodeAsReachable(this.#nodes.store.get(node.metadata.name ?? '') ?? node);
    } else if (allWereDown && !allDown) {
      const now = this.#run.now();
      for (const [name, health] of this.#health) this.#health.set(name, { ...health, probeMs: now });
    }
  }

  // Pods of nodes that are not ready.

  #podAssigned(old: corev1.Pod | undefined, pod: corev1.Pod): void {
    const node = pod.spec?.nodeName;
    if (!node || node === old?.spec?.nodeName) return;
    const ready = this.#health.get(node)?.ready;
    if (ready && ready.status !== 'True') this.#podQueue.add(`${pod.metadata.namespace}/${pod.metadata.name}`);
  }
  *#processPod(key: string): Process<void> {
    const pod = this.#pods.store.get(key);
    if (pod) yield* this.#markPodNotReady(pod);
  }
  *#markAllPodsNotReady(node: string): Process<void> {
    this.#retry.delete(node);
    for (const pod of this.#pods.store.byIndex('nodeName', node)) {
      try {
        yield* this.#markPodNotReady(pod);
      } catch (error) {
        if (!isConflict(error)) throw error;
        this.#retry.add(node);
      }
    }
  }
  *#markPodNotReady(pod: corev1.Pod): Process<void> {
    const ready = getCondition(pod.status?.conditions, 'Ready');
    if (!ready || ready.status === 'False') return;
    const lastTransitionTime = formatTime(this.#run.now());
    const conditions = (pod.status?.conditions ?? []).map((condition) =>
      condition === ready ? { ...ready, status: 'False' as const, lastTransitionTime } : condition,
    );
    try {
      const resource = this.#run.client.resource(pods, pod.metadata.namespace);
      yield* resource.updateStatus({ ...pod, status: { ...pod.status, conditions } });
    } catch (error) {
      if (isNotFound(error)) return;
      throw error;
    }
    this.#recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
  }
}
