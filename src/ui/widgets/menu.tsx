import type { LucideIcon } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import styles from './widgets.module.css';

export interface MenuAction {
  readonly label: string;
  /** The command that it stands for. */
  readonly command?: string;
  readonly icon?: LucideIcon;
  readonly tone?: 'danger';
  readonly disabled?: boolean;
  run(): void;
}

/** A menu of actions; each shows the command that it stands for. `undefined` draws a line between groups. */
export function ActionMenu({
  trigger,
  actions,
}: {
  readonly trigger: ReactNode;
  readonly actions: readonly (MenuAction | undefined)[];
}) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={styles.menu} sideOffset={4} align="end" collisionPadding={8}>
          {actions.map((action, index) =>
            action === undefined ? (
              <DropdownMenu.Separator key={`line-${index}`} className={styles.menuSeparator} />
            ) : (
              <DropdownMenu.Item
                key={action.label}
                className={styles.menuItem}
                data-tone={action.tone}
                disabled={action.disabled ?? false}
                onSelect={() => action.run()}
              >
                {action.icon ? <action.icon size={15} aria-hidden="true" /> : null}
                <span>
                  {action.label}
                  {action.command === undefined ? null : <small>{action.command}</small>}
                </span>
              </DropdownMenu.Item>
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
