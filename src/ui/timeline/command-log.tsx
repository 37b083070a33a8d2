import { Copy } from 'lucide-react';
import { useSelect, useSession } from '../stores/session-context.ts';
import { IconButton } from '../widgets/buttons.tsx';
import { Empty } from '../widgets/empty.tsx';
import styles from './timeline.module.css';

/** The kubectl commands that buttons ran, newest first. */
export function CommandLog() {
  const { notices } = useSession();
  const commands = useSelect(notices, (state) => state.commands);
  if (commands.length === 0) {
    return (
      <Empty>
        <p>Buttons run kubectl. The commands they ran are written down here, to copy into a script.</p>
      </Empty>
    );
  }
  return (
    <ol className={styles.commands} reversed aria-label="Commands">
      {[...commands].reverse().map(({ id, command, failed }) => (
        <li key={id} data-failed={failed}>
          <code>{command}</code>
          <IconButton
            icon={Copy}
            label="Copy the command"
            onClick={() => void navigator.clipboard.writeText(command)}
          />
        </li>
      ))}
    </ol>
  );
}
