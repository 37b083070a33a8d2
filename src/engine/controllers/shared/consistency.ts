import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { Informer } from '../../../client/informer.ts';

const giveUpMs = 2000;

/**
 * Remembers what a controller wrote for a key, and tells whether its view shows it yet; deciding on an older view would do things
 * twice.
 *
 * Upstream: pkg/controller/util/consistency (v1.36)
 */
export class ConsistencyStore {
  readonly #now: () => number;
  readonly #pending = new Map<string, (() => boolean)[]>();
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The view must hold this object at this version, or a later one, or none. */
  wroteAt<T extends KubernetesObject>(key: string, informer: Informer<T>, objectKey: string, written: T): void {
    const version = Number(written.metadata.resourceVersion ?? 0);
    this.#add(key, () => Number(informer.store.get(objectKey)?.metadata.resourceVersion ?? 0) >= version);
  }
  /** The view must hold this object as being deleted, or hold it no more. */
  deleted<T extends KubernetesObject>(key: string, informer: Informer<T>, objectKey: string, uid: string): void {
    this.#add(key, () => {
      const found = informer.store.get(objectKey)?.metadata;
      return found?.uid !== uid || found.deletionTimestamp !== undefined;
    });
  }
  /** Whether the view shows all that was written for the key. */
  isReady(key: string): boolean {
    const waiting = (this.#pending.get(key) ?? []).filter((shown) => !shown());
    if (waiting.length === 0) this.#pending.delete(key);
    else this.#pending.set(key, waiting);
    return waiting.length === 0;
  }
  clear(key: string): void {
    this.#pending.delete(key);
  }
  #add(key: string, shown: () => boolean): void {
    // An object may be gone before the view shows it: nobody waits for ever.
    const until = this.#now() + giveUpMs;
    this.#pending.set(key, [...(this.#pending.get(key) ?? []), () => shown() || this.#now() >= until]);
  }
}
