import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useMemo, useRef, useState } from 'react';
import { isSystem } from '../graph/lenses/scope.ts';
import { findView } from '../stores/cluster-store.ts';
import type { EventView } from '../stores/event-store.ts';
import { useSelect, useSession, useSettings } from '../stores/session-context.ts';
import { select } from '../stores/view-store.ts';
import { Empty } from '../widgets/empty.tsx';
import { StatusMark } from '../widgets/kind-symbol.tsx';
import styles from './timeline.module.css';
import { useAge } from './use-age.ts';

/** The cluster's Events as they come, newest first. */
export function EventStream() {
  const session = useSession();
  const all = useSelect(session.events, (state) => state.events);
  const namespace = useSettings((settings) => settings.namespace);
  const showSystem = useSettings((settings) => settings.showSystem);
  const [warnings, setWarnings] = useState(false);
  const onOpen = useCallback((event: EventView) => open(session, event), [session]);
  const events = useMemo(
    () =>
      all.filter((event) => {
        if (warnings && event.type !== 'Warning') return false;
        if (namespace !== '') return event.namespace === namespace || event.about.kind === 'Node';
        return showSystem || !isSystem(event.namespace);
      }),
    [all, namespace, showSystem, warnings],
  );
  return (
    <section className={styles.stream} aria-label="Events">
      <label className={styles.only}>
        <input type="checkbox" checked={warnings} onChange={(event) => setWarnings(event.target.checked)} /> Only
        warnings
      </label>
      {events.length === 0 ? (
        <Empty>
          <p>No events yet. Controllers, the scheduler and kubelets report here what they do.</p>
        </Empty>
      ) : (
        <EventTable events={events} onOpen={onOpen} />
      )}
    </section>
  );
}

function open(session: ReturnType<typeof useSession>, { about }: EventView): void {
  const view = findView(session.cluster.getState(), about.kind, about.namespace, about.name);
  if (view) select(session.view, view.uid);
}

/** Two lines: what happened to whom, and the message. */
const rowHeight = 45;

interface RowProps {
  readonly event: EventView;
  readonly age: string;
  onOpen(event: EventView): void;
}

/** Drawn again only when what it shows has changed. */
const Row = memo(function Row({ event, age, onOpen }: RowProps) {
  return (
    <tr data-type={event.type}>
      <td className={styles.age}>{age}</td>
      <td className={styles.what}>
        <div>
          {event.type === 'Warning' ? <StatusMark level="warning" size={12} /> : null}
          <span className={styles.reason}>{event.reason}</span>
          <button type="button" onClick={() => onOpen(event)}>
            {event.about.kind}/{event.about.name}
          </button>
          {event.count > 1 ? <span className={styles.times}>×{event.count}</span> : null}
        </div>
        <p title={event.message}>{event.message}</p>
      </td>
    </tr>
  );
});

function EventTable({ events, onOpen }: { readonly events: readonly EventView[]; onOpen(event: EventView): void }) {
  const scroll = useRef<HTMLDivElement>(null);
  const age = useAge();
  const virtual = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div ref={scroll} className={styles.scroll}>
      <table className={styles.table} aria-rowcount={events.length}>
        <colgroup>
          <col className={styles.ageColumn} />
          <col />
        </colgroup>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Age</th>
            <th scope="col">What happened</th>
          </tr>
        </thead>
        <tbody>
          {before > 0 ? <tr aria-hidden="true" style={{ height: before }} /> : null}
          {items.map(({ index }) => {
            const event = events[index];
            if (!event) return null;
            return <Row key={event.uid} event={event} age={age(event.lastMs)} onOpen={onOpen} />;
          })}
          {after > 0 ? <tr aria-hidden="true" style={{ height: after }} /> : null}
        </tbody>
      </table>
    </div>
  );
}
