import { describe, expect, it } from 'vitest';
import { Sim } from '../engine/sim/sim.ts';
import { all, race, TimeoutError, withTimeout } from './combinators.ts';
import { Channel } from './channel.ts';
import { BrokenPipeError, Pipe } from './pipe.ts';
import { type Process, sleep, suspend } from './process.ts';
import { fork, KilledError, spawn } from './task.ts';

const text = (value: string) => new TextEncoder().encode(value);

describe('a task', () => {
  it('waits in virtual time and gives its value', () => {
    const sim = new Sim();
    const task = sim.spawn(
      (function* () {
        yield* sleep(1000);
        return sim.elapsed;
      })(),
    );
    sim.advance(999);
    expect(task.settled).toBe(false);
    sim.advance(1);
    expect(task.outcome).toEqual({ kind: 'returned', value: 1000 });
  });

  it('continues at once, without a task of its own, when the answer is there', () => {
    const sim = new Sim();
    let sum = 0;
    sim.spawn(
      (function* () {
        for (let i = 0; i < 100_000; i++) sum += yield* suspend<number>((resume) => resume(1));
      })(),
    );
    sim.settle();
    expect(sum).toBe(100_000);
    expect(sim.tasksRun).toBe(1);
  });

  it('runs finally blocks when it is killed and skips their waits', () => {
    const sim = new Sim();
    const seen: string[] = [];
    const task = sim.spawn(
      (function* () {
        try {
          yield* sleep(10_000);
        } finally {
          seen.push('first');
          yield* sleep(1);
          seen.push('never');
        }
      })(),
    );
    sim.advance(5);
    task.kill('enough');
    expect(seen).toEqual(['first']);
    expect(task.outcome).toEqual({ kind: 'killed', reason: 'enough' });
    sim.advance(20_000);
    expect(seen).toEqual(['first']);
    expect(sim.pending).toBe(0);
  });

  it('hands its error to who joins it, and to the driver when nobody does', () => {
    const unhandled: unknown[] = [];
    const sim = new Sim({ onError: (error) => unhandled.push(error) });
    function* failing(): Process<void> {
      yield* sleep(1);
      throw new Error('no');
    }
    let caught: unknown;
    sim.spawn(
      (function* () {
        const child = yield* fork(failing());
        try {
          yield* child.join();
        } catch (error) {
          caught = error;
        }
      })(),
    );
    sim.spawn(failing());
    sim.advance(10);
    expect(caught).toEqual(new Error('no'));
    expect(unhandled).toEqual([new Error('no')]);
  });

  it('keeps the context of whoever woke it', () => {
    const sim = new Sim();
    const channel = new Channel<string>();
    const seen: unknown[] = [];
    sim.spawn(
      (function* () {
        for (;;) {
          const item = yield* channel.receive();
          if (item === undefined) return;
          yield* sleep(5);
          seen.push([item, sim.cause?.label]);
        }
      })(),
    );
    sim.settle();
    for (const label of ['a', 'b'])
      sim.withCause(sim.newCause(label), () => sim.setTimer(label === 'a' ? 1 : 100, () => channel.send(label)));
    sim.advance(1000);
    expect(seen).toEqual([
      ['a', 'a'],
      ['b', 'b'],
    ]);
  });
});

describe('combinators', () => {
  const after = function* <T>(ms: number, value: T): Process<T> {
    yield* sleep(ms);
    return value;
  };
  const run = <T>(process: Process<T>) => {
    const sim = new Sim({ onError: () => {} });
    const task = spawn(sim, process);
    sim.advance(100_000);
    return { outcome: task.outcome, pending: sim.pending };
  };

  it('all gives every value, in order', () => {
    expect(run(all([after(5, 'a'), after(1, 'b')]))).toEqual({
      outcome: { kind: 'returned', value: ['a', 'b'] },
      pending: 0,
    });
  });
  it('race gives the first and kills the rest', () => {
    expect(run(race([after(50_000, 'a'), after(1, 'b')]))).toEqual({
      outcome: { kind: 'returned', value: 'b' },
      pending: 0,
    });
  });
  it('withTimeout gives the value in time', () => {
    expect(run(withTimeout(10, after(5, 'a'))).outcome).toEqual({ kind: 'returned', value: 'a' });
  });
  it('withTimeout throws and kills when it is late', () => {
    const { outcome, pending } = run(withTimeout(10, after(50_000, 'a')));
    expect(outcome?.kind === 'threw' && outcome.error).toBeInstanceOf(TimeoutError);
    expect(pending).toBe(0);
  });
  it('join of a killed task throws KilledError', () => {
    const { outcome } = run(
      (function* () {
        const task = yield* fork(sleep(1000));
        task.kill();
        yield* task.join();
      })(),
    );
    expect(outcome?.kind === 'threw' && outcome.error).toBeInstanceOf(KilledError);
  });
});

describe('a pipe', () => {
  it('makes the writer wait for the reader', () => {
    const sim = new Sim();
    const pipe = new Pipe(4);
    const seen: string[] = [];
    sim.spawn(
      (function* () {
        for (const word of ['abc', 'def', 'ghi']) {
          yield* pipe.write(text(word));
          seen.push(`wrote ${word}`);
        }
        pipe.close();
      })(),
    );
    sim.settle();
    expect(seen).toEqual(['wrote abc']);
    let out = '';
    sim.spawn(
      (function* () {
        for (let chunk = yield* pipe.read(2); chunk; chunk = yield* pipe.read(2))
          out += new TextDecoder().decode(chunk);
      })(),
    );
    sim.settle();
    expect(out).toBe('abcdefghi');
  });

  it('breaks when nobody reads', () => {
    const sim = new Sim();
    const pipe = new Pipe(4);
    let caught: unknown;
    sim.spawn(
      (function* () {
        try {
          for (;;) yield* pipe.write(text('yes'));
        } catch (error) {
          caught = error;
        }
      })(),
    );
    sim.settle();
    pipe.closeRead();
    sim.settle();
    expect(caught).toBeInstanceOf(BrokenPipeError);
  });
});
