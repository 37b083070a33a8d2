import type * as corev1 from '../../api/core/v1.ts';
import type { ClusterEvent } from './cluster-event.ts';

export interface InFlightEvent {
  readonly event: ClusterEvent;
  readonly old: unknown;
  readonly object: unknown;
  readonly context: unknown;
}

/**
 * Pods that are being tried, and what has happened since each was taken: it may help a pod that turns out not to fit.
 *
 * Upstream: pkg/scheduler/backend/queue/active_queue.go (v1.36)
 */
export class InFlight {
  /** For each pod, how many events had come when it was taken. */
  readonly #since = new Map<string, number>();
  #events: InFlightEvent[] = [];
  #dropped = 0;
  readonly #context: () => unknown;

  constructor(context: () => unknown) {
    this.#context = context;
  }

  get size(): number {
    return this.#since.size;
  }
  add(pod: corev1.Pod): void {
    this.#since.set(pod.metadata.uid ?? '', this.#dropped + this.#events.length);
  }
  done(uid: string): void {
    const since = this.#since.get(uid);
    if (since === undefined || !this.#since.delete(uid)) return;
    // Insertion order is the order in which pods were taken: the first of those left needs the oldest events.
    const [oldest] = this.#since.values();
    const keepFrom = oldest ?? this.#dropped + this.#events.length;
    if (keepFrom > this.#dropped) this.#events = this.#events.slice(keepFrom - this.#dropped);
    this.#dropped = keepFrom;
  }
  addEvent(event: ClusterEvent, old: unknown, object: unknown): void {
    if (this.#since.size > 0) this.#events.push({ event, old, object, context: this.#context() });
  }
  /** Keeps the events when they are about a pod that is being tried; gives whether they are. */
  addEventsOf(old: corev1.Pod | undefined, pod: corev1.Pod, events: readonly ClusterEvent[]): boolean {
    if (!this.#since.has(pod.metadata.uid ?? '')) return false;
    for (const event of events) this.addEvent(event, old, pod);
    return true;
  }
  /** What has happened since the pod was taken. */
  eventsFor(uid: string): readonly InFlightEvent[] {
    const since = this.#since.get(uid);
    return since === undefined ? [] : this.#events.slice(since - this.#dropped);
  }
}
