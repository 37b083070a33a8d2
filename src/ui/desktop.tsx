import { lazy, type ReactNode, Suspense } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import styles from './app.module.css';
import { Dock } from './dock.tsx';
import { GraphPanel } from './graph/graph-panel.tsx';
import { InspectorPanel } from './inspector/inspector-panel.tsx';
import { useSession, useSettings, useView } from './stores/session-context.ts';

const EditorPanel = lazy(() =>
  import('./editor/editor-panel.tsx').then(({ EditorPanel }) => ({ default: EditorPanel })),
);

/** Editor and terminal to the left, the cluster to the right, the inspector beside it while something is selected. */
export function Desktop() {
  const inspecting = useView((view) => view.selected !== undefined);
  return (
    <Panes id="columns">
      <Panel id="left" defaultSize="38%" minSize="240px">
        <Panes id="left-rows" orientation="vertical">
          <Panel id="editor" defaultSize="58%" minSize="120px">
            <Suspense fallback={null}>
              <EditorPanel />
            </Suspense>
          </Panel>
          <Handle name="Editor and terminal" />
          <Panel id="dock" defaultSize="42%" minSize="110px">
            <Dock />
          </Panel>
        </Panes>
      </Panel>
      <Handle name="Editor and cluster" />
      <Panel id="right" defaultSize="62%" minSize="320px">
        <div className={styles.right}>
          <div className={styles.cluster}>
            <GraphPanel />
          </div>
          {inspecting ? (
            <div className={styles.inspector}>
              <InspectorPanel />
            </div>
          ) : null}
        </div>
      </Panel>
    </Panes>
  );
}

/** A group of panes that remembers its sizes. */
function Panes({
  id,
  orientation = 'horizontal',
  children,
}: {
  readonly id: string;
  readonly orientation?: 'horizontal' | 'vertical';
  readonly children: ReactNode;
}) {
  const { settings } = useSession();
  const layout = useSettings((state) => state.layouts[id]);
  return (
    <Group
      id={id}
      orientation={orientation}
      {...(layout ? { defaultLayout: layout } : {})}
      onLayoutChanged={(next, meta) => {
        if (meta.isUserInteraction) settings.setState(({ layouts }) => ({ layouts: { ...layouts, [id]: next } }));
      }}
    >
      {children}
    </Group>
  );
}

function Handle({ name }: { readonly name: string }) {
  return <Separator className={styles.handle} aria-label={name} />;
}
