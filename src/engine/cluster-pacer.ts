/**
 * Maps the host's time to virtual time: so many virtual seconds per wall-clock second, paused, stepped, or as fast as it goes.
 * The Web Worker and the server pace their clusters with it; tests move time themselves. It never holds the host longer than a slice.
 */
import type { ClockState } from '../protocol/control.ts';
import type { Sim } from './sim/sim.ts';

/** What the pacer needs of its host. */
export interface PacerHost {
  /** Milliseconds that only grow. */
  now(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
  /** Calls back as soon as the host has seen to its other events (messages, sockets). */
  setImmediate(callback: () => void): void;
}

const sliceMs = 8;
const longestSleepMs = 100;
/** For people who watch: a host that was busy does not make them miss what it makes up for. */
const defaultLagLimitMs = 250;

export interface PacerOptions {
  /** How far virtual time may stay behind what the speed asks for before the rest is given up, in the host's ms. */
  readonly lagLimitMs?: number;
}

export class Pacer {
  readonly #sim: Sim;
  readonly #host: PacerHost;
  readonly #lagLimitMs: number;
  #speed = 1;
  #paused = false;
  #stopped = false;
  #lastWall: number;
  #target: number;
  #timer: unknown;
  #immediate = false;
  #rateFrom = { wall: 0, virtual: 0 };
  #actualSpeed = 0;
  readonly #afterSlice = new Set<() => void>();

  constructor(sim: Sim, host: PacerHost, { lagLimitMs = defaultLagLimitMs }: PacerOptions = {}) {
    this.#sim = sim;
    this.#host = host;
    this.#lagLimitMs = lagLimitMs;
    this.#lastWall = host.now();
    this.#target = sim.elapsed;
    this.#rateFrom = { wall: this.#lastWall, virtual: sim.elapsed };
  }

  get state(): ClockState {
    return {
      nowMs: this.#sim.now(),
      elapsedMs: this.#sim.elapsed,
      paused: this.#paused,
      speed: this.#speed,
      actualSpeed: this.#paused ? 0 : this.#actualSpeed,
    };
  }

  /** Time runs from now on, or from an earlier moment of the host's clock. */
  start(from = this.#host.now()): void {
    this.#lastWall = from;
    this.kick();
  }
  pause(): void {
    this.#accrue();
    this.#paused = true;
    this.#target = this.#sim.elapsed;
  }
  resume(): void {
    this.#lastWall = this.#host.now();
    this.#paused = false;
    this.kick();
  }
  /** @throws RangeError below 0.1 or above 1000 */
  setSpeed(speed: number): void {
    if (!(speed >= 0.1 && speed <= 1000)) throw new RangeError(`speed must be between 0.1 and 1000, not ${speed}`);
    this.#accrue();
    this.#speed = speed;
    this.kick();
  }
  /** Moves on by virtual ms, or (no ms) through the next moment at which something happens. */
  step(ms?: number): void {
    const next = this.#sim.nextAt();
    this.#target = ms !== undefined ? this.#sim.elapsed + ms : Math.max(next ?? this.#sim.elapsed, this.#sim.elapsed);
    this.kick();
  }
  /** Runs, as fast as it goes, until virtual ms since the start. */
  runUntil(elapsedMs: number): void {
    this.#target = Math.max(this.#target, elapsedMs);
    this.kick();
  }
  /** Something came from outside: runs what is due as soon as the host lets it. */
  kick(): void {
    if (this.#stopped || this.#immediate) return;
    this.#immediate = true;
    this.#host.setImmediate(() => {
      this.#immediate = false;
      this.#tick();
    });
  }
  /** Calls back after every slice of work, and at least every tenth of a second while time moves. */
  onSlice(callback: () => void): () => void {
    this.#afterSlice.add(callback);
    return () => this.#afterSlice.delete(callback);
  }
  stop(): void {
    this.#stopped = true;
    this.#host.clearTimeout(this.#timer);
  }

  #accrue(): void {
    const wall = this.#host.now();
    if (!this.#paused) {
      const asked = (wall - this.#lastWall) * this.#speed;
      const behind = this.#target - this.#sim.elapsed;
      if (behind < this.#lagLimitMs * this.#speed) this.#target += asked;
    }
    this.#lastWall = wall;
  }

  #tick(): void {
    if (this.#stopped) return;
    this.#host.clearTimeout(this.#timer);
    this.#accrue();
    const caughtUp = this.#runSlice();
    this.#measure();
    for (const callback of this.#afterSlice) callback();
    if (this.#stopped || this.#sim.stopped) return;
    if (!caughtUp) return this.kick();
    if (this.#paused) return;
    const next = this.#sim.nextAt();
    const wait = next === undefined ? longestSleepMs : (next - this.#target) / this.#speed;
    this.#timer = this.#host.setTimeout(() => this.#tick(), Math.min(longestSleepMs, Math.max(0, wait)));
  }

  /** Gives whether virtual time has reached its target. */
  #runSlice(): boolean {
    const sim = this.#sim;
    const deadline = this.#host.now() + sliceMs;
    for (let count = 0; ; count++) {
      const next = sim.nextAt();
      if (next === undefined || next > this.#target) break;
      if (!sim.step()) return true;
      if ((count & 15) === 15 && this.#host.now() >= deadline) return false;
    }
    if (this.#target > sim.elapsed) sim.advance(this.#target - sim.elapsed);
    return true;
  }

  #measure(): void {
    const wall = this.#host.now();
    const passed = wall - this.#rateFrom.wall;
    if (passed < 500) return;
    this.#actualSpeed = (this.#sim.elapsed - this.#rateFrom.virtual) / passed;
    this.#rateFrom = { wall, virtual: this.#sim.elapsed };
  }
}
