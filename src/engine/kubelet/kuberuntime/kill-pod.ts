/** Ends containers, gracefully. Upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import { all, TimeoutError, withTimeout } from '../../../process/combinators.ts';
import type { Process } from '../../../process/process.ts';
import { getContainerSpec, type KubeletHost, recordContainerEvent } from '../kubelet-host.ts';
import type { RuntimePodStatus } from '../runtime-pod.ts';
import { HookError, runHook } from './lifecycle-hook.ts';
import type { KillReason } from './action-plan.ts';
import { TerminationOrdering } from './termination-ordering.ts';

/** Containers always get this long, whatever is asked. */
const minimumGracePeriodSeconds = 2;

export interface KillRequest {
  readonly pod: corev1.Pod;
  readonly container: corev1.Container;
  readonly containerId: string;
  /** What the event says; `Stopping container x` when empty. */
  readonly message: string;
  readonly reason: KillReason;
  readonly gracePeriodOverride?: number;
  readonly ordering?: TerminationOrdering;
  readonly podIP: string;
}

/** Runs the preStop hook, waits for the container's turn, signals, and in the end kills. */
export function* killContainer(host: KubeletHost, request: KillRequest): Process<void> {
  const { pod, container, containerId, ordering } = request;
  const { name } = container;
  let grace = request.gracePeriodOverride ?? terminationGracePeriod(request);
  const message = request.message || `Stopping container ${name}`;
  recordContainerEvent(host, { pod, containerName: name }, 'Normal', 'Killing', message);
  if (container.lifecycle?.preStop && grace > 0) grace -= yield* executePreStopHook(host, request, grace);
  if (ordering && grace > 0) grace -= Math.floor(yield* ordering.waitForTurn(name, grace));
  yield* host.runtime.stopContainer(containerId, Math.max(grace, minimumGracePeriodSeconds));
  ordering?.containerTerminated(name);
}

/** Upstream: setTerminationGracePeriod */
function terminationGracePeriod({ pod, container, reason }: KillRequest): number {
  const { deletionGracePeriodSeconds } = pod.metadata;
  if (deletionGracePeriodSeconds !== undefined) return deletionGracePeriodSeconds;
  const probe =
    reason === 'StartupProbe'
      ? container.startupProbe
      : reason === 'LivenessProbe'
        ? container.livenessProbe
        : undefined;
  return probe?.terminationGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? minimumGracePeriodSeconds;
}

/** Gives the whole seconds it took. */
function* executePreStopHook(host: KubeletHost, request: KillRequest, grace: number): Process<number> {
  const { pod, container, containerId, podIP } = request;
  const startedAt = host.sim.now();
  const hook = container.lifecycle?.preStop;
  try {
    if (hook) yield* withTimeout(grace * 1000, runHook(host, hook, { pod, container, containerId, podIP }));
  } catch (error) {
    if (error instanceof HookError)
      recordContainerEvent(
        host,
        { pod, containerName: container.name },
        'Warning',
        'FailedPreStopHook',
        'PreStopHook failed',
      );
    else if (!(error instanceof TimeoutError)) throw error;
  }
  return Math.floor((host.sim.now() - startedAt) / 1000);
}

/** Ends all running containers of a pod, side by side in their order, and then its sandboxes. */
export function* killPod(
  host: KubeletHost,
  pod: corev1.Pod,
  runtimeStatus: RuntimePodStatus,
  gracePeriodOverride?: number,
): Process<void> {
  const running = runtimeStatus.containers.filter(({ state }) => state === 'running');
  const ordering = new TerminationOrdering(
    host.sim,
    pod,
    running.map(({ name }) => name),
  );
  const kills = running.flatMap((status) => {
    const container = getContainerSpec(pod, status.name);
    if (!container) return [host.runtime.stopContainer(status.id, minimumGracePeriodSeconds)];
    const request: KillRequest = {
      pod,
      container,
      containerId: status.id,
      message: '',
      reason: '',
      ordering,
      podIP: runtimeStatus.ips[0] ?? '',
      ...(gracePeriodOverride === undefined ? {} : { gracePeriodOverride }),
    };
    return [killContainer(host, request)];
  });
  yield* all(kills);
  for (const sandbox of runtimeStatus.sandboxes) yield* host.runtime.stopPodSandbox(sandbox.id);
}
