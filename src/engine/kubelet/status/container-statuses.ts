/** What the API says of a pod's containers. Upstream: pkg/kubelet/kubelet_pods.go convertToAPIContainerStatuses (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import type { ContainerStatus } from '../../runtime/runtime-service.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { containerResources } from '../kuberuntime/container-resources.ts';
import { restartingAllContainers } from '../restart-all.ts';
import { shouldContainerBeRestarted } from '../restart-policy.ts';
import { containerIdOf, findContainerStatusByName, type RuntimePodStatus } from '../runtime-pod.ts';

/** Why a container could not be started: the waiting reason. */
export interface StartFailure {
  readonly reason: string;
  readonly message: string;
}

export interface ContainerStatusSource {
  readonly pod: corev1.Pod;
  readonly runtimeStatus: RuntimePodStatus;
  /** As last told to the API. */
  readonly previous: readonly corev1.ContainerStatus[];
  readonly containers: readonly corev1.Container[];
  readonly isInitContainer: boolean;
  /** The end of one of them restarts them all. */
  readonly podRestarting: boolean;
  /** The last failed start of a container. */
  readonly startFailure: (containerName: string) => StartFailure | undefined;
  /** The termination message of an ended container. */
  readonly terminationMessage: (status: ContainerStatus) => string;
}

const lost = 'The container could not be located when the pod was deleted.  The container used to be Running';

/** Statuses of one list of containers: init containers in their order, others by name. */
export function convertToAPIContainerStatuses(source: ContainerStatusSource): readonly corev1.ContainerStatus[] {
  const statuses = source.containers.map((container) => statusOf(source, container));
  if (source.isInitContainer || statuses.length < 2) return statuses;
  return statuses.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function statusOf(source: ContainerStatusSource, container: corev1.Container): corev1.ContainerStatus {
  const runs = source.runtimeStatus.containers.filter((run) => run.name === container.name);
  const old = source.previous.find((status) => status.name === container.name);
  const [latest, before] = runs;
  if (!latest) return withStartFailure(source, container, inferMissing(source, container, old));
  const status = {
    ...convertContainerStatus(source, container, latest),
    ...presentResources(container, latest, old),
    restartCount: restartCountOf(latest, old),
    ...(before ? { lastState: stateOf(source, before) } : lastStateOf(latest, old)),
  };
  return withStartFailure(source, container, status);
}

/** Never less than was told already: the runtime may have forgotten earlier runs. */
function restartCountOf(latest: ContainerStatus, old: corev1.ContainerStatus | undefined): number {
  if (latest.state === 'running' && old?.state?.terminated && old.restartCount >= latest.attempt)
    return old.restartCount + 1;
  return Math.max(latest.attempt, old?.restartCount ?? 0);
}

/** A restart that the runtime remembers no more keeps what was said of it. */
function lastStateOf(
  latest: ContainerStatus,
  old: corev1.ContainerStatus | undefined,
): Partial<corev1.ContainerStatus> {
  if (!old) return {};
  if (old.containerID !== containerIdOf(latest) && old.state?.terminated) return { lastState: old.state };
  return old.lastState?.terminated ? { lastState: old.lastState } : {};
}

/** A resize that is not carried out yet leaves what is told of a running container as it was. Upstream: kubelet_pods.go convertContainerStatusResources */
function presentResources(
  container: corev1.Container,
  latest: ContainerStatus,
  old: corev1.ContainerStatus | undefined,
): Partial<corev1.ContainerStatus> {
  if (latest.state !== 'running' || !old?.resources || old.containerID !== containerIdOf(latest)) return {};
  return deepEqual(latest.resources, containerResources(container)) ? {} : { resources: old.resources };
}

function convertContainerStatus(
  source: ContainerStatusSource,
  container: corev1.Container,
  run: ContainerStatus,
): Omit<corev1.ContainerStatus, 'restartCount'> {
  const { uid, gid, supplementalGroups } = run.user;
  const mounts = container.volumeMounts ?? [];
  return {
    name: run.name,
    state: stateOf(source, run),
    ready: false,
    image: run.image,
    imageID: run.imageRef,
    containerID: containerIdOf(run),
    ...(container.resources?.requests ? { allocatedResources: container.resources.requests } : {}),
    resources: container.resources ?? {},
    ...(mounts.length > 0 ? { volumeMounts: mounts.map(volumeMountStatus) } : {}),
    user: { linux: { uid, gid, supplementalGroups } },
  };
}

function volumeMountStatus(mount: corev1.VolumeMount): corev1.VolumeMountStatus {
  const { name, mountPath, readOnly } = mount;
  if (!readOnly) return { name, mountPath };
  const enabled = mount.recursiveReadOnly === 'Enabled' || mount.recursiveReadOnly === 'IfPossible';
  return { name, mountPath, readOnly, recursiveReadOnly: enabled ? 'Enabled' : 'Disabled' };
}

function stateOf(source: ContainerStatusSource, run: ContainerStatus): corev1.ContainerState {
  if (run.state === 'running') return { running: { startedAt: formatTime(run.startedAtMs) } };
  if (run.state === 'created') return { waiting: {} };
  const message = [run.message, source.terminationMessage(run)].filter((text) => text !== '').join(': ');
  return {
    terminated: {
      exitCode: run.exitCode,
      reason: run.reason,
      ...(message ? { message } : {}),
      startedAt: formatTime(run.startedAtMs),
      finishedAt: formatTime(run.finishedAtMs),
      containerID: containerIdOf(run),
    },
  };
}

/** The status of a container that the runtime does not know. */
function inferMissing(
  source: ContainerStatusSource,
  container: corev1.Container,
  old: corev1.ContainerStatus | undefined,
): corev1.ContainerStatus {
  if (source.podRestarting && old?.state && !old.state.waiting) return removedForRestart(source, container, old);
  if (old?.state?.terminated) return old;
  const waiting = waitingStatus(source, container, old);
  if (!old?.state?.running || old.lastState?.terminated) return waiting;
  const deleted = source.pod.metadata.deletionTimestamp !== undefined;
  return {
    ...waiting,
    lastState: {
      terminated: {
        exitCode: 137,
        reason: 'ContainerStatusUnknown',
        message: lost,
      },
    },
    restartCount: waiting.restartCount + (deleted ? 0 : 1),
  };
}

/** Of a container that has not run yet, as far as one knows. */
function waitingStatus(
  source: ContainerStatusSource,
  container: corev1.Container,
  old: corev1.ContainerStatus | undefined,
): corev1.ContainerStatus {
  const hasInit = (source.pod.spec?.initContainers?.length ?? 0) > 0;
  const mounts = container.volumeMounts ?? [];
  return {
    name: container.name,
    state: { waiting: { reason: hasInit ? 'PodInitializing' : 'ContainerCreating' } },
    lastState: old?.lastState ?? {},
    ready: false,
    restartCount: old?.restartCount ?? 0,
    image: container.image ?? '',
    imageID: '',
    ...(mounts.length > 0 ? { volumeMounts: mounts.map(volumeMountStatus) } : {}),
  };
}

/** A container that was removed because the whole pod starts anew in place. */
function removedForRestart(
  source: ContainerStatusSource,
  container: corev1.Container,
  old: corev1.ContainerStatus,
): corev1.ContainerStatus {
  const message = 'The container is removed because RestartAllContainers in place';
  const why = { reason: restartingAllContainers, message };
  return {
    ...(old.state?.terminated ? old : waitingStatus(source, container, old)),
    state: { waiting: why },
    lastState: { terminated: { ...why, exitCode: 137 } },
    restartCount: old.restartCount + 1,
  };
}

/** A container that is to be started and could not be is waiting, with the reason. */
function withStartFailure(
  source: ContainerStatusSource,
  container: corev1.Container,
  status: corev1.ContainerStatus,
): corev1.ContainerStatus {
  const { pod, runtimeStatus } = source;
  if (source.isInitContainer) {
    const run = findContainerStatusByName(runtimeStatus, container.name);
    if (run?.state === 'exited' && run.exitCode === 0) return status;
  }
  if (!shouldContainerBeRestarted(container, pod, runtimeStatus)) return status;
  const failure = source.startFailure(container.name);
  if (!failure) return status;
  const { reason, message } = failure;
  return {
    ...status,
    lastState: status.state?.terminated ? status.state : (status.lastState ?? {}),
    state: { waiting: { reason, ...(message ? { message } : {}) } },
  };
}
