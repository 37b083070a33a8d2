import type * as corev1 from '../../api/core/v1.ts';
import type { ContainerStatus, RuntimeService, SandboxStatus } from '../runtime/runtime-service.ts';

/** What the runtime knows of one pod, at one moment. Upstream: pkg/kubelet/container PodStatus. */
export interface RuntimePodStatus {
  /** Newest first. */
  readonly sandboxes: readonly SandboxStatus[];
  /** Newest first; earlier runs of a container follow its latest. */
  readonly containers: readonly ContainerStatus[];
  /** Of the newest sandbox while it is ready; empty on the host network. */
  readonly ips: readonly string[];
}

/** Reads a pod's status from the runtime. */
export function readPodStatus(runtime: RuntimeService, podUid: string): RuntimePodStatus {
  const sandboxes = runtime.listPodSandboxes(podUid);
  const latest = sandboxes[0];
  return {
    sandboxes,
    containers: runtime.listContainers(podUid),
    ips: latest?.state === 'ready' ? latest.ips : [],
  };
}

/** The latest run of a container. */
export function findContainerStatusByName(status: RuntimePodStatus, name: string): ContainerStatus | undefined {
  return status.containers.find((container) => container.name === name);
}

/** Containers of the newest sandbox. */
export function activeContainers(status: RuntimePodStatus): readonly ContainerStatus[] {
  const latest = status.sandboxes[0];
  return latest ? status.containers.filter((container) => container.sandboxId === latest.id) : [];
}

export interface SandboxChange {
  readonly changed: boolean;
  readonly attempt: number;
  readonly sandboxId: string;
}

/**
 * Whether a pod needs a new sandbox, with the number of the attempt.
 *
 * Upstream: pkg/kubelet/kuberuntime/util/util.go PodSandboxChanged (v1.36)
 */
export function podSandboxChanged(pod: corev1.Pod, status: RuntimePodStatus): SandboxChange {
  const latest = status.sandboxes[0];
  if (!latest) return { changed: true, attempt: 0, sandboxId: '' };
  const next = { changed: true, attempt: latest.config.attempt + 1, sandboxId: latest.id };
  if (status.sandboxes.filter(({ state }) => state === 'ready').length > 1) return next;
  if (latest.state !== 'ready') return next;
  if (latest.config.hostNetwork !== (pod.spec?.hostNetwork ?? false)) return { ...next, sandboxId: '' };
  if (!latest.config.hostNetwork && latest.ips.length === 0) return next;
  return { changed: false, attempt: latest.config.attempt, sandboxId: latest.id };
}

/** `containerd://…`: how the API names a container. */
export function containerIdOf(status: ContainerStatus): string {
  return `containerd://${status.id}`;
}

/** The runtime's id in an API container id. */
export function parseContainerId(containerId: string): string {
  return containerId.slice(containerId.indexOf('://') + 3);
}
