import { createStore, type StoreApi } from 'zustand/vanilla';

export type Theme = 'system' | 'light' | 'dark';
export type LensName = 'cluster' | 'ownership' | 'network' | 'storage' | 'namespaces';

/** What a person has chosen and finds again after a reload. */
export interface Settings {
  readonly theme: Theme;
  readonly lens: LensName;
  readonly asList: boolean;
  /** Namespaces that lenses show; empty: all but the system's. */
  readonly namespace: string;
  readonly showSystem: boolean;
  readonly showFlows: boolean;
  readonly layouts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly welcomed: boolean;
  readonly screenReader: boolean;
}

export const defaultSettings: Settings = {
  theme: 'system',
  lens: 'cluster',
  asList: false,
  namespace: '',
  showSystem: false,
  showFlows: true,
  layouts: {},
  welcomed: false,
  screenReader: false,
};

/** Reads stored settings; anything that is not of the right shape falls back to its default. */
export function readSettings(text: string | null): Settings {
  if (text === null) return defaultSettings;
  try {
    const stored = JSON.parse(text) as Partial<Record<keyof Settings, unknown>>;
    const out: Record<string, unknown> = { ...defaultSettings };
    for (const [key, value] of Object.entries(defaultSettings)) {
      const found = stored[key as keyof Settings];
      if (typeof found === typeof value && found !== null) out[key] = found;
    }
    return out as unknown as Settings;
  } catch {
    return defaultSettings;
  }
}

export type SettingsStore = StoreApi<Settings>;

const storageKey = 'tabernetes.settings';

/** `storage` keeps them; what it refuses (private windows) is forgotten at the end. */
export function createSettingsStore(storage: Pick<Storage, 'getItem' | 'setItem'>): SettingsStore {
  const read = () => {
    try {
      return storage.getItem(storageKey);
    } catch {
      return null;
    }
  };
  const store = createStore<Settings>(() => readSettings(read()));
  store.subscribe((settings) => {
    try {
      storage.setItem(storageKey, JSON.stringify(settings));
    } catch {
      return;
    }
  });
  return store;
}
