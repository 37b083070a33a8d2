import { Tabs } from 'radix-ui';
import { lazy, Suspense } from 'react';
import styles from './app.module.css';
import { useSession, useView } from './stores/session-context.ts';
import type { DockTab } from './stores/view-store.ts';
import { CommandLog } from './timeline/command-log.tsx';
import { EventStream } from './timeline/event-stream.tsx';

const TerminalPanel = lazy(() =>
  import('./terminal/terminal-panel.tsx').then(({ TerminalPanel }) => ({ default: TerminalPanel })),
);

const tabs: readonly { readonly tab: DockTab; readonly title: string }[] = [
  { tab: 'terminal', title: 'Terminal' },
  { tab: 'events', title: 'Events' },
  { tab: 'commands', title: 'Commands' },
];

/** Terminal, events and the commands that buttons ran. */
export function Dock() {
  const { view } = useSession();
  const tab = useView((state) => state.dockTab);
  return (
    <Tabs.Root
      className={styles.dock}
      value={tab}
      onValueChange={(next) => view.setState({ dockTab: next as DockTab })}
    >
      <Tabs.List className={styles.dockTabs} aria-label="Terminal and events">
        {tabs.map(({ tab: value, title }) => (
          <Tabs.Trigger key={value} value={value} className={styles.dockTab}>
            {title}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Tabs.Content
        value="terminal"
        forceMount
        hidden={tab !== 'terminal'}
        className={styles.dockContent}
        tabIndex={-1}
      >
        <Suspense fallback={null}>
          <TerminalPanel />
        </Suspense>
      </Tabs.Content>
      <Tabs.Content value="events" className={styles.dockContent} tabIndex={-1}>
        <EventStream />
      </Tabs.Content>
      <Tabs.Content value="commands" className={styles.dockContent} tabIndex={-1}>
        <CommandLog />
      </Tabs.Content>
    </Tabs.Root>
  );
}
