import { createContext, useContext } from 'react';
import type { StoreApi } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { ClusterState } from './cluster-store.ts';
import type { FileState } from './file-store.ts';
import type { Session } from './session.ts';
import type { Settings } from './settings-store.ts';
import type { ViewState } from './view-store.ts';

export const SessionContext = createContext<Session | undefined>(undefined);

/** @throws Error outside of the page's provider */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession needs a SessionContext');
  return session;
}

export const useCluster = <T>(selector: (state: ClusterState) => T): T => useStore(useSession().cluster, selector);
export const useView = <T>(selector: (state: ViewState) => T): T => useStore(useSession().view, selector);
export const useSettings = <T>(selector: (state: Settings) => T): T => useStore(useSession().settings, selector);
export const useFiles = <T>(selector: (state: FileState) => T): T => useStore(useSession().files, selector);
export const useSelect = <S, T>(store: StoreApi<S>, selector: (state: S) => T): T => useStore(store, selector);
