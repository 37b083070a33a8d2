import { isGone, isResourceExpired, StatusError } from '../apimachinery/status-error.ts';
import type { KubernetesObject } from '../apimachinery/object-meta.ts';
import { currentDriver, type Driver, type Process, suspend } from '../process/process.ts';
import type { ListOptions, ResourceClient, WatchEvent } from './client.ts';

/** What a reflector fills. */
export interface ReflectorStore<T> {
  /** The whole state, at first and after history was lost. */
  replace(objects: readonly T[]): void;
  apply(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void;
}

export interface ReflectorOptions {
  readonly selectors?: Pick<ListOptions, 'labelSelector' | 'fieldSelector'>;
  /** In [0, 1): spreads the waits after failures. */
  readonly random?: () => number;
}

const minimumBackoffMs = 800;
const maximumBackoffMs = 30_000;
const backoffResetMs = 120_000;
const shortWatchMs = 1000;

/** Waits that double, spread by chance, and begin anew after a quiet time. */
class Backoff {
  #delayMs = minimumBackoffMs;
  #last = Number.NEGATIVE_INFINITY;
  readonly #random: () => number;
  constructor(random: () => number) {
    this.#random = random;
  }
  *wait(driver: Driver): Process<void> {
    const now = driver.now();
    if (now - this.#last > backoffResetMs) this.#delayMs = minimumBackoffMs;
    this.#last = now;
    const ms = this.#delayMs * (1 + this.#random());
    this.#delayMs = Math.min(this.#delayMs * 2, maximumBackoffMs);
    yield* suspend<void>((resume) => driver.setTimer(ms, () => resume(), { background: true }));
  }
}

/**
 * Keeps a store equal to a resource on the server: lists, then watches; lists again when history was lost. Never ends by itself:
 * kill its task. Events are applied in the task, and in the cause, of their delivery.
 *
 * Upstream: client-go/tools/cache/reflector.go (v1.36). Differs: one list instead of a streamed one; no resync.
 */
export function* reflect<T extends KubernetesObject>(
  resource: ResourceClient<T>,
  store: ReflectorStore<T>,
  options: ReflectorOptions = {},
): Process<never> {
  const driver = yield* currentDriver();
  const backoff = new Backoff(options.random ?? (() => 0));
  for (;;) {
    try {
      const list = yield* resource.list({ ...options.selectors });
      store.replace(list.items.map((item) => withKind(item, resource)));
      yield* watchFrom(resource, store, options, list.metadata.resourceVersion ?? '', backoff);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (isGone(error) || isResourceExpired(error)) continue;
    }
    yield* backoff.wait(driver);
  }
}

/** Items of a list do not state their kind; what is kept does. */
function withKind<T extends KubernetesObject>(item: T, { ref }: ResourceClient<T>): T {
  if (item.kind) return item;
  const apiVersion = ref.group === '' ? ref.version : `${ref.group}/${ref.version}`;
  return Object.freeze({ apiVersion, ...item, kind: ref.kind });
}

/** Watches again and again. Returns or throws when a new list is needed. */
function* watchFrom<T extends KubernetesObject>(
  resource: ResourceClient<T>,
  store: ReflectorStore<T>,
  options: ReflectorOptions,
  listVersion: string,
  backoff: Backoff,
): Process<void> {
  const driver = yield* currentDriver();
  let resourceVersion = listVersion;
  for (;;) {
    const startedAt = driver.now();
    const failure = yield* watchOnce(resource, store, { ...options.selectors, resourceVersion }, (version) => {
      resourceVersion = version;
    });
    if (failure instanceof StatusError) throw failure;
    if (failure || driver.now() - startedAt < shortWatchMs) yield* backoff.wait(driver);
  }
}

function* watchOnce<T extends KubernetesObject>(
  resource: ResourceClient<T>,
  store: ReflectorStore<T>,
  options: ListOptions,
  seen: (resourceVersion: string) => void,
): Process<Error | undefined> {
  return yield* suspend<Error | undefined>((resume) => {
    const take = ({ type, object }: WatchEvent<T>) => {
      if (type === 'ERROR') {
        call.abort();
        return resume(StatusError.fromAnswer(500, object));
      }
      seen(object.metadata.resourceVersion ?? '');
      if (type !== 'BOOKMARK') store.apply(type, object);
    };
    const call = resource.watch({ ...options, allowWatchBookmarks: true }, { event: take, end: resume });
    return () => call.abort();
  });
}
