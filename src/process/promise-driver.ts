import type { Driver, Process } from './process.ts';
import { KilledError, spawn } from './task.ts';

/** What the promise driver needs of its host: handed in, so that this folder knows no clock. */
export interface Host {
  now(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: never): void;
  queueMicrotask(callback: () => void): void;
  onUnhandled(error: unknown, name: string): void;
}

/** Drives processes in the host's own time: the terminal in the tab, the command line, tests from outside. */
export class PromiseDriver implements Driver {
  context: unknown = undefined;
  readonly #host: Host;
  constructor(host: Host) {
    this.#host = host;
  }
  now(): number {
    return this.#host.now();
  }
  setTimer(ms: number, callback: () => void): () => void {
    const run = this.#bind(callback);
    const handle = this.#host.setTimeout(run, ms);
    return () => this.#host.clearTimeout(handle as never);
  }
  defer(callback: () => void): void {
    this.#host.queueMicrotask(this.#bind(callback));
  }
  mergeContexts(contexts: readonly unknown[]): unknown {
    return contexts[0];
  }
  onUnhandled(error: unknown, name: string): void {
    this.#host.onUnhandled(error, name);
  }
  /** Runs a process to its end. Aborting the signal kills it. @throws KilledError when it was killed. */
  run<T>(process: Process<T>, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const task = spawn(this, process);
      const abort = () => task.kill(signal?.reason);
      if (signal?.aborted) abort();
      signal?.addEventListener('abort', abort, { once: true });
      task.onSettled((outcome) => {
        signal?.removeEventListener('abort', abort);
        if (outcome.kind === 'returned') resolve(outcome.value);
        else reject(outcome.kind === 'threw' ? outcome.error : new KilledError(outcome.reason));
      });
    });
  }
  #bind(callback: () => void): () => void {
    const context = this.context;
    return () => {
      const before = this.context;
      this.context = context;
      try {
        callback();
      } finally {
        this.context = before;
      }
    };
  }
}
