import { type RefObject, useEffect, useRef } from 'react';
import { useSession, useSettings } from '../stores/session-context.ts';
import type { TerminalView } from './terminal-view.ts';

/** What stands behind a screen: takes keys, gives bytes; ends when told. */
export interface TerminalBackend {
  type(bytes: Uint8Array): void;
  resize(columns: number, rows: number): void;
  close(): void;
}

export type ConnectTerminal = (write: (data: Uint8Array | string) => void) => TerminalBackend;

/** Loads xterm into the element and connects it to a backend for as long as the component lives. */
export function useTerminal(
  element: RefObject<HTMLDivElement | null>,
  label: string,
  connect: ConnectTerminal,
): RefObject<TerminalView | undefined> {
  const session = useSession();
  const theme = useSettings((settings) => settings.theme);
  const screenReader = useSettings((settings) => settings.screenReader);
  const view = useRef<TerminalView>(undefined);
  const connector = useRef(connect);
  connector.current = connect;
  useEffect(() => {
    let gone = false;
    let backend: TerminalBackend | undefined;
    void import('./terminal-view.ts').then(({ TerminalView: View }) => {
      if (gone || !element.current) return;
      const made = new View(element.current, label, session.settings.getState().screenReader, {
        type: (bytes) => backend?.type(bytes),
        resize: (columns, rows) => backend?.resize(columns, rows),
      });
      view.current = made;
      backend = connector.current((data) => made.write(data));
      requestAnimationFrame(() => made.fit());
    });
    return () => {
      gone = true;
      backend?.close();
      view.current?.dispose();
      view.current = undefined;
    };
  }, [element, label, session]);
  useEffect(() => {
    const handle = requestAnimationFrame(() => view.current?.theme());
    return () => cancelAnimationFrame(handle);
  }, [theme]);
  useEffect(() => view.current?.screenReader(screenReader), [screenReader]);
  return view;
}
