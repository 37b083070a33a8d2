import type * as corev1 from '../../../api/core/v1.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { selectorFromSet } from '../../../apimachinery/labels.ts';
import { metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import type { Informer } from '../../../client/informer.ts';
import type { ControllerRun } from '../define-controller.ts';
import { isPodReady, isPodTerminal } from './pod-status.ts';

export const lastChangeTriggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';
export const headlessLabel = 'service.kubernetes.io/headless';

/** Upstream: endpointslice/util/controller_utils.go ShouldPodBeInEndpoints (v1.36) */
export function shouldPodBeInEndpoints(pod: corev1.Pod, includeTerminating: boolean): boolean {
  if (isPodTerminal(pod)) return false;
  if (!pod.status?.podIP && (pod.status?.podIPs ?? []).length === 0) return false;
  return includeTerminating || pod.metadata.deletionTimestamp === undefined;
}

export function shouldSetHostname(pod: corev1.Pod, service: corev1.Service): boolean {
  return Boolean(pod.spec?.hostname) && pod.spec?.subdomain === service.metadata.name;
}

export function isServiceIPSet(service: corev1.Service): boolean {
  const ip = service.spec?.clusterIP ?? '';
  return ip !== '' && ip !== 'None';
}

/** The number of a service's target port in a pod; undefined when no container has it. Upstream: endpointslice/utils.go FindPort */
export function findPort(pod: corev1.Pod, port: corev1.ServicePort): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target;
  const sidecars = (pod.spec?.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  for (const container of [...(pod.spec?.containers ?? []), ...sidecars]) {
    for (const one of container.ports ?? []) {
      if (one.name === target && (one.protocol ?? 'TCP') === (port.protocol ?? 'TCP')) return one.containerPort;
    }
  }
  return undefined;
}

/** Whether anything changed that endpoints are made of. Upstream: controller_utils.go podEndpointsChanged (v1.36) */
function podEndpointsChanged(old: corev1.Pod, pod: corev1.Pod): boolean {
  return (
    old.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
    isPodReady(old) !== isPodReady(pod) ||
    isPodTerminal(old) !== isPodTerminal(pod) ||
    old.spec?.nodeName !== pod.spec?.nodeName ||
    !deepEqual(old.status?.podIPs, pod.status?.podIPs)
  );
}

const membershipChanged = (old: corev1.Pod, pod: corev1.Pod) =>
  !deepEqual(old.metadata.labels, pod.metadata.labels) ||
  old.spec?.hostname !== pod.spec?.hostname ||
  old.spec?.subdomain !== pod.spec?.subdomain;

/** Enqueues the services that select a pod whenever its endpoints may change. */
export function watchPodsOfServices(
  run: ControllerRun,
  pods: Informer<corev1.Pod>,
  services: Informer<corev1.Service>,
  enqueue: (serviceKey: string) => void,
): void {
  const enqueueSelecting = (pod: corev1.Pod) => {
    for (const service of services.store.list(pod.metadata.namespace ?? '')) {
      const selector = service.spec?.selector;
      if (selector && selectorFromSet(selector).matches(pod.metadata.labels)) enqueue(metaNamespaceKey(service));
    }
  };
  run.watch(pods, {
    add: enqueueSelecting,
    update: (old, pod) => {
      const moved = membershipChanged(old, pod);
      if (!moved && !podEndpointsChanged(old, pod)) return;
      enqueueSelecting(pod);
      if (moved) enqueueSelecting(old);
    },
    delete: enqueueSelecting,
  });
}

/** The pods a service selects. */
export function podsOfService(service: corev1.Service, pods: Informer<corev1.Pod>): readonly corev1.Pod[] {
  const selector = selectorFromSet(service.spec?.selector);
  return pods.store.list(service.metadata.namespace ?? '').filter((pod) => selector.matches(pod.metadata.labels));
}
