import type { LucideIcon } from 'lucide-react';
import { Tooltip } from 'radix-ui';
import type { ButtonHTMLAttributes, FocusEvent, ReactNode, Ref } from 'react';
import styles from './widgets.module.css';

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly icon: LucideIcon;
  /** The accessible name, and the hint. */
  readonly label: string;
  /** A command or a key that does the same. */
  readonly hint?: string;
  readonly pressed?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A square button with a symbol; its name shows on hover and focus. */
export function IconButton({ icon: Icon, label, hint, pressed, className, ...rest }: IconButtonProps) {
  return (
    <Hint text={label} more={hint}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={pressed}
        className={[styles.iconButton, className].filter(Boolean).join(' ')}
        {...rest}
      >
        <Icon size={16} strokeWidth={1.8} aria-hidden="true" />
      </button>
    </Hint>
  );
}

/** Focus that comes back from a closed menu or dialog shows no hint; focus by keyboard does. */
function unlessSeen(event: FocusEvent<HTMLElement>): void {
  if (!event.target.matches(':focus-visible')) event.preventDefault();
}

/** A hint beside what it explains. */
export function Hint({
  text,
  more,
  children,
}: {
  readonly text: string;
  readonly more?: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    <Tooltip.Root delayDuration={350}>
      <Tooltip.Trigger asChild onFocus={unlessSeen}>
        {children}
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className={styles.hint} sideOffset={6} collisionPadding={8}>
          {text}
          {more === undefined ? null : <code>{more}</code>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly tone?: 'plain' | 'primary' | 'danger';
  readonly icon?: LucideIcon;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function Button({ tone = 'plain', icon: Icon, children, className, ...rest }: ButtonProps) {
  return (
    <button type="button" data-tone={tone} className={[styles.button, className].filter(Boolean).join(' ')} {...rest}>
      {Icon ? <Icon size={15} strokeWidth={1.9} aria-hidden="true" /> : null}
      {children}
    </button>
  );
}
