import type * as corev1 from '../../api/core/v1.ts';
import type { Process } from '../../process/process.ts';
import type { Factory } from '../factory.ts';
import { arrayAt, metaOf, stringAt, type Unstructured } from '../object.ts';
import { withQuery } from '../rest/rest-client.ts';
import { since } from './describe-parts.ts';
import type { PrefixWriter } from './describe-writer.ts';

/** What a describer works with besides its object. */
export interface Session {
  readonly w: PrefixWriter;
  readonly factory: Factory;
  readonly now: number;
  readonly chunkSize: number;
}

/** Writes what is to be said about an object; events are written by the caller. */
export type Describe = (object: Unstructured, session: Session) => Process<void>;

/** A describer that needs nothing but the object. */
export const plain = <T>(describe: (w: PrefixWriter, object: T, now: number) => void): Describe =>
  // biome-ignore lint/correctness/useYield: a process that never waits
  function* (object, { w, now }) {
    describe(w, object as unknown as T, now);
  };

/** All items of a list, chunk after chunk. */
export function* listAll<T>(
  { factory, chunkSize }: Pick<Session, 'factory' | 'chunkSize'>,
  path: string,
  selectors: { readonly labelSelector?: string; readonly fieldSelector?: string } = {},
): Process<T[]> {
  const items: T[] = [];
  for (let token = ''; ; ) {
    const query = {
      ...selectors,
      limit: chunkSize > 0 ? chunkSize : undefined,
      continue: token === '' ? undefined : token,
    };
    const list = yield* factory.rest.json<Unstructured>({ path: withQuery(path, query) });
    items.push(...arrayAt<T>(list, 'items'));
    token = stringAt(list, 'metadata', 'continue');
    if (token === '') return items;
  }
}

/** What events are about. */
export interface EventSubject {
  readonly name: string;
  readonly namespace: string;
  readonly kind: string;
  readonly uid: string;
}

/** What events of an object refer to. */
export const subjectOf = (object: Unstructured): EventSubject => {
  const { name = '', namespace = '', uid = '' } = metaOf(object);
  return { name, namespace, kind: object.kind ?? '', uid };
};

/** Upstream: kubectl/pkg/describe/describe.go searchEvents (v1.36) */
export function* searchEvents(session: Session, subject: EventSubject): Process<corev1.Event[]> {
  const { name, namespace, kind, uid } = subject;
  const fieldSelector = [
    `involvedObject.name=${name}`,
    `involvedObject.namespace=${namespace}`,
    ...(kind === '' ? [] : [`involvedObject.kind=${kind}`]),
    ...(uid === '' ? [] : [`involvedObject.uid=${uid}`]),
  ].join(',');
  const path = namespace === '' ? '/api/v1/events' : `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
  return yield* listAll<corev1.Event>(session, path, { fieldSelector });
}

/** Upstream: kubectl/pkg/describe/describe.go DescribeEvents (v1.36) */
export function describeEvents(w: PrefixWriter, events: readonly corev1.Event[], now: number): void {
  if (events.length === 0) return w.write(0, 'Events:\t<none>\n');
  w.flush();
  const last = (event: corev1.Event): number => (event.lastTimestamp ? Date.parse(event.lastTimestamp) : -Infinity);
  const sorted = [...events].sort((a, b) => (last(a) < last(b) ? -1 : last(a) > last(b) ? 1 : 0));
  w.write(0, 'Events:\n  Type\tReason\tAge\tFrom\tMessage\n');
  w.write(1, '----\t------\t----\t----\t-------\n');
  for (const event of sorted) {
    const source = event.source?.component || (event.reportingComponent ?? '');
    const text = (event.message ?? '').trim();
    const fieldPath = event.involvedObject.fieldPath ?? '';
    const message = fieldPath === '' ? text : `${fieldPath}: ${text}`;
    w.write(1, `${event.type ?? ''}\t${event.reason ?? ''}\t${eventAge(event, now)}\t${source}\t${message}\n`);
  }
}

/** `3m`, or `2s (x5 over 3m)`. */
export function eventAge(event: corev1.Event, now: number): string {
  const first = since(now, event.eventTime ?? event.firstTimestamp);
  if (event.series) return `${since(now, event.series.lastObservedTime)} (x${event.series.count ?? 0} over ${first})`;
  if ((event.count ?? 0) > 1) return `${since(now, event.lastTimestamp)} (x${event.count} over ${first})`;
  return first;
}
