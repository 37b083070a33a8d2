import type * as corev1 from '../../../api/core/v1.ts';
import { parseQuantity } from '../../../apimachinery/quantity.ts';
import { timeOf } from '../shared/api-time.ts';
import { getPodCondition } from '../shared/pod-status.ts';

const cpuInitializationMs = 300_000;
const initialReadinessDelayMs = 30_000;

/** What one pod uses, in thousandths. */
export interface PodMetric {
  readonly value: number;
  readonly timestampMs: number;
  readonly windowMs: number;
}

export interface Tolerances {
  readonly scaleDown: number;
  readonly scaleUp: number;
}

export interface Proposal {
  readonly replicas: number;
  /** The mean use of a pod, in thousandths. */
  readonly rawUsage: number;
  /** In percent of the request; only for a utilization target. */
  readonly utilization?: number;
}

type Metrics = Map<string, PodMetric>;

/** Whether use is as near to its target as to be left alone. */
export const isWithin = ({ scaleDown, scaleUp }: Tolerances, ratio: number) =>
  1 - scaleDown <= ratio && ratio <= 1 + scaleUp;

/** Upstream: pkg/controller/podautoscaler/replica_calculator.go groupPods (v1.36) */
function groupPods(pods: readonly corev1.Pod[], metrics: Metrics, isCpu: boolean, nowMs: number) {
  const unready = new Set<string>();
  const missing = new Set<string>();
  const ignored = new Set<string>();
  let readyCount = 0;
  for (const pod of pods) {
    const name = pod.metadata.name ?? '';
    const metric = metrics.get(name);
    if (pod.metadata.deletionTimestamp !== undefined || pod.status?.phase === 'Failed') ignored.add(name);
    else if (pod.status?.phase === 'Pending') unready.add(name);
    else if (!metric) missing.add(name);
    else if (isCpu && isUnready(pod, metric, nowMs)) unready.add(name);
    else readyCount++;
  }
  return { readyCount, unready, missing, ignored };
}

/** A pod that has just started uses more than it will: its use does not count yet. */
function isUnready(pod: corev1.Pod, metric: PodMetric, nowMs: number): boolean {
  const ready = getPodCondition(pod, 'Ready');
  const startMs = timeOf(pod.status?.startTime);
  const sinceMs = timeOf(ready?.lastTransitionTime);
  if (!ready || startMs === undefined || sinceMs === undefined) return true;
  const notReady = ready.status === 'False';
  if (startMs + cpuInitializationMs > nowMs) return notReady || metric.timestampMs < sinceMs + metric.windowMs;
  return notReady && startMs + initialReadinessDelayMs > sinceMs;
}

/** The requests of each pod, in thousandths. @throws Error when a container asks for none */
export function calculateRequests(
  pods: readonly corev1.Pod[],
  container: string | undefined,
  resource: string,
): Map<string, number> {
  const out = new Map<string, number>();
  for (const pod of pods) out.set(pod.metadata.name ?? '', requestOf(pod, container, resource));
  return out;
}
function requestOf(pod: corev1.Pod, container: string | undefined, resource: string): number {
  const podLevel = pod.spec?.resources?.requests?.[resource];
  if (podLevel !== undefined && container === undefined) return parseQuantity(podLevel).milliValue();
  const name = pod.metadata.name ?? '';
  const sidecars = (pod.spec?.initContainers ?? []).filter((one) => one.restartPolicy === 'Always');
  let total = 0;
  for (const one of [...(pod.spec?.containers ?? []), ...sidecars]) {
    if (container !== undefined && container !== one.name) continue;
    const request = one.resources?.requests?.[resource];
    if (request === undefined)
      throw new Error(`missing request for ${resource} in container ${one.name} of Pod ${name}`);
    total += parseQuantity(request).milliValue();
    if (container === one.name) return total;
  }
  if (container !== undefined) throw new Error(`container ${container} not found in Pod ${name}`);
  return total;
}

export interface CalculatorInput {
  readonly pods: readonly corev1.Pod[];
  readonly metrics: ReadonlyMap<string, PodMetric>;
  readonly currentReplicas: number;
  readonly tolerances: Tolerances;
  readonly isCpu: boolean;
  readonly nowMs: number;
}

interface Ratio {
  readonly ratio: number;
  readonly rawUsage: number;
  readonly utilization?: number;
}

/** Replicas for a target in percent of the requests. Upstream: GetResourceReplicas (v1.36) */
export function getResourceReplicas(
  input: CalculatorInput,
  requests: ReadonlyMap<string, number>,
  targetUtilization: number,
): Proposal {
  const ratioOf = (metrics: Metrics): Ratio => {
    const known = [...metrics].filter(([name]) => requests.has(name));
    const used = known.reduce((sum, [, { value }]) => sum + value, 0);
    const requested = known.reduce((sum, [name]) => sum + (requests.get(name) ?? 0), 0);
    if (requested === 0) throw new Error('no metrics returned matched known pods');
    const utilization = Math.trunc((used * 100) / requested);
    return { ratio: utilization / targetUtilization, rawUsage: Math.trunc(used / known.length), utilization };
  };
  const fallback = (name: string) => Math.trunc(((requests.get(name) ?? 0) * Math.max(100, targetUtilization)) / 100);
  return propose(input, ratioOf, fallback);
}

/** Replicas for a target of mean use, in thousandths. Upstream: calcPlainMetricReplicas (v1.36) */
export function getRawResourceReplicas(input: CalculatorInput, targetUsage: number): Proposal {
  const ratioOf = (metrics: Metrics): Ratio => {
    const rawUsage = Math.trunc([...metrics.values()].reduce((sum, { value }) => sum + value, 0) / metrics.size);
    return { ratio: rawUsage / targetUsage, rawUsage };
  };
  return propose(input, ratioOf, () => targetUsage);
}

function propose(
  input: CalculatorInput,
  ratioOf: (metrics: Metrics) => Ratio,
  fallback: (name: string) => number,
): Proposal {
  const { pods, currentReplicas, tolerances, isCpu, nowMs } = input;
  if (pods.length === 0) throw new Error('no pods returned by selector while calculating replica count');
  const metrics = new Map(input.metrics);
  const { readyCount, unready, missing, ignored } = groupPods(pods, metrics, isCpu, nowMs);
  for (const name of [...ignored, ...unready]) metrics.delete(name);
  if (metrics.size === 0) throw new Error('did not receive metrics for targeted pods (pods might be unready)');
  const { ratio, rawUsage, utilization } = ratioOf(metrics);
  const give = (replicas: number): Proposal => ({
    replicas,
    rawUsage,
    ...(utilization === undefined ? {} : { utilization }),
  });
  const scaleUpWithUnready = unready.size > 0 && ratio > 1;
  if (!scaleUpWithUnready && missing.size === 0) {
    return give(isWithin(tolerances, ratio) ? currentReplicas : Math.ceil(ratio * readyCount));
  }
  // What is not known is taken as what moves least.
  const assumed = (value: number): PodMetric => ({ value, timestampMs: nowMs, windowMs: 0 });
  if (ratio < 1) for (const name of missing) metrics.set(name, assumed(fallback(name)));
  else if (ratio > 1) for (const name of missing) metrics.set(name, assumed(0));
  if (scaleUpWithUnready) for (const name of unready) metrics.set(name, assumed(0));
  const { ratio: next } = ratioOf(metrics);
  const turned = (ratio < 1 && next > 1) || (ratio > 1 && next < 1);
  if (isWithin(tolerances, next) || turned) return give(currentReplicas);
  const replicas = Math.ceil(next * metrics.size);
  const wrongWay = (next < 1 && replicas > currentReplicas) || (next > 1 && replicas < currentReplicas);
  return give(wrongWay ? currentReplicas : replicas);
}
