import { Command } from 'cmdk';
import { Dialog } from 'radix-ui';
import { useEffect, useMemo, useState } from 'react';
import { examples } from '../../lessons/examples/catalog.ts';
import { lenses } from '../graph/lenses/registry.ts';
import { openExample } from '../lessons/open-example.ts';
import { openFile } from '../stores/file-store.ts';
import type { ObjectView } from '../stores/object-view.ts';
import type { Session } from '../stores/session.ts';
import { useCluster, useSession, useView } from '../stores/session-context.ts';
import { select } from '../stores/view-store.ts';
import { KindSymbol } from '../widgets/kind-symbol.tsx';
import widgets from '../widgets/widgets.module.css';
import styles from './controls.module.css';
import { actionsFor } from './object-actions.ts';

/** Everything by name: objects, files, lenses, examples, and what can be done to the selected object. */
export function CommandPalette() {
  const { view } = useSession();
  const open = useView((state) => state.paletteOpen);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k' && !event.shiftKey && !event.altKey) {
        event.preventDefault();
        view.setState(({ paletteOpen }) => ({ paletteOpen: !paletteOpen }));
      }
    };
    addEventListener('keydown', onKey, { capture: true });
    return () => removeEventListener('keydown', onKey, { capture: true });
  }, [view]);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => view.setState({ paletteOpen: next })}>
      <Dialog.Portal>
        <Dialog.Overlay className={widgets.overlay} />
        <Dialog.Content className={styles.palette} aria-describedby={undefined}>
          <Dialog.Title className="visually-hidden">Command palette</Dialog.Title>
          {open ? <Palette onDone={() => view.setState({ paletteOpen: false })} /> : null}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const shownObjects = 60;

function Palette({ onDone }: { onDone(): void }) {
  const session = useSession();
  const [query, setQuery] = useState('');
  const byUid = useCluster((state) => state.byUid);
  const selected = useView((state) => state.selected);
  const object = selected === undefined ? undefined : byUid.get(selected);
  const found = useMemo(() => matching([...byUid.values()], query), [byUid, query]);
  const run = (action: () => void) => () => {
    onDone();
    action();
  };
  const files = [...session.files.getState().files.keys()];
  return (
    <Command label="Command palette" loop>
      <Command.Input
        className={styles.paletteInput}
        placeholder="Find an object, a file or an action"
        value={query}
        onValueChange={setQuery}
        autoFocus
      />
      <Command.List className={styles.paletteList}>
        <Command.Empty className={styles.paletteEmpty}>Nothing has that name.</Command.Empty>
        {object ? (
          <Command.Group heading={`${object.kind} ${object.name}`}>
            {actionsFor(object, session).map((action) =>
              action === undefined ? null : (
                <Command.Item
                  key={action.label}
                  value={`${action.label} ${object.name}`}
                  className={styles.paletteItem}
                  onSelect={run(() => action.run())}
                >
                  {action.label}
                  {action.command === undefined ? null : <small>{action.command}</small>}
                </Command.Item>
              ),
            )}
          </Command.Group>
        ) : null}
        <Command.Group heading="Actions">
          {pageActions(session).map(({ label, act }) => (
            <Command.Item key={label} value={label} className={styles.paletteItem} onSelect={run(act)}>
              {label}
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading="Files">
          {files.map((path) => (
            <Command.Item
              key={path}
              value={`file ${path}`}
              className={styles.paletteItem}
              onSelect={run(() => showFile(session, path))}
            >
              {path}
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading="Examples">
          {examples.map((example) => (
            <Command.Item
              key={example.id}
              value={`example ${example.title}`}
              className={styles.paletteItem}
              onSelect={run(() => openExample(session, example))}
            >
              {example.title}
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading="Objects">
          {found.map((view) => (
            <Command.Item
              key={view.uid}
              value={`${view.kind} ${view.namespace}/${view.name}`}
              className={styles.paletteItem}
              onSelect={run(() => select(session.view, view.uid))}
            >
              <KindSymbol path={view.look.symbol} />
              {view.name}
              <small>
                {view.kind}
                {view.namespace === '' ? '' : ` in ${view.namespace}`}
              </small>
            </Command.Item>
          ))}
        </Command.Group>
      </Command.List>
    </Command>
  );
}

/** The objects whose kind, namespace or name holds every word, at most some. */
function matching(views: readonly ObjectView[], query: string): ObjectView[] {
  const words = query.toLowerCase().split(/\s+/);
  const out: ObjectView[] = [];
  for (const view of views) {
    const text = `${view.kind} ${view.namespace}/${view.name}`.toLowerCase();
    if (words.every((word) => text.includes(word))) out.push(view);
    if (out.length >= shownObjects) break;
  }
  return out;
}

function showFile(session: Session, path: string): void {
  openFile(session.files, path);
  session.view.setState({ phonePane: 'editor' });
}

function pageActions(session: Session): readonly { readonly label: string; act(): void }[] {
  const { settings, view, control, clock } = session;
  const paused = clock.getState().clock?.paused ?? false;
  return [
    ...lenses.map(({ name, title }) => ({
      label: `Lens: ${title}`,
      act: () => settings.setState({ lens: name, asList: false }),
    })),
    { label: 'List view', act: () => settings.setState({ asList: true }) },
    { label: 'Examples', act: () => view.setState({ examplesOpen: true }) },
    { label: paused ? 'Resume time' : 'Pause time', act: () => void control.send({ op: paused ? 'resume' : 'pause' }) },
    ...[1, 10, 100].map((speed) => ({
      label: `Speed ${speed}×`,
      act: () => void control.send({ op: 'speed', speed }),
    })),
    { label: 'Terminal', act: () => view.setState({ dockTab: 'terminal', phonePane: 'terminal' }) },
    { label: 'Events', act: () => view.setState({ dockTab: 'events', phonePane: 'events' }) },
    { label: 'Commands that buttons ran', act: () => view.setState({ dockTab: 'commands' }) },
    { label: 'Add a node…', act: () => view.setState({ dialog: { kind: 'add-node' } }) },
    { label: 'New cluster…', act: () => view.setState({ dialog: { kind: 'new-cluster' } }) },
    { label: 'Theme: light', act: () => settings.setState({ theme: 'light' }) },
    { label: 'Theme: dark', act: () => settings.setState({ theme: 'dark' }) },
    {
      label: 'Terminal: screen reader mode on or off',
      act: () => settings.setState(({ screenReader }) => ({ screenReader: !screenReader })),
    },
  ];
}
