/**
 * Fans one store watch of a resource out to the clients' watches. Each watch stands in an index by what it asks for (a name, a node,
 * a namespace, everything), so that an event costs only those who may want it. A watch whose selector an object enters or leaves
 * hears ADDED or DELETED. Frames are shared between watches.
 */
import type { KubernetesObject } from '../../../apimachinery/object-meta.ts';
import type { Cause } from '../../sim/cause.ts';
import type { Sim } from '../../sim/sim.ts';
import type { Store, StoreEvent, StoreWatch } from '../../store/store.ts';

export type WatchType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** What a watch wants, and where it goes. */
export interface WatchInterest {
  readonly namespace: string;
  readonly name: string | undefined;
  /** `spec.nodeName` that is asked for. */
  readonly nodeName: string | undefined;
  /** Every object there is wanted: `matches` need not be asked. */
  readonly wantsAll: boolean;
  /** Whether an object is wanted. */
  matches(object: KubernetesObject): boolean;
  deliver(type: WatchType, object: KubernetesObject, revision: number): void;
}

interface Watcher {
  readonly interest: WatchInterest;
  /** Events up to this revision are known already. */
  after: number;
  readonly order: number;
}

/** Everything a cacher must know of its resource. */
export interface CacherOptions {
  readonly sim: Sim;
  readonly store: Store<KubernetesObject>;
  /** Ends in `/`. */
  readonly prefix: string;
  /** Whether an event is mere housekeeping that must not keep the loop from being idle. */
  isHeartbeat(event: StoreEvent<KubernetesObject>): boolean;
}

export class Cacher {
  readonly #options: CacherOptions;
  readonly #all = new Set<Watcher>();
  readonly #byNamespace = new Map<string, Set<Watcher>>();
  readonly #byName = new Map<string, Set<Watcher>>();
  readonly #byNode = new Map<string, Set<Watcher>>();
  #watch: StoreWatch | undefined;
  #count = 0;
  #order = 0;
  #delivered = 0;

  constructor(options: CacherOptions) {
    this.#options = options;
  }

  get watchCount(): number {
    return this.#count;
  }

  /** The revision up to which every watch has heard everything. */
  get delivered(): number {
    return this.#count === 0 ? this.#options.store.revision : Math.max(this.#delivered, 0);
  }

  /** Adds a watch that knows everything up to `after`; gives what ends it. */
  add(interest: WatchInterest, after: number): () => void {
    const { store, prefix } = this.#options;
    this.#watch ??= store.watch(prefix, store.revision, (events) => this.#dispatch(events));
    const watcher: Watcher = { interest, after, order: ++this.#order };
    const set = this.#setFor(interest);
    set.add(watcher);
    this.#count++;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      watcher.after = Number.POSITIVE_INFINITY;
      this.#remove(watcher, set);
    };
  }

  stop(): void {
    this.#watch?.stop();
    this.#watch = undefined;
  }

  #remove(watcher: Watcher, set: Set<Watcher>): void {
    set.delete(watcher);
    const [index, key] = this.#placeOf(watcher.interest);
    if (index && set.size === 0) index.delete(key);
    if (--this.#count === 0) this.stop();
  }

  #placeOf(interest: WatchInterest): [Map<string, Set<Watcher>> | undefined, string] {
    if (interest.name !== undefined) return [this.#byName, interest.name];
    if (interest.nodeName !== undefined) return [this.#byNode, interest.nodeName];
    if (interest.namespace !== '') return [this.#byNamespace, interest.namespace];
    return [undefined, ''];
  }

  #setFor(interest: WatchInterest): Set<Watcher> {
    const [index, key] = this.#placeOf(interest);
    if (!index) return this.#all;
    let set = index.get(key);
    if (!set) index.set(key, (set = new Set()));
    return set;
  }

  #dispatch(events: readonly StoreEvent<KubernetesObject>[]): void {
    const { sim } = this.#options;
    for (const event of events) {
      const targets = this.#targets(event);
      this.#delivered = event.revision;
      if (targets.length === 0) continue;
      const send = () => {
        for (const watcher of targets) if (watcher.after < event.revision) offer(watcher.interest, event);
      };
      const inCause = () => withCause(sim, event.cause, send);
      if (this.#options.isHeartbeat(event)) sim.background(inCause);
      else sim.foreground(inCause);
    }
  }

  /** Watches that may want an event, in the order they were opened. */
  #targets(event: StoreEvent<KubernetesObject>): readonly Watcher[] {
    const { name = '', namespace = '' } = event.value.metadata;
    const sets: Set<Watcher>[] = [];
    const add = (set: Set<Watcher> | undefined) => {
      if (set && set.size > 0) sets.push(set);
    };
    add(this.#all);
    if (this.#byNamespace.size > 0) add(this.#byNamespace.get(namespace));
    if (this.#byName.size > 0) add(this.#byName.get(name));
    if (this.#byNode.size > 0) {
      const node = nodeNameOf(event.value);
      add(this.#byNode.get(node));
      const before = event.previous ? nodeNameOf(event.previous.value) : node;
      if (before !== node) add(this.#byNode.get(before));
    }
    const [first] = sets;
    // Each set is in order by itself.
    if (sets.length <= 1) return first ? [...first] : [];
    return sets.flatMap((set) => [...set]).sort((a, b) => a.order - b.order);
  }
}

function withCause(sim: Sim, cause: Cause | undefined, action: () => void): void {
  sim.withCause(cause, action);
}

/** The node an object is bound to; empty when none. */
export function nodeNameOf(object: KubernetesObject): string {
  const { spec } = object as { readonly spec?: { readonly nodeName?: string } };
  return spec?.nodeName ?? '';
}

/** Tells a watch of a change, as its selector sees it. */
export function offer(interest: WatchInterest, event: StoreEvent<KubernetesObject>): void {
  const { previous, value, type, revision } = event;
  if (interest.namespace !== '' && value.metadata.namespace !== interest.namespace) return;
  const { wantsAll } = interest;
  const before = previous !== undefined && (wantsAll || interest.matches(previous.value));
  if (type === 'delete') {
    if (before) interest.deliver('DELETED', value, revision);
    return;
  }
  const now = wantsAll || interest.matches(value);
  if (now) interest.deliver(before ? 'MODIFIED' : 'ADDED', value, revision);
  else if (before && previous) interest.deliver('DELETED', atRevision(previous.value, revision), revision);
}

/** The object with another resourceVersion. */
export function atRevision(object: KubernetesObject, revision: number): KubernetesObject {
  const metadata = Object.freeze({ ...object.metadata, resourceVersion: String(revision) });
  return Object.freeze({ ...object, metadata });
}
