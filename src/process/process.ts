/**
 * Cooperative processes as generators: everything that waits, waits with `yield*`.
 *
 * A process yields {@link Wait} values and a {@link Driver} decides what a wait means: `engine/sim` drives processes in virtual
 * time, `promise-driver.ts` drives the same code in wall-clock time (the terminal in the tab, the command line). Nothing here
 * knows a clock. A wait that is already satisfied costs about a function call.
 */

/** Continues the process; later calls are ignored. */
export type Resume = (value: unknown) => void;
/** Continues the process by throwing into it; later calls are ignored. */
export type Fail = (error: unknown) => void;

/** What a process may wait for. */
export type Wait =
  | { readonly kind: 'sleep'; readonly ms: number }
  | { readonly kind: 'suspend'; readonly start: (resume: Resume, fail: Fail) => (() => void) | void }
  | { readonly kind: 'driver' };

/** A cooperative process that ends with a T. Killing it runs its `finally` blocks; waits inside those are skipped. */
export type Process<T> = Generator<Wait, T, unknown>;

/** Where processes run: a clock, a queue, and the ambient context (in the engine: the cause) that timers and tasks inherit. */
export interface Driver {
  /** Milliseconds since the Unix epoch, in this driver's time. */
  now(): number;
  /** Calls back after `ms`; returns a function that cancels. `background` marks housekeeping that does not keep the loop from being idle. */
  setTimer(ms: number, callback: () => void, options?: { readonly background?: boolean }): () => void;
  /** Calls back after what is running now has ended, in order of calls. */
  defer(callback: () => void): void;
  /** The ambient context: captured by `setTimer` and `defer`, restored when they call back. */
  context: unknown;
  /** Joins the contexts that led to one effect (several events, one reconcile). */
  mergeContexts(contexts: readonly unknown[]): unknown;
  /** Takes an error that nobody waits for. */
  onUnhandled(error: unknown, name: string): void;
}

/** Waits `ms` milliseconds of the driver's time. */
export function* sleep(ms: number): Process<void> {
  yield { kind: 'sleep', ms };
}

/** Waits until `start`'s resume or fail is called. `start` may return a clean-up for when the process is killed while it waits. */
export function* suspend<T>(start: (resume: (value: T) => void, fail: Fail) => (() => void) | void): Process<T> {
  return (yield { kind: 'suspend', start: start as (resume: Resume, fail: Fail) => (() => void) | void }) as T;
}

/** The driver that runs this process. Does not wait. */
export function* currentDriver(): Process<Driver> {
  return (yield { kind: 'driver' }) as Driver;
}

/** Milliseconds since the Unix epoch in the driver's time. Does not wait. */
export function* now(): Process<number> {
  return (yield* currentDriver()).now();
}

/** Lets everything that is due now run first. */
export function* yieldNow(): Process<void> {
  const driver = yield* currentDriver();
  yield* suspend<void>((resume) => driver.defer(() => resume()));
}
