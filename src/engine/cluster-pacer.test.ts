import { expect, it } from 'vitest';
import { Pacer, type PacerHost } from './cluster-pacer.ts';
import { Sim } from './sim/sim.ts';

/** A host whose clock the test moves, and that runs what it is asked to when it is told. */
class TestHost implements PacerHost {
  time = 1_000;
  #due: (() => void)[] = [];
  now(): number {
    return this.time;
  }
  setTimeout(callback: () => void): unknown {
    this.#due.push(callback);
    return callback;
  }
  clearTimeout(handle: unknown): void {
    this.#due = this.#due.filter((one) => one !== handle);
  }
  setImmediate(callback: () => void): void {
    this.#due.push(callback);
  }
  run(rounds = 10): void {
    for (let i = 0; i < rounds; i++) for (const callback of this.#due.splice(0)) callback();
  }
}

it.each([
  { name: 'gives up what it is kept from, beyond its limit', lagLimitMs: 250, lags: true },
  { name: 'makes up for all within its limit', lagLimitMs: 600_000, lags: false },
])('$name', ({ lagLimitMs, lags }) => {
  const host = new TestHost();
  const sim = new Sim();
  const pacer = new Pacer(sim, host, { lagLimitMs });
  // Work that holds the host: every callback takes a second of its time.
  const busy = () => {
    host.time += 1000;
    if (sim.elapsed < 40) sim.setTimer(1, busy);
  };
  sim.setTimer(1, busy);
  pacer.start();
  host.time += 20_000;
  host.run(100);
  const lagMs = host.time - 1_000 - sim.elapsed;
  expect(lagMs > 1_000).toBe(lags);
  pacer.stop();
});

it('runs from the moment that it is given', () => {
  const host = new TestHost();
  const sim = new Sim();
  const pacer = new Pacer(sim, host);
  host.time += 100;
  pacer.start(1_000);
  host.run(1);
  expect(sim.elapsed).toBe(100);
  pacer.stop();
});
