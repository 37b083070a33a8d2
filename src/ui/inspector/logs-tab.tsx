import { useEffect, useRef, useState } from 'react';
import type * as corev1 from '../../api/core/v1.ts';
import type { ObjectView } from '../stores/object-view.ts';
import { Empty } from '../widgets/empty.tsx';
import styles from './inspector.module.css';
import { type LogQuery, usePodLog } from './use-pod-log.ts';

/** A container's log, followed. */
export function LogsTab({ object }: { readonly object: ObjectView }) {
  const containers = object.facets.containers ?? [];
  const [container, setContainer] = useState(containers[0] ?? '');
  const [previous, setPrevious] = useState(false);
  const [timestamps, setTimestamps] = useState(false);
  const pod = object.object as corev1.Pod;
  const status = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].find(
    (each) => each.name === container,
  );
  const runs = (status?.restartCount ?? 0) * 4 + (status?.state?.running ? 2 : status?.state?.terminated ? 1 : 0);
  return (
    <div className={styles.column}>
      <div className={styles.options}>
        <select aria-label="Container" value={container} onChange={(event) => setContainer(event.target.value)}>
          {containers.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <label>
          <input type="checkbox" checked={previous} onChange={(event) => setPrevious(event.target.checked)} /> Previous
          run
        </label>
        <label>
          <input type="checkbox" checked={timestamps} onChange={(event) => setTimestamps(event.target.checked)} /> Times
        </label>
      </div>
      <LogText
        key={`${container}/${previous}/${timestamps}/${previous ? 0 : runs}`}
        query={{ namespace: object.namespace, name: object.name, container, previous, timestamps }}
      />
    </div>
  );
}

function LogText({ query }: { readonly query: LogQuery }) {
  const log = usePodLog(query);
  const text = useRef<HTMLPreElement>(null);
  const stuck = useRef(true);
  useEffect(() => {
    const element = text.current;
    if (element && stuck.current) element.scrollTop = element.scrollHeight;
  }, [log]);
  if (log.problem !== undefined) {
    return (
      <Empty>
        <p role="alert">{log.problem}</p>
      </Empty>
    );
  }
  const empty = log.ended ? 'The log is empty.' : 'Nothing has been written yet.';
  return (
    <pre
      ref={text}
      className={styles.log}
      role="log"
      aria-label={`Log of ${query.container}`}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        stuck.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      {log.lines.length === 0 ? <span className={styles.faint}>{empty}</span> : log.lines.join('\n')}
    </pre>
  );
}
