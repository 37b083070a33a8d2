/** Names a plugin's notes of one scheduling cycle, and through `T` their type. `__state` never has a value. */
export class StateKey<T> {
  readonly name: string;
  declare readonly __state: T;
  constructor(name: string) {
    this.name = name;
  }
}

/** Notes that trying things out would change know how to copy themselves. */
export interface CloneableState {
  clone(): CloneableState;
}

const isCloneable = (value: unknown): value is CloneableState =>
  typeof value === 'object' && value !== null && 'clone' in value && typeof value.clone === 'function';

/**
 * What the plugins note in one scheduling cycle of one pod.
 *
 * Upstream: pkg/scheduler/framework/cycle_state.go (v1.36)
 */
export class CycleState {
  readonly #notes = new Map<object, unknown>();
  /** What was read last: plugins read their note once for each node. */
  #lastKey: object | undefined;
  #last: unknown;
  /** Plugins whose Filter has nothing to say in this cycle. */
  skipFilter: ReadonlySet<string> = new Set();
  skipScore: ReadonlySet<string> = new Set();

  write<T>(key: StateKey<T>, value: T): void {
    this.#notes.set(key, value);
    this.#lastKey = undefined;
  }
  /** @throws Error when nothing was written */
  read<T>(key: StateKey<T>): T {
    if (key === this.#lastKey) return this.#last as T;
    const value = this.#notes.get(key);
    if (value === undefined) throw new Error(`reading ${JSON.stringify(key.name)} from cycleState: not found`);
    this.#lastKey = key;
    this.#last = value;
    return value as T;
  }
  tryRead<T>(key: StateKey<T>): T | undefined {
    return this.#notes.get(key) as T | undefined;
  }
  clone(): CycleState {
    const copy = new CycleState();
    copy.skipFilter = this.skipFilter;
    copy.skipScore = this.skipScore;
    for (const [key, value] of this.#notes) copy.#notes.set(key, isCloneable(value) ? value.clone() : value);
    return copy;
  }
}
