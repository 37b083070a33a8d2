import type * as corev1 from '../../api/core/v1.ts';
import { Resource, type ResourceList } from './resource.ts';

/** What a container that asks for nothing counts for when nodes are scored. Upstream: pkg/scheduler/util/pod_resources.go */
export const defaultMilliCpuRequest = 100;
export const defaultMemoryRequest = 200 * 1024 * 1024;

interface Options {
  /** Take what the status says was allocated and actuated into account (pods that are resized in place). */
  readonly useStatus?: boolean;
  /** Count containers without a request of cpu (memory) as the defaults; false leaves one of them out. */
  readonly nonZero?: { readonly cpu: boolean; readonly memory: boolean };
}

const isPodLevelResource = (name: string) => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

function hasPodLevelRequests(pod: corev1.Pod): boolean {
  return Object.keys(pod.spec?.resources?.requests ?? {}).some(isPodLevelResource);
}

function isResizeInfeasible(pod: corev1.Pod): boolean {
  return pod.status?.conditions?.find((c) => c.type === 'PodResizePending')?.reason === 'Infeasible';
}

function effectiveRequests(
  pod: corev1.Pod,
  spec: ResourceList | undefined,
  status: { readonly resources?: corev1.ResourceRequirements; readonly allocatedResources?: ResourceList },
): Resource {
  const result = Resource.of(status.resources?.requests);
  result.max(Resource.of(status.allocatedResources));
  if (!isResizeInfeasible(pod)) result.max(Resource.of(spec));
  return result;
}

function containerRequests(pod: corev1.Pod, container: corev1.Container, isInit: boolean, options: Options): Resource {
  const requests = container.resources?.requests;
  let result: Resource | undefined;
  if (options.useStatus) {
    const statuses = isInit ? pod.status?.initContainerStatuses : pod.status?.containerStatuses;
    const status = statuses?.find((candidate) => candidate.name === container.name);
    if (status?.resources) result = effectiveRequests(pod, requests, status);
  }
  result ??= Resource.of(requests);
  if (options.nonZero?.cpu && requests?.['cpu'] === undefined) result.milliCpu += defaultMilliCpuRequest;
  if (options.nonZero?.memory && requests?.['memory'] === undefined) result.memory += defaultMemoryRequest;
  return result;
}

function addInitContainers(pod: corev1.Pod, total: Resource, options: Options): void {
  const sidecars = new Resource();
  const most = new Resource();
  for (const container of pod.spec?.initContainers ?? []) {
    const isSidecar = container.restartPolicy === 'Always';
    const requests = containerRequests(pod, container, true, isSidecar ? options : { ...options, useStatus: false });
    if (isSidecar) {
      total.add(requests);
      sidecars.add(requests);
      most.max(sidecars);
    } else {
      requests.add(sidecars);
      most.max(requests);
    }
  }
  total.max(most);
}

/**
 * What a pod asks for in all: the greater of its running containers' sum and its init containers' peak, or what it says for the pod
 * as a whole, and its overhead.
 *
 * Upstream: component-helpers/resource/helpers.go PodRequests (v1.36)
 */
export function podRequests(pod: corev1.Pod, options: Options = {}): Resource {
  const total = new Resource();
  for (const container of pod.spec?.containers ?? []) total.add(containerRequests(pod, container, false, options));
  if (pod.spec?.initContainers) addInitContainers(pod, total, options);
  if (hasPodLevelRequests(pod)) {
    const requests = pod.spec?.resources?.requests ?? {};
    const status = options.useStatus ? pod.status?.resources : undefined;
    const amounts = status
      ? effectiveRequests(pod, requests, { ...pod.status, resources: status })
      : Resource.of(requests);
    for (const name in requests) if (isPodLevelResource(name)) total.set(name, amounts.get(name));
  }
  if (pod.spec?.overhead) total.add(Resource.of(pod.spec.overhead));
  return total;
}

/** What scoring counts: requests, with defaults where a container asks for no cpu or no memory. Upstream: PodInfo.CalculateResource */
export function nonZeroRequests(pod: corev1.Pod, requests: Resource): Resource {
  const podLevel = hasPodLevelRequests(pod);
  const nonZero = { cpu: !podLevel || requests.milliCpu === 0, memory: !podLevel || requests.memory === 0 };
  return podRequests(pod, { useStatus: true, nonZero });
}
