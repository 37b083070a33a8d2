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
      <Panel id="left" defaultSize="40%" minSize="240px">
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
      <Panel id="right" defaultSize="60%" minSize="320px">
        <GraphPanel around={(picture) => <Beside picture={picture} inspecting={inspecting} />} />
      </Panel>
    </Panes>
  );
}

/** The picture, and the inspector next to it while something is selected. */
function Beside({ picture, inspecting }: { readonly picture: ReactNode; readonly inspecting: boolean }) {
  return (
    <Panes id={inspecting ? 'inspecting' : 'looking'}>
      <Panel id="picture" minSize="160px">
        {picture}
      </Panel>
      {inspecting ? <Handle name="Cluster and inspector" /> : null}
      {inspecting ? (
        <Panel id="inspector" defaultSize="46%" minSize="260px">
          <InspectorPanel />
        </Panel>
      ) : null}
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
      className={styles.group}
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
