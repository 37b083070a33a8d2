import type { FileStore } from './file-store.ts';
import type { KeptSession, SessionDatabase } from './session-database.ts';

/** Fills the store with what was kept, then writes down every change. */
export function keepFiles(store: FileStore, kept: KeptSession, database: SessionDatabase | undefined): void {
  const files = new Map(kept.files);
  const open = (kept.tabs?.open ?? []).filter((path) => files.has(path));
  const active = kept.tabs?.active;
  store.setState({ files, open, active: active !== undefined && files.has(active) ? active : open[0], loaded: true });
  if (!database) return;
  store.subscribe((state, before) => {
    if (state.files !== before.files) {
      const put = new Map([...state.files].filter(([path, text]) => before.files.get(path) !== text));
      const gone = [...before.files.keys()].filter((path) => !state.files.has(path));
      if (put.size + gone.length > 0) void database.writeFiles(put, gone);
    }
    if (state.open !== before.open || state.active !== before.active)
      void database.put('tabs', { open: state.open, active: state.active });
  });
}
