import { useMemo } from 'react';
import { conditionsOf } from '../kinds/conditions.ts';
import type { SummaryRow } from '../kinds/kind-look.ts';
import { findView, type ClusterState } from '../stores/cluster-store.ts';
import type { ObjectView } from '../stores/object-view.ts';
import { useCluster, useSession } from '../stores/session-context.ts';
import { select } from '../stores/view-store.ts';
import { useAge } from '../timeline/use-age.ts';
import { KindSymbol, StatusMark } from '../widgets/kind-symbol.tsx';
import styles from './inspector.module.css';

/** The object in short: what its kind says of it, its conditions, its relatives, its labels. */
export function SummaryTab({ object }: { readonly object: ObjectView }) {
  const age = useAge();
  const owner = useCluster((state) => (object.ownerUid === undefined ? undefined : state.byUid.get(object.ownerUid)));
  const rows = useMemo(() => object.look.summary?.(object.object) ?? [], [object]);
  return (
    <div className={styles.scroll}>
      {object.status.detail ? (
        <p className={styles.detail} data-level={object.status.level}>
          {object.status.detail}
        </p>
      ) : null}
      <dl className={styles.rows}>
        {rows.map((row) => (
          <Row key={`${row.label}${row.value}`} row={row} />
        ))}
        <Row row={{ label: 'Age', value: age(object.createdMs) }} />
      </dl>
      {owner ? (
        <Section title="Controlled by">
          <ObjectLink object={owner} />
        </Section>
      ) : null}
      <Conditions object={object} />
      <Children object={object} />
      <Labels title="Labels" labels={object.labels} />
      <Labels title="Annotations" labels={object.object.metadata.annotations ?? {}} />
    </div>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section className={styles.section}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Row({ row }: { readonly row: SummaryRow }) {
  const { cluster, view } = useSession();
  const { link } = row;
  const target = link ? findView(cluster.getState(), link.kind, link.namespace, link.name) : undefined;
  return (
    <div>
      <dt>{row.label}</dt>
      <dd className={row.mono ? 'mono' : undefined} data-level={row.level}>
        {target ? (
          <button type="button" className={styles.link} onClick={() => select(view, target.uid)}>
            {row.value}
          </button>
        ) : (
          row.value
        )}
      </dd>
    </div>
  );
}

/** An object by symbol, name and status, to go to. */
export function ObjectLink({ object }: { readonly object: ObjectView }) {
  const { view } = useSession();
  return (
    <button type="button" className={styles.object} onClick={() => select(view, object.uid)}>
      <KindSymbol path={object.look.symbol} size={14} />
      <span className={styles.objectName}>{object.name}</span>
      <span className={styles.objectKind}>{object.kind}</span>
      <StatusMark level={object.status.level} size={13} />
    </button>
  );
}

function Conditions({ object }: { readonly object: ObjectView }) {
  const conditions = conditionsOf(object.object);
  if (conditions.length === 0) return null;
  return (
    <Section title="Conditions">
      <ul className={styles.conditions}>
        {conditions.map((condition) => {
          const good = (condition.status === 'True') === !negative.test(condition.type);
          return (
            <li key={condition.type}>
              <StatusMark level={condition.status === 'Unknown' ? 'warning' : good ? 'ok' : 'neutral'} size={13} />
              <span>
                {condition.type}: {condition.status}
                {condition.reason ? ` (${condition.reason})` : ''}
              </span>
              {condition.message ? <p>{condition.message}</p> : null}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

/** Conditions that are good when they do not hold. */
const negative = /Pressure$|Unavailable$|Failure$|^Failed|Conflict$|DisruptionTarget|Stalled/;

const shownChildren = 50;

function Children({ object }: { readonly object: ObjectView }) {
  const state = useCluster((cluster) => cluster);
  const { title, children } = useMemo(() => childrenOf(object, state), [object, state]);
  if (children.length === 0) return null;
  return (
    <Section title={`${title} (${children.length})`}>
      {children.slice(0, shownChildren).map((child) => (
        <ObjectLink key={child.uid} object={child} />
      ))}
      {children.length > shownChildren ? (
        <p className={styles.more}>and {children.length - shownChildren} more</p>
      ) : null}
    </Section>
  );
}

/** What an object controls; for a node, the pods on it; for a service, the pods behind it. */
export function childrenOf(
  object: ObjectView,
  state: ClusterState,
): { readonly title: string; readonly children: readonly ObjectView[] } {
  const all = [...state.byUid.values()];
  if (object.kind === 'Node')
    return {
      title: 'Pods on it',
      children: all.filter((view) => view.kind === 'Pod' && view.facets.nodeName === object.name),
    };
  const { selector } = object.facets;
  if (object.kind === 'Service' && selector) {
    const chosen = Object.entries(selector);
    const children = all.filter(
      (view) =>
        view.kind === 'Pod' &&
        view.namespace === object.namespace &&
        chosen.every(([key, value]) => view.labels[key] === value),
    );
    return { title: 'Pods that its selector matches', children };
  }
  return { title: 'Controls', children: all.filter((view) => view.ownerUid === object.uid) };
}

function Labels({ title, labels }: { readonly title: string; readonly labels: Readonly<Record<string, string>> }) {
  const entries = Object.entries(labels).filter(([key]) => key !== 'kubectl.kubernetes.io/last-applied-configuration');
  if (entries.length === 0) return null;
  return (
    <Section title={title}>
      <ul className={styles.labels}>
        {entries.map(([key, value]) => (
          <li key={key}>
            <code>
              {key}={value.length > 120 ? `${value.slice(0, 120)}…` : value}
            </code>
          </li>
        ))}
      </ul>
    </Section>
  );
}
