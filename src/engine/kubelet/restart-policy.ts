import type * as corev1 from '../../api/core/v1.ts';
import { findContainerStatusByName, type RuntimePodStatus } from './runtime-pod.ts';

/** Whether an init container is a sidecar. */
export function isRestartableInitContainer(container: corev1.Container): boolean {
  return container.restartPolicy === 'Always';
}

/**
 * Whether a container that ended with this code is started again: its own rules, then its own policy, then the pod's.
 *
 * Upstream: pkg/api/v1/pod/util.go ContainerShouldRestart (v1.36)
 */
export function containerShouldRestart(container: corev1.Container, spec: corev1.PodSpec, exitCode: number): boolean {
  if (container.restartPolicy !== undefined) {
    if (findMatchingContainerRestartRule(container, exitCode)?.action.startsWith('Restart')) return true;
    return restartsBy(container.restartPolicy, exitCode);
  }
  return restartsBy(spec.restartPolicy ?? 'Always', exitCode);
}

function restartsBy(policy: string, exitCode: number): boolean {
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

/** The first rule that speaks of this exit code. */
export function findMatchingContainerRestartRule(
  container: corev1.Container,
  exitCode: number,
): corev1.ContainerRestartRule | undefined {
  return container.restartPolicyRules?.find(({ exitCodes }) => {
    if (!exitCodes) return false;
    const listed = exitCodes.values?.includes(exitCode) ?? false;
    return exitCodes.operator === 'In' ? listed : exitCodes.operator === 'NotIn' && !listed;
  });
}

/**
 * Whether a container is due to be started (again).
 *
 * Upstream: pkg/kubelet/container/helpers.go ShouldContainerBeRestarted (v1.36)
 */
export function shouldContainerBeRestarted(
  container: corev1.Container,
  pod: corev1.Pod,
  runtimeStatus: RuntimePodStatus,
): boolean {
  if (pod.metadata.deletionTimestamp !== undefined || !pod.spec) return false;
  const status = findContainerStatusByName(runtimeStatus, container.name);
  if (!status || status.state === 'created') return true;
  if (status.state === 'running') return false;
  return containerShouldRestart(container, pod.spec, status.exitCode);
}

/** Whether a failed probe's container is started again: rules are not asked, for there is no exit code yet. */
export function restartsAfterKill(container: corev1.Container, spec: corev1.PodSpec): boolean {
  return (container.restartPolicy ?? spec.restartPolicy ?? 'Always') !== 'Never';
}
