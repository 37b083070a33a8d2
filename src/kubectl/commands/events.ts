import type * as corev1 from '../../api/core/v1.ts';
import type { Process } from '../../process/process.ts';
import type { Command, Invocation } from '../command.ts';
import { escapeTerminal } from '../printers/table-printer.ts';
import { eventAge, listAll } from '../describe/session.ts';
import { KubectlError, NoResourceMatchError } from '../errors.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import type { Unstructured } from '../object.ts';
import { printFlags, printerFor } from '../printers/object-printer.ts';
import { TabWriter } from '../printers/tab-writer.ts';
import { withQuery } from '../rest/rest-client.ts';

export const events: Command = {
  use: 'events [(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]',
  group: 'debug',
  short: 'List events',
  long: 'Shows what happened, the latest last: in a namespace, or to one object.',
  example: `kubectl events

# Of one pod, and what comes
kubectl events --for pod/web --watch

# Only warnings, everywhere
kubectl events -A --types=Warning`,
  flags: [
    ...flagSpecs(`A/all-namespaces=false chunk-size=500 for='' no-headers=false types=[] w/watch=false`),
    ...printFlags,
  ],
  plainUseLine: true,
  run: runEvents,
};

/** Upstream: kubectl/pkg/cmd/events/events.go (v1.36) */
function* runEvents(invocation: Invocation): Process<void> {
  const { flags, factory, err, out, context } = invocation;
  const types = flags.strings('types').map((type) => type.toLowerCase());
  const fieldSelector = yield* selectorFor(invocation);
  if (types.some((type) => type !== 'normal' && type !== 'warning')) {
    throw new KubectlError('valid --types are Normal or Warning');
  }
  const allNamespaces = flags.bool('all-namespaces');
  const path = allNamespaces ? '/api/v1/events' : `/api/v1/namespaces/${factory.namespace}/events`;
  const wanted = ({ type = '' }: corev1.Event): boolean => types.length === 0 || types.includes(type.toLowerCase());
  const print = eventPrinter(invocation);
  if (flags.bool('watch'))
    return yield* watchEvents(invocation, withQuery(path, { fieldSelector, watch: true }), wanted, print);
  const listed = yield* listAll<corev1.Event>({ factory, chunkSize: flags.int('chunk-size') }, path, { fieldSelector });
  const shown = listed.filter(wanted).sort((a, b) => timeOf(a) - timeOf(b));
  if (shown.length === 0) {
    return yield* err.line(allNamespaces ? 'No events found.' : `No events found in ${factory.namespace} namespace.`);
  }
  if (flags.string('output') === '' && flags.string('template') === '') return yield* print(shown);
  const items = shown.map((event) => ({ apiVersion: 'v1', kind: 'Event', ...event }));
  const list = { apiVersion: 'v1', kind: 'EventList', metadata: {}, items } as unknown as Unstructured;
  yield* out.print(printerFor(context, flags).print(list));
}

/** The latest moment an event tells of. */
function timeOf({ series, lastTimestamp, eventTime, firstTimestamp }: corev1.Event): number {
  const time = series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp;
  return time ? Date.parse(time) : 0;
}

function* selectorFor({ flags, factory }: Invocation): Process<string> {
  const subject = flags.string('for');
  if (subject === '') return '';
  const [type = '', name = '', ...more] = subject.split('/');
  if (!subject.includes('/')) throw new KubectlError('--for must be in resource/name form');
  if (more.length > 0) throw new KubectlError('arguments in resource/name form may not have more than one slash');
  const mapping = (yield* factory.discovery()).lookup(type);
  if (mapping === undefined) throw new NoResourceMatchError(type);
  const { group, version, kind } = mapping;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return `involvedObject.kind=${kind},involvedObject.apiVersion=${apiVersion},involvedObject.name=${name}`;
}

type PrintEvents = (events: readonly corev1.Event[]) => Process<void>;

/** Prints rows; headings come once. */
function eventPrinter({ flags, out, context }: Invocation): PrintEvents {
  const table = new TabWriter();
  const allNamespaces = flags.bool('all-namespaces');
  let headings = !flags.bool('no-headers');
  return function* (shown) {
    if (headings)
      table.line(...(allNamespaces ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE');
    headings = false;
    for (const event of shown) {
      const { type = '', reason = '', involvedObject, message = '', metadata } = event;
      table.line(
        ...(allNamespaces ? [metadata?.namespace ?? ''] : []),
        eventAge(event, context.now()),
        escapeTerminal(type),
        escapeTerminal(reason),
        escapeTerminal(`${involvedObject.kind ?? ''}/${involvedObject.name ?? ''}`),
        escapeTerminal(message.trim()),
      );
    }
    yield* out.print(table.flush());
  };
}

function* watchEvents(
  { factory, flags, out, context }: Invocation,
  path: string,
  wanted: (event: corev1.Event) => boolean,
  print: PrintEvents,
): Process<void> {
  const plain = flags.string('output') === '' && flags.string('template') === '';
  const watch = factory.rest.watch(path);
  try {
    for (;;) {
      const message = yield* watch.events.receive();
      if (message === undefined || message.type === 'END') return;
      if (message.type !== 'ADDED' && message.type !== 'MODIFIED') continue;
      const event = message.object as corev1.Event;
      if (!wanted(event)) continue;
      if (plain) yield* print([event]);
      else yield* out.print(printerFor(context, flags).print(event as unknown as Unstructured));
    }
  } finally {
    watch.stop();
  }
}
