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

function rename(object: object, from: 0 | 1): Record<string, unknown> {
  const names = new Map(renamed.map((pair) => [pair[from], pair[from === 0 ? 1 : 0]]));
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [names.get(key) ?? key, value]));
}

/** An event of events.k8s.io as a core one. */
export function eventToCore(event: eventsv1.Event): corev1.Event {
  const out = rename(event, 1);
  return {
    ...out,
    apiVersion: 'v1',
    involvedObject: out['involvedObject'] ?? {},
    source: out['source'] ?? {},
    firstTimestamp: out['firstTimestamp'] ?? null,
    lastTimestamp: out['lastTimestamp'] ?? null,
    reportingComponent: out['reportingComponent'] ?? '',
    reportingInstance: out['reportingInstance'] ?? '',
  } as unknown as corev1.Event;
}

/** A core event as one of events.k8s.io. */
export function eventFromCore(event: corev1.Event): eventsv1.Event {
  const out = rename(event, 0);
  for (const key of ['reportingController', 'reportingInstance']) if (out[key] === '') delete out[key];
  return { ...out, apiVersion: 'events.k8s.io/v1' } as unknown as eventsv1.Event;
}
