import type * as corev1 from '../api/core/v1.ts';
import { BucketRateLimiter } from './rate-limiters.ts';

const maxCacheEntries = 4096;
const maxEvents = 10;
const maxIntervalMs = 600_000;
const spamBurst = 25;
const spamPerSecond = 1 / 300;

/** A map that forgets what was used longest ago. */
class LeastRecentlyUsed<V> {
  readonly #entries = new Map<string, V>();
  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }
  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= maxCacheEntries) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}

/** What is to be done with an event: written anew, or as a change of an earlier one. */
export interface Correlated {
  readonly event: corev1.Event;
  /** Present when the event was written before: the change of the stored one. */
  readonly patch?: { readonly count: number; readonly lastTimestamp: string; readonly message: string };
}

interface Observation {
  readonly count: number;
  readonly firstTimestamp: string | undefined;
  readonly name: string | undefined;
}

const spamKey = ({ source, involvedObject: about, type }: corev1.Event): string =>
  [source?.component, source?.host, about.kind, about.namespace, about.name, about.uid, about.apiVersion, type].join();

const eventKey = (event: corev1.Event): string =>
  [spamKey(event), event.involvedObject.fieldPath, event.reason, event.message].join();

const aggregateKey = (event: corev1.Event): string =>
  [spamKey(event), event.reason, event.reportingComponent, event.reportingInstance].join();

/**
 * Keeps repeated events few: equal ones are counted, similar ones are combined from the tenth on, and one source may not flood
 * one object.
 *
 * Upstream: client-go/tools/record/events_cache.go (v1.36)
 */
export class EventCorrelator {
  readonly #now: () => number;
  readonly #spam = new LeastRecentlyUsed<BucketRateLimiter>();
  readonly #similar = new LeastRecentlyUsed<{ readonly messages: Set<string>; lastMs: number }>();
  readonly #observed = new LeastRecentlyUsed<Observation>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Gives undefined when the event is to be dropped. `makeName` names a combined event. */
  correlate(event: corev1.Event, makeName: () => string): Correlated | undefined {
    const { event: aggregated, key } = this.#aggregate(event, makeName);
    const correlated = this.#observe(aggregated, key);
    return this.#isSpam(event) ? undefined : correlated;
  }
  /** Remembers what the server stored. */
  updateState(event: corev1.Event): void {
    this.#remember(eventKey(event), event);
  }

  #aggregate(event: corev1.Event, makeName: () => string): { readonly event: corev1.Event; readonly key: string } {
    const key = aggregateKey(event);
    const now = this.#now();
    let record = this.#similar.get(key);
    if (!record || now - record.lastMs > maxIntervalMs) record = { messages: new Set(), lastMs: now };
    record.messages.add(event.message ?? '');
    record.lastMs = now;
    this.#similar.set(key, record);
    if (record.messages.size < maxEvents) return { event, key: eventKey(event) };
    // Upstream forgets any one message; the oldest, here.
    for (const oldest of record.messages) {
      record.messages.delete(oldest);
      break;
    }
    const { reportingComponent: _component, reportingInstance: _instance, ...rest } = event;
    const metadata = { name: makeName(), namespace: event.metadata.namespace ?? '' };
    return { event: { ...rest, metadata, message: `(combined from similar events): ${event.message ?? ''}` }, key };
  }
  #observe(event: corev1.Event, key: string): Correlated {
    const last = this.#observed.get(key);
    if (!last) {
      this.#remember(key, event);
      return { event };
    }
    const count = last.count + 1;
    const metadata = { ...event.metadata, ...(last.name === undefined ? {} : { name: last.name }) };
    const firstTimestamp = last.firstTimestamp;
    const next = { ...event, metadata, count, ...(firstTimestamp === undefined ? {} : { firstTimestamp }) };
    this.#remember(key, next);
    return { event: next, patch: { count, lastTimestamp: event.lastTimestamp ?? '', message: event.message ?? '' } };
  }
  #remember(key: string, event: corev1.Event): void {
    const { count = 1, firstTimestamp, metadata } = event;
    this.#observed.set(key, { count, firstTimestamp: firstTimestamp ?? undefined, name: metadata.name });
  }
  #isSpam(event: corev1.Event): boolean {
    const key = spamKey(event);
    let bucket = this.#spam.get(key);
    if (!bucket) bucket = new BucketRateLimiter(this.#now, spamPerSecond, spamBurst);
    this.#spam.set(key, bucket);
    return !bucket.tryAccept();
  }
}
