import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';
import { InvariantError, Sim } from './sim.ts';

describe('the loop', () => {
  it('runs in order of time, then of scheduling', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (delays) => {
        const sim = new Sim();
        const ran: [number, number][] = [];
        delays.forEach((delay, i) => sim.setTimer(delay, () => ran.push([delay, i])));
        sim.advance(20);
        expect(ran).toEqual([...ran].sort((a, b) => a[0] - b[0] || a[1] - b[1]));
        expect(ran.length).toBe(delays.length);
        expect(sim.pending).toBe(0);
      }),
      { seed: 1 },
    );
  });

  it('does not run what was cancelled', () => {
    const sim = new Sim();
    const cancel = sim.setTimer(5, () => expect.unreachable());
    cancel();
    sim.advance(10);
    expect(sim.elapsed).toBe(10);
  });

  it('is idle when only housekeeping waits', () => {
    const sim = new Sim();
    let beats = 0;
    const beat = () => {
      beats++;
      sim.setTimer(10, beat, { background: true });
    };
    beat();
    let done = false;
    sim.setTimer(35, () => {
      done = true;
    });
    expect(sim.runUntilIdle()).toBe(true);
    expect([done, beats, sim.elapsed]).toEqual([true, 4, 35]);
  });

  it('housekeeping that finds work makes the loop busy again', () => {
    const sim = new Sim();
    let woke = false;
    sim.setTimer(10, () => sim.foreground(() => sim.setTimer(100, () => (woke = true))), { background: true });
    sim.setTimer(20, () => {});
    expect(sim.runUntilIdle()).toBe(true);
    expect(woke).toBe(true);
  });

  it('stands still while it is held', () => {
    const sim = new Sim();
    let ran = false;
    sim.setTimer(5, () => {
      ran = true;
    });
    const release = sim.hold();
    sim.advance(10);
    expect([ran, sim.elapsed]).toEqual([false, 0]);
    release();
    release();
    sim.advance(10);
    expect([ran, sim.elapsed]).toEqual([true, 10]);
  });

  it('a failing task does not stop it; a broken invariant does', () => {
    const errors: unknown[] = [];
    const sim = new Sim({ onError: (error) => errors.push((error as Error).message) });
    sim.setTimer(1, () => {
      throw new Error('one');
    });
    sim.setTimer(2, () => {
      throw new InvariantError('two');
    });
    sim.setTimer(3, () => expect.unreachable());
    sim.advance(10);
    expect([errors, sim.stopped]).toEqual([['one', 'two'], true]);
  });

  it('tasks inherit the cause of who scheduled them', () => {
    const sim = new Sim();
    const root = sim.newCause('root', { parents: [] });
    const seen: (string | undefined)[] = [];
    sim.withCause(root, () => sim.setTimer(1, () => sim.defer(() => seen.push(sim.cause?.label))));
    sim.defer(() => seen.push(sim.cause?.label));
    sim.advance(5);
    expect(seen).toEqual([undefined, 'root']);
    const merged = sim.mergeContexts([root, root, sim.newCause('other')]) as { parents: unknown[] };
    expect(merged.parents.length).toBe(2);
  });
});

describe('chance', () => {
  it('is the same for the same seed, and of a fork whatever was drawn before', () => {
    const a = new Random('s');
    const b = new Random('s');
    b.uint32();
    expect(Array.from({ length: 5 }, () => a.fork('x').uint32())[0]).toBe(b.fork('x').uint32());
    expect(new Random('s').uid()).toBe(new Random('s').uid());
    expect(new Random('s').uid()).not.toBe(new Random('t').uid());
  });
  it('makes version 4 uuids and suffixes of the usual letters', () => {
    const random = new Random('uuid');
    for (let i = 0; i < 500; i++) {
      expect(random.uid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(random.suffix()).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    }
  });
  it('is spread evenly', () => {
    const random = new Random('even');
    const counts = Array.from({ length: 8 }, () => 0);
    for (let i = 0; i < 80_000; i++) {
      const at = random.int(8);
      counts[at] = (counts[at] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});
