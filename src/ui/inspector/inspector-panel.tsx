import { MoreHorizontal, X } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { lazy, Suspense } from 'react';
import { actionsFor } from '../controls/object-actions.ts';
import type { ObjectView } from '../stores/object-view.ts';
import { useCluster, useSession, useView } from '../stores/session-context.ts';
import { select, type InspectorTab } from '../stores/view-store.ts';
import { IconButton } from '../widgets/buttons.tsx';
import { Starting } from '../timeline/starting.tsx';
import { Empty } from '../widgets/empty.tsx';
import { KindSymbol, StatusText } from '../widgets/kind-symbol.tsx';
import { ActionMenu } from '../widgets/menu.tsx';
import styles from './inspector.module.css';
import { LogsTab } from './logs-tab.tsx';
import { ObjectEvents } from './object-events.tsx';
import { SummaryTab } from './summary-tab.tsx';
import { WhyTab } from './why-tab.tsx';

const YamlTab = lazy(() => import('./yaml-tab.tsx').then(({ YamlTab }) => ({ default: YamlTab })));
const ShellTab = lazy(() => import('./shell-tab.tsx').then(({ ShellTab }) => ({ default: ShellTab })));

const titles: Readonly<Record<InspectorTab, string>> = {
  summary: 'Summary',
  yaml: 'YAML',
  events: 'Events',
  logs: 'Logs',
  shell: 'Shell',
  why: 'Why',
};

/** What is known of the selected object, and what can be done to it. */
export function InspectorPanel() {
  const selected = useView((state) => state.selected);
  const object = useCluster((state) => (selected === undefined ? undefined : state.byUid.get(selected)));
  const synced = useCluster((state) => state.synced);
  return (
    <section className={styles.panel} aria-label="Inspector">
      {object ? (
        <Inspector key={object.uid} object={object} />
      ) : synced ? (
        <Nothing gone={selected !== undefined} />
      ) : (
        <Starting />
      )}
    </section>
  );
}

function Nothing({ gone }: { readonly gone: boolean }) {
  const { view } = useSession();
  return (
    <>
      {gone ? (
        <header className={styles.header}>
          <span className={styles.grow} />
          <IconButton icon={X} label="Close the inspector" onClick={() => select(view, undefined)} />
        </header>
      ) : null}
      <Empty title={gone ? 'It is gone' : 'Nothing is selected'}>
        <p>
          {gone
            ? 'The object that was shown here has been deleted.'
            : 'Select a pod, a node or another object to see what it is and why.'}
        </p>
      </Empty>
    </>
  );
}

function tabsOf(object: ObjectView): readonly InspectorTab[] {
  return object.kind === 'Pod'
    ? ['summary', 'yaml', 'events', 'logs', 'shell', 'why']
    : ['summary', 'yaml', 'events', 'why'];
}

function Inspector({ object }: { readonly object: ObjectView }) {
  const session = useSession();
  const chosen = useView((state) => state.inspectorTab);
  const tabs = tabsOf(object);
  const tab = tabs.includes(chosen) ? chosen : 'summary';
  return (
    <Tabs.Root
      className={styles.tabs}
      value={tab}
      onValueChange={(next) => session.view.setState({ inspectorTab: next as InspectorTab })}
    >
      <header className={styles.header}>
        <KindSymbol path={object.look.symbol} size={20} />
        <div className={styles.title}>
          <h2>{object.name}</h2>
          <p>
            {object.kind}
            {object.namespace === '' ? '' : ` in ${object.namespace}`}
          </p>
        </div>
        <ActionMenu
          trigger={<IconButton icon={MoreHorizontal} label={`Actions for ${object.name}`} />}
          actions={actionsFor(object, session)}
        />
        <IconButton icon={X} label="Close the inspector" onClick={() => select(session.view, undefined)} />
      </header>
      <div className={styles.status}>
        <StatusText level={object.status.level} text={object.status.text} />
      </div>
      <Tabs.List className={styles.list} aria-label="About the object">
        {tabs.map((value) => (
          <Tabs.Trigger key={value} value={value} className={styles.tab}>
            {titles[value]}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Tabs.Content value={tab} className={styles.content} tabIndex={-1}>
        <Suspense fallback={null}>
          <TabBody tab={tab} object={object} />
        </Suspense>
      </Tabs.Content>
    </Tabs.Root>
  );
}

function TabBody({ tab, object }: { readonly tab: InspectorTab; readonly object: ObjectView }) {
  switch (tab) {
    case 'summary':
      return <SummaryTab object={object} />;
    case 'yaml':
      return <YamlTab object={object} />;
    case 'events':
      return <ObjectEvents object={object} />;
    case 'logs':
      return <LogsTab object={object} />;
    case 'shell':
      return <ShellTab object={object} />;
    case 'why':
      return <WhyTab object={object} />;
  }
}
