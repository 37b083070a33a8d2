import type * as corev1 from '../../api/core/v1.ts';
import { podRequests } from '../../api/core/pod-resources.ts';
import { parseQuantity } from '../../apimachinery/quantity.ts';
import type { NodePool } from '../../protocol/control.ts';
import type { CloudProvider } from './node-group.ts';
import type { Simulator } from './simulator.ts';

/** One way to help: so many nodes of a pool, for these pods. */
export interface ExpansionOption {
  readonly pool: NodePool;
  readonly nodeCount: number;
  readonly pods: readonly corev1.Pod[];
  /** The unused part of the new nodes: cpu and memory together, from 0 to 2. */
  readonly waste: number;
}

export interface ScaleUpPlan {
  readonly option: ExpansionOption | undefined;
  /** Pods that no pool can help, each with what pools say, in order of pools. */
  readonly helpless: ReadonlyMap<corev1.Pod, readonly string[]>;
}

const maxReached = 'max node group size reached';

/** What pods ask for together, in thousandths. */
export function requested(pods: readonly corev1.Pod[], resource: string): number {
  return pods.reduce((sum, pod) => sum + (podRequests(pod).get(resource)?.milliValue() ?? 0), 0);
}
/** What a node has for pods, in thousandths. */
export const allocatable = ({ status }: corev1.Node, resource: string): number =>
  parseQuantity(status?.allocatable?.[resource] ?? '0').milliValue();

/**
 * Which pool to grow, and by how much, for pods that fit nowhere: the least waste wins, the first among equals.
 * `prepare` sets the simulator to the cluster as it is. Upstream: cluster-autoscaler/core/scaleup/orchestrator ScaleUp,
 * estimator/binpacking_estimator.go, expander/waste (v1.34)
 */
export function planScaleUp(
  cloud: CloudProvider,
  simulator: Simulator,
  pods: readonly corev1.Pod[],
  prepare: () => void,
): ScaleUpPlan {
  const refusals = new Map<corev1.Pod, string[]>(pods.map((pod) => [pod, []]));
  const helped = new Set<corev1.Pod>();
  let best: ExpansionOption | undefined;
  for (const pool of cloud.pools) {
    const room = pool.max - cloud.targetSize(pool.name);
    if (room <= 0) {
      for (const reasons of refusals.values()) reasons.push(maxReached);
      continue;
    }
    prepare();
    const template = cloud.templateNode(pool.name);
    const first = nodeNumber(template, 0);
    simulator.addNode(first);
    const fitting = pods.filter((pod) => {
      const reasons = simulator.reasons(pod, first.metadata.name ?? '');
      refusals.get(pod)?.push(...reasons);
      return reasons.length === 0;
    });
    for (const pod of fitting) helped.add(pod);
    const option = estimate(pool, template, simulator, fitting, room);
    if (option && (!best || option.waste < best.waste)) best = option;
  }
  for (const pod of helped) refusals.delete(pod);
  return { option: best, helpless: refusals };
}

const nodeNumber = (template: corev1.Node, number: number): corev1.Node => {
  const name = `template-node-for-${template.metadata.name ?? ''}-${number}`;
  const labels = { ...template.metadata.labels, 'kubernetes.io/hostname': name };
  return { ...template, metadata: { ...template.metadata, name, labels } };
};

/** Packs pods, the largest first, onto new nodes of a pool; its first node is in the simulator already. */
function estimate(
  pool: NodePool,
  template: corev1.Node,
  simulator: Simulator,
  pods: readonly corev1.Pod[],
  room: number,
): ExpansionOption | undefined {
  if (pods.length === 0) return undefined;
  const size = (pod: corev1.Pod) =>
    ['cpu', 'memory'].reduce((sum, name) => sum + requested([pod], name) / (allocatable(template, name) || 1), 0);
  const names = [nodeNumber(template, 0).metadata.name ?? ''];
  const placed: corev1.Pod[] = [];
  for (const pod of pods.toSorted((a, b) => size(b) - size(a))) {
    let node = simulator.place(pod, names);
    if (node === undefined && names.length < room) {
      const next = nodeNumber(template, names.length);
      simulator.addNode(next);
      names.push(next.metadata.name ?? '');
      node = simulator.place(pod, names.slice(-1));
    }
    if (node !== undefined) placed.push(pod);
  }
  const waste = ['cpu', 'memory'].reduce((sum, name) => {
    const whole = allocatable(template, name) * names.length;
    return sum + (whole === 0 ? 0 : (whole - requested(placed, name)) / whole);
  }, 0);
  return { pool, nodeCount: names.length, pods: placed, waste };
}

/** `1 Insufficient cpu, 2 max node group size reached`: sorted as text, where upstream ranges over a map. */
export function reasonsMessage(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .toSorted()
    .join(', ');
}
