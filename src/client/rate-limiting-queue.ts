import type { Driver } from '../process/process.ts';
import { DelayingQueue } from './delaying-queue.ts';
import { defaultControllerRateLimiter, type RateLimiter } from './rate-limiters.ts';

/**
 * A delaying queue whose limiter says how long a failed key waits.
 *
 * Upstream: client-go/util/workqueue/rate_limiting_queue.go (v1.36)
 */
export class RateLimitingQueue extends DelayingQueue {
  readonly #limiter: RateLimiter;
  constructor(driver: Driver, limiter: RateLimiter = defaultControllerRateLimiter(() => driver.now())) {
    super(driver);
    this.#limiter = limiter;
  }
  addRateLimited(key: string): void {
    this.addAfter(key, this.#limiter.when(key));
  }
  /** The key succeeded, or is given up: its waits begin anew. */
  forget(key: string): void {
    this.#limiter.forget(key);
  }
  numRequeues(key: string): number {
    return this.#limiter.numRequeues(key);
  }
}
