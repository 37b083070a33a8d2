import { WorkQueue } from './work-queue.ts';

/**
 * A work queue that can add keys later. Of several waits for one key the earliest counts.
 *
 * Upstream: client-go/util/workqueue/delaying_queue.go (v1.36)
 */
export class DelayingQueue extends WorkQueue {
  readonly #waiting = new Map<string, { readonly at: number; readonly cancel: () => void }>();

  /** Adds the key after `ms`. A `background` wait does not keep the driver from being idle. */
  addAfter(key: string, ms: number, options: { readonly background?: boolean } = {}): void {
    if (this.shuttingDown) return;
    if (ms <= 0) return this.add(key);
    const at = this.driver.now() + ms;
    const known = this.#waiting.get(key);
    if (known && known.at <= at) return;
    known?.cancel();
    const fire = () => {
      this.#waiting.delete(key);
      this.add(key);
    };
    this.#waiting.set(key, { at, cancel: this.driver.setTimer(ms, fire, options) });
  }
  override shutDown(): void {
    for (const { cancel } of this.#waiting.values()) cancel();
    this.#waiting.clear();
    super.shutDown();
  }
}
