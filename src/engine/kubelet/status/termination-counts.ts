import type * as corev1 from '../../../api/core/v1.ts';

/** How often containers of one sort ended in one way. */
export interface TerminationCount {
  readonly containerType: 'container' | 'init_container' | 'ephemeral_container';
  readonly exitCode: number;
  readonly reason: string;
  readonly count: number;
}

const lists = [
  ['initContainerStatuses', 'init_container'],
  ['containerStatuses', 'container'],
  ['ephemeralContainerStatuses', 'ephemeral_container'],
] as const;

/** Counts containers as their statuses come to say that they ended. Upstream: pkg/kubelet/status/status_manager.go updateStatusInternal (v1.36) */
export class TerminationCounts {
  readonly #counts = new Map<string, TerminationCount>();

  /** In the order in which each way was first seen. */
  get all(): readonly TerminationCount[] {
    return [...this.#counts.values()];
  }

  /** Counts what ended between two statuses of a pod. */
  note(old: corev1.PodStatus, status: corev1.PodStatus): void {
    for (const [member, containerType] of lists) {
      for (const { name, state } of status[member] ?? []) {
        const before = old[member]?.find((known) => known.name === name);
        if (state?.terminated && !before?.state?.terminated) this.#add(containerType, state.terminated);
      }
    }
  }

  #add(containerType: TerminationCount['containerType'], { exitCode, reason = '' }: corev1.ContainerStateTerminated) {
    const key = `${containerType}/${exitCode}/${reason}`;
    const count = (this.#counts.get(key)?.count ?? 0) + 1;
    this.#counts.set(key, { containerType, exitCode, reason, count });
  }
}
