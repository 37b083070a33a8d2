/** What led to what: keeps, per object, the causes of its newest writes, and answers "why?" as a chain back to its roots. */
import type { KubernetesObject } from '../apimachinery/object-meta.ts';
import type { WhyLink } from '../protocol/control.ts';
import type { Cause } from './sim/cause.ts';
import type { Store, StoreEvent } from './store/store.ts';

const writesKept = 16;
const linksShown = 200;
/** Objects that are gone and are still asked for. */
const goneKept = 10_000;

export class CauseHistory {
  readonly #byKey = new Map<string, Cause[]>();
  /** Those whose objects are gone, the one longest ago first. */
  readonly #gone = new Set<string>();
  readonly #store: Store<KubernetesObject>;

  constructor(store: Store<KubernetesObject>) {
    this.#store = store;
    store.onCommit((event) => this.#keep(event));
  }

  /** The writes to an object and what led to them, newest first; at most 200 links. `key` as in the store. */
  why(key: string): WhyLink[] {
    const seen = new Map<number, Cause>();
    const queue = [...(this.#byKey.get(key) ?? [])].reverse();
    for (const cause of queue) {
      if (seen.has(cause.id)) continue;
      seen.set(cause.id, cause);
      if (seen.size >= linksShown) break;
      queue.push(...cause.parents);
    }
    return [...seen.values()].sort((a, b) => b.id - a.id).map(linkOf);
  }

  /** A hash over every change that is still kept: equal for equal histories. */
  hash(): string {
    const state = { low: 0x811c9dc5, high: 0xcbf29ce4 };
    for (const event of this.#store.changes('', this.#store.compactedRevision))
      mix(state, `${event.revision} ${event.type} ${event.key} ${JSON.stringify(event.value)}`);
    return [state.high, state.low].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  }

  #keep(event: StoreEvent<KubernetesObject>): void {
    if (!event.cause || event.key.startsWith('coordination.k8s.io/leases/')) return;
    const causes = this.#byKey.get(event.key);
    if (!causes) this.#byKey.set(event.key, [event.cause]);
    else {
      causes.push(event.cause);
      if (causes.length > writesKept) causes.shift();
    }
    if (event.type === 'delete') this.#forgetOldest(event.key);
    else if (event.previous === undefined) this.#gone.delete(event.key);
  }
  #forgetOldest(gone: string): void {
    this.#gone.add(gone);
    if (this.#gone.size <= goneKept) return;
    for (const key of this.#gone) {
      this.#gone.delete(key);
      this.#byKey.delete(key);
      return;
    }
  }
}

function linkOf(cause: Cause): WhyLink {
  return {
    id: cause.id,
    atMs: cause.at,
    label: cause.label,
    parents: cause.parents.map((parent) => parent.id),
    ...(cause.actor === undefined ? {} : { actor: cause.actor }),
    ...(cause.object === undefined ? {} : { object: cause.object }),
  };
}

/** Two 32-bit FNV-1a lanes with different offsets and a rotation: not cryptographic, but no two histories meet by chance. */
function mix(state: { low: number; high: number }, text: string): void {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    state.low = Math.imul(state.low ^ code, 16_777_619);
    state.high = Math.imul(((state.high << 5) | (state.high >>> 27)) ^ code, 0x5bd1e995);
  }
}
