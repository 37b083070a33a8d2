import { currentDriver, type Process, suspend } from './process.ts';
import { fork, KilledError, type Outcome, type Task } from './task.ts';

/** Thrown by `withTimeout`. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

const unwrap = <T>(outcome: Outcome<T>): T => {
  if (outcome.kind === 'returned') return outcome.value;
  throw outcome.kind === 'threw' ? outcome.error : new KilledError(outcome.reason);
};

/** Runs the processes side by side; the first error kills the others. */
export function* all<T>(processes: readonly Process<T>[]): Process<T[]> {
  const tasks: Task<T>[] = [];
  for (const process of processes) tasks.push(yield* fork(process));
  try {
    const results: T[] = [];
    for (const task of tasks) results.push(yield* task.join());
    return results;
  } finally {
    for (const task of tasks) task.kill('sibling ended');
  }
}

/** Waits for the first of the processes to end and kills the others. */
export function* race<T>(processes: readonly Process<T>[]): Process<T> {
  const tasks: Task<T>[] = [];
  for (const process of processes) tasks.push(yield* fork(process));
  try {
    const first = yield* suspend<Outcome<T>>((resume) => {
      for (const task of tasks) task.onSettled(resume);
    });
    return unwrap(first);
  } finally {
    for (const task of tasks) task.kill('lost the race');
  }
}

/** Runs a process for at most `ms`. @throws TimeoutError, having killed it. */
export function* withTimeout<T>(ms: number, process: Process<T>): Process<T> {
  const task = yield* fork(process);
  const driver = yield* currentDriver();
  try {
    const outcome = yield* suspend<Outcome<T> | 'timeout'>((resume) => {
      const cancel = driver.setTimer(ms, () => resume('timeout'));
      task.onSettled((settled) => {
        cancel();
        resume(settled);
      });
      return cancel;
    });
    if (outcome === 'timeout') throw new TimeoutError(`timed out after ${ms} ms`);
    return unwrap(outcome);
  } finally {
    task.kill('timed out');
  }
}
