/** A binary heap whose items can be found, changed and removed by key. Upstream: pkg/scheduler/backend/heap/heap.go (v1.36) */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #positions = new Map<string, number>();
  readonly #key: (item: T) => string;
  readonly #less: (a: T, b: T) => boolean;

  constructor(key: (item: T) => string, less: (a: T, b: T) => boolean) {
    this.#key = key;
    this.#less = less;
  }

  get size(): number {
    return this.#items.length;
  }
  /** In no particular order. */
  values(): readonly T[] {
    return this.#items;
  }
  get(key: string): T | undefined {
    const at = this.#positions.get(key);
    return at === undefined ? undefined : this.#items[at];
  }
  peek(): T | undefined {
    return this.#items[0];
  }
  put(item: T): void {
    const key = this.#key(item);
    const at = this.#positions.get(key) ?? this.#items.length;
    this.#set(at, item);
    this.#down(this.#up(at));
  }
  pop(): T | undefined {
    const top = this.#items[0];
    if (top !== undefined) this.delete(this.#key(top));
    return top;
  }
  delete(key: string): T | undefined {
    const at = this.#positions.get(key);
    if (at === undefined) return undefined;
    const item = this.#items[at];
    const last = this.#items.pop() as T;
    this.#positions.delete(key);
    if (at < this.#items.length) {
      this.#set(at, last);
      this.#down(this.#up(at));
    }
    return item;
  }

  #set(at: number, item: T): void {
    this.#items[at] = item;
    this.#positions.set(this.#key(item), at);
  }
  #up(from: number): number {
    let at = from;
    const item = this.#items[at] as T;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = this.#items[up] as T;
      if (!this.#less(item, parent)) break;
      this.#set(at, parent);
      at = up;
    }
    this.#set(at, item);
    return at;
  }
  #down(from: number): void {
    let at = from;
    const item = this.#items[at] as T;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= this.#items.length) break;
      if (down + 1 < this.#items.length && this.#less(this.#items[down + 1] as T, this.#items[down] as T)) down++;
      const child = this.#items[down] as T;
      if (!this.#less(child, item)) break;
      this.#set(at, child);
      at = down;
    }
    this.#set(at, item);
  }
}
