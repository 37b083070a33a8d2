import { type KubernetesObject, metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import type { Indexer } from '../../../client/indexer.ts';

const versionOf = (object: KubernetesObject): bigint => BigInt(object.metadata.resourceVersion || '0');

/**
 * Objects as they will be once what the scheduler has decided is written; an assumption ends when the informer has a newer version.
 *
 * Upstream: plugins/volumebinding/passive_assume_cache.go (v1.36)
 */
export class AssumeCache<T extends KubernetesObject> {
  readonly #store: Indexer<T>;
  readonly #assumed = new Map<string, T>();

  constructor(store: Indexer<T>) {
    this.#store = store;
  }

  get(key: string): T | undefined {
    return this.#resolve(key, this.#store.get(key));
  }
  /** As the API server last said. */
  getApiObject(key: string): T | undefined {
    return this.#store.get(key);
  }
  byIndex(indexName: string, value: string): T[] {
    const found = this.#store.byIndex(indexName, value);
    if (this.#assumed.size === 0) return found;
    return found.map((object) => this.#resolve(metaNamespaceKey(object), object) ?? object);
  }
  assume(object: T): void {
    this.#assumed.set(metaNamespaceKey(object), object);
  }
  restore(object: T): void {
    this.#assumed.delete(metaNamespaceKey(object));
  }

  #resolve(key: string, stored: T | undefined): T | undefined {
    const assumed = this.#assumed.get(key);
    if (!assumed) return stored;
    if (stored && versionOf(stored) <= versionOf(assumed)) return assumed;
    this.#assumed.delete(key);
    return stored;
  }
}
