import { currentDriver, type Process, sleep } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';

/** Turns work done per request into the cpu that a program uses, averaged over some seconds. */
export class CpuMeter {
  readonly #context: ProgramContext;
  readonly #idleMilli: number;
  #busyMs = 0;
  #timer = false;
  #milli = 0;
  static readonly windowMs = 5000;

  constructor(context: ProgramContext, idleMilli = 1) {
    this.#context = context;
    this.#idleMilli = idleMilli;
    context.use?.({ cpuMilli: idleMilli });
  }
  /** Notes cpu time, and waits as long as the work takes. */
  *work(cpuMs: number): Process<void> {
    yield* this.note(cpuMs);
    yield* sleep(Math.max(1, Math.round(cpuMs)));
  }
  /** Notes cpu time without waiting. */
  *note(cpuMs: number): Process<void> {
    this.#busyMs += cpuMs;
    if (this.#timer) return;
    this.#timer = true;
    const driver = yield* currentDriver();
    const tick = () => {
      const now = (this.#busyMs / CpuMeter.windowMs) * 1000;
      this.#busyMs = 0;
      this.#milli = now === 0 && this.#milli < 1 ? 0 : (this.#milli + now) / 2;
      this.#context.use?.({ cpuMilli: Math.round(this.#idleMilli + this.#milli) });
      if (this.#milli > 0) driver.setTimer(CpuMeter.windowMs, tick, { background: true });
      else this.#timer = false;
    };
    driver.setTimer(CpuMeter.windowMs, tick, { background: true });
  }
}
