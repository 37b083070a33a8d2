import type * as corev1 from '../../../api/core/v1.ts';
import { restartingAllContainers } from '../restart-all.ts';
import { containerShouldRestart, isRestartableInitContainer } from '../restart-policy.ts';

type Phase = 'Failed' | 'Pending' | 'Running' | 'Succeeded';

interface Counts {
  pendingInit: number;
  pendingSidecars: number;
  failedInit: number;
  unknown: number;
  running: number;
  waiting: number;
  stopped: number;
  stoppedForGood: number;
  succeeded: number;
}

export interface PhaseOptions {
  /** The pod's containers will not be started any more. */
  readonly podIsTerminal: boolean;
  /** A regular container of the present sandbox has been made. */
  readonly podHasInitialized: boolean;
  readonly isStatic: boolean;
}

/**
 * A pod's phase, from the statuses of its containers (init containers included).
 *
 * Upstream: pkg/kubelet/kubelet_pods.go getPhase (v1.36)
 */
export function getPhase(
  spec: corev1.PodSpec,
  statuses: readonly corev1.ContainerStatus[],
  options: PhaseOptions,
): Phase {
  const counts = count(spec, new Map(statuses.map((status) => [status.name, status])));
  if (counts.failedInit > 0) return 'Failed';
  if (counts.pendingInit > 0 || (counts.pendingSidecars > 0 && !options.podHasInitialized)) return 'Pending';
  if (counts.waiting > 0) return 'Pending';
  if (counts.unknown > 0) return 'Pending';
  if (counts.running > 0) return 'Running';
  if (counts.stopped === 0) return 'Pending';
  const terminal = options.podIsTerminal && !options.isStatic;
  if (!terminal && counts.stopped !== counts.stoppedForGood) return 'Running';
  return counts.stopped === counts.succeeded ? 'Succeeded' : 'Failed';
}

function count(spec: corev1.PodSpec, statuses: ReadonlyMap<string, corev1.ContainerStatus>): Counts {
  const counts: Counts = {
    pendingInit: 0,
    pendingSidecars: 0,
    failedInit: 0,
    unknown: 0,
    running: 0,
    waiting: 0,
    stopped: 0,
    stoppedForGood: 0,
    succeeded: 0,
  };
  for (const container of spec.initContainers ?? []) {
    const status = statuses.get(container.name);
    if (isRestartableInitContainer(container)) countSidecar(counts, status);
    else countInit(counts, container, spec, status);
  }
  for (const container of spec.containers) countRegular(counts, container, spec, statuses.get(container.name));
  return counts;
}

function startsAgain(
  container: corev1.Container,
  spec: corev1.PodSpec,
  { exitCode, reason }: corev1.ContainerStateTerminated,
): boolean {
  return reason === restartingAllContainers || containerShouldRestart(container, spec, exitCode);
}

function countInit(
  counts: Counts,
  container: corev1.Container,
  spec: corev1.PodSpec,
  status: corev1.ContainerStatus | undefined,
): void {
  const ended = status?.state?.terminated ?? (status?.state?.waiting ? status.lastState?.terminated : undefined);
  if (!ended) counts.pendingInit++;
  else if (ended.exitCode !== 0 && !startsAgain(container, spec, ended)) counts.failedInit++;
}

function countSidecar(counts: Counts, status: corev1.ContainerStatus | undefined): void {
  if (!status) counts.unknown++;
  else if (status.state?.running) {
    if (!status.started) counts.pendingSidecars++;
    counts.running++;
  } else if (status.state?.waiting) {
    if (status.lastState?.terminated) return;
    counts.pendingSidecars++;
    counts.waiting++;
  } else if (!status.state?.terminated) {
    counts.pendingSidecars++;
    counts.unknown++;
  }
}

function countRegular(
  counts: Counts,
  container: corev1.Container,
  spec: corev1.PodSpec,
  status: corev1.ContainerStatus | undefined,
): void {
  const state = status?.state;
  if (state?.running) counts.running++;
  else if (state?.terminated) {
    counts.stopped++;
    if (!startsAgain(container, spec, state.terminated)) counts.stoppedForGood++;
    if (state.terminated.exitCode === 0) counts.succeeded++;
  } else if (state?.waiting) {
    const last = status?.lastState?.terminated;
    if (!last) counts.waiting++;
    else {
      counts.stopped++;
      if (!startsAgain(container, spec, last)) counts.stoppedForGood++;
    }
  } else counts.unknown++;
}
