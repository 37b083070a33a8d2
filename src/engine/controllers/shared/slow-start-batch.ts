import type { Process } from '../../../process/process.ts';
import { fork } from '../../../process/task.ts';

/**
 * Runs `action` `count` times in batches of 1, 2, 4 …, each batch side by side; stops after a batch in which one failed.
 *
 * Upstream: pkg/controller/replicaset/replica_set.go slowStartBatch (v1.36)
 */
export function* slowStartBatch(
  count: number,
  initialBatchSize: number,
  action: (index: number) => Process<void>,
): Process<{ readonly successes: number; readonly error?: unknown }> {
  let remaining = count;
  let successes = 0;
  let index = 0;
  for (let size = Math.min(remaining, initialBatchSize); size > 0; size = Math.min(2 * size, remaining)) {
    const { succeeded, errors } = yield* runAll(Array.from({ length: size }, () => action(index++)));
    successes += succeeded;
    if (errors.length > 0) return { successes, error: errors[0] };
    remaining -= size;
  }
  return { successes };
}

/** Runs all processes side by side to their ends, whatever fails. */
export function* runAll(
  processes: readonly Process<void>[],
): Process<{ readonly succeeded: number; readonly errors: readonly unknown[] }> {
  const tasks = [];
  for (const process of processes) tasks.push(yield* fork(settle(process)));
  const errors: unknown[] = [];
  for (const task of tasks) {
    const failure = yield* task.join();
    if (failure) errors.push(failure.error);
  }
  return { succeeded: tasks.length - errors.length, errors };
}

function* settle(process: Process<void>): Process<{ readonly error: unknown } | undefined> {
  try {
    yield* process;
    return undefined;
  } catch (error) {
    return { error };
  }
}
