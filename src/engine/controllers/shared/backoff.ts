interface Entry {
  delayMs: number;
  updatedMs: number;
}

/**
 * Waits that double for each key, and are forgotten after twice the longest wait.
 *
 * Upstream: client-go/util/flowcontrol/backoff.go (v1.36), without jitter
 */
export class Backoff {
  readonly #now: () => number;
  readonly #initialMs: number;
  readonly #maxMs: number;
  readonly #entries = new Map<string, Entry>();
  constructor(now: () => number, initialMs: number, maxMs: number) {
    this.#now = now;
    this.#initialMs = initialMs;
    this.#maxMs = maxMs;
  }

  /** The present wait of a key in ms; 0 when it has none. */
  get(key: string): number {
    return this.#entries.get(key)?.delayMs ?? 0;
  }
  next(key: string): void {
    const now = this.#now();
    const entry = this.#entries.get(key);
    const expired = entry && now - entry.updatedMs > this.#maxMs * 2;
    const delayMs = entry && !expired ? Math.min(entry.delayMs * 2, this.#maxMs) : this.#initialMs;
    this.#entries.set(key, { delayMs, updatedMs: now });
  }
  isInBackOffSinceUpdate(key: string): boolean {
    const entry = this.#entries.get(key);
    if (!entry) return false;
    const since = this.#now() - entry.updatedMs;
    return since <= this.#maxMs * 2 && since < entry.delayMs;
  }
  reset(key: string): void {
    this.#entries.delete(key);
  }
}
