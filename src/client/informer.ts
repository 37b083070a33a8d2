/**
 * Informers: a local copy of a resource, kept equal to the server by a reflector, that tells its handlers what changed.
 *
 * A factory makes one informer for each resource and selection and shares it among all who ask. Upstream:
 * client-go/tools/cache/shared_informer.go and client-go/informers/factory.go (v1.36).
 */
import { type KubernetesObject, metaNamespaceKey } from '../apimachinery/object-meta.ts';
import type { ResourceRef } from '../apimachinery/resource-ref.ts';
import { type Driver, type Process, suspend } from '../process/process.ts';
import { spawn, type Task } from '../process/task.ts';
import type { Client } from './client.ts';
import { Indexer, type Indexers } from './indexer.ts';
import { reflect, type ReflectorStore } from './reflector.ts';

/** Hears of changes, after the store holds them. Called in a task of its own with the cause of the write. */
export interface EventHandler<T> {
  add?(object: T): void;
  /** After a lost history, `old` may be several versions behind, or equal. */
  update?(old: T, object: T): void;
  /** The last known state. */
  delete?(object: T): void;
}

export interface InformerOptions<T> {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly indexers?: Indexers<T>;
}

/** A local copy of a resource. Objects are frozen and shared. */
export class Informer<T extends KubernetesObject> {
  readonly ref: ResourceRef<T>;
  readonly store: Indexer<T>;
  readonly #driver: Driver;
  readonly #reflect: (store: ReflectorStore<T>) => Process<never>;
  #handlers: EventHandler<T>[] = [];
  #waiters: (() => void)[] = [];
  #synced = false;
  #task: Task<never> | undefined;

  constructor(
    ref: ResourceRef<T>,
    driver: Driver,
    reflectInto: (store: ReflectorStore<T>) => Process<never>,
    indexers: Indexers<T> = {},
  ) {
    this.ref = ref;
    this.#driver = driver;
    this.#reflect = reflectInto;
    this.store = new Indexer(indexers);
  }

  /** Whether the first list is in the store and the handlers know it. */
  get hasSynced(): boolean {
    return this.#synced;
  }
  /** Adds a handler; it hears of what is in the store at once. Gives a function that removes it. */
  addEventHandler(handler: EventHandler<T>): () => void {
    this.#handlers = [...this.#handlers, handler];
    for (const object of this.store.list()) this.#safely(() => handler.add?.(object));
    return () => {
      this.#handlers = this.#handlers.filter((other) => other !== handler);
    };
  }
  start(): void {
    this.#task ??= spawn(
      this.#driver,
      this.#reflect({
        replace: (objects) => this.#replace(objects),
        apply: (type, object) => this.#apply(type, object),
      }),
      `informer ${this.ref.resource}`,
    );
  }
  stop(): void {
    this.#task?.kill('informer stopped');
    this.#task = undefined;
  }
  *waitForSync(): Process<void> {
    if (this.#synced) return;
    yield* suspend<void>((resume) => {
      this.#waiters.push(resume);
      return () => {
        this.#waiters = this.#waiters.filter((other) => other !== resume);
      };
    });
  }

  #replace(objects: readonly T[]): void {
    const gone = new Set(this.store.keys());
    for (const object of objects) {
      gone.delete(metaNamespaceKey(object));
      this.#put(object);
    }
    for (const key of gone) this.#remove(key);
    this.#synced = true;
    for (const wake of this.#waiters.splice(0)) wake();
  }
  #apply(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void {
    if (type === 'DELETED') this.#remove(metaNamespaceKey(object), object);
    else this.#put(object);
  }
  #put(object: T): void {
    const old = this.store.put(object);
    for (const handler of this.#handlers) {
      this.#safely(() => (old ? handler.update?.(old, object) : handler.add?.(object)));
    }
  }
  #remove(key: string, last?: T): void {
    const old = this.store.remove(key);
    const object = last ?? old;
    if (!old || !object) return;
    for (const handler of this.#handlers) this.#safely(() => handler.delete?.(object));
  }
  /** One handler's error is not the others'. */
  #safely(action: () => void): void {
    const context = this.#driver.context;
    try {
      action();
    } catch (error) {
      this.#driver.onUnhandled(error, `informer ${this.ref.resource}`);
    }
    this.#driver.context = context;
  }
}

/** Makes and shares informers. */
export class InformerFactory {
  readonly #client: Client;
  readonly #driver: Driver;
  readonly #random: (() => number) | undefined;
  readonly #informers = new Map<string, Informer<KubernetesObject>>();
  #started = false;

  /** `random` (in [0, 1)) spreads the waits after failures. */
  constructor(client: Client, driver: Driver, options: { readonly random?: () => number } = {}) {
    this.#client = client;
    this.#driver = driver;
    this.#random = options.random;
  }

  /** The informer of a resource and selection: the same one for everybody who asks. */
  informer<T extends KubernetesObject>(ref: ResourceRef<T>, options: InformerOptions<T> = {}): Informer<T> {
    const { namespace, labelSelector = '', fieldSelector = '', indexers = {} } = options;
    const key = [ref.group, ref.version, ref.resource, namespace ?? '', labelSelector, fieldSelector].join('|');
    const known = this.#informers.get(key);
    if (known) {
      // One key stands for one resource, so for one type.
      const informer = known as unknown as Informer<T>;
      informer.store.addIndexers(indexers);
      return informer;
    }
    const resource = this.#client.resource(ref, namespace);
    const random = this.#random;
    const informer = new Informer<T>(
      ref,
      this.#driver,
      (store) =>
        reflect(resource, store, { selectors: { labelSelector, fieldSelector }, ...(random ? { random } : {}) }),
      indexers,
    );
    this.#informers.set(key, informer as unknown as Informer<KubernetesObject>);
    if (this.#started) informer.start();
    return informer;
  }
  /** Stops an informer and forgets it; for resources that go away. */
  forget<T extends KubernetesObject>(informer: Informer<T>): void {
    informer.stop();
    for (const [key, other] of this.#informers) if ((other as unknown) === informer) this.#informers.delete(key);
  }
  /** Starts all informers; those asked for later start at once. */
  start(): void {
    this.#started = true;
    for (const informer of this.#informers.values()) informer.start();
  }
  stop(): void {
    this.#started = false;
    for (const informer of this.#informers.values()) informer.stop();
  }
  /** Waits until every informer holds its first list. */
  *waitForSync(): Process<void> {
    for (const informer of [...this.#informers.values()]) yield* informer.waitForSync();
  }
}
