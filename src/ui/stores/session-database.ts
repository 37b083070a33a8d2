/**
 * What outlives a reload, in IndexedDB: the editor's files and tabs, and the cluster as its input log. One tab writes (a Web
 * Lock says which); a record that cannot be read is skipped, never fatal.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { ClusterSettings, InputRecord } from '../../protocol/control.ts';

interface Schema extends DBSchema {
  readonly inputs: { key: number; value: InputRecord };
  readonly files: { key: string; value: string };
  readonly meta: { key: string; value: unknown };
}

/** What was kept of the last visit. */
export interface KeptSession {
  readonly inputs: readonly InputRecord[];
  readonly skipped: number;
  readonly files: ReadonlyMap<string, string>;
  readonly tabs: { readonly open: readonly string[]; readonly active: string | undefined } | undefined;
  readonly settings: ClusterSettings | undefined;
  /** Virtual ms that the cluster had run. */
  readonly elapsedMs: number;
  readonly visited: boolean;
}

export const nothingKept: KeptSession = {
  inputs: [],
  skipped: 0,
  files: new Map(),
  tabs: undefined,
  settings: undefined,
  elapsedMs: 0,
  visited: false,
};

/** Whether a stored value has the shape of an input. */
export function isInputRecord(value: unknown): value is InputRecord {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Partial<Record<string, unknown>>;
  if (typeof record['atMs'] !== 'number') return false;
  if (record['kind'] === 'control') return typeof record['command'] === 'object' && record['command'] !== null;
  return record['kind'] === 'request' && typeof record['method'] === 'string' && typeof record['path'] === 'string';
}

/** Whether a stored value has the shape of settings. */
export function isClusterSettings(value: unknown): value is ClusterSettings {
  const settings = value as Partial<ClusterSettings> | null;
  return (
    typeof settings === 'object' &&
    settings !== null &&
    typeof settings.seed === 'string' &&
    typeof settings.nodes === 'number'
  );
}

export class SessionDatabase {
  readonly #db: IDBPDatabase<Schema>;
  /** Whether this tab is the one that writes. */
  readonly writer: boolean;
  #pending: InputRecord[] = [];
  #scheduled = false;

  private constructor(db: IDBPDatabase<Schema>, writer: boolean) {
    this.#db = db;
    this.writer = writer;
  }

  /** @throws when the browser refuses storage (private windows); the page then keeps nothing. */
  static async open(): Promise<SessionDatabase> {
    const db = await openDB<Schema>('tabernetes', 1, {
      upgrade: (database) => {
        database.createObjectStore('inputs', { autoIncrement: true });
        database.createObjectStore('files');
        database.createObjectStore('meta');
      },
    });
    return new SessionDatabase(db, await becomeWriter());
  }

  async read(): Promise<KeptSession> {
    const tx = this.#db.transaction(['inputs', 'files', 'meta']);
    const [all, paths, texts, tabs, settings, elapsed] = await Promise.all([
      tx.objectStore('inputs').getAll(),
      tx.objectStore('files').getAllKeys(),
      tx.objectStore('files').getAll(),
      tx.objectStore('meta').get('tabs'),
      tx.objectStore('meta').get('settings'),
      tx.objectStore('meta').get('elapsedMs'),
    ]);
    const inputs = all.filter(isInputRecord);
    return {
      inputs,
      skipped: all.length - inputs.length,
      files: new Map(paths.map((path, index) => [path, String(texts[index])])),
      tabs: tabs as KeptSession['tabs'],
      settings: isClusterSettings(settings) ? settings : undefined,
      elapsedMs: typeof elapsed === 'number' ? elapsed : 0,
      visited: settings !== undefined,
    };
  }

  /** Appends to the log; what comes in one turn goes in one transaction. */
  appendInput(record: InputRecord): void {
    if (!this.writer) return;
    this.#pending.push(record);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      const tx = this.#db.transaction('inputs', 'readwrite', { durability: 'strict' });
      for (const pending of this.#pending.splice(0)) void tx.store.add(pending);
    });
  }

  async put(key: 'tabs' | 'settings' | 'elapsedMs', value: unknown): Promise<void> {
    if (this.writer) await this.#db.put('meta', value, key);
  }

  async writeFiles(put: ReadonlyMap<string, string>, gone: readonly string[]): Promise<void> {
    if (!this.writer) return;
    const tx = this.#db.transaction('files', 'readwrite');
    for (const [path, text] of put) void tx.store.put(text, path);
    for (const path of gone) void tx.store.delete(path);
    await tx.done;
  }

  /** Forgets the cluster, not the files. */
  async clearCluster(): Promise<void> {
    if (!this.writer) return;
    const tx = this.#db.transaction(['inputs', 'meta'], 'readwrite');
    void tx.objectStore('inputs').clear();
    void tx.objectStore('meta').put(0, 'elapsedMs');
    await tx.done;
  }
}

/** The first tab holds the lock until it closes. */
function becomeWriter(): Promise<boolean> {
  if (!('locks' in navigator)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const forever = new Promise<void>(() => undefined);
    void navigator.locks.request('tabernetes-writer', { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : forever;
    });
  });
}
