import type * as corev1 from '../../../api/core/v1.ts';
import { timeOf } from './api-time.ts';
import { getPodCondition } from './pod-status.ts';

interface State {
  readonly serviceMs: number;
  readonly podMs: ReadonlyMap<string, number>;
}

/**
 * Finds when the oldest change happened that a service's endpoints do not show yet.
 *
 * Upstream: endpointslice/util/trigger_time_tracker.go (v1.36)
 */
export class TriggerTimeTracker {
  readonly #states = new Map<string, State>();

  /** The time as the annotation writes it; undefined when nothing new has happened. */
  compute(key: string, service: corev1.Service, pods: readonly corev1.Pod[]): string | undefined {
    const state = this.#states.get(key);
    const podMs = new Map<string, number>();
    const changed: number[] = [];
    for (const pod of pods) {
      const ms = timeOf(getPodCondition(pod, 'Ready')?.lastTransitionTime);
      if (ms === undefined) continue;
      const name = pod.metadata.name ?? '';
      podMs.set(name, ms);
      if (ms > (state?.podMs.get(name) ?? 0)) changed.push(ms);
    }
    const serviceMs = timeOf(service.metadata.creationTimestamp) ?? 0;
    if (serviceMs > (state?.serviceMs ?? 0)) changed.push(serviceMs);
    this.#states.set(key, { serviceMs, podMs });
    return changed.length === 0 ? undefined : `${new Date(Math.min(...changed)).toISOString().slice(0, 19)}Z`;
  }
  forget(key: string): void {
    this.#states.delete(key);
  }
}
