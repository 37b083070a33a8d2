/**
 * What happens in the cluster, as far as it may let a waiting pod be scheduled. Upstream: kube-scheduler/framework/types.go
 * ClusterEvent, pkg/scheduler/framework/types.go MatchClusterEvents (v1.36)
 */
import type * as corev1 from '../../api/core/v1.ts';

export type EventResource =
  | 'Pod'
  /** A pod that has a node: only in events that come in, never in what plugins ask for. */
  | 'AssignedPod'
  | 'UnschedulablePod'
  | 'Node'
  | 'PersistentVolume'
  | 'PersistentVolumeClaim'
  | 'CSINode'
  | 'CSIDriver'
  | 'CSIStorageCapacity'
  | 'StorageClass'
  | 'VolumeAttachment'
  | 'ResourceClaim'
  | 'ResourceSlice'
  | 'DeviceClass'
  | '*';

/** Kinds of change, to be joined by `|`. */
export const action = {
  add: 1,
  delete: 1 << 1,
  updateNodeAllocatable: 1 << 2,
  updateNodeLabel: 1 << 3,
  updateNodeTaint: 1 << 4,
  updateNodeCondition: 1 << 5,
  updateNodeAnnotation: 1 << 6,
  updateNodeDeclaredFeature: 1 << 7,
  updatePodLabel: 1 << 8,
  updatePodScaleDown: 1 << 9,
  updatePodToleration: 1 << 10,
  updatePodSchedulingGatesEliminated: 1 << 11,
  updatePodGeneratedResourceClaim: 1 << 12,
  update: (1 << 13) - 1 - 3,
  all: (1 << 13) - 1,
} as const;

export interface ClusterEvent {
  readonly resource: EventResource;
  readonly action: number;
  /** For events that are no change of an object. */
  readonly label?: string;
}

export const assignedPodAdd: ClusterEvent = { resource: 'AssignedPod', action: action.add };
export const assignedPodDelete: ClusterEvent = { resource: 'AssignedPod', action: action.delete };
export const unschedulableTimeout: ClusterEvent = { resource: '*', action: action.all, label: 'UnschedulableTimeout' };
export const forceActivate: ClusterEvent = { resource: '*', action: action.all, label: 'ForceActivate' };

export const isWildCard = (event: ClusterEvent): boolean => event.resource === '*' && event.action === action.all;

const matchesResource = (wanted: EventResource, incoming: EventResource): boolean =>
  wanted === '*' ||
  wanted === incoming ||
  (wanted === 'Pod' && (incoming === 'AssignedPod' || incoming === 'UnschedulablePod'));

/** Whether what came is what was asked for, or more specific. */
export function matchesClusterEvent(wanted: ClusterEvent, incoming: ClusterEvent): boolean {
  if (isWildCard(wanted)) return true;
  return (
    matchesResource(wanted.resource, incoming.resource) &&
    (wanted.action & incoming.action) !== 0 &&
    incoming.action <= wanted.action
  );
}

/** Whether an event may let a pod that a plugin rejected be scheduled. */
export type QueueingHint = 'Queue' | 'QueueSkip';

/** `old` is absent for an add, `object` for a delete. */
export type QueueingHintFunction = (pod: corev1.Pod, old: unknown, object: unknown) => QueueingHint;

export interface ClusterEventWithHint {
  readonly event: ClusterEvent;
  /** Absent: always worth another try. */
  readonly hint?: QueueingHintFunction;
}

/**
 * A registration with a typed hint: the resource of an event says what its objects are.
 */
export function onEvent<T>(
  resource: EventResource,
  actions: number,
  hint?: (pod: corev1.Pod, old: T | undefined, object: T | undefined) => boolean,
): ClusterEventWithHint {
  const event = { resource, action: actions };
  if (!hint) return { event };
  return {
    event,
    hint: (pod, old, object) => (hint(pod, old as T | undefined, object as T | undefined) ? 'Queue' : 'QueueSkip'),
  };
}
