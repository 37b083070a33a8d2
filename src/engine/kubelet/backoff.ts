/** Exponential waits by key. Upstream: client-go/util/flowcontrol/backoff.go (v1.36), without jitter */
export class Backoff {
  readonly #initialMs: number;
  readonly #maxMs: number;
  readonly #expiresMs: number;
  readonly #now: () => number;
  readonly #entries = new Map<string, { readonly backoffMs: number; readonly lastUpdateMs: number }>();

  /** An entry that was not touched for `expiresMs` starts anew; twice the maximum by default. */
  constructor(options: {
    readonly initialMs: number;
    readonly maxMs: number;
    readonly expiresMs?: number;
    readonly now: () => number;
  }) {
    this.#initialMs = options.initialMs;
    this.#maxMs = options.maxMs;
    this.#expiresMs = options.expiresMs ?? options.maxMs * 2;
    this.#now = options.now;
  }

  /** The present wait of a key; 0 when it has none. */
  get(key: string): number {
    return this.#entries.get(key)?.backoffMs ?? 0;
  }

  /** Doubles the wait, or begins with the first one. */
  next(key: string, eventMs: number): void {
    const entry = this.#live(key, eventMs);
    const backoffMs = entry ? Math.min(entry.backoffMs * 2, this.#maxMs) : this.#initialMs;
    this.#entries.set(key, { backoffMs, lastUpdateMs: this.#now() });
  }

  /** Whether the wait counted from an event still lasts. */
  isInBackOffSince(key: string, eventMs: number): boolean {
    const entry = this.#live(key, eventMs);
    return entry !== undefined && this.#now() - eventMs < entry.backoffMs;
  }

  /** Whether the wait counted from the last `next` still lasts at a time. */
  isInBackOffSinceUpdate(key: string, eventMs: number): boolean {
    const entry = this.#live(key, eventMs);
    return entry !== undefined && eventMs - entry.lastUpdateMs < entry.backoffMs;
  }

  /** Forgets all keys that begin so. */
  forget(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key);
  }

  #live(key: string, eventMs: number): { readonly backoffMs: number; readonly lastUpdateMs: number } | undefined {
    const entry = this.#entries.get(key);
    return entry && eventMs - entry.lastUpdateMs <= this.#expiresMs ? entry : undefined;
  }
}
