/** Virtual time for scripts that never wait: without it a loop such as `while :; do :; done` would hold the clock for ever. */
import { type Process, sleep } from '../../process/process.ts';
import type { ShellState } from './state.ts';

/** Commands between two moments in which a busy loop lets time pass. */
const stepsPerSlice = 100;
/** Slices without a wait after which a shell counts as busy with one cpu. */
const busyAfterRounds = 5;

/** Counts one command that does not wait; after some of them it sleeps for 1 to 50 ms. */
export function* step(state: ShellState): Process<void> {
  if (++state.steps % stepsPerSlice !== 0) return;
  if (++state.busyRounds === busyAfterRounds) state.context.use?.({ cpuMilli: 1000 });
  yield* sleep(Math.min(1 + Math.floor(state.busyRounds / 60), 50));
}

/** The shell is about to wait for somebody else, and uses no cpu meanwhile. */
export function notBusy(state: ShellState): void {
  if (state.busyRounds >= busyAfterRounds) state.context.use?.({ cpuMilli: 0 });
  state.busyRounds = 0;
}
