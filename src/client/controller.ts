import { isNotFound, StatusError } from '../apimachinery/status-error.ts';
import type { Process } from '../process/process.ts';
import { fork, type Task } from '../process/task.ts';
import type { RateLimitingQueue } from './rate-limiting-queue.ts';

/** Thrown by a reconcile that would fail in the same way again: the key is not tried again by itself. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}

export interface ControllerOptions {
  readonly name: string;
  readonly queue: RateLimitingQueue;
  /** Keys handled side by side. */
  readonly workers: number;
  /** Brings the world of one key nearer to what is wanted. Throwing makes the key come again, later each time. */
  reconcile(key: string): Process<void>;
  /** Told of every error that is no everyday answer of the server. */
  report?(error: unknown, what: string): void;
  /** Tries before a key is given up; without it a key is never given up. */
  readonly maxRetries?: number;
}

const everyday: ReadonlySet<string> = new Set([
  'Conflict',
  'AlreadyExists',
  'NotFound',
  'Timeout',
  'ServerTimeout',
  'TooManyRequests',
  'ServiceUnavailable',
  'Expired',
]);

/** Whether an error is part of a cluster's daily life: lost races, quotas, namespaces that are going away. */
function isEveryday(error: unknown): boolean {
  if (!(error instanceof StatusError)) return false;
  return everyday.has(error.reason) || (error.reason === 'Forbidden' && !error.message.includes(' cannot '));
}

/**
 * Takes keys from the queue and reconciles them until the queue is shut down. What one reconcile throws is reported and
 * harms no other.
 */
export function* runController(options: ControllerOptions): Process<void> {
  const workers: Task<void>[] = [];
  for (let i = 0; i < options.workers; i++) workers.push(yield* fork(work(options), options.name));
  try {
    for (const worker of workers) yield* worker.join();
  } finally {
    for (const worker of workers) worker.kill('controller stopped');
  }
}

function* work(options: ControllerOptions): Process<void> {
  const { queue } = options;
  for (;;) {
    const key = yield* queue.get();
    if (key === undefined) return;
    try {
      yield* options.reconcile(key);
      queue.forget(key);
    } catch (error) {
      handleError(options, key, error);
    } finally {
      queue.done(key);
    }
  }
}

function handleError(options: ControllerOptions, key: string, error: unknown): void {
  const { queue, name, maxRetries = Number.POSITIVE_INFINITY } = options;
  if (!isEveryday(error)) options.report?.(error, `${name} ${key}`);
  if (error instanceof TerminalError || queue.numRequeues(key) >= maxRetries) return queue.forget(key);
  queue.addRateLimited(key);
}

/** Runs a process that reads or deletes one object; gives undefined when the object is gone. */
export function* ignoreNotFound<T>(process: Process<T>): Process<T | undefined> {
  try {
    return yield* process;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
