/** How long processes may hold the page before what they do next waits for its turn, in ms. */
const longestTurnMs = 8;

/** What turns need of the page. */
export interface TurnHost {
  now(): number;
  queueMicrotask(callback: () => void): void;
  /** Calls back in a task of its own, after whatever else the page has to do by then. */
  postTask(callback: () => void): void;
}

/**
 * Runs what processes put off, in its order: at once while their turn is short, else in the next one, so that a command that prints
 * a thousand objects does not stop the page.
 */
export class Turns {
  readonly #host: TurnHost;
  #waiting: (() => void)[] = [];
  #since = Number.NEGATIVE_INFINITY;

  constructor(host: TurnHost) {
    this.#host = host;
  }

  defer(callback: () => void): void {
    const isOver = this.#host.now() - this.#since > longestTurnMs;
    if (!isOver && this.#waiting.length === 0) return this.#host.queueMicrotask(callback);
    this.#waiting.push(callback);
    if (this.#waiting.length === 1) this.#host.postTask(() => this.#next());
  }

  #next(): void {
    this.#since = this.#host.now();
    const callbacks = this.#waiting;
    this.#waiting = [];
    for (const callback of callbacks) this.#host.queueMicrotask(callback);
  }
}

/** Turns of the page's own event loop. */
export function pageTurns(): Turns {
  const { port1, port2 } = new MessageChannel();
  const due: (() => void)[] = [];
  port1.onmessage = () => due.shift()?.();
  return new Turns({
    now: () => performance.now(),
    queueMicrotask: (callback) => queueMicrotask(callback),
    postTask(callback) {
      due.push(callback);
      port2.postMessage(undefined);
    },
  });
}
