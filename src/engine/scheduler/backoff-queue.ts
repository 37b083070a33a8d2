import { Heap } from './heap.ts';
import type { QueuedPodInfo } from './queued-pod-info.ts';

/** Pods whose back-off ends in the same second are ordered by priority. */
export const backoffWindowMs = 1000;

const align = (ms: number) => Math.floor(ms / backoffWindowMs) * backoffWindowMs;

export interface BackoffOptions {
  readonly initialMs: number;
  readonly maxMs: number;
  now(): number;
  less(a: QueuedPodInfo, b: QueuedPodInfo): boolean;
}

/**
 * Pods that wait before they are tried again: 1 s after the first failure, then twice as long each time, up to 10 s. Those that
 * failed with an error rather than for want of a node wait apart: they are not taken early.
 *
 * Upstream: pkg/scheduler/backend/queue/backoff_queue.go (v1.36)
 */
export class BackoffQueue {
  readonly #options: BackoffOptions;
  readonly #rejected: Heap<QueuedPodInfo>;
  readonly #failed: Heap<QueuedPodInfo>;

  constructor(options: BackoffOptions) {
    this.#options = options;
    const key = (info: QueuedPodInfo) => info.key;
    const time = (info: QueuedPodInfo) => this.backoffTime(info);
    this.#rejected = new Heap(key, (a, b) => (time(a) === time(b) ? options.less(a, b) : time(a) < time(b)));
    this.#failed = new Heap(key, (a, b) => time(a) < time(b));
  }

  get size(): number {
    return this.#rejected.size + this.#failed.size;
  }
  get(key: string): QueuedPodInfo | undefined {
    return this.#rejected.get(key) ?? this.#failed.get(key);
  }
  values(): QueuedPodInfo[] {
    return [...this.#rejected.values(), ...this.#failed.values()];
  }
  add(info: QueuedPodInfo): void {
    this.delete(info.key);
    (info.isRejected ? this.#rejected : this.#failed).put(info);
  }
  /** Finds its place again after a change. */
  touch(info: QueuedPodInfo): void {
    (this.#rejected.get(info.key) ? this.#rejected : this.#failed).put(info);
  }
  delete(key: string): QueuedPodInfo | undefined {
    return this.#rejected.delete(key) ?? this.#failed.delete(key);
  }
  /** The next rejected pod, before its time. Upstream: SchedulerPopFromBackoffQ */
  popEarly(): QueuedPodInfo | undefined {
    return this.#rejected.pop();
  }
  popCompleted(): QueuedPodInfo[] {
    const out: QueuedPodInfo[] = [];
    for (const heap of [this.#rejected, this.#failed]) {
      for (let top = heap.peek(); top && !this.isBackingOff(top); top = heap.peek()) out.push(heap.pop() ?? top);
    }
    return out;
  }
  isBackingOff(info: QueuedPodInfo): boolean {
    return this.backoffTime(info) >= align(this.#options.now());
  }
  /** When its back-off ends, in ms since the Unix epoch; 0 when it has none. */
  backoffTime(info: QueuedPodInfo): number {
    const count = info.consecutiveErrorsCount || info.unschedulableCount;
    if (count === 0 || this.#options.maxMs === 0) return 0;
    info.backoffExpiration ||= align(info.timestamp + this.#duration(count));
    return info.backoffExpiration;
  }

  #duration(count: number): number {
    return Math.min(this.#options.initialMs * 2 ** (count - 1), this.#options.maxMs);
  }
}
