import { List, Radio, Server } from 'lucide-react';
import { ToggleGroup } from 'radix-ui';
import { type ReactNode, useMemo } from 'react';
import { viewsOf } from '../stores/cluster-store.ts';
import { useCluster, useSession, useSettings, useView } from '../stores/session-context.ts';
import type { LensName } from '../stores/settings-store.ts';
import { Hint, IconButton } from '../widgets/buttons.tsx';
import { Starting } from '../timeline/starting.tsx';
import styles from './graph.module.css';
import { GraphCanvas } from './graph-canvas.tsx';
import { lenses } from './lenses/registry.ts';
import { ObjectList } from './object-list.tsx';

/** The live picture of the cluster, or the same as a list, with what chooses what it shows; `around` puts it beside others. */
export function GraphPanel({ around = (picture) => picture }: { around?(picture: ReactNode): ReactNode }) {
  const synced = useCluster((state) => state.synced);
  const asList = useSettings((settings) => settings.asList);
  return (
    <section className={styles.panel} aria-label="Cluster">
      <Toolbar />
      <div className={styles.body}>
        {around(
          <div className={styles.picture}>{synced ? asList ? <ObjectList /> : <GraphCanvas /> : <Starting />}</div>,
        )}
      </div>
    </section>
  );
}

function Toolbar() {
  const { settings, view } = useSession();
  const lens = useSettings((state) => state.lens);
  const asList = useSettings((state) => state.asList);
  const namespace = useSettings((state) => state.namespace);
  const showSystem = useSettings((state) => state.showSystem);
  const showFlows = useSettings((state) => state.showFlows);
  const filter = useView((state) => state.filter);
  const spaces = useCluster((state) => viewsOf(state, 'namespaces'));
  const names = useMemo(() => [...spaces.values()].map((space) => space.name).sort(), [spaces]);
  const choose = (name: string) =>
    name === '' ? undefined : settings.setState({ lens: name as LensName, asList: false });
  return (
    <div className={styles.toolbar} role="toolbar" aria-label="View">
      <ToggleGroup.Root
        type="single"
        className={styles.lenses}
        value={asList ? '' : lens}
        onValueChange={choose}
        aria-label="Lens"
      >
        {lenses.map(({ name, title, about }) => (
          <Hint key={name} text={about}>
            <span>
              <ToggleGroup.Item value={name} className={styles.lens}>
                {title}
              </ToggleGroup.Item>
            </span>
          </Hint>
        ))}
      </ToggleGroup.Root>
      <IconButton
        icon={List}
        label="List view"
        pressed={asList}
        onClick={() => settings.setState({ asList: !asList })}
      />
      <select
        className={styles.select}
        aria-label="Namespace"
        value={namespace}
        onChange={(event) => settings.setState({ namespace: event.target.value })}
      >
        <option value="">All namespaces</option>
        {names.map((name) => (
          <option key={name}>{name}</option>
        ))}
        {namespace !== '' && !names.includes(namespace) ? <option>{namespace}</option> : null}
      </select>
      <input
        className={styles.filter}
        type="search"
        aria-label="Filter"
        placeholder="Filter"
        title="Words of name, kind, status or label, as app=web"
        value={filter}
        onChange={(event) => view.setState({ filter: event.target.value })}
      />
      <span className={styles.switches}>
        <IconButton
          icon={Server}
          label="Show system namespaces"
          pressed={showSystem}
          onClick={() => settings.setState({ showSystem: !showSystem })}
        />
        <IconButton
          icon={Radio}
          label="Show requests"
          pressed={showFlows}
          onClick={() => settings.setState({ showFlows: !showFlows })}
        />
      </span>
    </div>
  );
}
