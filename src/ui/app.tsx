import { Tooltip } from 'radix-ui';
import { useEffect } from 'react';
import styles from './app.module.css';
import { ActionDialogs } from './controls/action-dialogs.tsx';
import { CommandPalette } from './controls/command-palette.tsx';
import { Notices } from './controls/notices.tsx';
import { StatusBar } from './controls/status-bar.tsx';
import { TopBar } from './controls/top-bar.tsx';
import { ExamplesDialog } from './lessons/examples-dialog.tsx';
import { Desktop } from './desktop.tsx';
import { Phone } from './phone.tsx';
import type { Session } from './stores/session.ts';
import { SessionContext, useSettings } from './stores/session-context.ts';
import { EditDialog } from './terminal/edit-dialog.tsx';
import { useMedia } from './widgets/use-media.ts';

/** The whole page. */
export function App({ session }: { readonly session: Session }) {
  return (
    <SessionContext value={session}>
      <Tooltip.Provider>
        <Page />
      </Tooltip.Provider>
    </SessionContext>
  );
}

function Page() {
  const narrow = useMedia('(max-width: 760px)');
  useTheme();
  return (
    <div className={styles.page}>
      <TopBar narrow={narrow} />
      <main className={styles.main}>{narrow ? <Phone /> : <Desktop />}</main>
      {narrow ? null : <StatusBar />}
      <Notices />
      <CommandPalette />
      <ExamplesDialog />
      <ActionDialogs />
      <EditDialog />
    </div>
  );
}

function useTheme(): void {
  const theme = useSettings((settings) => settings.theme);
  const systemLight = useMedia('(prefers-color-scheme: light)');
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme === 'system' ? (systemLight ? 'light' : 'dark') : theme;
  }, [theme, systemLight]);
}
