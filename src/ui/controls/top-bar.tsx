import { BookOpen, Command, Moon, Plus, RotateCcw, Settings2, Share2, Sun, SunMoon } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useSession, useSettings } from '../stores/session-context.ts';
import type { Theme } from '../stores/settings-store.ts';
import { Button, IconButton } from '../widgets/buttons.tsx';
import { ActionMenu } from '../widgets/menu.tsx';
import { copyLink } from './copy-link.ts';
import { ClockControls } from './clock-controls.tsx';
import styles from './controls.module.css';

const themes: Readonly<Record<Theme, { readonly next: Theme; readonly icon: typeof Sun; readonly label: string }>> = {
  system: { next: 'light', icon: SunMoon, label: 'Theme: as the system' },
  light: { next: 'dark', icon: Sun, label: 'Theme: light' },
  dark: { next: 'system', icon: Moon, label: 'Theme: dark' },
};

/** Name, honesty mark, clock, and the ways in: examples, palette, cluster, theme. */
export function TopBar({ narrow }: { readonly narrow: boolean }) {
  const session = useSession();
  const { view, settings } = session;
  const theme = useSettings((state) => state.theme);
  const { next, icon, label } = themes[theme];
  const share = { label: 'Copy a link to this moment', icon: Share2, run: () => void copyLink(session) };
  return (
    <header className={styles.bar}>
      <h1 className={styles.brand}>
        <Logo />
        <span>Tabernetes</span>
        <span className={styles.version}>Kubernetes v1.36</span>
      </h1>
      <SimulatedMark />
      <span className={styles.grow} />
      <ClockControls narrow={narrow} />
      <span className={styles.grow} />
      {narrow ? (
        <IconButton icon={BookOpen} label="Examples" onClick={() => view.setState({ examplesOpen: true })} />
      ) : (
        <Button icon={BookOpen} onClick={() => view.setState({ examplesOpen: true })}>
          Examples
        </Button>
      )}
      <ActionMenu
        trigger={narrow ? <IconButton icon={Settings2} label="Cluster" /> : <Button icon={Settings2}>Cluster</Button>}
        actions={[
          { label: 'Add a node…', icon: Plus, run: () => view.setState({ dialog: { kind: 'add-node' } }) },
          ...(narrow ? [share, undefined, { label, icon, run: () => settings.setState({ theme: next }) }] : []),
          undefined,
          {
            label: 'New cluster…',
            icon: RotateCcw,
            tone: 'danger',
            run: () => view.setState({ dialog: { kind: 'new-cluster' } }),
          },
        ]}
      />
      {narrow ? null : <IconButton icon={share.icon} label={share.label} onClick={share.run} />}
      {narrow ? null : (
        <IconButton
          icon={Command}
          label="Command palette"
          hint="Ctrl+K"
          onClick={() => view.setState({ paletteOpen: true })}
        />
      )}
      {narrow ? null : <IconButton icon={icon} label={label} onClick={() => settings.setState({ theme: next })} />}
    </header>
  );
}

function Logo() {
  return (
    <svg viewBox="0 0 64 64" width="24" height="24" aria-hidden="true">
      <rect width="64" height="64" rx="14" fill="#1f5fd1" />
      <g fill="none" stroke="#fff" strokeWidth="4" strokeLinejoin="round" strokeLinecap="round">
        <path d="M12 22a4 4 0 0 1 4-4h11l4 6h17a4 4 0 0 1 4 4v18a4 4 0 0 1-4 4H16a4 4 0 0 1-4-4z" />
        <circle cx="32" cy="37" r="7" />
        <path d="M32 30v-2M32 46v-2M25 37h-2M41 37h-2" />
      </g>
    </svg>
  );
}

/** Says plainly what is real and what is not. */
function SimulatedMark() {
  return (
    <Popover.Root>
      <Popover.Trigger className={styles.mark}>simulated</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.popover} sideOffset={6} align="start" collisionPadding={8}>
          <h2>What is real here</h2>
          <p>
            The API, its validation and admission, the controllers, the scheduler and kubectl follow Kubernetes v1.36:
            the same objects, decisions, messages and timing.
          </p>
          <p>
            Machines, containers and wires are simulated. Containers run small programs that behave like the images they
            are named after; an image that is not known runs as a quiet, healthy server. Time is virtual: you may pause
            it or make it run faster.
          </p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
