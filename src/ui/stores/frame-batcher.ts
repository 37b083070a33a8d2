/** When a batch may run: after a frame in the page, a hand-cranked queue in tests. */
export interface FrameScheduler {
  /** Calls back once, no sooner than `delayMs` from now, and each time in a task of its own. */
  request(callback: () => void, delayMs: number): void;
  now(): number;
}

/**
 * Gathers what changed between two frames and hands it on once: at most one flush a frame, and at most one every
 * `minIntervalMs` when the last flush said that much is on display.
 */
export class FrameBatcher<T> {
  readonly #schedule: FrameScheduler;
  readonly #flush: (batch: readonly T[]) => number;
  #pending: T[] = [];
  #requested = false;
  #notBefore = 0;

  /** `flush` gives the least number of milliseconds until the next one. */
  constructor(schedule: FrameScheduler, flush: (batch: readonly T[]) => number) {
    this.#schedule = schedule;
    this.#flush = flush;
  }

  add(item: T): void {
    this.#pending.push(item);
    if (this.#requested) return;
    this.#requested = true;
    this.#schedule.request(() => this.#run(), Math.max(this.#notBefore - this.#schedule.now(), 0));
  }

  #run(): void {
    const now = this.#schedule.now();
    this.#requested = false;
    const batch = this.#pending;
    this.#pending = [];
    this.#notBefore = now + this.#flush(batch);
  }
}

/**
 * Frames of the page: what is due runs after the next one was drawn, so that neither waits for the other. A hidden tab, which gets
 * none, is served four times a second.
 */
export function pageFrames(): FrameScheduler {
  const { port1, port2 } = new MessageChannel();
  const due: (() => void)[] = [];
  port1.onmessage = () => due.shift()?.();
  return {
    request(callback: () => void, delayMs: number) {
      if (document.visibilityState === 'hidden') setTimeout(callback, Math.max(delayMs, 250));
      else if (delayMs > 0) setTimeout(callback, delayMs);
      else
        requestAnimationFrame(() => {
          due.push(callback);
          port2.postMessage(undefined);
        });
    },
    now: () => performance.now(),
  };
}
