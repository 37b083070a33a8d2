import type { Handle, Plugin } from '../framework.ts';
import { newDefaultBinder } from './default-binder.ts';
import { type DefaultPreemptionArgs, newDefaultPreemption } from './default-preemption.ts';
import { newDynamicResources } from './dynamic-resources.ts';
import { newImageLocality } from './image-locality.ts';
import { type InterPodAffinityArgs, newInterPodAffinity } from './inter-pod-affinity.ts';
import { newNodeAffinity, type NodeAffinityArgs } from './node-affinity.ts';
import { newNodeDeclaredFeatures } from './node-declared-features.ts';
import { newNodeName } from './node-name.ts';
import { newNodePorts } from './node-ports.ts';
import {
  newNodeResourcesBalancedAllocation,
  type NodeResourcesBalancedAllocationArgs,
} from './node-resources-balanced-allocation.ts';
import { newNodeResourcesFit, type NodeResourcesFitArgs } from './node-resources-fit.ts';
import { newNodeUnschedulable } from './node-unschedulable.ts';
import { newNodeVolumeLimits } from './node-volume-limits.ts';
import { newPodTopologySpread, type PodTopologySpreadArgs } from './pod-topology-spread.ts';
import { newPrioritySort } from './priority-sort.ts';
import { newSchedulingGates } from './scheduling-gates.ts';
import { newTaintToleration } from './taint-toleration.ts';
import { newVolumeBinding, type VolumeBindingArgs } from './volume-binding.ts';
import { newVolumeRestrictions } from './volume-restrictions.ts';
import { newVolumeZone } from './volume-zone.ts';

/** The arguments of all plugins: each reads its own. */
export type PluginArgs = DefaultPreemptionArgs &
  InterPodAffinityArgs &
  NodeAffinityArgs &
  NodeResourcesBalancedAllocationArgs &
  NodeResourcesFitArgs &
  PodTopologySpreadArgs &
  VolumeBindingArgs;

export interface PluginRegistration {
  readonly name: string;
  /** Of its score; 0 when it gives none. */
  readonly weight: number;
  create(args: PluginArgs, handle: Handle): Plugin;
}

/** The plugins, in the order in which they run by default. Upstream: pkg/scheduler/apis/config/v1/default_plugins.go (v1.36) */
export const pluginRegistry: readonly PluginRegistration[] = [
  { name: 'SchedulingGates', weight: 0, create: newSchedulingGates },
  { name: 'PrioritySort', weight: 0, create: newPrioritySort },
  { name: 'NodeUnschedulable', weight: 0, create: newNodeUnschedulable },
  { name: 'NodeName', weight: 0, create: newNodeName },
  { name: 'TaintToleration', weight: 3, create: newTaintToleration },
  { name: 'NodeAffinity', weight: 2, create: newNodeAffinity },
  { name: 'NodePorts', weight: 0, create: newNodePorts },
  { name: 'NodeResourcesFit', weight: 1, create: newNodeResourcesFit },
  { name: 'VolumeRestrictions', weight: 0, create: newVolumeRestrictions },
  { name: 'NodeVolumeLimits', weight: 0, create: newNodeVolumeLimits },
  { name: 'VolumeBinding', weight: 0, create: newVolumeBinding },
  { name: 'VolumeZone', weight: 0, create: newVolumeZone },
  { name: 'PodTopologySpread', weight: 2, create: newPodTopologySpread },
  { name: 'InterPodAffinity', weight: 2, create: newInterPodAffinity },
  { name: 'DynamicResources', weight: 2, create: newDynamicResources },
  { name: 'DefaultPreemption', weight: 0, create: newDefaultPreemption },
  { name: 'NodeResourcesBalancedAllocation', weight: 1, create: newNodeResourcesBalancedAllocation },
  { name: 'ImageLocality', weight: 1, create: newImageLocality },
  { name: 'DefaultBinder', weight: 0, create: newDefaultBinder },
  { name: 'NodeDeclaredFeatures', weight: 0, create: newNodeDeclaredFeatures },
];
