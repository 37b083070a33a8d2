import { X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { closeFile, openFile } from '../stores/file-store.ts';
import { useFiles, useSession } from '../stores/session-context.ts';
import styles from './editor.module.css';

/** The open files: arrows move between them, F2 renames, Delete closes. */
export function FileTabs({
  problems,
  onRename,
}: {
  readonly problems: ReadonlyMap<string, number>;
  onRename(path: string): void;
}) {
  const session = useSession();
  const open = useFiles((state) => state.open);
  const active = useFiles((state) => state.active);
  const files = useFiles((state) => state.files);
  const applied = useFiles((state) => state.applied);
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    bar.current?.querySelector('[data-active="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [active, open]);
  const move = (event: KeyboardEvent, path: string) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = open[(open.indexOf(path) + step + open.length) % open.length];
    if (step !== 0 && next !== undefined) {
      openFile(session.files, next);
      (
        event.currentTarget.parentElement?.parentElement?.querySelector(
          `[data-path="${CSS.escape(next)}"]`,
        ) as HTMLElement | null
      )?.focus();
    } else if (event.key === 'Delete') closeFile(session.files, path);
    else if (event.key === 'F2') onRename(path);
  };
  return (
    <div ref={bar} className={styles.tabs}>
      {open.map((path) => {
        const count = problems.get(path) ?? 0;
        const changed = applied.has(path) && applied.get(path) !== files.get(path);
        return (
          <span key={path} className={styles.tab} data-active={path === active}>
            <button
              type="button"
              data-path={path}
              aria-pressed={path === active}
              onClick={() => openFile(session.files, path)}
              onDoubleClick={() => onRename(path)}
              onKeyDown={(event) => move(event, path)}
              onAuxClick={() => closeFile(session.files, path)}
            >
              {path}
              {changed ? (
                <span className={styles.changed} role="img" aria-label="changed since it was applied" />
              ) : null}
              {count > 0 ? (
                <span className={styles.count}>
                  {count}
                  <span className="visually-hidden"> problems</span>
                </span>
              ) : null}
            </button>
            <button
              type="button"
              className={styles.close}
              aria-label={`Close ${path}`}
              onClick={() => closeFile(session.files, path)}
            >
              <X size={13} aria-hidden="true" />
            </button>
          </span>
        );
      })}
    </div>
  );
}
