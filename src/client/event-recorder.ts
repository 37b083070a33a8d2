/**
 * Writes events: fire and forget, in order, correlated as client-go does.
 *
 * With an `action` an event is of the newer kind (events.k8s.io/v1, as the scheduler writes them): repeats form a series. Without
 * one it is a core/v1 event: repeats are counted. Upstream: client-go/tools/record/event.go, client-go/tools/events (v1.36).
 */
import type * as corev1 from '../api/core/v1.ts';
import type * as eventsv1 from '../api/events/v1.ts';
import { events } from '../api/resources.ts';
import type { KubernetesObject, ObjectMeta } from '../apimachinery/object-meta.ts';
import type { ResourceRef } from '../apimachinery/resource-ref.ts';
import { isNotFound } from '../apimachinery/status-error.ts';
import { Channel } from '../process/channel.ts';
import type { Driver, Process } from '../process/process.ts';
import { spawn, type Task } from '../process/task.ts';
import type { Client } from './client.ts';
import { EventCorrelator } from './event-correlator.ts';

export interface EventSource {
  readonly component: string;
  /** The node, for a kubelet. */
  readonly host?: string;
}

export interface EventDetails {
  readonly related?: KubernetesObject | corev1.ObjectReference;
  readonly action?: string;
  /** The part of the object that is meant: `spec.containers{web}`. */
  readonly fieldPath?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

const newEvents: ResourceRef<eventsv1.Event> = {
  group: 'events.k8s.io',
  version: 'v1',
  resource: 'events',
  kind: 'Event',
  namespaced: true,
};
const seriesForgottenMs = 360_000;

/** What of an event is needed when it repeats. */
interface Series {
  readonly name: string;
  readonly eventTime: string | null | undefined;
  readonly note: string | undefined;
  readonly count: number;
  readonly lastMs: number;
}

/** Refers to an object as events do. */
export function objectReference(object: KubernetesObject | corev1.ObjectReference): corev1.ObjectReference {
  if (!('metadata' in object)) return object;
  const { namespace, name, uid, resourceVersion } = object.metadata;
  return Object.assign(
    object.kind ? { kind: object.kind } : {},
    namespace ? { namespace } : undefined,
    name ? { name } : undefined,
    uid ? { uid } : undefined,
    object.apiVersion ? { apiVersion: object.apiVersion } : undefined,
    resourceVersion ? { resourceVersion } : undefined,
  );
}

/** Refers to a pod in events; objects that came in lists do not name their kind. */
export function podReference({ metadata }: corev1.Pod): corev1.ObjectReference {
  return objectReference({ kind: 'Pod', apiVersion: 'v1', metadata });
}

export class EventRecorder {
  readonly #client: Client;
  readonly #driver: Driver;
  readonly #source: EventSource;
  readonly #correlator: EventCorrelator;
  /** The one heard of longest ago first. */
  readonly #series = new Map<string, Series>();
  readonly #channel = new Channel<{ readonly write: () => Process<void>; readonly context: unknown }>();
  readonly #nameOffset: number;
  readonly #instance: string;
  #task: Task<void> | undefined;
  #lastNanos = 0;
  #lastMs = 0;
  #microsOf = Number.NaN;
  #microsText = '';

  constructor(client: Client, driver: Driver, source: EventSource) {
    this.#client = client;
    this.#driver = driver;
    this.#source = source;
    this.#correlator = new EventCorrelator(() => driver.now());
    this.#instance = `${source.component}-${source.host ?? 'control-plane'}`;
    this.#nameOffset = hash(`${source.component}/${source.host ?? ''}`) % 900_000;
  }

  /** Records that something happened to an object. Does not wait; nobody hears of a failure. */
  event(
    object: KubernetesObject | corev1.ObjectReference,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    details: EventDetails = {},
  ): void {
    const reference = objectReference(object);
    const { fieldPath } = details;
    const about = fieldPath ? Object.assign({}, reference, { fieldPath }) : reference;
    if (details.action === undefined) this.#recordCore(about, type, reason, message, details);
    else this.#recordNew(about, type, reason, message, { ...details, action: details.action });
  }
  /** Drops what is not written yet. */
  stop(): void {
    this.#channel.close();
    this.#task?.kill('recorder stopped');
  }

  #recordCore(
    involvedObject: corev1.ObjectReference,
    type: string,
    reason: string,
    message: string,
    { annotations }: EventDetails,
  ): void {
    const { component, host } = this.#source;
    const time = seconds(this.#driver.now());
    const event: corev1.Event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: this.#metadata(involvedObject, annotations),
      involvedObject,
      reason,
      message,
      source: host ? { component, host } : { component },
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
      type,
      reportingComponent: component,
      reportingInstance: host ?? '',
    };
    this.#enqueue(() => this.#writeCore(event));
  }
  *#writeCore(event: corev1.Event): Process<void> {
    const found = this.#correlator.correlate(event, () => this.#name(event.involvedObject.name ?? ''));
    if (!found) return;
    const resource = this.#client.resource(events, event.metadata.namespace);
    if (found.patch) {
      try {
        const name = found.event.metadata.name ?? '';
        this.#correlator.updateState(yield* resource.patch(name, 'strategic', found.patch));
        return;
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    this.#correlator.updateState(yield* resource.create(found.event));
  }

  #recordNew(
    regarding: corev1.ObjectReference,
    type: string,
    reason: string,
    note: string,
    { action, related, annotations }: EventDetails & { readonly action: string },
  ): void {
    const { component } = this.#source;
    const event: eventsv1.Event = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: this.#metadata(regarding, annotations),
      eventTime: this.#micros(this.#driver.now()),
      reportingController: component,
      reportingInstance: this.#instance,
      action,
      reason,
      regarding,
      ...(related ? { related: objectReference(related) } : {}),
      note,
      type,
    };
    this.#enqueue(() => this.#writeNew(event));
  }
  *#writeNew(event: eventsv1.Event): Process<void> {
    const now = this.#driver.now();
    const resource = this.#client.resource(newEvents, event.metadata.namespace);
    const key = seriesKey(event);
    this.#forgetSeries(now);
    const known = this.#series.get(key);
    this.#series.delete(key);
    this.#series.set(key, {
      name: known?.name ?? event.metadata.name ?? '',
      eventTime: known ? known.eventTime : event.eventTime,
      note: known ? known.note : event.note,
      count: (known?.count ?? 0) + 1,
      lastMs: now,
    });
    if (!known) {
      yield* resource.create(event);
      return;
    }
    // Upstream writes the first repeat, and later ones when it refreshes the series every 30 minutes or ends it.
    if (known.count !== 1) return;
    const series = { count: 2, lastObservedTime: this.#micros(now) };
    try {
      yield* resource.patch(known.name, 'strategic', { series });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const { eventTime, note, name } = known;
      yield* resource.create({
        ...event,
        metadata: { ...event.metadata, name },
        eventTime,
        note,
        series,
      } as eventsv1.Event);
    }
  }

  #forgetSeries(now: number): void {
    for (const [key, { lastMs }] of this.#series) {
      if (now - lastMs <= seriesForgottenMs) return;
      this.#series.delete(key);
    }
  }
  #metadata(about: corev1.ObjectReference, annotations: EventDetails['annotations']): ObjectMeta {
    const named = { name: this.#name(about.name ?? ''), namespace: about.namespace || 'default' };
    return annotations ? Object.assign(named, { annotations }) : named;
  }
  /** The object's name and the time in nanoseconds; no two recorders, and no two events of one, share a nanosecond. */
  #name(name: string): string {
    const ms = Math.floor(this.#driver.now());
    this.#lastNanos = ms === this.#lastMs ? this.#lastNanos + 1 : 0;
    this.#lastMs = ms;
    return `${name}.${hexNanos(ms, this.#nameOffset + this.#lastNanos)}`;
  }
  /** Many events have one time. */
  #micros(ms: number): string {
    if (ms !== this.#microsOf) {
      this.#microsOf = ms;
      this.#microsText = micros(ms);
    }
    return this.#microsText;
  }
  #enqueue(write: () => Process<void>): void {
    this.#channel.send({ write, context: this.#driver.context });
    this.#task ??= spawn(this.#driver, this.#run(), `events of ${this.#source.component}`);
  }
  *#run(): Process<void> {
    for (;;) {
      const next = yield* this.#channel.receive();
      if (!next) return;
      this.#driver.context = next.context;
      try {
        yield* next.write();
      } catch (error) {
        // A refused event (its namespace is going away, say) is lost, as in life.
        if (!(error instanceof Error)) throw error;
      }
    }
  }
}

/** Milliseconds and nanoseconds as nanoseconds in hexadecimal digits: too many for a number, so in two parts. */
function hexNanos(ms: number, nanos: number): string {
  const low = (ms % 65_536) * 1_000_000 + nanos;
  const high = Math.floor(ms / 65_536) * 1_000_000 + Math.floor(low / 65_536);
  return high.toString(16) + (low % 65_536).toString(16).padStart(4, '0');
}

const referenceKey = (about: corev1.ObjectReference | null | undefined): string =>
  // The uid tells the object; those without one have nothing but their names.
  about
    ? [about.uid ?? `${about.kind}/${about.namespace}/${about.name}`, about.resourceVersion, about.fieldPath].join()
    : '';

/** Equal for events of one series. Upstream: client-go/tools/events/event_broadcaster.go getKey (v1.36) */
const seriesKey = ({ action, reason, type, regarding, related }: eventsv1.Event): string =>
  [action, reason, type, referenceKey(regarding), referenceKey(related)].join();

const seconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const micros = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 23)}${String(Math.floor((ms % 1) * 1000)).padStart(3, '0')}Z`;

function hash(text: string): number {
  let h = 2_166_136_261;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16_777_619);
  return h >>> 0;
}
