import { Square } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { ControllerState } from '../../protocol/control.ts';
import { useSelect, useSession } from '../stores/session-context.ts';
import { clockText } from '../timeline/age.ts';
import { Button } from '../widgets/buttons.tsx';
import styles from './editor.module.css';

const phases: Readonly<Record<ControllerState['phase'], string>> = {
  starting: 'Starting',
  waiting: 'Waits for its kind',
  running: 'Running',
  stopped: 'Stopped',
};

/** What the controller of a file does, and what it last said. */
export function ControllerStatus({ path }: { readonly path: string }) {
  const session = useSession();
  const state = useSelect(session.controllers, ({ controllers }) => controllers.find(({ file }) => file === path));
  const log = useRef<HTMLOListElement>(null);
  useEffect(() => {
    log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [state?.log]);
  if (!state) {
    return (
      <section className={styles.controller} aria-label="Controller">
        <p>This file is a controller. Run starts it in the cluster; running it again replaces it.</p>
      </section>
    );
  }
  return (
    <section className={styles.controller} aria-label="Controller">
      <div className={styles.controllerBar}>
        <strong>{state.name}</strong>
        <span role="status">{phases[state.phase]}</span>
        <span>
          {state.reconciles} reconciled, {state.errors} failed
        </span>
        {state.phase === 'stopped' ? null : (
          <Button icon={Square} onClick={() => void session.control.send({ op: 'stopController', name: state.name })}>
            Stop
          </Button>
        )}
      </div>
      {state.lastError === undefined ? null : <p className={styles.controllerError}>{state.lastError}</p>}
      <ol ref={log} className={styles.controllerLog} aria-label="Log of the controller">
        {state.log.map(({ atMs, text }, at) => (
          <li key={`${atMs}/${at}`}>
            <time>{clockText(atMs)}</time> {text}
          </li>
        ))}
      </ol>
    </section>
  );
}
