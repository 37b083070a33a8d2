/**
 * Scores nodes by how full they would be. Upstream: plugins/noderesources/resource_allocation.go, least_allocated.go,
 * most_allocated.go, requested_to_capacity_ratio.go (v1.36)
 */
import { type CycleState, StateKey } from './cycle-state.ts';
import { maxNodeScore } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';
import { isScalarResourceName } from './resource.ts';
import type { Verdict } from './status.ts';

export interface ResourceSpec {
  readonly name: string;
  /** Default 1. */
  readonly weight?: number;
}

export interface UtilizationShapePoint {
  /** Percent, 0 to 100. */
  readonly utilization: number;
  /** 0 to 10. */
  readonly score: number;
}

export interface ScoringStrategy {
  readonly type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';
  readonly resources?: readonly ResourceSpec[];
  readonly requestedToCapacityRatio?: { readonly shape: readonly UtilizationShapePoint[] };
}

export const defaultResources: readonly ResourceSpec[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];

/** A node's score of one resource, 0 to 100. `requested` counts the pod in. */
type ResourceScore = (requested: number, capacity: number) => number;

const leastRequestedScore: ResourceScore = (requested, capacity) =>
  requested > capacity ? 0 : Math.trunc(((capacity - requested) * maxNodeScore) / capacity);

const mostRequestedScore: ResourceScore = (requested, capacity) =>
  Math.trunc((Math.min(requested, capacity) * maxNodeScore) / capacity);

/** Straight lines between the points. Upstream: plugins/helper/shape_score.go BuildBrokenLinearFunction */
function brokenLinear(shape: readonly UtilizationShapePoint[]): (utilization: number) => number {
  return (at) => {
    let before: UtilizationShapePoint | undefined;
    for (const point of shape) {
      if (at <= point.utilization) {
        if (!before) return point.score;
        const rise = (point.score - before.score) * (at - before.utilization);
        return before.score + Math.trunc(rise / (point.utilization - before.utilization));
      }
      before = point;
    }
    return before?.score ?? 0;
  };
}

function ratioScore(shape: readonly UtilizationShapePoint[]): ResourceScore {
  const line = brokenLinear(shape.map(({ utilization, score }) => ({ utilization, score: score * 10 })));
  return (requested, capacity) => line(requested > capacity ? 100 : Math.trunc((requested * 100) / capacity));
}

/** What pods on the node are counted for; `useRequested`: as they ask, without defaults for those that do not. */
export function usedOf(node: NodeInfo, name: string, useRequested: boolean): number {
  if (useRequested || (name !== 'cpu' && name !== 'memory')) return node.requested.get(name);
  return node.nonZeroRequested.get(name);
}

/** What the pod adds to each resource. */
export function podAmounts(pod: PodInfo, resources: readonly ResourceSpec[], useRequested: boolean): readonly number[] {
  return resources.map(({ name }) => (useRequested ? pod.requests : pod.nonZeroRequests).get(name));
}

/** All that plugins of resources look at of a pod. */
export const signRequests = (pod: PodInfo): string => `${pod.requests.text};${pod.nonZeroRequests.text}`;

export interface ResourceScorer {
  preScore(state: CycleState, pod: PodInfo): Verdict;
  score(state: CycleState, node: NodeInfo): number;
}

export function newResourceScorer(strategy: ScoringStrategy): ResourceScorer {
  const resources = strategy.resources?.length ? strategy.resources : defaultResources;
  const isRatio = strategy.type === 'RequestedToCapacityRatio';
  const scoreOf: ResourceScore = isRatio
    ? ratioScore(strategy.requestedToCapacityRatio?.shape ?? [])
    : strategy.type === 'MostAllocated'
      ? mostRequestedScore
      : leastRequestedScore;
  const isScalar = resources.map(({ name }) => isScalarResourceName(name));
  const key = new StateKey<readonly number[]>('PreScoreNodeResourcesFit');
  return {
    preScore(state, pod) {
      state.write(key, podAmounts(pod, resources, false));
      return undefined;
    },
    score(state, node) {
      const wanted = state.read(key);
      let sum = 0;
      let weights = 0;
      for (let i = 0; i < resources.length; i++) {
        const { name, weight = 1 } = resources[i] as ResourceSpec;
        const asked = wanted[i] ?? 0;
        if (asked === 0 && isScalar[i]) continue;
        const capacity = node.allocatable.get(name);
        if (capacity === 0) continue;
        const score = scoreOf(usedOf(node, name, false) + asked, capacity);
        if (isRatio && score <= 0) continue;
        sum += score * weight;
        weights += weight;
      }
      if (weights === 0) return 0;
      return isRatio ? Math.round(sum / weights) : Math.trunc(sum / weights);
    },
  };
}
