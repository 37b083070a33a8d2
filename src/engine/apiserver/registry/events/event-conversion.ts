import type * as corev1 from '../../../../api/core/v1.ts';
import type * as eventsv1 from '../../../../api/events/v1.ts';

/** Between core/v1 and events.k8s.io/v1, which share one store. Upstream: pkg/apis/events/v1/conversion.go (v1.36) */
type Mapping = readonly (readonly [core: string, event: string])[];

const renamed: Mapping = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];

const toEvent: ReadonlyMap<string, string> = new Map(renamed);
const toCore: ReadonlyMap<string, string> = new Map(renamed.map(([core, event]) => [event, core]));

function rename(object: object, names: ReadonlyMap<string, string>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) out[names.get(key) ?? key] = value;
  return out;
}

/** An event of events.k8s.io as a core one. */
export function eventToCore(event: eventsv1.Event): corev1.Event {
  const out = rename(event, toCore);
  out['apiVersion'] = 'v1';
  out['involvedObject'] ??= {};
  out['source'] ??= {};
  out['firstTimestamp'] ??= null;
  out['lastTimestamp'] ??= null;
  out['reportingComponent'] ??= '';
  out['reportingInstance'] ??= '';
  return out as unknown as corev1.Event;
}

/** A core event as one of events.k8s.io. */
export function eventFromCore(event: corev1.Event): eventsv1.Event {
  const out = rename(event, toEvent);
  for (const key of ['reportingController', 'reportingInstance']) if (out[key] === '') delete out[key];
  out['apiVersion'] = 'events.k8s.io/v1';
  return out as unknown as eventsv1.Event;
}
