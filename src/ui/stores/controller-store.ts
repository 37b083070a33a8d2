import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ControllerState } from '../../protocol/control.ts';

/** The controllers that the person wrote and runs. */
export interface ControllersView {
  readonly controllers: readonly ControllerState[];
}

export type ControllerStore = StoreApi<ControllersView>;
export const createControllerStore = (): ControllerStore => createStore<ControllersView>(() => ({ controllers: [] }));
