import { Terminal } from 'lucide-react';
import { useMemo } from 'react';
import { viewsOf } from '../stores/cluster-store.ts';
import { useCluster, useSelect, useSession } from '../stores/session-context.ts';
import { StatusMark } from '../widgets/kind-symbol.tsx';
import styles from './controls.module.css';

/** The last command that a button ran, and how nodes and pods fare. */
export function StatusBar() {
  const { notices } = useSession();
  const last = useSelect(notices, (state) => state.commands.at(-1));
  return (
    <footer className={styles.status}>
      <span className={styles.echo} data-failed={last?.failed ?? false}>
        <Terminal size={13} aria-hidden="true" />
        {last ? (
          <code aria-label="Last command">{last.command}</code>
        ) : (
          <span>Every button is a kubectl command; it shows here.</span>
        )}
      </span>
      <Counts />
    </footer>
  );
}

function Counts() {
  const nodes = useCluster((state) => viewsOf(state, 'nodes'));
  const pods = useCluster((state) => viewsOf(state, 'pods'));
  const synced = useCluster((state) => state.synced);
  const counts = useMemo(() => {
    const ready = [...nodes.values()].filter((node) => node.status.text.startsWith('Ready')).length;
    const all = [...pods.values()];
    const at = (level: string) => all.filter((pod) => pod.status.level === level).length;
    return { ready, running: at('ok'), waiting: at('progress'), failing: at('error') + at('warning') };
  }, [nodes, pods]);
  if (!synced) return <span>starting</span>;
  return (
    <span className={styles.counts}>
      <span>
        {counts.ready}/{nodes.size} nodes ready
      </span>
      <span>
        <StatusMark level="ok" size={12} />
        {counts.running} pods running
      </span>
      {counts.waiting > 0 ? (
        <span>
          <StatusMark level="progress" size={12} />
          {counts.waiting} on the way
        </span>
      ) : null}
      {counts.failing > 0 ? (
        <span>
          <StatusMark level="error" size={12} />
          {counts.failing} failing
        </span>
      ) : null}
    </span>
  );
}
