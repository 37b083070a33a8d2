import type { Process, Wait } from '../../process/process.ts';
import type { Sim } from '../sim/sim.ts';

/**
 * Runs a process at once up to its first wait; only one that waits becomes a task. `done` hears the value, `failed` the error.
 * Gives a function that kills the process if it is still waiting.
 */
export function runProcess<T>(
  sim: Sim,
  process: Process<T>,
  done: (value: T) => void,
  failed: (error: unknown) => void,
): () => void {
  let first: IteratorResult<Wait, T>;
  try {
    first = process.next();
    while (!first.done && first.value.kind === 'driver') first = process.next(sim);
  } catch (error) {
    failed(error);
    return () => {};
  }
  if (first.done) {
    done(first.value);
    return () => {};
  }
  const task = sim.spawn(resumed(process, first.value), 'api request');
  task.onSettled((outcome) => {
    if (outcome.kind === 'returned') done(outcome.value);
    else if (outcome.kind === 'threw') failed(outcome.error);
  });
  return () => task.kill();
}

/** Goes on with a process that stands at a wait. */
function* resumed<T>(process: Process<T>, at: Wait): Process<T> {
  let wait = at;
  let ended = false;
  try {
    for (;;) {
      let input: unknown;
      let failure: { readonly error: unknown } | undefined;
      try {
        input = yield wait;
      } catch (error) {
        failure = { error };
      }
      const result: IteratorResult<Wait, T> = failure ? process.throw(failure.error) : process.next(input);
      if (result.done) {
        ended = true;
        return result.value;
      }
      wait = result.value;
    }
  } finally {
    if (!ended) process.return(undefined as T);
  }
}
