import { compareStrings } from '../apimachinery/go-format.ts';
import { type KubernetesObject, metaNamespaceKey } from '../apimachinery/object-meta.ts';

/** Gives the values by which an object is found. */
export type IndexFunction<T> = (object: T) => readonly string[];
export type Indexers<T> = Readonly<Record<string, IndexFunction<T>>>;

const isPlain = (key: string): boolean => /^[\u0000-\ud7ff]*$/.test(key);

/**
 * Keys in order, without repeats. Keys that come and go are put in order when somebody looks: putting each into its place at once would
 * move half of all keys each time.
 */
class KeyList {
  #sorted: readonly string[] = [];
  /** Whether a key is there, for those that came or went since the keys were put in order. */
  #pending = new Map<string, boolean>();
  /** JavaScript's own order is Go's for all of them. */
  #plain = true;

  get keys(): readonly string[] {
    if (this.#pending.size > 0) this.#settle();
    return this.#sorted;
  }
  add(key: string): void {
    this.#pending.set(key, true);
    if (this.#pending.size * 8 > this.#sorted.length + 64) this.#settle();
  }
  /** Gives whether no key is left; an empty list may go unnoticed for a while. */
  remove(key: string): boolean {
    this.#pending.set(key, false);
    if (this.#pending.size * 8 > this.#sorted.length) this.#settle();
    return this.#pending.size === 0 && this.#sorted.length === 0;
  }
  #settle(): void {
    const added: string[] = [];
    for (const [key, isThere] of this.#pending) if (isThere) added.push(key);
    this.#plain &&= added.every(isPlain);
    added.sort(this.#plain ? plainOrder : compareStrings);
    const old = this.#sorted;
    const pending = this.#pending;
    const last = old.at(-1);
    const [first] = added;
    const areLast = first === undefined || last === undefined || this.#isBefore(last, first);
    const isGone = pending.size > added.length || !areLast;
    const kept = isGone ? old.filter((key) => !pending.has(key)) : old;
    this.#sorted = areLast ? kept.concat(added) : this.#merge(kept, added);
    this.#pending = new Map();
  }
  #isBefore(a: string, b: string): boolean {
    return this.#plain ? a < b : compareStrings(a, b) < 0;
  }
  #merge(a: readonly string[], b: readonly string[]): string[] {
    const out: string[] = [];
    let i = 0;
    for (const key of b) {
      while (i < a.length && this.#isBefore(a[i] as string, key)) out.push(a[i++] as string);
      out.push(key);
    }
    while (i < a.length) out.push(a[i++] as string);
    return out;
  }
}

const plainOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Key lists by a value, made and dropped as needed. */
class Buckets {
  readonly #lists = new Map<string, KeyList>();
  keys(value: string): readonly string[] {
    return this.#lists.get(value)?.keys ?? [];
  }
  values(): string[] {
    const found: string[] = [];
    for (const [value, { keys }] of this.#lists) if (keys.length > 0) found.push(value);
    return found.sort(compareStrings);
  }
  add(value: string, key: string): void {
    let list = this.#lists.get(value);
    if (!list) this.#lists.set(value, (list = new KeyList()));
    list.add(key);
  }
  remove(value: string, key: string): void {
    if (this.#lists.get(value)?.remove(key)) this.#lists.delete(value);
  }
}

/**
 * The objects of an informer by key (`namespace/name`, or `name`), with indexes. Objects are frozen and shared; lists are in
 * order of keys.
 *
 * Upstream: client-go/tools/cache/thread_safe_store.go (v1.36). Differs: sorted where upstream ranges over a map.
 */
export class Indexer<T extends KubernetesObject> {
  readonly #objects = new Map<string, T>();
  readonly #all = new KeyList();
  readonly #namespaces = new Buckets();
  readonly #indexes = new Map<string, { readonly of: IndexFunction<T>; readonly buckets: Buckets }>();

  constructor(indexers: Indexers<T> = {}) {
    this.addIndexers(indexers);
  }

  get size(): number {
    return this.#objects.size;
  }
  get(key: string): T | undefined {
    return this.#objects.get(key);
  }
  /** All objects, or those of one namespace. */
  list(namespace?: string): T[] {
    return this.#resolve(namespace === undefined ? this.#all.keys : this.#namespaces.keys(namespace));
  }
  keys(): readonly string[] {
    return this.#all.keys;
  }
  /** The objects for which the index gives `value`. @throws Error when there is no such index */
  byIndex(indexName: string, value: string): T[] {
    const index = this.#indexes.get(indexName);
    if (!index) throw new Error(`Index with name ${indexName} does not exist`);
    return this.#resolve(index.buckets.keys(value));
  }
  /** All values of an index that have objects, sorted. */
  indexValues(indexName: string): string[] {
    return this.#indexes.get(indexName)?.buckets.values() ?? [];
  }
  /** Adds indexes; those that exist already stay. */
  addIndexers(indexers: Indexers<T>): void {
    for (const [name, of] of Object.entries(indexers)) {
      if (this.#indexes.has(name)) continue;
      const index = { of, buckets: new Buckets() };
      this.#indexes.set(name, index);
      for (const [key, object] of this.#objects) for (const value of of(object)) index.buckets.add(value, key);
    }
  }

  /** Puts an object in place of the one with its key. Gives the former one. */
  put(object: T): T | undefined {
    const key = metaNamespaceKey(object);
    const old = this.#objects.get(key);
    this.#objects.set(key, object);
    if (!old) {
      this.#all.add(key);
      this.#namespaces.add(object.metadata.namespace ?? '', key);
    }
    for (const { of, buckets } of this.#indexes.values()) {
      const before = old ? of(old) : [];
      const after = of(object);
      if (before.length === after.length && before.every((value, at) => value === after[at])) continue;
      for (const value of before) buckets.remove(value, key);
      for (const value of after) buckets.add(value, key);
    }
    return old;
  }
  /** Removes by key. Gives the former object. */
  remove(key: string): T | undefined {
    const old = this.#objects.get(key);
    if (!old) return undefined;
    this.#objects.delete(key);
    this.#all.remove(key);
    this.#namespaces.remove(old.metadata.namespace ?? '', key);
    for (const { of, buckets } of this.#indexes.values()) for (const value of of(old)) buckets.remove(value, key);
    return old;
  }

  #resolve(keys: readonly string[]): T[] {
    const out: T[] = [];
    for (const key of keys) {
      const object = this.#objects.get(key);
      if (object) out.push(object);
    }
    return out;
  }
}
