import { createStore, type StoreApi } from 'zustand/vanilla';

export type DockTab = 'terminal' | 'events' | 'commands';
export type PhonePane = 'cluster' | 'editor' | 'terminal' | 'inspector' | 'events';
export type InspectorTab = 'summary' | 'yaml' | 'events' | 'logs' | 'shell' | 'why';

/** A question that the page asks before it acts. */
export type DialogRequest =
  | { readonly kind: 'add-node' }
  | { readonly kind: 'new-cluster' }
  | { readonly kind: 'scale'; readonly uid: string }
  | { readonly kind: 'delete'; readonly uid: string };

/** What is selected and which panes are open: of this visit only. */
export interface ViewState {
  /** Uid of the selected object. */
  readonly selected: string | undefined;
  readonly inspectorTab: InspectorTab;
  readonly filter: string;
  /** Owners whose pods are drawn one by one although they are many. */
  readonly expanded: ReadonlySet<string>;
  readonly dockTab: DockTab;
  readonly phonePane: PhonePane;
  readonly paletteOpen: boolean;
  readonly examplesOpen: boolean;
  readonly dialog: DialogRequest | undefined;
  /** A file that a command in the terminal opened; `done` takes the text, or undefined when it is given up. */
  readonly editing: { readonly path: string; readonly text: string; done(text: string | undefined): void } | undefined;
}

export type ViewStore = StoreApi<ViewState>;

export const createViewStore = (): ViewStore =>
  createStore<ViewState>(() => ({
    selected: undefined,
    inspectorTab: 'summary',
    filter: '',
    expanded: new Set(),
    dockTab: 'terminal',
    phonePane: 'cluster',
    paletteOpen: false,
    examplesOpen: false,
    dialog: undefined,
    editing: undefined,
  }));

export function select(store: ViewStore, uid: string | undefined, tab?: InspectorTab): void {
  const { phonePane, inspectorTab } = store.getState();
  store.setState({
    selected: uid,
    inspectorTab: tab ?? inspectorTab,
    phonePane: uid !== undefined && phonePane === 'cluster' ? 'inspector' : phonePane,
  });
}
