import { type Process, suspend } from '../../process/process.ts';

/** Lets one process at a time through, in order of arrival. */
export class Turnstile {
  #busy = false;
  readonly #waiting: (() => void)[] = [];

  /** Runs a process when those before it have ended. */
  *pass<T>(process: Process<T>): Process<T> {
    if (this.#busy) yield* this.#waitForTurn();
    this.#busy = true;
    try {
      return yield* process;
    } finally {
      this.#next();
    }
  }

  /** It stays busy while it passes from one to the next: nobody slips in between. */
  #next(): void {
    const wake = this.#waiting.shift();
    if (wake) wake();
    else this.#busy = false;
  }

  *#waitForTurn(): Process<void> {
    let called = false;
    let entered = false;
    try {
      yield* suspend<void>((resume) => {
        const enter = () => {
          called = true;
          resume();
        };
        this.#waiting.push(enter);
        return () => {
          const at = this.#waiting.indexOf(enter);
          if (at >= 0) this.#waiting.splice(at, 1);
        };
      });
      entered = true;
    } finally {
      if (called && !entered) this.#next();
    }
  }
}
