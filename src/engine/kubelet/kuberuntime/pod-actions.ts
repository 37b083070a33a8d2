/** What is to be done for a pod, from its spec and what runs. Upstream: pkg/kubelet/kuberuntime/kuberuntime_manager.go (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import type { ContainerStatus } from '../../runtime/runtime-service.ts';
import { containersToReset } from '../restart-all.ts';
import { restartsAfterKill, shouldContainerBeRestarted } from '../restart-policy.ts';
import { findContainerStatusByName, podSandboxChanged, type RuntimePodStatus } from '../runtime-pod.ts';
import { type ActionSource, hashContainer, type KillReason, type PodActions } from './action-plan.ts';
import { computePodResizeAction } from './container-resources.ts';
import { computeInitContainerActions } from './init-container-actions.ts';

/** Upstream: computePodActions */
export function computePodActions(source: ActionSource): PodActions {
  const { pod, runtimeStatus } = source;
  const { changed, attempt, sandboxId } = podSandboxChanged(pod, runtimeStatus);
  const actions: PodActions = {
    killPod: changed,
    createSandbox: changed,
    sandboxId,
    attempt,
    initContainersToStart: [],
    containersToStart: [],
    ephemeralContainersToStart: [],
    containersToKill: [],
    containersToUpdate: [],
    containersToReset: [],
  };
  if (source.restartAll) {
    const reset = containersToReset(pod, runtimeStatus);
    return { ...actions, killPod: false, createSandbox: false, containersToReset: reset };
  }
  if (changed) {
    planNewSandbox(source, actions);
    return actions;
  }
  const ephemeral = (pod.spec?.ephemeralContainers ?? []) as readonly corev1.Container[];
  actions.ephemeralContainersToStart = ephemeral.filter(({ name }) => !findContainerStatusByName(runtimeStatus, name));
  const initialized = computeInitContainerActions(source, actions);
  if (actions.killPod || !initialized) return actions;
  planContainers(source, actions);
  return actions;
}

/** With a new sandbox everything starts from the beginning. */
function planNewSandbox({ pod, runtimeStatus }: ActionSource, actions: PodActions): void {
  const spec = pod.spec;
  if (!spec) return;
  if (spec.restartPolicy === 'Never' && actions.attempt !== 0 && runtimeStatus.containers.length > 0) {
    actions.createSandbox = false;
    return;
  }
  const toStart = spec.containers.filter((container) => !hasSucceeded(container, spec, runtimeStatus));
  const created = spec.containers.some(({ name }) => findContainerStatusByName(runtimeStatus, name));
  if (toStart.length === 0 && created) {
    actions.createSandbox = false;
    return;
  }
  const [firstInit] = spec.initContainers ?? [];
  if (firstInit) actions.initContainersToStart = [firstInit];
  else actions.containersToStart = toStart;
}

function hasSucceeded(container: corev1.Container, spec: corev1.PodSpec, runtimeStatus: RuntimePodStatus): boolean {
  if ((container.restartPolicy ?? spec.restartPolicy) !== 'OnFailure') return false;
  const status = findContainerStatusByName(runtimeStatus, container.name);
  return status?.state === 'exited' && status.exitCode === 0;
}

function planContainers(source: ActionSource, actions: PodActions): void {
  const { pod, runtimeStatus } = source;
  let kept = 0;
  for (const container of pod.spec?.containers ?? []) {
    const status = findContainerStatusByName(runtimeStatus, container.name);
    if (status?.state !== 'running') {
      if (shouldContainerBeRestarted(container, pod, runtimeStatus)) actions.containersToStart.push(container);
    } else if (keepsRunning(source, actions, container, status)) kept++;
  }
  if (kept > 0 || actions.containersToStart.length > 0) return;
  actions.killPod = true;
  actions.initContainersToStart = [];
}

/** Whether a running container may go on; else it is among those to be killed. */
function keepsRunning(
  source: ActionSource,
  actions: PodActions,
  container: corev1.Container,
  status: ContainerStatus,
): boolean {
  const { pod } = source;
  const verdict = killVerdict(source, container, status);
  if (!verdict) {
    const resize = computePodResizeAction(container, status);
    if (!resize) return true;
    if (!resize.restart) {
      actions.containersToUpdate.push(resize);
      return true;
    }
    const message = `Container ${container.name} resize requires restart`;
    actions.containersToKill.push({ containerId: status.id, container, message, reason: '' });
    actions.containersToStart.push(container);
    return false;
  }
  const restart = verdict.restart || (pod.spec !== undefined && restartsAfterKill(container, pod.spec));
  const message = restart ? `${verdict.message}, will be restarted` : verdict.message;
  if (restart) actions.containersToStart.push(container);
  actions.containersToKill.push({ containerId: status.id, container, message, reason: verdict.reason });
  return false;
}

interface KillVerdict {
  readonly message: string;
  readonly reason: KillReason;
  /** Whatever the policy says. */
  readonly restart: boolean;
}

function killVerdict(
  { liveness, startup }: ActionSource,
  container: corev1.Container,
  status: ContainerStatus,
): KillVerdict | undefined {
  const { name } = container;
  if (status.hash !== hashContainer(container))
    return { message: `Container ${name} definition changed`, reason: '', restart: true };
  if (liveness.get(status.id) === 'failure')
    return { message: `Container ${name} failed liveness probe`, reason: 'LivenessProbe', restart: false };
  if (startup.get(status.id) === 'failure')
    return { message: `Container ${name} failed startup probe`, reason: 'StartupProbe', restart: false };
  return undefined;
}
