/** Sums up what a container uses over time: the counter that cpu figures are taken from. */
export class CpuAccount {
  readonly #now: () => number;
  #coreNanos = 0;
  #milli = 0;
  #sinceMs: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#sinceMs = now();
  }

  /** From now on so many thousandths of a core are used. */
  set(cpuMilli: number): void {
    this.#settle();
    this.#milli = cpuMilli;
  }

  /** Core-nanoseconds until now; never falls. */
  get usageCoreNanoSeconds(): number {
    this.#settle();
    return this.#coreNanos;
  }

  #settle(): void {
    const now = this.#now();
    // Thousandths of a core by milliseconds are millionths of a core-second.
    this.#coreNanos += this.#milli * (now - this.#sinceMs) * 1000;
    this.#sinceMs = now;
  }
}
