import { type Driver, type Process, suspend } from '../process/process.ts';

/** A context more than this many led to tells nobody anything. */
const contextLimit = 16;

/**
 * Keys to be handled: each at most once at a time and never lost. A key added while it is being handled comes again afterwards.
 *
 * Upstream: client-go/util/workqueue/queue.go (v1.36)
 */
export class WorkQueue {
  protected readonly driver: Driver;
  readonly #order: string[] = [];
  readonly #dirty = new Set<string>();
  readonly #processing = new Set<string>();
  readonly #contexts = new Map<string, unknown[]>();
  #waiting: (() => void)[] = [];
  #shuttingDown = false;

  constructor(driver: Driver) {
    this.driver = driver;
  }

  /** Keys that wait to be handled, without those being handled. */
  get length(): number {
    return this.#order.length;
  }
  get shuttingDown(): boolean {
    return this.#shuttingDown;
  }
  add(key: string): void {
    if (this.#shuttingDown) return;
    this.#remember(key);
    if (this.#dirty.has(key)) return;
    this.#dirty.add(key);
    if (!this.#processing.has(key)) this.#enqueue(key);
  }
  /**
   * Waits for a key; undefined after `shutDown`. The process goes on in the contexts of all who added the key. Whoever gets a key
   * must call `done`.
   */
  *get(): Process<string | undefined> {
    while (this.#order.length === 0) {
      if (this.#shuttingDown) return undefined;
      yield* suspend<void>((resume) => this.#park(resume));
    }
    const key = this.#order.shift() as string;
    this.#processing.add(key);
    this.#dirty.delete(key);
    this.driver.context = this.driver.mergeContexts(this.#contexts.get(key) ?? []);
    this.#contexts.delete(key);
    return key;
  }
  done(key: string): void {
    this.#processing.delete(key);
    if (this.#dirty.has(key)) this.#enqueue(key);
  }
  /** Takes no more keys; what waits is dropped, and every `get` gives undefined. */
  shutDown(): void {
    this.#shuttingDown = true;
    this.#order.length = 0;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #enqueue(key: string): void {
    if (this.#shuttingDown) return;
    this.#order.push(key);
    this.#waiting.shift()?.();
  }
  #remember(key: string): void {
    const context = this.driver.context;
    if (context === undefined) return;
    const known = this.#contexts.get(key);
    if (!known) this.#contexts.set(key, [context]);
    else if (known.length < contextLimit && !known.includes(context)) known.push(context);
  }
  #park(resume: () => void): () => void {
    this.#waiting.push(resume);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== resume);
    };
  }
}
