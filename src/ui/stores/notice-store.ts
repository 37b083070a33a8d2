import { createStore, type StoreApi } from 'zustand/vanilla';

export interface Notice {
  readonly id: number;
  readonly level: 'info' | 'ok' | 'warning' | 'error';
  readonly title: string;
  readonly text?: string;
  /** The kubectl command that did it. */
  readonly command?: string;
  /** Goes away by itself. */
  readonly brief?: boolean;
}

/** What stands in the corner until dismissed, and the commands that buttons ran. */
export interface NoticeState {
  readonly notices: readonly Notice[];
  /** Newest last. */
  readonly commands: readonly { readonly id: number; readonly command: string; readonly failed: boolean }[];
}

export type NoticeStore = StoreApi<NoticeState>;
export const createNoticeStore = (): NoticeStore => createStore<NoticeState>(() => ({ notices: [], commands: [] }));

const kept = 5;

/** Shows a notice; the same words are not shown twice, and one that goes away by itself makes room for the next of its sort. */
export function notify(store: NoticeStore, notice: Omit<Notice, 'id'>): void {
  store.setState((state) => {
    const others = state.notices.filter(
      (other) => !(other.title === notice.title && other.text === notice.text) && !(other.brief && notice.brief),
    );
    const id = 1 + Math.max(0, ...state.notices.map((other) => other.id));
    return { notices: [...others, { ...notice, id }].slice(-kept) };
  });
}

export function dismiss(store: NoticeStore, id: number): void {
  store.setState((state) => ({ notices: state.notices.filter((notice) => notice.id !== id) }));
}

/** Writes down the command that a button stands for. */
export function echoCommand(store: NoticeStore, command: string, failed = false): void {
  store.setState((state) => {
    const id = 1 + (state.commands.at(-1)?.id ?? 0);
    return { commands: [...state.commands, { id, command, failed }].slice(-200) };
  });
}
