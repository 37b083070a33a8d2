const timeoutMs = 300_000;

interface Expectation {
  add: number;
  readonly deletions: Set<string>;
  readonly sinceMs: number;
}

/**
 * Remembers what a controller has asked for and not yet seen, so that it does not ask twice while its view is behind.
 *
 * Upstream: pkg/controller/controller_utils.go UIDTrackingControllerExpectations (v1.36)
 */
export class ControllerExpectations {
  readonly #now: () => number;
  readonly #expectations = new Map<string, Expectation>();
  constructor(now: () => number) {
    this.#now = now;
  }

  expectCreations(key: string, count: number): void {
    this.#expectations.set(key, { add: count, deletions: new Set(), sinceMs: this.#now() });
  }
  /** `objectKeys`: `namespace/name` of what is being deleted. */
  expectDeletions(key: string, objectKeys: readonly string[]): void {
    this.#expectations.set(key, { add: 0, deletions: new Set(objectKeys), sinceMs: this.#now() });
  }
  setExpectations(key: string, creations: number, objectKeys: readonly string[]): void {
    this.#expectations.set(key, { add: creations, deletions: new Set(objectKeys), sinceMs: this.#now() });
  }
  creationObserved(key: string): void {
    const expectation = this.#expectations.get(key);
    if (expectation) expectation.add--;
  }
  deletionObserved(key: string, objectKey: string): void {
    this.#expectations.get(key)?.deletions.delete(objectKey);
  }
  /** Whether the view is up to date, or has been behind for so long that it is no use waiting. */
  satisfiedExpectations(key: string): boolean {
    const expectation = this.#expectations.get(key);
    if (!expectation) return true;
    if (expectation.add <= 0 && expectation.deletions.size === 0) return true;
    return this.#now() - expectation.sinceMs > timeoutMs;
  }
  deleteExpectations(key: string): void {
    this.#expectations.delete(key);
  }
}
