import { useSelect, useSession } from '../stores/session-context.ts';
import { Empty } from '../widgets/empty.tsx';
import { elapsedText } from './age.ts';
import styles from './timeline.module.css';

/** What stands in the place of a cluster that is not there yet: it boots, or it is brought to where it was. */
export function Starting() {
  const { clock } = useSession();
  const until = useSelect(clock, (state) => state.replay?.untilMs);
  if (until === undefined)
    return (
      <Empty title="Starting the cluster">
        <p role="status">The control plane and the nodes are booting. This takes a moment.</p>
      </Empty>
    );
  return (
    <Empty title={`On the way to ${elapsedText(until)}`}>
      <p role="status">The cluster starts anew, and all that happened until then happens again.</p>
      <Progress until={until} />
    </Empty>
  );
}

function Progress({ until }: { readonly until: number }) {
  const { clock } = useSession();
  const reached = useSelect(clock, (state) => state.replay?.reachedMs ?? 0);
  return (
    <p className={styles.replay}>
      <progress aria-label="Replayed so far" value={reached} max={until} />
      <span>{elapsedText(reached)}</span>
    </p>
  );
}
