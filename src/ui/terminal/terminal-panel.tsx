import { Plus, X } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useSession, useView } from '../stores/session-context.ts';
import { IconButton } from '../widgets/buttons.tsx';
import { connectShell } from './shell-backend.ts';
import styles from './terminal.module.css';
import { useTerminal } from './use-terminal.ts';

/** Shells on the person's machine, side by side as tabs. */
export function TerminalPanel() {
  const [terminals, setTerminals] = useState<readonly number[]>([1]);
  const [active, setActive] = useState(1);
  const open = () => {
    const next = Math.max(0, ...terminals) + 1;
    setTerminals([...terminals, next]);
    setActive(next);
  };
  const close = (id: number) => {
    const rest = terminals.filter((other) => other !== id);
    const left = rest.length > 0 ? rest : [id + 1];
    setTerminals(left);
    if (active === id) setActive(left.at(-1) ?? 1);
  };
  return (
    <section className={styles.panel} aria-label="Terminal">
      <div className={styles.side} role="toolbar" aria-label="Terminals" aria-orientation="vertical">
        {terminals.map((id) => (
          <button
            key={id}
            type="button"
            className={styles.tab}
            aria-pressed={id === active}
            aria-label={`Terminal ${id}`}
            onClick={() => setActive(id)}
          >
            {id}
          </button>
        ))}
        <IconButton icon={Plus} label="New terminal" onClick={open} />
        {terminals.length > 1 ? (
          <IconButton icon={X} label={`Close terminal ${active}`} onClick={() => close(active)} />
        ) : null}
      </div>
      {terminals.map((id) => (
        <Shell key={id} id={id} shown={id === active} />
      ))}
    </section>
  );
}

function Shell({ id, shown }: { readonly id: number; readonly shown: boolean }) {
  const session = useSession();
  const element = useRef<HTMLDivElement>(null);
  const connect = useCallback((write: (data: Uint8Array | string) => void) => connectShell(session, write), [session]);
  const view = useTerminal(element, `Terminal ${id} input`, connect);
  const dockTab = useView((state) => state.dockTab);
  useEffect(() => {
    if (!shown || dockTab !== 'terminal') return;
    const handle = requestAnimationFrame(() => {
      view.current?.fit();
      if (id > 1) view.current?.focus();
    });
    return () => cancelAnimationFrame(handle);
  }, [shown, dockTab, view, id]);
  return <div ref={element} className={styles.screen} hidden={!shown} data-terminal={id} />;
}
