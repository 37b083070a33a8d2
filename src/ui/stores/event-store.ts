import { createStore, type StoreApi } from 'zustand/vanilla';
import type * as corev1 from '../../api/core/v1.ts';

/** An Event as the stream shows it. */
export interface EventView {
  readonly uid: string;
  readonly lastMs: number;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly source: string;
  readonly namespace: string;
  readonly about: { readonly kind: string; readonly namespace: string; readonly name: string; readonly uid: string };
}

export interface EventState {
  /** Newest first, at most {@link keptEvents}. */
  readonly events: readonly EventView[];
}

export const keptEvents = 2000;

export function eventViewOf(event: corev1.Event): EventView {
  const time =
    event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '';
  const about = event.involvedObject;
  return {
    uid: event.metadata.uid ?? '',
    lastMs: Date.parse(time) || 0,
    type: event.type ?? 'Normal',
    reason: event.reason ?? '',
    message: event.message ?? '',
    count: event.series?.count ?? event.count ?? 1,
    source: event.source?.component || event.reportingComponent || '',
    namespace: event.metadata.namespace ?? '',
    about: { kind: about.kind ?? '', namespace: about.namespace ?? '', name: about.name ?? '', uid: about.uid ?? '' },
  };
}

/** Newest first; equal times keep the order of arrival, so that rows do not change places. */
export function mergeEvents(
  events: readonly EventView[],
  changed: readonly EventView[],
  gone: ReadonlySet<string>,
): EventView[] {
  const latest = new Map(changed.map((event) => [event.uid, event]));
  const kept = events.filter((event) => !latest.has(event.uid) && !gone.has(event.uid));
  const fresh = [...latest.values()].filter((event) => !gone.has(event.uid)).reverse();
  return [...fresh, ...kept].sort((a, b) => b.lastMs - a.lastMs).slice(0, keptEvents);
}

export type EventStore = StoreApi<EventState>;
export const createEventStore = (): EventStore => createStore<EventState>(() => ({ events: [] }));
