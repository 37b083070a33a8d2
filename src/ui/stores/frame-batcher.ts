/** When a batch may run: `requestAnimationFrame` in the page, a hand-cranked queue in tests. */
export interface FrameScheduler {
  request(callback: () => void): void;
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
    this.#schedule.request(() => this.#run());
  }

  #run(): void {
    const now = this.#schedule.now();
    if (now < this.#notBefore) {
      this.#schedule.request(() => this.#run());
      return;
    }
    this.#requested = false;
    const batch = this.#pending;
    this.#pending = [];
    this.#notBefore = now + this.#flush(batch);
  }
}

/** Frames of the page; a hidden tab, which gets none, is served four times a second. */
export const pageFrames: FrameScheduler = {
  request: (callback) => {
    if (document.visibilityState === 'hidden') setTimeout(callback, 250);
    else requestAnimationFrame(callback);
  },
  now: () => performance.now(),
};
