import { Boxes, FileCode2, ListTree, ScrollText, SquareTerminal } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { lazy, Suspense } from 'react';
import styles from './app.module.css';
import { GraphPanel } from './graph/graph-panel.tsx';
import { InspectorPanel } from './inspector/inspector-panel.tsx';
import { useSession, useView } from './stores/session-context.ts';
import type { PhonePane } from './stores/view-store.ts';
import { EventStream } from './timeline/event-stream.tsx';

const EditorPanel = lazy(() =>
  import('./editor/editor-panel.tsx').then(({ EditorPanel }) => ({ default: EditorPanel })),
);
const TerminalPanel = lazy(() =>
  import('./terminal/terminal-panel.tsx').then(({ TerminalPanel }) => ({ default: TerminalPanel })),
);

const panes = [
  { pane: 'cluster', title: 'Cluster', icon: Boxes },
  { pane: 'editor', title: 'Editor', icon: FileCode2 },
  { pane: 'terminal', title: 'Terminal', icon: SquareTerminal },
  { pane: 'inspector', title: 'Inspector', icon: ListTree },
  { pane: 'events', title: 'Events', icon: ScrollText },
] as const;

/** One pane at a time, chosen at the foot of the page. */
export function Phone() {
  const { view } = useSession();
  const pane = useView((state) => state.phonePane);
  return (
    <Tabs.Root
      className={styles.phone}
      value={pane}
      onValueChange={(next) => view.setState({ phonePane: next as PhonePane })}
    >
      <Tabs.Content value="cluster" className={styles.phonePane} tabIndex={-1}>
        <GraphPanel />
      </Tabs.Content>
      <Tabs.Content value="editor" className={styles.phonePane} tabIndex={-1}>
        <Suspense fallback={null}>
          <EditorPanel />
        </Suspense>
      </Tabs.Content>
      <Tabs.Content value="terminal" forceMount hidden={pane !== 'terminal'} className={styles.phonePane} tabIndex={-1}>
        <Suspense fallback={null}>
          <TerminalPanel />
        </Suspense>
      </Tabs.Content>
      <Tabs.Content value="inspector" className={styles.phonePane} tabIndex={-1}>
        <InspectorPanel />
      </Tabs.Content>
      <Tabs.Content value="events" className={styles.phonePane} tabIndex={-1}>
        <EventStream />
      </Tabs.Content>
      <Tabs.List className={styles.phoneTabs} aria-label="Panes">
        {panes.map(({ pane: value, title, icon: Icon }) => (
          <Tabs.Trigger key={value} value={value} className={styles.phoneTab}>
            <Icon size={18} aria-hidden="true" />
            {title}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
    </Tabs.Root>
  );
}
