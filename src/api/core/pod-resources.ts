/** What a pod asks for in all, and what it may use at most. Upstream: component-helpers/resource/helpers.go (v1.36) */
import { addResources, maxResources, parseResourceList, type ResourceList } from './resource-list.ts';
import type * as corev1 from './v1.ts';

export interface PodResourcesOptions {
  /** Counts what containers have now, and were allocated, where that is more than the spec (pods that are resized in place). */
  readonly useStatus?: boolean;
  readonly excludeOverhead?: boolean;
}

type Side = 'requests' | 'limits';
/** The part of a status that tells what was allocated, and what is in force. */
type Effective = Pick<corev1.ContainerStatus, 'resources' | 'allocatedResources'>;

const none: ResourceList = new Map();

/** Whether a pod may state this resource as a whole. */
const isSupportedPodLevelResource = (name: string): boolean =>
  name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

/** Requests: the greater of what containers and sidecars ask for together and the peak of the init containers, or what the pod states itself; and its overhead. Upstream: PodRequests */
export function podRequests(pod: corev1.Pod, options: PodResourcesOptions = {}): ResourceList {
  const requests = withPodLevel(pod, aggregate(pod, 'requests', options), 'requests', options);
  return options.excludeOverhead ? requests : addResources(requests, parseResourceList(pod.spec?.overhead));
}

/** Limits, added up as requests are; overhead only comes to a limit that there is. Upstream: PodLimits */
export function podLimits(pod: corev1.Pod, options: PodResourcesOptions = {}): ResourceList {
  const limits = withPodLevel(pod, aggregate(pod, 'limits', options), 'limits', options);
  if (options.excludeOverhead || !pod.spec?.overhead) return limits;
  const limited = [...parseResourceList(pod.spec.overhead)].filter(([name]) => !(limits.get(name)?.isZero ?? true));
  return addResources(limits, new Map(limited));
}

/** Requests of the containers alone. */
export function aggregateContainerRequests(pod: corev1.Pod): ResourceList {
  return aggregate(pod, 'requests', {});
}

/** Limits of the containers alone. */
export function aggregateContainerLimits(pod: corev1.Pod): ResourceList {
  return aggregate(pod, 'limits', {});
}

function aggregate(pod: corev1.Pod, side: Side, { useStatus }: PodResourcesOptions): ResourceList {
  const { spec, status } = pod;
  const effective = (container: corev1.Container, statuses: readonly corev1.ContainerStatus[] | undefined) => {
    const own = parseResourceList(container.resources?.[side]);
    const found = useStatus ? statuses?.find(({ name }) => name === container.name) : undefined;
    return found?.resources ? effectiveOf(pod, own, found, side) : own;
  };
  let total = none;
  for (const container of spec?.containers ?? []) {
    total = addResources(total, effective(container, status?.containerStatuses));
  }
  let sidecars = none;
  let peak = none;
  for (const container of spec?.initContainers ?? []) {
    if (container.restartPolicy === 'Always') {
      const own = effective(container, status?.initContainerStatuses);
      total = addResources(total, own);
      sidecars = addResources(sidecars, own);
      peak = maxResources(peak, sidecars);
    } else peak = maxResources(peak, addResources(parseResourceList(container.resources?.[side]), sidecars));
  }
  return maxResources(total, peak);
}

/** Upstream: determineEffectiveRequests, determineEffectiveLimits */
function effectiveOf(pod: corev1.Pod, wanted: ResourceList, status: Effective, side: Side): ResourceList {
  const actuated = parseResourceList(status.resources?.[side]);
  const allocated = side === 'requests' ? parseResourceList(status.allocatedResources) : none;
  const has = maxResources(actuated, allocated);
  return isPodResizeInfeasible(pod) ? has : maxResources(wanted, has);
}

function isPodResizeInfeasible({ status }: corev1.Pod): boolean {
  return status?.conditions?.find(({ type }) => type === 'PodResizePending')?.reason === 'Infeasible';
}

function withPodLevel(pod: corev1.Pod, total: ResourceList, side: Side, options: PodResourcesOptions): ResourceList {
  const stated = parseResourceList(pod.spec?.resources?.[side]);
  if (stated.size === 0) return total;
  const { status } = pod;
  const effective = options.useStatus && status?.resources ? effectiveOf(pod, stated, status, side) : stated;
  const result = new Map(total);
  for (const [name, amount] of stated) {
    if (isSupportedPodLevelResource(name)) result.set(name, effective.get(name) ?? amount);
  }
  return result;
}
