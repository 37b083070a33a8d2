import type { StatusLevel } from '../kinds/kind-look.ts';
import { statusShapes } from '../kinds/symbols.ts';
import styles from './widgets.module.css';

/** A kind's symbol; decoration, since its name stands beside it. */
export function KindSymbol({ path, size = 16 }: { readonly path: string; readonly size?: number }) {
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} aria-hidden="true" className={styles.symbol}>
      <path d={path} />
    </svg>
  );
}

const levelNames: Readonly<Record<StatusLevel, string>> = {
  ok: 'Well',
  progress: 'In progress',
  warning: 'Warning',
  error: 'Failing',
  done: 'Finished',
  neutral: 'Neutral',
};

/** A status by shape, mark, colour and name. */
export function StatusMark({ level, size = 14 }: { readonly level: StatusLevel; readonly size?: number }) {
  const { path, mark } = statusShapes[level];
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      role="img"
      aria-label={levelNames[level]}
      className={styles.status}
      data-level={level}
    >
      <path d={path} className={styles.statusShape} />
      <path d={mark} className={styles.statusSign} />
    </svg>
  );
}

/** A status with its word. */
export function StatusText({ level, text }: { readonly level: StatusLevel; readonly text: string }) {
  return (
    <span className={styles.statusText} data-level={level}>
      <StatusMark level={level} />
      <span>{text}</span>
    </span>
  );
}
