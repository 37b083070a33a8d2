import { StateKey } from '../cycle-state.ts';
import { maxNodeScore, type Plugin, skip } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { isScalarResourceName } from '../resource.ts';
import { amountsOf, defaultResources, podAmounts, type ResourceSpec } from '../resource-scorer.ts';

const name = 'NodeResourcesBalancedAllocation';
const preScoreKey = new StateKey<readonly number[]>(`PreScore${name}`);

export interface NodeResourcesBalancedAllocationArgs {
  readonly resources?: readonly ResourceSpec[];
}

function standardDeviation(fractions: readonly number[]): number {
  if (fractions.length === 2) return Math.abs(((fractions[0] as number) - (fractions[1] as number)) / 2);
  if (fractions.length < 2) return 0;
  const mean = fractions.reduce((sum, fraction) => sum + fraction, 0) / fractions.length;
  return Math.sqrt(fractions.reduce((sum, fraction) => sum + (fraction - mean) ** 2, 0) / fractions.length);
}

/** 100 when all resources are used to the same part. Upstream: balanced_allocation.go balancedResourceScore (v1.36) */
const balancedResourceScore = (fractions: readonly number[]) =>
  Math.trunc((1 - standardDeviation(fractions)) * maxNodeScore);

function balancedScore(node: NodeInfo, resources: readonly ResourceSpec[], wanted: readonly number[]): number {
  const before: number[] = [];
  const after: number[] = [];
  for (let i = 0; i < resources.length; i++) {
    const { name: resource } = resources[i] as ResourceSpec;
    const asked = wanted[i] ?? 0;
    if (asked === 0 && isScalarResourceName(resource)) continue;
    const [capacity, used] = amountsOf(node, resource, true);
    if (capacity === 0) continue;
    before.push(Math.min(used / capacity, 1));
    after.push(Math.min((used + asked) / capacity, 1));
  }
  const half = maxNodeScore / 2;
  return half + Math.trunc((half + balancedResourceScore(after) - balancedResourceScore(before)) / 2);
}

/** Prefers nodes whose resources the pod would use more evenly. Upstream: plugins/noderesources/balanced_allocation.go (v1.36) */
export function newNodeResourcesBalancedAllocation(args: NodeResourcesBalancedAllocationArgs): Plugin {
  const resources = args.resources?.length ? args.resources : defaultResources;
  return {
    name,
    preScore: (state, pod) => {
      const wanted = podAmounts(pod, resources, true);
      if (wanted.every((amount) => amount === 0)) return skip;
      state.write(preScoreKey, wanted);
      return undefined;
    },
    score: (state, _, node) => balancedScore(node, resources, state.read(preScoreKey)),
  };
}
