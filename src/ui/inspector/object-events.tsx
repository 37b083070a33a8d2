import { useMemo } from 'react';
import type { ObjectView } from '../stores/object-view.ts';
import { useSelect, useSession } from '../stores/session-context.ts';
import { useAge } from '../timeline/use-age.ts';
import { Empty } from '../widgets/empty.tsx';
import { StatusMark } from '../widgets/kind-symbol.tsx';
import styles from './inspector.module.css';

/** The Events about one object. */
export function ObjectEvents({ object }: { readonly object: ObjectView }) {
  const { events: store } = useSession();
  const all = useSelect(store, (state) => state.events);
  const age = useAge();
  const events = useMemo(
    () =>
      all.filter(
        ({ about }) =>
          about.uid === object.uid ||
          (about.kind === object.kind &&
            about.name === object.name &&
            about.namespace === object.namespace &&
            about.kind === 'Node'),
      ),
    [all, object],
  );
  if (events.length === 0) {
    return (
      <Empty>
        <p>Nothing has been reported about this object. Events are kept for an hour.</p>
      </Empty>
    );
  }
  return (
    <ol className={`${styles.scroll} ${styles.events}`} aria-label="Events">
      {events.map((event) => (
        <li key={event.uid}>
          <StatusMark level={event.type === 'Warning' ? 'warning' : 'neutral'} size={13} />
          <span className={styles.eventReason}>{event.reason}</span>
          <span className={styles.faint}>
            {age(event.lastMs)}
            {event.count > 1 ? ` ×${event.count}` : ''}
          </span>
          <p>{event.message}</p>
          <p className={styles.faint}>{event.source}</p>
        </li>
      ))}
    </ol>
  );
}
