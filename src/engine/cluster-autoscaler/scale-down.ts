/**
 * Finds nodes that nobody would miss, and gives them back when that has been so for ten minutes.
 *
 * Upstream: cluster-autoscaler/core/scaledown (v1.34)
 */
import type * as corev1 from '../../api/core/v1.ts';
import type * as policyv1 from '../../api/policy/v1.ts';
import { nodes, pods } from '../../api/resources.ts';
import { isConflict, isNotFound, isTooManyRequests } from '../../apimachinery/status-error.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { type Process, sleep } from '../../process/process.ts';
import type { ComponentContext } from '../component.ts';
import { getPodsToMove, type PodsToMove } from './drainability.ts';
import { type CloudProvider, poolOf } from './node-group.ts';
import { allocatable, requested } from './scale-up.ts';
import type { Simulator } from './simulator.ts';

const utilizationThreshold = 0.5;
const unneededTimeMs = 600_000;
const maxEmptyBulkDelete = 10;
const evictionRetryMs = 10_000;
const maxPodEvictionTimeMs = 120_000;
export const toBeDeletedTaint = 'ToBeDeletedByClusterAutoscaler';
const scaleDownDisabled = 'cluster-autoscaler.kubernetes.io/scale-down-disabled';

export interface ClusterView {
  readonly nodes: readonly corev1.Node[];
  /** All pods that have a node and have not finished. */
  readonly pods: readonly corev1.Pod[];
  readonly budgets: readonly policyv1.PodDisruptionBudget[];
}

interface Candidate extends PodsToMove {
  readonly node: corev1.Node;
  readonly pool: string;
  readonly utilization: number;
}

export interface ScaleDownOptions {
  readonly context: ComponentContext;
  readonly cloud: CloudProvider;
  readonly simulator: Simulator;
  readonly recorder: EventRecorder;
  /** Tells what is done on the status ConfigMap. */
  readonly log: (reason: string, message: string) => void;
}

export class ScaleDown {
  readonly #options: ScaleDownOptions;
  readonly #unneededSince = new Map<string, number>();
  readonly #deleting = new Set<string>();

  constructor(options: ScaleDownOptions) {
    this.#options = options;
  }

  /** Whether a node could go. */
  isUnneeded(node: string): boolean {
    return this.#unneededSince.has(node);
  }

  /** Looks which nodes are unneeded now; `mayDelete`: and lets those go that have been so for long enough. */
  *run(view: ClusterView, mayDelete: boolean): Process<void> {
    const { sim } = this.#options.context;
    const unneeded = this.#findUnneeded(view);
    const names = new Set(unneeded.map(({ node }) => node.metadata.name ?? ''));
    for (const name of this.#unneededSince.keys()) if (!names.has(name)) this.#unneededSince.delete(name);
    for (const name of names) if (!this.#unneededSince.has(name)) this.#unneededSince.set(name, sim.now());
    if (!mayDelete) return;
    const ripe = unneeded.filter(
      ({ node }) => sim.now() - (this.#unneededSince.get(node.metadata.name ?? '') ?? sim.now()) >= unneededTimeMs,
    );
    const empty = ripe.filter(({ pods: moving }) => moving.length === 0).slice(0, maxEmptyBulkDelete);
    for (const candidate of empty) yield* this.#begin(candidate);
    const [drained] = ripe.filter(({ pods: moving }) => moving.length > 0);
    if (empty.length === 0 && drained) yield* this.#begin(drained);
  }

  #findUnneeded(view: ClusterView): Candidate[] {
    const { cloud, simulator } = this.#options;
    const left = new Map(cloud.pools.map(({ name, min }) => [name, cloud.targetSize(name) - min]));
    const eligible = view.nodes.flatMap((node) => this.#eligible(node, view) ?? []);
    eligible.sort((a, b) => a.pods.length - b.pods.length || a.utilization - b.utilization);
    const gone = new Set<string>(this.#deleting);
    const out: Candidate[] = [];
    for (const candidate of eligible) {
      const room = left.get(candidate.pool) ?? 0;
      if (room <= 0) continue;
      const name = candidate.node.metadata.name ?? '';
      const others = view.nodes.filter(
        ({ metadata, spec }) => metadata.name !== name && !gone.has(metadata.name ?? '') && !spec?.unschedulable,
      );
      simulator.snapshot(others, view.pods);
      const destinations = others.map(({ metadata }) => metadata.name ?? '');
      const moves = candidate.pods.every((pod) => {
        const { nodeName: _, ...spec } = pod.spec ?? { containers: [] };
        return simulator.place({ ...pod, spec }, destinations) !== undefined;
      });
      if (!moves) continue;
      gone.add(name);
      left.set(candidate.pool, room - 1);
      out.push(candidate);
    }
    return out;
  }

  /** Upstream: scaledown/eligibility (v1.34) */
  #eligible(node: corev1.Node, view: ClusterView): Candidate | undefined {
    const { name = '', annotations = {} } = node.metadata;
    const pool = poolOf(node);
    if (pool === undefined || this.#deleting.has(name) || annotations[scaleDownDisabled] === 'true') return undefined;
    const own = view.pods.filter(({ spec }) => spec?.nodeName === name);
    const part = (resource: string) => requested(own, resource) / (allocatable(node, resource) || 1);
    const utilization = Math.max(part('cpu'), part('memory'));
    if (utilization >= utilizationThreshold) return undefined;
    const moving = getPodsToMove(own, view.budgets);
    return typeof moving === 'string' ? undefined : { ...moving, node, pool, utilization };
  }

  *#begin(candidate: Candidate): Process<void> {
    const { context, recorder, log } = this.#options;
    const { node, pods: moving, utilization } = candidate;
    const name = node.metadata.name ?? '';
    this.#deleting.add(name);
    this.#unneededSince.delete(name);
    if (moving.length === 0) log('ScaleDownEmpty', `Scale-down: removing empty node "${name}"`);
    else {
      const names = moving.map(({ metadata }) => metadata.name).join(',');
      log(
        'ScaleDown',
        `Scale-down: removing node ${name}, utilization: ${utilization.toFixed(3)}, pods to reschedule: ${names}`,
      );
    }
    const taint: corev1.Taint = {
      key: toBeDeletedTaint,
      value: String(Math.trunc(context.sim.now() / 1000)),
      effect: 'NoSchedule',
    };
    yield* this.#setTaint(name, taint);
    recorder.event(node, 'Normal', 'ScaleDown', 'marked the node as toBeDeleted/unschedulable');
    context.sim.spawn(this.#finish(candidate), `scale-down of ${name}`);
  }

  /** Puts the taint on a node as it is now, or takes it off. Upstream: cluster-autoscaler/utils/taints AddTaints, CleanTaints (v1.34) */
  *#setTaint(name: string, taint: corev1.Taint | undefined): Process<void> {
    const client = this.#options.context.client.resource(nodes);
    for (;;) {
      const node = yield* client.get(name);
      const others = (node.spec?.taints ?? []).filter(({ key }) => key !== toBeDeletedTaint);
      try {
        yield* client.update({ ...node, spec: { ...node.spec, taints: taint ? [...others, taint] : others } });
        return;
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
  }

  /** Drains the node and gives it back; a node that cannot be drained stays. */
  *#finish({ node, pool, pods: moving }: Candidate): Process<void> {
    const { cloud, context, recorder } = this.#options;
    const name = node.metadata.name ?? '';
    try {
      for (const pod of moving) {
        if (yield* this.#evict(pod)) continue;
        const failed = `failed to drain and delete node: Failed to evict pod ${pod.metadata.namespace}/${pod.metadata.name} within allowed timeout`;
        recorder.event(node, 'Warning', 'ScaleDownFailed', failed);
        return yield* this.#setTaint(name, undefined);
      }
      cloud.deleteNode(pool, name);
      recorder.event(node, 'Normal', 'ScaleDown', 'node removed by cluster autoscaler');
    } catch (error) {
      context.report(error, `scale-down of ${name}`);
    } finally {
      this.#deleting.delete(name);
    }
  }

  /** Waits until the pod is gone; gives whether it went. */
  *#evict(pod: corev1.Pod): Process<boolean> {
    const { context, recorder } = this.#options;
    const { name = '', namespace = '', uid } = pod.metadata;
    const client = context.client.resource(pods, namespace);
    recorder.event(pod, 'Normal', 'ScaleDown', 'deleting pod for node scale down');
    const deadline = context.sim.now() + maxPodEvictionTimeMs;
    for (let asked = false; context.sim.now() < deadline; ) {
      try {
        const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
        if (!asked) yield* client.createSubresource(name, 'eviction', eviction);
        asked = true;
        const current = yield* client.get(name);
        if (current.metadata.uid !== uid) return true;
        yield* sleep(1000);
      } catch (error) {
        if (isNotFound(error)) return true;
        if (!isTooManyRequests(error)) throw error;
        yield* sleep(evictionRetryMs);
      }
    }
    return false;
  }
}
