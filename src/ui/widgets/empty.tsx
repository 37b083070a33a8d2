import type { ReactNode } from 'react';
import styles from './widgets.module.css';

/** What a panel says when it has nothing to show: what would be here, and how to get it. */
export function Empty({ title, children }: { readonly title?: string; readonly children?: ReactNode }) {
  return (
    <div className={styles.empty}>
      {title === undefined ? null : <h3>{title}</h3>}
      {children}
    </div>
  );
}
