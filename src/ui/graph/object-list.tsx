import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useCallback, useMemo, useRef, useState } from 'react';
import { useCluster, useSession, useSettings, useView } from '../stores/session-context.ts';
import type { ObjectView } from '../stores/object-view.ts';
import { select } from '../stores/view-store.ts';
import { useAge } from '../timeline/use-age.ts';
import { KindSymbol, StatusText } from '../widgets/kind-symbol.tsx';
import styles from './graph.module.css';
import { cellText, type Column, listRows } from './list-rows.ts';

const columns: readonly { readonly column: Column; readonly title: string }[] = [
  { column: 'kind', title: 'Kind' },
  { column: 'name', title: 'Name' },
  { column: 'status', title: 'Status' },
  { column: 'ready', title: 'Ready' },
  { column: 'namespace', title: 'Namespace' },
  { column: 'node', title: 'Node' },
  { column: 'age', title: 'Age' },
];
const rowHeight = 29;

interface RowProps {
  readonly view: ObjectView;
  readonly index: number;
  readonly selected: boolean;
  readonly age: string;
  onOpen(uid: string): void;
}

/** Drawn again only when what it shows has changed. */
const Row = memo(function Row({ view, index, selected, age, onOpen }: RowProps) {
  return (
    <tr aria-rowindex={index + 2} aria-selected={selected}>
      <td>
        <span className={styles.kind}>
          <KindSymbol path={view.look.symbol} size={14} />
          <span className={styles.kindName}>{view.kind}</span>
        </span>
      </td>
      <th scope="row">
        <button type="button" className={styles.nameButton} onClick={() => onOpen(view.uid)}>
          {view.name}
        </button>
      </th>
      <td>
        <StatusText level={view.status.level} text={view.status.text} />
      </td>
      <td>{cellText(view, 'ready')}</td>
      <td>{view.namespace}</td>
      <td>{cellText(view, 'node')}</td>
      <td>{age}</td>
    </tr>
  );
});

/** The same content as the graph, as a table. */
export function ObjectList() {
  const session = useSession();
  const state = useCluster((cluster) => cluster);
  const namespace = useSettings((settings) => settings.namespace);
  const showSystem = useSettings((settings) => settings.showSystem);
  const filter = useView((view) => view.filter);
  const selected = useView((view) => view.selected);
  const [sort, setSort] = useState<{ column: Column; down: boolean }>({ column: 'kind', down: false });
  const scroll = useRef<HTMLDivElement>(null);
  const age = useAge();
  const open = useCallback((uid: string) => select(session.view, uid), [session]);
  const rows = useMemo(
    () => listRows(state, { namespace, showSystem, filter, expanded: new Set() }, sort),
    [state, namespace, showSystem, filter, sort],
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <div ref={scroll} className={styles.listScroll}>
      <table className={styles.table} aria-label="Objects" aria-rowcount={rows.length + 1}>
        <colgroup>
          {columns.map(({ column }) => (
            <col key={column} data-column={column} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map(({ column, title }) => (
              <th
                key={column}
                scope="col"
                aria-sort={sort.column === column ? (sort.down ? 'descending' : 'ascending') : 'none'}
              >
                <button type="button" onClick={() => setSort({ column, down: sort.column === column && !sort.down })}>
                  {title}
                  {sort.column === column ? (sort.down ? ' ↓' : ' ↑') : ''}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 ? <tr aria-hidden="true" style={{ height: before }} /> : null}
          {items.map(({ index }) => {
            const view = rows[index];
            if (!view) return null;
            return (
              <Row
                key={view.uid}
                view={view}
                index={index}
                selected={view.uid === selected}
                age={age(view.createdMs)}
                onOpen={open}
              />
            );
          })}
          {after > 0 ? <tr aria-hidden="true" style={{ height: after }} /> : null}
        </tbody>
      </table>
    </div>
  );
}
