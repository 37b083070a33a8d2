/** Joins pieces of a log into lines and keeps the last of them. */
export class LogBuffer {
  readonly #limit: number;
  #lines: string[] = [];
  #rest = '';
  #dropped = 0;

  constructor(limit = 5000) {
    this.#limit = limit;
  }
  add(text: string): void {
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() ?? '';
    this.#lines.push(...parts);
    const surplus = this.#lines.length - this.#limit;
    if (surplus > 0) {
      this.#lines = this.#lines.slice(surplus);
      this.#dropped += surplus;
    }
  }
  /** Whole lines and the one that has begun. */
  get lines(): readonly string[] {
    return this.#rest === '' ? this.#lines : [...this.#lines, this.#rest];
  }
  /** The number of the first line kept. */
  get first(): number {
    return this.#dropped;
  }
}
