/** An entry of the event loop; `at` in ms of virtual time, `sequence` breaks ties. */
export interface TimerEntry {
  readonly at: number;
  readonly sequence: number;
  readonly background: boolean;
  readonly callback: () => void;
  readonly context: unknown;
  cancelled: boolean;
}

const before = (x: TimerEntry, y: TimerEntry) => x.at < y.at || (x.at === y.at && x.sequence < y.sequence);

/** A binary heap of timers, earliest first. */
export class TimerHeap {
  readonly #heap: TimerEntry[] = [];

  get size(): number {
    return this.#heap.length;
  }
  peek(): TimerEntry | undefined {
    return this.#heap[0];
  }
  push(entry: TimerEntry): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up] as TimerEntry;
      if (!before(entry, parent)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = entry;
  }
  pop(): TimerEntry | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && before(heap[down + 1] as TimerEntry, heap[down] as TimerEntry)) down++;
      const child = heap[down] as TimerEntry;
      if (!before(child, last)) break;
      heap[at] = child;
      at = down;
    }
    heap[at] = last;
    return top;
  }
  clear(): void {
    this.#heap.length = 0;
  }
}
