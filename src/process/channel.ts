import { type Process, suspend } from './process.ts';

/** A first-in-first-out queue of values between processes; `receive` gives undefined once it is closed and empty. */
export class Channel<T> {
  #items: T[] = [];
  #waiting: (() => void)[] = [];
  #closed = false;

  get size(): number {
    return this.#items.length;
  }
  get closed(): boolean {
    return this.#closed;
  }
  /** Ignored after close. */
  send(item: T): void {
    if (this.#closed) return;
    this.#items.push(item);
    this.#waiting.shift()?.();
  }
  close(): void {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake();
  }
  *receive(): Process<T | undefined> {
    while (this.#items.length === 0) {
      if (this.#closed) return undefined;
      yield* suspend<void>((resume) => {
        this.#waiting.push(resume);
        return () => {
          const at = this.#waiting.indexOf(resume);
          if (at >= 0) this.#waiting.splice(at, 1);
        };
      });
    }
    return this.#items.shift();
  }
}
