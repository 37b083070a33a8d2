import type * as corev1 from '../../../api/core/v1.ts';
import type { ProbeResults } from '../prober/probe-results.ts';
import type { ContainerToReset } from '../restart-all.ts';
import type { RuntimePodStatus } from '../runtime-pod.ts';
import type { ContainerResize } from './container-resources.ts';

/** Why a container is killed, as far as its grace period depends on it. */
export type KillReason = '' | 'StartupProbe' | 'LivenessProbe' | 'FailedPostStartHook' | 'Unknown';

/** A container that is to be killed, and what the event says of it. */
export interface ContainerToKill {
  readonly containerId: string;
  readonly container: corev1.Container;
  readonly message: string;
  readonly reason: KillReason;
}

export interface PodActions {
  /** All containers and the sandbox are to go. */
  killPod: boolean;
  createSandbox: boolean;
  readonly sandboxId: string;
  readonly attempt: number;
  initContainersToStart: corev1.Container[];
  containersToStart: corev1.Container[];
  ephemeralContainersToStart: corev1.Container[];
  readonly containersToKill: ContainerToKill[];
  readonly containersToUpdate: ContainerResize[];
  /** Runs to be removed, in this order, so that the pod starts anew in place. */
  containersToReset: readonly ContainerToReset[];
}

export interface ActionSource {
  readonly pod: corev1.Pod;
  readonly runtimeStatus: RuntimePodStatus;
  readonly liveness: ProbeResults;
  readonly startup: ProbeResults;
  /** The end of one container restarts them all. */
  readonly restartAll: boolean;
}

/** What a running container is made of: a change restarts it. Upstream: kubecontainer.HashContainer (v1.36) */
export function hashContainer(container: corev1.Container): string {
  return `${container.name}/${container.image ?? ''}`;
}
