import type * as corev1 from '../../api/core/v1.ts';
import type { ClusterEvent } from './cluster-event.ts';
import { PodInfo } from './pod-info.ts';

/**
 * A pod in the scheduling queue.
 *
 * Upstream: pkg/scheduler/framework/types.go QueuedPodInfo (v1.36)
 */
export class QueuedPodInfo {
  info: PodInfo;
  /** When it last came into the queue, ms since the Unix epoch. */
  timestamp: number;
  /** Orders pods of one millisecond. */
  sequence: number;
  attempts = 0;
  /** Aligned to the second; 0 when it is not known yet. */
  backoffExpiration = 0;
  unschedulableCount = 0;
  consecutiveErrorsCount = 0;
  initialAttemptTimestamp: number | undefined = undefined;
  unschedulablePlugins: Set<string> = new Set();
  pendingPlugins: Set<string> = new Set();
  /** The plugin that keeps it from being tried at all. */
  gatingPlugin = '';
  gatingPluginEvents: readonly ClusterEvent[] = [];
  /** The ambient contexts of what let it be tried: the next attempt's causes. */
  contexts: unknown[] = [];

  constructor(pod: corev1.Pod, timestamp: number, sequence: number) {
    this.info = new PodInfo(pod);
    this.timestamp = timestamp;
    this.sequence = sequence;
  }

  get pod(): corev1.Pod {
    return this.info.pod;
  }
  get key(): string {
    return this.info.key;
  }
  get gated(): boolean {
    return this.gatingPlugin !== '';
  }
  get isRejected(): boolean {
    return this.unschedulablePlugins.size > 0 || this.pendingPlugins.size > 0;
  }
  update(pod: corev1.Pod): void {
    this.info = new PodInfo(pod);
  }
  clearRejectorPlugins(): void {
    this.unschedulablePlugins.clear();
    this.pendingPlugins.clear();
    this.gatingPlugin = '';
    this.gatingPluginEvents = [];
  }
}
