/**
 * Rules by which the end of one container restarts its whole pod in place: every container is removed, and all starts from the
 * beginning in the same sandbox. Upstream: pkg/kubelet/container/helpers.go, pkg/kubelet/kuberuntime/kuberuntime_manager.go (v1.36)
 */
import type * as corev1 from '../../api/core/v1.ts';
import type { ContainerStatus } from '../runtime/runtime-service.ts';
import { findMatchingContainerRestartRule } from './restart-policy.ts';
import { findContainerStatusByName, type RuntimePodStatus } from './runtime-pod.ts';

export const restartingAllContainers = 'RestartingAllContainers';

const action = 'RestartAllContainers';

const containersOf = (spec: corev1.PodSpec | undefined): readonly corev1.Container[] =>
  spec ? [...(spec.initContainers ?? []), ...spec.containers] : [];

/** Whether any container has such a rule. */
export function allContainersCouldRestart(spec: corev1.PodSpec | undefined): boolean {
  return containersOf(spec).some((container) => container.restartPolicyRules?.some((rule) => rule.action === action));
}

/** Whether this pod's containers are to be restarted, or are being so. */
export function shouldAllContainersRestart(
  pod: corev1.Pod,
  runtimeStatus: RuntimePodStatus,
  apiStatus: corev1.PodStatus,
): boolean {
  if (!allContainersCouldRestart(pod.spec)) return false;
  if (isRestartingAllContainers(apiStatus)) return true;
  const known = [...(apiStatus.initContainerStatuses ?? []), ...(apiStatus.containerStatuses ?? [])];
  return containersOf(pod.spec).some((container) => {
    const run = findContainerStatusByName(runtimeStatus, container.name);
    if (run?.state !== 'exited') return false;
    const told = known.find(({ name }) => name === container.name)?.state?.terminated?.exitCode;
    return triggers(container, run.exitCode) || (told !== undefined && triggers(container, told));
  });
}

/** Whether the status says that it is being done. */
export function isRestartingAllContainers(status: corev1.PodStatus): boolean {
  return (
    status.conditions?.some(({ type, status: value }) => type === 'AllContainersRestarting' && value === 'True') ??
    false
  );
}

/** Whether nothing is left of the pod's containers. */
export function allContainersRestartCleanedUp(pod: corev1.Pod, runtimeStatus: RuntimePodStatus): boolean {
  return !containersOf(pod.spec).some(({ name }) => findContainerStatusByName(runtimeStatus, name));
}

/** A run of a container that is to be removed. */
export interface ContainerToReset {
  readonly container: corev1.Container;
  readonly run: ContainerStatus;
}

/** Every run of every container; those that gave the reason come last, so that it is not forgotten half-way. */
export function containersToReset(pod: corev1.Pod, runtimeStatus: RuntimePodStatus): readonly ContainerToReset[] {
  const runsOf = (containers: readonly corev1.Container[] = []) => {
    const runs = containers.flatMap((container) =>
      runtimeStatus.containers.filter(({ name }) => name === container.name).map((run) => ({ container, run })),
    );
    const isSource = ({ container, run }: ContainerToReset) =>
      run.state === 'exited' && triggers(container, run.exitCode);
    return { sources: runs.filter(isSource), targets: runs.filter((each) => !isSource(each)) };
  };
  const init = runsOf(pod.spec?.initContainers);
  const regular = runsOf(pod.spec?.containers);
  return [...regular.targets, ...init.targets, ...regular.sources, ...init.sources];
}

const triggers = (container: corev1.Container, exitCode: number): boolean =>
  findMatchingContainerRestartRule(container, exitCode)?.action === action;
