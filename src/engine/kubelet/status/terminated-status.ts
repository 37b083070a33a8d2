import type * as corev1 from '../../../api/core/v1.ts';
import { isStaticPod } from '../kubelet-host.ts';
import { isRestartableInitContainer } from '../restart-policy.ts';

const unknownEnd: corev1.ContainerState = {
  terminated: {
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was terminated',
    exitCode: 137,
  },
};

/**
 * The last status of a pod: containers whose end nobody saw have failed, and so has the pod unless it is known to have succeeded.
 *
 * Upstream: pkg/kubelet/status/status_manager.go TerminatePod (v1.36)
 */
export function terminatedStatus(pod: corev1.Pod, status: corev1.PodStatus): corev1.PodStatus {
  const containers = status.containerStatuses ?? [];
  const init = status.initContainerStatuses ?? [];
  const tried = attemptedCount(init);
  const ended = status.phase === 'Succeeded' || status.phase === 'Failed';
  return {
    ...status,
    containerStatuses: hasPodInitialized(pod) ? containers.map(withEnd) : containers,
    ...(init.length > 0 ? { initContainerStatuses: init.map((each, at) => (at < tried ? withEnd(each) : each)) } : {}),
    ...(ended || isStaticPod(pod) ? {} : { phase: 'Failed' as const }),
  };
}

const withEnd = (status: corev1.ContainerStatus): corev1.ContainerStatus =>
  status.state?.terminated ? status : { ...status, state: unknownEnd };

/** How many of the init containers, from the first, have been tried; at least one. */
function attemptedCount(init: readonly corev1.ContainerStatus[]): number {
  for (let at = init.length - 1; at >= 0; at--) {
    if (!init[at]?.state?.waiting || init[at]?.lastState?.terminated) return at + 1;
  }
  return Math.min(1, init.length);
}

/** Whether a regular container may have been started. */
function hasPodInitialized(pod: corev1.Pod): boolean {
  const containers = pod.spec?.initContainers ?? [];
  if (containers.length === 0) return true;
  const started = (status: corev1.ContainerStatus) => status.lastState?.terminated || !status.state?.waiting;
  if (pod.status?.containerStatuses?.some(started)) return true;
  const last = pod.status?.initContainerStatuses?.at(-1);
  const container = containers.find(({ name }) => name === last?.name);
  if (!last || !container) return false;
  if (isRestartableInitContainer(container)) return last.state?.running !== undefined && last.started === true;
  return last.lastState?.terminated?.exitCode === 0 || last.state?.terminated?.exitCode === 0;
}
