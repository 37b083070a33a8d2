import { createStore, type StoreApi } from 'zustand/vanilla';
import type { InputRecord } from '../../protocol/control.ts';

/** The cluster's input log as far as this page knows it: what was restored, and what came since. */
export interface InputState {
  /** The same array all the time; `count` tells of what is new. */
  readonly inputs: readonly InputRecord[];
  readonly count: number;
}

export type InputStore = StoreApi<InputState>;

export const createInputStore = (): InputStore => createStore<InputState>(() => ({ inputs: [], count: 0 }));

export function setInputs(store: InputStore, inputs: readonly InputRecord[]): void {
  store.setState({ inputs: [...inputs], count: inputs.length });
}

export function addInput(store: InputStore, record: InputRecord): void {
  const inputs = store.getState().inputs as InputRecord[];
  inputs.push(record);
  store.setState({ count: inputs.length });
}
