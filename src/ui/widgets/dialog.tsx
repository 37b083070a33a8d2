import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import styles from './widgets.module.css';

interface ModalProps {
  readonly open: boolean;
  readonly title: string;
  readonly about?: string;
  readonly className?: string | undefined;
  onClose(): void;
  readonly children: ReactNode;
}

/** A dialog over the page; Escape and a click beside it close it. */
export function Modal({ open, title, about, className, onClose, children }: ModalProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.overlay} />
        <Dialog.Content
          className={[styles.dialog, className].filter(Boolean).join(' ')}
          {...(about === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <Dialog.Title asChild>
            <h2>{title}</h2>
          </Dialog.Title>
          {about === undefined ? null : <Dialog.Description>{about}</Dialog.Description>}
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
