import { useEffect, useState } from 'react';
import type { WhyLink } from '../../protocol/control.ts';
import { findView } from '../stores/cluster-store.ts';
import type { ObjectView } from '../stores/object-view.ts';
import { useSession } from '../stores/session-context.ts';
import { select } from '../stores/view-store.ts';
import { clockText } from '../timeline/age.ts';
import { Empty } from '../widgets/empty.tsx';
import styles from './inspector.module.css';
import { lookOfResource } from './look-of-resource.ts';
import { SchedulingTables } from './scheduling-tables.tsx';
import { actorName, wordsOf } from './why-words.ts';

/** Why a pod is where it is, and the writes that led to an object as it is. */
export function WhyTab({ object }: { readonly object: ObjectView }) {
  if (object.kind !== 'Pod') return <Writes object={object} />;
  return (
    <div className={styles.scroll}>
      <SchedulingTables object={object} />
      <h3 className={styles.heading}>How it came about</h3>
      <Writes object={object} />
    </div>
  );
}

/** The writes that led to the object as it is, newest first, back to whoever began. */
function Writes({ object }: { readonly object: ObjectView }) {
  const session = useSession();
  const [links, setLinks] = useState<readonly WhyLink[]>();
  const [problem, setProblem] = useState<string>();
  const version = object.object.metadata.resourceVersion;
  useEffect(() => {
    let gone = false;
    session.control
      .send<readonly WhyLink[]>({
        op: 'why',
        resource: object.resource,
        namespace: object.namespace,
        name: object.name,
      })
      .then(
        (found) => (gone ? undefined : setLinks(found)),
        (error: Error) => (gone ? undefined : setProblem(error.message)),
      );
    return () => {
      gone = true;
    };
  }, [session, object.resource, object.namespace, object.name, version]);
  if (problem !== undefined) {
    return (
      <Empty>
        <p>{problem}</p>
      </Empty>
    );
  }
  if (links?.length === 0) {
    return (
      <Empty>
        <p>It was there from the start: nothing that was recorded led to it.</p>
      </Empty>
    );
  }
  return (
    <div className={styles.scroll}>
      <p className={styles.faint}>
        Each line is a write to the API. Every line follows from one below it, down to whoever began.
      </p>
      <ol className={styles.why}>
        {(links ?? []).map((link) => (
          <li key={link.id}>
            <time>{clockText(link.atMs)}</time>
            <div>
              <WhyObject link={link} />
              {link.actor === undefined ? null : <span className={styles.actor}>{actorName(link.actor)}</span>}
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** What was written, as a way to go there when it is still there. */
function WhyObject({ link }: { readonly link: WhyLink }) {
  const session = useSession();
  const { object: about } = link;
  const kind = about ? lookOfResource(about.resource)?.ref.kind : undefined;
  const target = about && kind ? findView(session.cluster.getState(), kind, about.namespace, about.name) : undefined;
  if (!target) return <span>{wordsOf(link)}</span>;
  return (
    <button type="button" className={styles.link} onClick={() => select(session.view, target.uid)}>
      {wordsOf(link)}
    </button>
  );
}
