/** Says how long a key must wait before its next try. Times in ms. */
export interface RateLimiter {
  when(key: string): number;
  forget(key: string): void;
  numRequeues(key: string): number;
}

/**
 * Each failure of a key doubles its wait.
 *
 * Upstream: client-go/util/workqueue/default_rate_limiters.go TypedItemExponentialFailureRateLimiter (v1.36)
 */
export class ExponentialFailureRateLimiter implements RateLimiter {
  readonly #baseMs: number;
  readonly #maxMs: number;
  readonly #failures = new Map<string, number>();
  constructor(baseMs: number, maxMs: number) {
    this.#baseMs = baseMs;
    this.#maxMs = maxMs;
  }
  when(key: string): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    return Math.min(this.#baseMs * 2 ** failures, this.#maxMs);
  }
  forget(key: string): void {
    this.#failures.delete(key);
  }
  numRequeues(key: string): number {
    return this.#failures.get(key) ?? 0;
  }
}

/**
 * A token bucket for all keys together.
 *
 * Upstream: client-go/util/workqueue/default_rate_limiters.go TypedBucketRateLimiter (v1.36)
 */
export class BucketRateLimiter implements RateLimiter {
  readonly #now: () => number;
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #last: number;
  constructor(now: () => number, perSecond: number, burst: number) {
    this.#now = now;
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#last = now();
  }
  when(): number {
    const now = this.#now();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#last) / 1000) * this.#perSecond) - 1;
    this.#last = now;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#perSecond) * 1000;
  }
  /** Whether a token is there; takes it if so. */
  tryAccept(): boolean {
    const now = this.#now();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#last) / 1000) * this.#perSecond);
    this.#last = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
  forget(): void {}
  numRequeues(): number {
    return 0;
  }
}

/** The longest wait of several limiters. */
export class MaxOfRateLimiter implements RateLimiter {
  readonly #limiters: readonly RateLimiter[];
  constructor(limiters: readonly RateLimiter[]) {
    this.#limiters = limiters;
  }
  when(key: string): number {
    return Math.max(...this.#limiters.map((limiter) => limiter.when(key)));
  }
  forget(key: string): void {
    for (const limiter of this.#limiters) limiter.forget(key);
  }
  numRequeues(key: string): number {
    return Math.max(...this.#limiters.map((limiter) => limiter.numRequeues(key)));
  }
}

/** 5 ms doubling to 1000 s for each key; 10 a second with a burst of 100 for all. Upstream: DefaultTypedControllerRateLimiter */
export function defaultControllerRateLimiter(now: () => number): RateLimiter {
  return new MaxOfRateLimiter([new ExponentialFailureRateLimiter(5, 1_000_000), new BucketRateLimiter(now, 10, 100)]);
}
