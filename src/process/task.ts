import { currentDriver, type Driver, type Process, suspend, type Wait } from './process.ts';

/** Thrown by `join` when the task was killed. */
export class KilledError extends Error {
  override readonly name = 'KilledError';
  readonly reason: unknown;
  constructor(reason: unknown) {
    super('the process was killed');
    this.reason = reason;
  }
}

export type Outcome<T> =
  | { readonly kind: 'returned'; readonly value: T }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'killed'; readonly reason: unknown };

/** A running process. It starts when what is running now has ended, and continues one wait at a time. */
export class Task<T> {
  readonly name: string;
  outcome: Outcome<T> | undefined;
  readonly #driver: Driver;
  readonly #process: Process<T>;
  #cancelWait: (() => void) | undefined;
  #waitId = 0;
  #running = false;
  #killReason: { reason: unknown } | undefined;
  #listeners: ((outcome: Outcome<T>) => void)[] = [];
  #observed = false;

  constructor(driver: Driver, process: Process<T>, name: string) {
    this.#driver = driver;
    this.#process = process;
    this.name = name;
    driver.defer(() => {
      if (!this.outcome) this.#step(undefined, false);
    });
  }

  get settled(): boolean {
    return this.outcome !== undefined;
  }

  /** Calls back once with how the task ended; at once if it has ended already. An observed task's error is the observer's to handle. */
  onSettled(listener: (outcome: Outcome<T>) => void): void {
    this.#observed = true;
    if (this.outcome) listener(this.outcome);
    else this.#listeners.push(listener);
  }

  /** Waits for the end. @throws what the process threw; KilledError when it was killed. */
  *join(): Process<T> {
    const outcome = this.outcome ?? (yield* suspend<Outcome<T>>((resume) => this.onSettled(resume)));
    if (outcome.kind === 'returned') return outcome.value;
    throw outcome.kind === 'threw' ? outcome.error : new KilledError(outcome.reason);
  }

  /** Ends the process at its present wait; its `finally` blocks run now, and their waits are skipped. */
  kill(reason?: unknown): void {
    if (this.outcome || this.#killReason) return;
    this.#killReason = { reason };
    if (this.#running) return; // it kills itself: takes effect at its next wait
    this.#finishKill();
  }

  #finishKill(): void {
    this.#waitId++;
    const cancel = this.#cancelWait;
    this.#cancelWait = undefined;
    cancel?.();
    this.#running = true;
    try {
      let result = this.#process.return(undefined as T);
      while (!result.done) result = this.#process.return(undefined as T);
    } catch (error) {
      this.#driver.onUnhandled(error, this.name);
    } finally {
      this.#running = false;
    }
    this.#settle({ kind: 'killed', reason: this.#killReason?.reason });
  }

  #step(input: unknown, failed: boolean): void {
    this.#running = true;
    let value = input;
    let throwing = failed;
    try {
      for (;;) {
        const result = throwing ? this.#process.throw(value) : this.#process.next(value);
        throwing = false;
        if (result.done) return this.#settle({ kind: 'returned', value: result.value });
        if (this.#killReason) {
          this.#running = false;
          return this.#finishKill();
        }
        if (result.value.kind === 'driver') {
          value = this.#driver;
          continue;
        }
        const ready = this.#begin(result.value);
        if (!ready) return;
        value = ready.value;
        throwing = ready.failed;
      }
    } catch (error) {
      this.#settle({ kind: 'threw', error });
    } finally {
      this.#running = false;
    }
  }

  /** Starts a wait; gives its answer when there is one at once. */
  #begin(wait: Exclude<Wait, { kind: 'driver' }>): { value: unknown; failed: boolean } | undefined {
    const id = ++this.#waitId;
    if (wait.kind === 'sleep') {
      this.#cancelWait = this.#driver.setTimer(wait.ms, () => {
        if (this.#waitId === id && !this.outcome) this.#step(undefined, false);
      });
      return undefined;
    }
    let immediate: { value: unknown; failed: boolean } | undefined;
    let starting = true;
    let done = false;
    const wake = (value: unknown, failed: boolean) => {
      if (done || this.#waitId !== id) return;
      done = true;
      if (starting) {
        immediate = { value, failed };
        return;
      }
      this.#cancelWait = undefined;
      this.#driver.defer(() => {
        if (this.#waitId === id && !this.outcome) this.#step(value, failed);
      });
    };
    this.#cancelWait = undefined;
    const cancel = wait.start(
      (value) => wake(value, false),
      (error) => wake(error, true),
    );
    starting = false;
    if (!immediate) this.#cancelWait = cancel ?? undefined;
    return immediate;
  }

  #settle(outcome: Outcome<T>): void {
    if (this.outcome) return;
    this.outcome = outcome;
    const listeners = this.#listeners;
    this.#listeners = [];
    if (outcome.kind === 'threw' && !this.#observed) this.#driver.onUnhandled(outcome.error, this.name);
    for (const listener of listeners) listener(outcome);
  }
}

/** Starts a process on a driver. */
export function spawn<T>(driver: Driver, process: Process<T>, name = 'process'): Task<T> {
  return new Task(driver, process, name);
}

/** Starts a process beside the present one, on the same driver. Does not wait. */
export function* fork<T>(process: Process<T>, name?: string): Process<Task<T>> {
  return spawn(yield* currentDriver(), process, name);
}
