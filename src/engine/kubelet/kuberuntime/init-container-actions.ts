import type * as corev1 from '../../../api/core/v1.ts';
import type { ContainerStatus } from '../../runtime/runtime-service.ts';
import { containerShouldRestart, isRestartableInitContainer } from '../restart-policy.ts';
import { findContainerStatusByName } from '../runtime-pod.ts';
import { computePodResizeAction } from './container-resources.ts';
import { type ActionSource, hashContainer, type KillReason, type PodActions } from './action-plan.ts';

/** What one init container means for the plan. */
interface Step {
  readonly start: corev1.Container[];
  /** All init containers have done their part. */
  initialized: boolean;
  /** The pod has failed. */
  failed: boolean;
}

/**
 * Plans the init containers: the next one to start, sidecars to keep running. Gives whether the pod is initialized.
 * Looks from the last to the first, for early ones may be forgotten by the runtime.
 *
 * Upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go computeInitContainerActions (v1.36)
 */
export function computeInitContainerActions(source: ActionSource, actions: PodActions): boolean {
  const { pod, runtimeStatus } = source;
  const containers = pod.spec?.initContainers ?? [];
  if (containers.length === 0) return true;
  let podHasInitialized = (pod.spec?.containers ?? []).some(({ name }) => {
    const state = findContainerStatusByName(runtimeStatus, name)?.state;
    return state === 'created' || state === 'running';
  });
  let isPreviouslyInitialized = podHasInitialized;
  const toStart: corev1.Container[] = [];
  for (let index = containers.length - 1; index >= 0; index--) {
    const container = containers[index] as corev1.Container;
    const status = findContainerStatusByName(runtimeStatus, container.name);
    const restartable = isRestartableInitContainer(container);
    if (!status) {
      if (isPreviouslyInitialized && restartable) toStart.push(container);
      continue;
    }
    if (isPreviouslyInitialized && !restartable) continue;
    const next = containers[index + 1];
    const step = planOne(source, actions, { container, status, next, isPreviouslyInitialized });
    if (step.failed) {
      actions.killPod = true;
      actions.initContainersToStart = [];
      return false;
    }
    toStart.push(...step.start);
    podHasInitialized ||= step.initialized;
    isPreviouslyInitialized = true;
  }
  const [first] = containers;
  if (!isPreviouslyInitialized && first) toStart.push(first);
  actions.initContainersToStart = toStart.reverse();
  return podHasInitialized;
}

interface Position {
  readonly container: corev1.Container;
  readonly status: ContainerStatus;
  readonly next: corev1.Container | undefined;
  readonly isPreviouslyInitialized: boolean;
}

function planOne(source: ActionSource, actions: PodActions, position: Position): Step {
  const { container, status, next } = position;
  const step: Step = { start: [], initialized: false, failed: false };
  if (status.state === 'created') step.start.push(container);
  else if (status.state === 'running') {
    if (isRestartableInitContainer(container)) planSidecar(source, actions, position, step);
    else {
      // One whose resize policy asks for a restart cannot be resized.
      const resize = computePodResizeAction(container, status);
      if (resize && !resize.restart) actions.containersToUpdate.push(resize);
    }
  } else if (isRestartableInitContainer(container)) step.start.push(container);
  else if (status.exitCode !== 0) {
    if (source.pod.spec && containerShouldRestart(container, source.pod.spec, status.exitCode))
      step.start.push(container);
    else step.failed = true;
  } else if (next) step.start.push(next);
  else step.initialized = true;
  return step;
}

function planSidecar(source: ActionSource, actions: PodActions, position: Position, step: Step): void {
  const { container, status, next, isPreviouslyInitialized } = position;
  const { name } = container;
  const kill = (message: string, reason: KillReason) => {
    actions.containersToKill.push({ containerId: status.id, container, message, reason });
    step.start.push(container);
  };
  if (container.startupProbe) {
    const startup = source.startup.get(status.id);
    if (startup === 'failure') kill(`Init container ${name} failed startup probe`, 'StartupProbe');
    if (startup !== 'success') return;
  }
  if (!next) step.initialized = true;
  else if (!isPreviouslyInitialized) step.start.push(next);
  if (status.hash !== hashContainer(container)) return kill(`Init container ${name} definition changed`, '');
  if (container.livenessProbe && source.liveness.get(status.id) === 'failure')
    return kill(`Init container ${name} failed liveness probe`, 'LivenessProbe');
  const resize = computePodResizeAction(container, status);
  if (resize && !resize.restart) actions.containersToUpdate.push(resize);
  else if (resize) kill(`Container ${name} resize requires restart`, '');
}
