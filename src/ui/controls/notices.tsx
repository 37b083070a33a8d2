import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useSelect, useSession } from '../stores/session-context.ts';
import { dismiss, type Notice } from '../stores/notice-store.ts';
import { IconButton } from '../widgets/buttons.tsx';
import styles from './controls.module.css';

const icons = { error: CircleAlert, warning: TriangleAlert, ok: CircleCheck, info: Info };

/** What the page has to say, in its corner, until dismissed. */
export function Notices() {
  const { notices: store } = useSession();
  const notices = useSelect(store, (state) => state.notices);
  return (
    <section className={styles.notices} aria-label="Notices" aria-live="polite">
      {notices.map((notice) => (
        <NoticeCard key={notice.id} notice={notice} onDismiss={() => dismiss(store, notice.id)} />
      ))}
    </section>
  );
}

function NoticeCard({ notice, onDismiss }: { readonly notice: Notice; onDismiss(): void }) {
  const Icon = icons[notice.level];
  const dismissed = useRef(onDismiss);
  dismissed.current = onDismiss;
  useEffect(() => {
    if (!notice.brief) return;
    const handle = setTimeout(() => dismissed.current(), 5000);
    return () => clearTimeout(handle);
  }, [notice.brief]);
  return (
    <div className={styles.notice} data-level={notice.level}>
      <Icon size={16} aria-hidden="true" />
      <span className={styles.noticeTitle}>{notice.title}</span>
      <IconButton icon={X} label="Dismiss" onClick={onDismiss} />
      {notice.text === undefined ? null : <pre className={styles.noticeText}>{notice.text}</pre>}
      {notice.command === undefined ? null : <code className={styles.noticeCommand}>$ {notice.command}</code>}
    </div>
  );
}
