/** A map by two texts. They are not joined: to make and hash a new text for each look costs more than to look twice. */
export class PairMap<V> {
  readonly #byFirst = new Map<string, Map<string, V>>();
  /** In the order in which they were added. */
  readonly #values = new Set<V>();

  get(first: string, second: string): V | undefined {
    return this.#byFirst.get(first)?.get(second);
  }
  set(first: string, second: string, value: V): void {
    this.delete(first, second);
    let bySecond = this.#byFirst.get(first);
    if (!bySecond) this.#byFirst.set(first, (bySecond = new Map<string, V>()));
    bySecond.set(second, value);
    this.#values.add(value);
  }
  delete(first: string, second: string): void {
    const bySecond = this.#byFirst.get(first);
    const value = bySecond?.get(second);
    if (value === undefined) return;
    bySecond?.delete(second);
    this.#values.delete(value);
  }
  /** Each value once, in the order in which they were added. */
  values(): Iterable<V> {
    return this.#values;
  }
}
