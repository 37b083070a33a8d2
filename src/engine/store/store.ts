/**
 * etcd's part: a multi-version store of frozen values by key, with a global revision, watch from any kept revision, reads at a
 * kept revision, and compaction. It knows no Kubernetes kinds. Keys are paths (`pods/default/a`); prefixes end in `/`.
 */
import { BTree } from './b-tree.ts';
import type { Cause } from '../sim/cause.ts';
import type { Sim } from '../sim/sim.ts';

/** A stored value. Values are never changed in place: whoever stores one has frozen it. */
export interface Entry<V> {
  readonly key: string;
  readonly value: V;
  readonly createRevision: number;
  readonly modRevision: number;
}

export interface StoreEvent<V> {
  readonly type: 'put' | 'delete';
  readonly key: string;
  /** The revision of this change. */
  readonly revision: number;
  /** The new value; for a delete, the value as it was last (with what `delete`'s callback made of it). */
  readonly value: V;
  readonly previous: Entry<V> | undefined;
  /** What led to the change. */
  readonly cause: Cause | undefined;
}

export class RevisionCompactedError extends Error {
  override readonly name = 'RevisionCompactedError';
  readonly compactedRevision: number;
  constructor(compactedRevision: number) {
    super('mvcc: required revision has been compacted');
    this.compactedRevision = compactedRevision;
  }
}
export class FutureRevisionError extends Error {
  override readonly name = 'FutureRevisionError';
  readonly currentRevision: number;
  constructor(currentRevision: number) {
    super('mvcc: required revision is a future revision');
    this.currentRevision = currentRevision;
  }
}

export interface StoreWatch {
  stop(): void;
}

export interface StoreOptions {
  /** Changes kept at most before the oldest half is compacted away. */
  readonly historyLimit?: number;
  readonly firstRevision?: number;
}

interface Watcher<V> {
  readonly prefix: string;
  readonly deliver: (events: readonly StoreEvent<V>[]) => void;
  pending: StoreEvent<V>[];
  scheduled: boolean;
  stopped: boolean;
}

export class Store<V> {
  readonly #sim: Sim;
  readonly #current = new Map<string, Entry<V>>();
  /** The keys of `#current`, in order. */
  readonly #keys = new BTree<string, undefined>(undefined, (a, b) => (a < b ? -1 : a > b ? 1 : 0));
  readonly #watchers = new Map<string, Set<Watcher<V>>>();
  readonly #listeners = new Set<(event: StoreEvent<V>) => void>();
  readonly #historyLimit: number;
  #history: StoreEvent<V>[] = [];
  #historyStart = 0;
  #revision: number;
  #compacted: number;

  constructor(sim: Sim, options: StoreOptions = {}) {
    this.#sim = sim;
    this.#historyLimit = options.historyLimit ?? 100_000;
    this.#revision = options.firstRevision ?? 1;
    this.#compacted = this.#revision - 1;
  }

  /** The revision of the newest change. */
  get revision(): number {
    return this.#revision;
  }
  /** Reads and watches below this revision fail. */
  get compactedRevision(): number {
    return this.#compacted;
  }
  get size(): number {
    return this.#current.size;
  }
  /** Watches that have not been stopped: 0 after a clean shutdown. */
  get watchCount(): number {
    let count = 0;
    for (const set of this.#watchers.values()) count += set.size;
    return count;
  }

  get(key: string): Entry<V> | undefined {
    return this.#current.get(key);
  }

  /**
   * Writes a value if the key stands at `expected` (its modRevision; 0: it must not exist). `make` gets the revision that the
   * write will have. Gives the new entry, or undefined when the expectation does not hold and nothing was written.
   */
  put(key: string, expected: number, make: (revision: number) => V): Entry<V> | undefined {
    const previous = this.#current.get(key);
    if ((previous?.modRevision ?? 0) !== expected) return undefined;
    const revision = this.#revision + 1;
    const value = make(revision);
    this.#revision = revision;
    const entry: Entry<V> = { key, value, createRevision: previous?.createRevision ?? revision, modRevision: revision };
    this.#current.set(key, entry);
    if (!previous) this.#keys.set(key, undefined);
    this.#record({ type: 'put', key, revision, value, previous, cause: this.#sim.cause });
    return entry;
  }

  /**
   * Removes a key that stands at `expected`. `make` gives the last value that watchers see, at the revision of the removal.
   * Gives the event, or undefined when the expectation does not hold.
   */
  delete(key: string, expected: number, make?: (revision: number, last: V) => V): StoreEvent<V> | undefined {
    const previous = this.#current.get(key);
    if (!previous || previous.modRevision !== expected) return undefined;
    const revision = ++this.#revision;
    this.#current.delete(key);
    this.#keys.delete(key);
    const value = make ? make(revision, previous.value) : previous.value;
    const event: StoreEvent<V> = { type: 'delete', key, revision, value, previous, cause: this.#sim.cause };
    this.#record(event);
    return event;
  }

  /** Entries under a prefix, in order of keys, from `startKey` on. @throws RevisionCompactedError, FutureRevisionError */
  list(prefix: string, options: { revision?: number; startKey?: string; limit?: number } = {}): Entry<V>[] {
    const { revision, startKey = prefix, limit = Number.POSITIVE_INFINITY } = options;
    if (revision !== undefined && revision < this.#revision) return this.#listAt(prefix, revision, startKey, limit);
    if (revision !== undefined && revision > this.#revision) throw new FutureRevisionError(this.#revision);
    const found: Entry<V>[] = [];
    if (limit <= 0) return found;
    this.#keys.forRange(startKey < prefix ? prefix : startKey, prefixEnd(prefix), false, (key) => {
      found.push(this.#current.get(key) as Entry<V>);
      return found.length >= limit ? { break: true } : undefined;
    });
    return found;
  }

  /** How many keys stand under a prefix now. */
  count(prefix: string, startKey = prefix): number {
    return this.#keys.forRange(startKey, prefixEnd(prefix), false);
  }

  /**
   * Delivers every change under a prefix after `afterRevision`, in order, in batches, each in a task of its own (never inside
   * the write). @throws RevisionCompactedError when changes after that revision are no longer kept.
   */
  watch(prefix: string, afterRevision: number, deliver: (events: readonly StoreEvent<V>[]) => void): StoreWatch {
    if (afterRevision < this.#compacted) throw new RevisionCompactedError(this.#compacted);
    const watcher: Watcher<V> = { prefix, deliver, pending: [], scheduled: false, stopped: false };
    const past = this.#eventsAfter(afterRevision).filter((event) => event.key.startsWith(prefix));
    let set = this.#watchers.get(prefix);
    if (!set) this.#watchers.set(prefix, (set = new Set()));
    set.add(watcher);
    if (past.length > 0) {
      watcher.pending = past;
      this.#schedule(watcher);
    }
    return {
      stop: () => {
        watcher.stopped = true;
        watcher.pending = [];
        this.#watchers.get(prefix)?.delete(watcher);
        if (this.#watchers.get(prefix)?.size === 0) this.#watchers.delete(prefix);
      },
    };
  }

  /** Hears of every change inside the write itself: for the persistence feed and the history of causes. Must not write. */
  onCommit(listener: (event: StoreEvent<V>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Changes under a prefix after a revision that are still kept. */
  changes(prefix: string, afterRevision: number): StoreEvent<V>[] {
    if (afterRevision < this.#compacted) throw new RevisionCompactedError(this.#compacted);
    return this.#eventsAfter(afterRevision).filter((event) => event.key.startsWith(prefix));
  }

  /** Forgets changes up to and including a revision. */
  compact(revision: number): void {
    const upTo = Math.min(revision, this.#revision);
    if (upTo <= this.#compacted) return;
    this.#compacted = upTo;
    while (
      this.#historyStart < this.#history.length &&
      (this.#history[this.#historyStart] as StoreEvent<V>).revision <= upTo
    )
      this.#historyStart++;
    if (this.#historyStart * 2 > this.#history.length) {
      this.#history = this.#history.slice(this.#historyStart);
      this.#historyStart = 0;
    }
  }

  #record(event: StoreEvent<V>): void {
    this.#history.push(event);
    if (this.#history.length - this.#historyStart > this.#historyLimit)
      this.compact(this.#revision - Math.floor(this.#historyLimit / 2));
    for (let slash = event.key.indexOf('/'); slash >= 0; slash = event.key.indexOf('/', slash + 1)) {
      const set = this.#watchers.get(event.key.slice(0, slash + 1));
      if (!set) continue;
      for (const watcher of set) {
        watcher.pending.push(event);
        this.#schedule(watcher);
      }
    }
    for (const listener of this.#listeners) listener(event);
  }

  #schedule(watcher: Watcher<V>): void {
    if (watcher.scheduled) return;
    watcher.scheduled = true;
    this.#sim.defer(() => {
      watcher.scheduled = false;
      if (watcher.stopped) return;
      const events = watcher.pending;
      watcher.pending = [];
      watcher.deliver(events);
    });
  }

  #eventsAfter(revision: number): StoreEvent<V>[] {
    let low = this.#historyStart;
    let high = this.#history.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#history[middle] as StoreEvent<V>).revision <= revision) low = middle + 1;
      else high = middle;
    }
    return this.#history.slice(low);
  }

  #listAt(prefix: string, revision: number, startKey: string, limit: number): Entry<V>[] {
    if (revision < this.#compacted) throw new RevisionCompactedError(this.#compacted);
    const at = new Map<string, Entry<V>>();
    for (const entry of this.list(prefix)) at.set(entry.key, entry);
    const later = this.#eventsAfter(revision);
    for (let i = later.length - 1; i >= 0; i--) {
      const event = later[i] as StoreEvent<V>;
      if (!event.key.startsWith(prefix)) continue;
      if (event.previous) at.set(event.key, event.previous);
      else at.delete(event.key);
    }
    return [...at.values()]
      .filter((entry) => entry.key >= startKey)
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .slice(0, limit);
  }
}

/** The first key after everything that begins with the prefix. */
const prefixEnd = (prefix: string): string =>
  `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`;
