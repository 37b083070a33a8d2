import { StateKey } from '../cycle-state.ts';
import { maxNodeScore, type Plugin, skip } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { isScalarResourceName } from '../resource.ts';
import { defaultResources, podAmounts, type ResourceSpec, signRequests } from '../resource-scorer.ts';

const name = 'NodeResourcesBalancedAllocation';
const preScoreKey = new StateKey<readonly number[]>(`PreScore${name}`);

export interface NodeResourcesBalancedAllocationArgs {
  readonly resources?: readonly ResourceSpec[];
}

/** 100 when all resources are used to the same part. Upstream: balanced_allocation.go balancedResourceScore (v1.36) */
function balancedResourceScore(sum: number, sumOfSquares: number, difference: number, count: number): number {
  let deviation = 0;
  if (count === 2) deviation = Math.abs(difference / 2);
  else if (count > 2) deviation = Math.sqrt(Math.max(sumOfSquares / count - (sum / count) ** 2, 0));
  return Math.trunc((1 - deviation) * maxNodeScore);
}

/** The score with the pod, or without it. */
function scoreOf(node: NodeInfo, resources: readonly Counted[], asked: readonly number[], withPod: boolean): number {
  let count = 0;
  let sum = 0;
  let sumOfSquares = 0;
  let difference = 0;
  for (let i = 0; i < resources.length; i++) {
    const { name: resource, isScalar } = resources[i] as Counted;
    const wanted = asked[i] ?? 0;
    if (wanted === 0 && isScalar) continue;
    const capacity = node.allocatable.get(resource);
    if (capacity === 0) continue;
    const used = node.requested.get(resource) + (withPod ? wanted : 0);
    const fraction = used >= capacity ? 1 : used / capacity;
    difference = count === 0 ? fraction : difference - fraction;
    sum += fraction;
    sumOfSquares += fraction * fraction;
    count++;
  }
  return balancedResourceScore(sum, sumOfSquares, difference, count);
}

interface Counted {
  readonly name: string;
  readonly isScalar: boolean;
}

function balancedScore(node: NodeInfo, resources: readonly Counted[], wanted: readonly number[]): number {
  const gain = scoreOf(node, resources, wanted, true) - scoreOf(node, resources, wanted, false);
  return maxNodeScore / 2 + Math.trunc((maxNodeScore / 2 + gain) / 2);
}

/** Prefers nodes whose resources the pod would use more evenly. Upstream: plugins/noderesources/balanced_allocation.go (v1.36) */
export function newNodeResourcesBalancedAllocation(args: NodeResourcesBalancedAllocationArgs): Plugin {
  const resources = args.resources?.length ? args.resources : defaultResources;
  const counted = resources.map(({ name: resource }) => ({ name: resource, isScalar: isScalarResourceName(resource) }));
  return {
    name,
    signPod: signRequests,
    preScore: (state, pod) => {
      const wanted = podAmounts(pod, resources, true);
      if (wanted.every((amount) => amount === 0)) return skip;
      state.write(preScoreKey, wanted);
      return undefined;
    },
    score: (state, _, node) => balancedScore(node, counted, state.read(preScoreKey)),
  };
}
