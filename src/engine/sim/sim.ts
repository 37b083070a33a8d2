/**
 * The simulation kernel: a discrete-event loop in virtual time.
 *
 * Everything in the engine runs as tasks of one loop, ordered by (time, sequence); a task runs to its end. Processes
 * (`process/`) are driven by it, chance is forked from its seed, and every task carries the cause that led to it.
 * `advance` moves time; nothing else does.
 */
import type { Driver, Process } from '../../process/process.ts';
import { spawn, type Task } from '../../process/task.ts';
import { type Cause, JointCause, type Write, WriteCause } from './cause.ts';
import { Random } from './random.ts';
import { type TimerEntry, TimerHeap } from './timer-heap.ts';

/** A rule that must hold does not: the loop stops and the page says so. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

export interface SimOptions {
  /** Same seed and same inputs give the same history. */
  readonly seed?: string;
  /** Wall-clock start of virtual time, ms since the Unix epoch. */
  readonly epochMs?: number;
  /** Told of every error that no process waits for; an InvariantError also stops the loop. */
  readonly onError?: (error: unknown, name: string) => void;
}

export interface IdleLimit {
  /** Virtual milliseconds to run at most. */
  readonly limitMs?: number;
}

export class Sim implements Driver {
  readonly random: Random;
  readonly epochMs: number;
  readonly #onError: (error: unknown, name: string) => void;
  readonly #heap = new TimerHeap();
  #ready: TimerEntry[] = [];
  #readyAt = 0;
  #sequence = 0;
  #elapsed = 0;
  #foreground = 0;
  #holds = 0;
  #causes = 0;
  #background = false;
  #stopped = false;
  #context: unknown = undefined;
  #tasksRun = 0;

  constructor(options: SimOptions = {}) {
    this.random = new Random(options.seed ?? 'tabernetes');
    this.epochMs = options.epochMs ?? Date.UTC(2026, 0, 1);
    this.#onError =
      options.onError ??
      ((error) => {
        throw error;
      });
  }

  /** Virtual milliseconds since the start. */
  get elapsed(): number {
    return this.#elapsed;
  }
  now(): number {
    return this.epochMs + this.#elapsed;
  }
  /** Tasks run so far: a measure of work, equal in equal runs. */
  get tasksRun(): number {
    return this.#tasksRun;
  }
  get stopped(): boolean {
    return this.#stopped;
  }
  /** Timers and tasks that are waiting; 0 after `stop`. */
  get pending(): number {
    return this.#heap.size + this.#ready.length - this.#readyAt;
  }

  get context(): unknown {
    return this.#context;
  }
  set context(value: unknown) {
    this.#context = value;
  }
  /** The cause of what is running now. */
  get cause(): Cause | undefined {
    return this.#context as Cause | undefined;
  }
  /** Makes a link of the chain, following the present cause unless parents are given. */
  newCause(label: string, more: Partial<Omit<Cause, 'id' | 'label' | 'at'>> = {}): Cause {
    const parents = more.parents ?? (this.cause ? [this.cause] : []);
    // The spread comes last: members added after one give every object a shape of its own.
    return { id: ++this.#causes, label, at: this.#elapsed, parents, ...more };
  }
  /** As `newCause`, for a write to the store. */
  newWriteCause(actor: string, write: Write): Cause {
    return new WriteCause(++this.#causes, this.#elapsed, this.cause, actor, write);
  }
  withCause<T>(cause: Cause | undefined, action: () => T): T {
    const previous = this.#context;
    this.#context = cause;
    try {
      return action();
    } finally {
      this.#context = previous;
    }
  }
  mergeContexts(contexts: readonly unknown[]): unknown {
    const distinct = [...new Set(contexts)].filter((context) => context !== undefined) as Cause[];
    if (distinct.length <= 1) return distinct[0];
    return new JointCause(++this.#causes, this.#elapsed, distinct);
  }

  /** Runs `callback` after `delayMs`; returns a function that cancels. Background is inherited by what a background task schedules. */
  setTimer(delayMs: number, callback: () => void, options?: { readonly background?: boolean }): () => void {
    const entry = this.#entry(this.#elapsed + Math.max(0, delayMs), callback, options?.background ?? this.#background);
    if (delayMs <= 0) this.#ready.push(entry);
    else this.#heap.push(entry);
    return () => this.#cancel(entry);
  }
  defer(callback: () => void): void {
    this.#ready.push(this.#entry(this.#elapsed, callback, this.#background));
  }
  /** Runs `action` so that what it schedules counts as foreground, even inside housekeeping. */
  foreground<T>(action: () => T): T {
    const before = this.#background;
    this.#background = false;
    try {
      return action();
    } finally {
      this.#background = before;
    }
  }
  /** Runs `action` so that what it schedules does not keep the loop from being idle. */
  background<T>(action: () => T): T {
    const before = this.#background;
    this.#background = true;
    try {
      return action();
    } finally {
      this.#background = before;
    }
  }
  spawn<T>(process: Process<T>, name?: string): Task<T> {
    return spawn(this, process, name);
  }

  /** Keeps virtual time still until the returned function is called: for the rare edge that must wait for a promise. */
  hold(): () => void {
    this.#holds++;
    let released = false;
    return () => {
      if (!released) this.#holds--;
      released = true;
    };
  }
  get held(): boolean {
    return this.#holds > 0;
  }

  onUnhandled(error: unknown, name: string): void {
    if (error instanceof InvariantError) this.stop();
    this.#onError(error, name);
  }

  /** Runs everything due within the next `ms`, then stands at that time. */
  advance(ms: number): void {
    const until = this.#elapsed + ms;
    while (!this.#stopped && !this.held && this.#runNext(until));
    if (!this.#stopped && !this.held) this.#elapsed = Math.max(this.#elapsed, until);
  }
  /** Runs what is due now, without moving time. */
  settle(): void {
    this.advance(0);
  }
  /** Runs one task, moving time to it. Gives false when nothing is waiting. */
  step(): boolean {
    return !this.#stopped && !this.held && this.#runNext(Number.POSITIVE_INFINITY);
  }
  /** Runs until the condition holds; gives whether it did. Time then stands at the task that made it true. */
  runUntil(condition: () => boolean, { limitMs = 3_600_000 }: IdleLimit = {}): boolean {
    const until = this.#elapsed + limitMs;
    while (!condition()) {
      if (this.#stopped || this.held || !this.#runNext(until)) return condition();
    }
    return true;
  }
  /** Runs until only background work is waiting; gives whether that came within the limit. */
  runUntilIdle({ limitMs = 3_600_000 }: IdleLimit = {}): boolean {
    const until = this.#elapsed + limitMs;
    while (this.#foreground > 0) {
      if (this.#stopped || this.held || !this.#runNext(until)) return this.#foreground === 0;
    }
    return true;
  }
  /** When the next task is due, in ms since the start. */
  nextAt(): number | undefined {
    if (this.#readyAt < this.#ready.length) return this.#elapsed;
    while (this.#heap.peek()?.cancelled) this.#heap.pop();
    return this.#heap.peek()?.at;
  }
  /** Ends the loop: nothing waits any more, nothing runs any more. */
  stop(): void {
    this.#stopped = true;
    this.#heap.clear();
    this.#ready = [];
    this.#readyAt = 0;
    this.#foreground = 0;
  }

  #entry(at: number, callback: () => void, background: boolean): TimerEntry {
    if (!background) this.#foreground++;
    return { at, sequence: ++this.#sequence, background, callback, context: this.#context, cancelled: false };
  }
  #cancel(entry: TimerEntry): void {
    if (entry.cancelled) return;
    entry.cancelled = true;
    if (!entry.background) this.#foreground--;
  }
  #runNext(until: number): boolean {
    const entry = this.#take(until);
    if (!entry) return false;
    entry.cancelled = true;
    if (!entry.background) this.#foreground--;
    this.#tasksRun++;
    this.#background = entry.background;
    this.#context = entry.context;
    try {
      entry.callback();
    } catch (error) {
      this.onUnhandled(error, 'task');
    } finally {
      this.#background = false;
      this.#context = undefined;
    }
    return true;
  }
  #take(until: number): TimerEntry | undefined {
    for (;;) {
      const heapTop = this.#heap.peek();
      const readyTop = this.#ready[this.#readyAt];
      if (heapTop?.cancelled) {
        this.#heap.pop();
        continue;
      }
      // A timer that is due at this very instant was scheduled before anything that the instant itself deferred.
      if (readyTop && !(heapTop && heapTop.at <= this.#elapsed && heapTop.sequence < readyTop.sequence)) {
        this.#readyAt++;
        if (this.#readyAt === this.#ready.length || (this.#readyAt > 1024 && this.#readyAt * 2 > this.#ready.length)) {
          this.#ready = this.#ready.slice(this.#readyAt);
          this.#readyAt = 0;
        }
        if (readyTop.cancelled) continue;
        return readyTop;
      }
      if (!heapTop || heapTop.at > until) return undefined;
      this.#heap.pop();
      if (heapTop.at > this.#elapsed) this.#elapsed = heapTop.at;
      return heapTop;
    }
  }
}
