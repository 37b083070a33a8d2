/**
 * The cluster autoscaler: rents machines of node pools for pods that fit nowhere, and gives back machines that nobody needs.
 *
 * Every ten seconds it reads pods, nodes and disruption budgets through informers, tries placements with the scheduler's own plugins,
 * and asks the cloud. It writes taints, evictions, events, and the ConfigMap `cluster-autoscaler-status`. The composition root starts
 * it when a cluster has node pools.
 *
 * Upstream: cluster-autoscaler/core/static_autoscaler.go RunOnce (v1.34), with its default flags. Differs: the expander is least-waste.
 */
import type * as corev1 from '../../api/core/v1.ts';
import { configMaps, nodes, podDisruptionBudgets, pods } from '../../api/resources.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Process } from '../../process/process.ts';
import type { Task } from '../../process/task.ts';
import type { ComponentContext } from '../component.ts';
import { type CloudProvider, poolOf } from './node-group.ts';
import { ScaleDown, toBeDeletedTaint } from './scale-down.ts';
import { type ExpansionOption, planScaleUp, reasonsMessage } from './scale-up.ts';
import { Simulator } from './simulator.ts';
import { StatusText } from './status.ts';

const scanIntervalMs = 10_000;
const scaleDownDelayAfterAddMs = 600_000;
const statusName = 'cluster-autoscaler-status';
const namespace = 'kube-system';
/** Events about what is done in general stand at the status. */
const statusReference = { kind: 'ConfigMap', apiVersion: 'v1', namespace, name: statusName };

/** Starts it; the function given stops it. The caller starts the informers. */
export function startClusterAutoscaler(context: ComponentContext, cloud: CloudProvider): () => void {
  const autoscaler = new ClusterAutoscaler(context, cloud);
  return () => autoscaler.stop();
}

const isReady = ({ status }: corev1.Node) =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;

/** Whether the scheduler has given up on a pod for now. */
function isUnschedulable({ metadata, spec, status }: corev1.Pod): boolean {
  if (spec?.nodeName || metadata.deletionTimestamp !== undefined || status?.nominatedNodeName) return false;
  const condition = status?.conditions?.find(({ type }) => type === 'PodScheduled');
  return condition?.status === 'False' && condition.reason === 'Unschedulable';
}

class ClusterAutoscaler {
  readonly #context: ComponentContext;
  readonly #cloud: CloudProvider;
  readonly #simulator: Simulator;
  readonly #recorder: EventRecorder;
  readonly #scaleDown: ScaleDown;
  readonly #status = new StatusText();
  readonly #nodes;
  readonly #pods;
  readonly #budgets;
  #lastScaleUpMs = Number.NEGATIVE_INFINITY;
  #cancel = () => {};
  #task: Task<void> | undefined;

  constructor(context: ComponentContext, cloud: CloudProvider) {
    this.#context = context;
    this.#cloud = cloud;
    this.#nodes = context.informers.informer(nodes);
    this.#pods = context.informers.informer(pods);
    this.#budgets = context.informers.informer(podDisruptionBudgets);
    this.#simulator = new Simulator(context);
    this.#recorder = context.recorder('cluster-autoscaler');
    const log = (reason: string, message: string) => this.#log(reason, message);
    this.#scaleDown = new ScaleDown({ context, cloud, simulator: this.#simulator, recorder: this.#recorder, log });
    this.#arm();
  }

  stop(): void {
    this.#cancel();
    this.#task?.kill('cluster autoscaler stopped');
  }

  #arm(): void {
    this.#cancel = this.#context.sim.setTimer(scanIntervalMs, () => this.#tick(), { background: true });
  }

  #tick(): void {
    const { sim } = this.#context;
    this.#task = sim.spawn(this.#runOnce(), 'cluster-autoscaler');
    this.#task.onSettled((outcome) => {
      if (outcome.kind === 'threw') this.#context.report(outcome.error, 'cluster-autoscaler');
      if (outcome.kind !== 'killed') this.#arm();
    });
  }

  *#runOnce(): Process<void> {
    if (!this.#nodes.hasSynced || !this.#pods.hasSynced || !this.#budgets.hasSynced) return;
    const all = this.#pods.store
      .list()
      .filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
    const known = this.#nodes.store.list();
    const usable = known.filter(
      (node) => isReady(node) && !node.spec?.taints?.some(({ key }) => key === toBeDeletedTaint),
    );
    const placed = all.filter(({ spec }) => spec?.nodeName);
    const pending = all.filter(isUnschedulable);
    const scaledUp = pending.length > 0 && this.#scaleUp(known, usable, placed, pending);
    const recent = this.#context.sim.now() - this.#lastScaleUpMs < scaleDownDelayAfterAddMs;
    const view = { nodes: usable, pods: placed, budgets: this.#budgets.store.list() };
    if (!scaledUp) yield* this.#scaleDown.run(view, !recent && pending.length === 0);
    yield* this.#writeStatus(known);
  }

  /** Gives whether a pool grows. */
  #scaleUp(
    known: readonly corev1.Node[],
    usable: readonly corev1.Node[],
    placed: readonly corev1.Pod[],
    pending: readonly corev1.Pod[],
  ): boolean {
    const upcoming = this.#upcoming(known);
    const base = [...usable, ...upcoming];
    // What fits on nodes that are there, or coming, needs no more.
    const homeless = () => {
      this.#simulator.snapshot(base, placed);
      const names = base.filter(({ spec }) => !spec?.unschedulable).map(({ metadata }) => metadata.name ?? '');
      const byPriority = pending.toSorted((a, b) => (b.spec?.priority ?? 0) - (a.spec?.priority ?? 0));
      return byPriority.filter((pod) => this.#simulator.place(pod, names) === undefined);
    };
    const wanting = homeless();
    if (wanting.length === 0) return false;
    const { option, helpless } = planScaleUp(this.#cloud, this.#simulator, wanting, () => void homeless());
    if (option) {
      this.#execute(option);
      return true;
    }
    for (const [pod, reasons] of helpless) {
      const why = reasonsMessage(reasons);
      this.#recorder.event(pod, 'Normal', 'NotTriggerScaleUp', `pod didn't trigger scale-up: ${why}`);
    }
    return false;
  }

  #execute({ pool, nodeCount, pods: helped }: ExpansionOption): void {
    const current = this.#cloud.targetSize(pool.name);
    const next = current + nodeCount;
    const sizes = `size to ${next} instead of ${current} (max: ${pool.max})`;
    this.#log('ScaledUpGroup', `Scale-up: setting group ${pool.name} ${sizes}`);
    this.#cloud.increaseSize(pool.name, nodeCount);
    this.#lastScaleUpMs = this.#context.sim.now();
    this.#log(
      'ScaledUpGroup',
      `Scale-up: group ${pool.name} size set to ${next} instead of ${current} (max: ${pool.max})`,
    );
    const info = `[{${pool.name} ${current}->${next} (max: ${pool.max})}]`;
    for (const pod of helped)
      this.#recorder.event(pod, 'Normal', 'TriggeredScaleUp', `pod triggered scale-up: ${info}`);
  }

  /** Stand-ins for machines that were ordered and are not ready yet. */
  #upcoming(known: readonly corev1.Node[]): corev1.Node[] {
    return this.#cloud.pools.flatMap(({ name }) => {
      const ready = known.filter((node) => poolOf(node) === name && isReady(node)).length;
      const template = this.#cloud.templateNode(name);
      return Array.from({ length: Math.max(0, this.#cloud.targetSize(name) - ready) }, (_, at) => ({
        ...template,
        metadata: { ...template.metadata, name: `upcoming-${name}-${at}` },
      }));
    });
  }

  #log(reason: string, message: string): void {
    this.#recorder.event(statusReference, 'Normal', reason, message);
  }

  *#writeStatus(known: readonly corev1.Node[]): Process<void> {
    const { client, sim } = this.#context;
    const statuses = new Map(
      this.#cloud.pools.map((pool) => {
        const own = known.filter((node) => poolOf(node) === pool.name);
        const ready = own.filter(isReady).length;
        const target = this.#cloud.targetSize(pool.name);
        const scaleUp = ready < target ? ('InProgress' as const) : ('NoActivity' as const);
        const candidates = own.filter(({ metadata }) => this.#scaleDown.isUnneeded(metadata.name ?? '')).length;
        return [pool, { ready, registered: own.length, target, scaleUp, candidates }] as const;
      }),
    );
    const data = { status: this.#status.text(sim.now(), statuses) };
    const stamp = `${formatTime(sim.now()).replace('T', ' ').replace('Z', '')} +0000 UTC`;
    const metadata = {
      name: statusName,
      namespace,
      annotations: { 'cluster-autoscaler.kubernetes.io/last-updated': stamp },
    };
    const maps = client.resource(configMaps, namespace);
    try {
      yield* maps.patch(statusName, 'merge', { metadata: { annotations: metadata.annotations }, data });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      yield* maps.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
    }
  }
}
