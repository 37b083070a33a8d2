import { expect, it } from 'vitest';
import { Turns } from './turns.ts';

function stage() {
  const state = { now: 100 };
  const micro: (() => void)[] = [];
  const tasks: (() => void)[] = [];
  const turns = new Turns({
    now: () => state.now,
    queueMicrotask: (callback) => void micro.push(callback),
    postTask: (callback) => void tasks.push(callback),
  });
  const drain = () => {
    for (let next = micro.shift(); next; next = micro.shift()) next();
  };
  const runTask = () => {
    tasks.shift()?.();
    drain();
  };
  return { state, turns, tasks, drain, runTask };
}

it('keeps the order and ends a turn that took long', () => {
  const { state, turns, tasks, drain, runTask } = stage();
  const seen: string[] = [];
  const work = (name: string, ms: number) => () => {
    seen.push(name);
    state.now += ms;
  };
  turns.defer(work('first', 1));
  expect(tasks).toHaveLength(1);
  runTask();
  turns.defer(work('in the same turn', 9));
  drain();
  turns.defer(work('in the next', 1));
  turns.defer(work('after it', 1));
  drain();
  expect(seen).toEqual(['first', 'in the same turn']);
  runTask();
  expect(seen).toEqual(['first', 'in the same turn', 'in the next', 'after it']);
  expect(tasks).toEqual([]);
});
