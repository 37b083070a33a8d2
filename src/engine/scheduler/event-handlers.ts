/**
 * From informers to cache and queue: what the scheduler does when something changes in the cluster.
 *
 * Upstream: pkg/scheduler/eventhandlers.go (v1.36)
 */
import type * as corev1 from '../../api/core/v1.ts';
import {
  csiDrivers,
  csiNodes,
  csiStorageCapacities,
  deviceClasses,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  resourceClaims,
  resourceSlices,
  storageClasses,
  volumeAttachments,
} from '../../api/resources.ts';
import type { KubernetesObject } from '../../apimachinery/object-meta.ts';
import type { ResourceRef } from '../../apimachinery/resource-ref.ts';
import type { EventHandler, InformerFactory } from '../../client/informer.ts';
import type { SchedulerCache } from './cache.ts';
import { action, assignedPodAdd, assignedPodDelete, type EventResource } from './cluster-event.ts';
import { podInformerOptions } from './framework.ts';
import { podPriority } from './pod-info.ts';
import { nodeSchedulingPropertiesChange, podSchedulingPropertiesChange } from './property-changes.ts';
import type { SchedulingQueue } from './scheduling-queue.ts';

export interface HandlerOptions {
  readonly informers: InformerFactory;
  readonly cache: SchedulerCache;
  readonly queue: SchedulingQueue;
  /** Whether some profile schedules the pod. */
  isResponsible(pod: corev1.Pod): boolean;
  /** A pod that had no node is gone, or has one now. */
  onForget(pod: corev1.Pod): void;
  /** A pod that has its place goes before it is bound. */
  onAssumedGone(uid: string): void;
}

/** Resources of which any change may let a pod be scheduled. */
const otherResources: readonly (readonly [ResourceRef<KubernetesObject>, EventResource])[] = [
  [persistentVolumes, 'PersistentVolume'],
  [persistentVolumeClaims, 'PersistentVolumeClaim'],
  [storageClasses, 'StorageClass'],
  [csiNodes, 'CSINode'],
  [csiDrivers, 'CSIDriver'],
  [csiStorageCapacities, 'CSIStorageCapacity'],
  [volumeAttachments, 'VolumeAttachment'],
  [resourceClaims, 'ResourceClaim'],
  [resourceSlices, 'ResourceSlice'],
  [deviceClasses, 'DeviceClass'],
];

const isAssigned = (pod: corev1.Pod) => !!pod.spec?.nodeName;

/** Adds the handlers; gives a function that removes them. */
export function addAllEventHandlers(options: HandlerOptions): () => void {
  const { informers, queue } = options;
  const removers = [
    informers.informer(pods, podInformerOptions).addEventHandler(podHandler(options)),
    informers.informer(nodes).addEventHandler(nodeHandler(options)),
  ];
  for (const [ref, resource] of otherResources) {
    const move = (kind: number) => (old: unknown, object: unknown) =>
      queue.moveAllToActiveOrBackoffQueue({ resource, action: kind }, old, object);
    const handler: EventHandler<KubernetesObject> = {
      add: (object) => move(action.add)(undefined, object),
      update: move(action.update),
      delete: (object) => move(action.delete)(object, undefined),
    };
    removers.push(informers.informer(ref).addEventHandler(handler));
  }
  return () => {
    for (const remove of removers) remove();
  };
}

function nodeHandler({ cache, queue }: HandlerOptions): EventHandler<corev1.Node> {
  return {
    add(node) {
      cache.putNode(node);
      queue.moveAllToActiveOrBackoffQueue({ resource: 'Node', action: action.add }, undefined, node);
    },
    update(old, node) {
      cache.putNode(node);
      if (!queue.isWaitingForEvents) return;
      for (const event of nodeSchedulingPropertiesChange(old, node)) {
        queue.moveAllToActiveOrBackoffQueue(event, old, node);
      }
    },
    delete(node) {
      queue.moveAllToActiveOrBackoffQueue({ resource: 'Node', action: action.delete }, node, undefined);
      cache.removeNode(node.metadata.name ?? '');
    },
  };
}

function podHandler(options: HandlerOptions): EventHandler<corev1.Pod> {
  const { cache, queue } = options;
  const addAssigned = (pod: corev1.Pod) => {
    cache.putPod(pod);
    queue.moveAllToActiveOrBackoffQueue(assignedPodAdd, undefined, pod);
  };
  return {
    add(pod) {
      if (isAssigned(pod)) addAssigned(pod);
      else if (options.isResponsible(pod)) queue.add(pod);
    },
    update(old, pod) {
      if (isAssigned(old)) {
        cache.putPod(pod);
        if (!queue.isWaitingForEvents) return;
        for (const event of podSchedulingPropertiesChange(old, pod)) {
          queue.moveAllToActiveOrBackoffQueue(event, old, pod);
        }
      } else if (isAssigned(pod)) {
        addAssigned(pod);
        if (options.isResponsible(old)) queue.delete(old);
      } else if (options.isResponsible(old)) updateUnscheduled(options, old, pod);
    },
    delete(pod) {
      if (isAssigned(pod)) {
        cache.removePod(pod.metadata.uid ?? '');
        queue.moveAllToActiveOrBackoffQueue(assignedPodDelete, pod, undefined);
      } else if (options.isResponsible(pod)) deleteUnscheduled(options, pod);
      options.onForget(pod);
    },
  };
}

/** Upstream: updatePodInSchedulingQueue */
function updateUnscheduled(options: HandlerOptions, old: corev1.Pod, pod: corev1.Pod): void {
  const { cache, queue } = options;
  if (old.metadata.resourceVersion === pod.metadata.resourceVersion) return;
  if (cache.isAssumed(pod.metadata.uid ?? '')) {
    const startsToGo = pod.metadata.deletionTimestamp !== undefined && old.metadata.deletionTimestamp === undefined;
    if (startsToGo) forgetAssumed(options, pod);
    return;
  }
  queue.update(old, pod, podSchedulingPropertiesChange(old, pod));
  const nominated = old.status?.nominatedNodeName;
  if (nominated && nominated !== pod.status?.nominatedNodeName) releaseNomination(options, old);
}

/** Upstream: deletePodFromSchedulingQueue */
function deleteUnscheduled(options: HandlerOptions, pod: corev1.Pod): void {
  options.queue.delete(pod);
  if (options.cache.isAssumed(pod.metadata.uid ?? '')) forgetAssumed(options, pod);
  else if (pod.status?.nominatedNodeName) releaseNomination(options, pod);
}

/** An assumed pod goes: what it held is free at once. Upstream: handleAssumedPodDeletion */
function forgetAssumed({ cache, queue, onAssumedGone }: HandlerOptions, pod: corev1.Pod): void {
  const uid = pod.metadata.uid ?? '';
  onAssumedGone(uid);
  const assumed = cache.getPod(uid)?.pod;
  if (!assumed) return;
  cache.forgetPod(uid);
  queue.moveAllToActiveOrBackoffQueue(assignedPodDelete, assumed, undefined);
}

/** A place that was promised is free for pods of no higher priority. */
function releaseNomination({ queue }: HandlerOptions, pod: corev1.Pod): void {
  const priority = podPriority(pod);
  queue.moveAllToActiveOrBackoffQueue(assignedPodDelete, pod, undefined, (other) => podPriority(other) <= priority);
}
