import { useCallback, useRef, useState } from 'react';
import { commandLine } from '../controls/command-line.ts';
import type { ObjectView } from '../stores/object-view.ts';
import { useSession } from '../stores/session-context.ts';
import { useTerminal } from '../terminal/use-terminal.ts';
import { Button } from '../widgets/buttons.tsx';
import { connectExec } from './exec-backend.ts';
import styles from './inspector.module.css';

/** A shell inside a container, over the API's exec. */
export function ShellTab({ object }: { readonly object: ObjectView }) {
  const containers = object.facets.containers ?? [];
  const [container, setContainer] = useState(containers[0] ?? '');
  const [round, setRound] = useState(0);
  return (
    <div className={styles.column}>
      <div className={styles.options}>
        <select aria-label="Container" value={container} onChange={(event) => setContainer(event.target.value)}>
          {containers.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <Button onClick={() => setRound(round + 1)}>Start again</Button>
      </div>
      <code className={styles.command}>
        $ {commandLine(['kubectl', 'exec', '-it', object.name, '-n', object.namespace, '-c', container, '--', 'sh'])}
      </code>
      <Exec key={`${container}/${round}`} object={object} container={container} />
    </div>
  );
}

function Exec({ object, container }: { readonly object: ObjectView; readonly container: string }) {
  const session = useSession();
  const element = useRef<HTMLDivElement>(null);
  const { namespace, name } = object;
  const connect = useCallback(
    (write: (data: Uint8Array | string) => void) =>
      connectExec(session, { namespace, name, container, command: ['sh'] }, write),
    [session, namespace, name, container],
  );
  useTerminal(element, `Shell in ${container}`, connect);
  return <div ref={element} className={styles.screen} />;
}
