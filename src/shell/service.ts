import { errorText } from '../apimachinery/error-text.ts';
import { type Process, suspend } from '../process/process.ts';
import type { Signal } from '../process/signal.ts';
import { fork, type Outcome, type Task } from '../process/task.ts';
import type { ProgramContext } from './context.ts';
import { NetworkError } from './network-stack.ts';
import { writeText } from './streams.ts';

export interface ServiceOptions {
  /** What runs side by side until a signal comes; an error in one ends the service. */
  readonly parts: readonly Process<unknown>[];
  /** Signals that end it; SIGTERM and SIGINT by default. */
  readonly signals?: readonly Signal[];
  /** What it does between the signal and its end (draining); its result is the exit code. */
  readonly onSignal?: (signal: Signal) => Process<number>;
  /** What it says of an error that ended a part; the exit code is then 1. */
  readonly onError?: (error: unknown) => Process<void>;
}

/** Runs a server program: its parts until a signal ends it. Gives the exit code. */
export function* runService(context: ProgramContext, options: ServiceOptions): Process<number> {
  const tasks: Task<unknown>[] = [];
  for (const part of options.parts) tasks.push(yield* fork(part, context.argv[0]));
  try {
    const event = yield* suspend<Signal | Outcome<unknown>>((resume) => {
      for (const signal of options.signals ?? ['SIGTERM', 'SIGINT']) context.onSignal(signal, () => resume(signal));
      for (const task of tasks) task.onSettled((outcome) => outcome.kind !== 'returned' && resume(outcome));
    });
    if (typeof event === 'string') return options.onSignal ? yield* options.onSignal(event) : 0;
    const error = event.kind === 'threw' ? event.error : undefined;
    if (options.onError) yield* options.onError(error);
    else yield* writeText(context.stderr, `${describeError(error)}\n`);
    return 1;
  } finally {
    for (const task of tasks) task.kill('service ended');
  }
}

function describeError(error: unknown): string {
  if (error instanceof NetworkError && error.code === 'EADDRINUSE') return `listen: ${error.message}`;
  return errorText(error);
}
