import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ClockState } from '../../protocol/control.ts';

/** The virtual clock as last told, and when it was told, so that it can be shown running between two messages. */
export interface ClockView {
  readonly clock: ClockState | undefined;
  readonly toldAtMs: number;
  /** While the cluster is brought to where it was: how far, and how far it has come, in virtual ms since its start. */
  readonly replay?: { readonly untilMs: number; readonly reachedMs: number } | undefined;
}

export type ClockStore = StoreApi<ClockView>;
export const createClockStore = (): ClockStore => createStore<ClockView>(() => ({ clock: undefined, toldAtMs: 0 }));

/** Virtual time now: the clock's last word carried on at the speed it reached, for at most one second. */
export function virtualNow({ clock, toldAtMs }: ClockView, wallNowMs: number): number {
  if (!clock) return 0;
  if (clock.paused) return clock.nowMs;
  const passed = Math.min(Math.max(wallNowMs - toldAtMs, 0), 1000);
  return clock.nowMs + passed * Math.min(clock.actualSpeed, clock.speed);
}
