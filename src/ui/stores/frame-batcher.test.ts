import { expect, it } from 'vitest';
import { FrameBatcher } from './frame-batcher.ts';

function crank() {
  const queue: (() => void)[] = [];
  const state = { now: 0 };
  return {
    scheduler: { request: (callback: () => void) => void queue.push(callback), now: () => state.now },
    frame: (now: number) => {
      state.now = now;
      for (const callback of queue.splice(0)) callback();
    },
  };
}

it('hands on once a frame what came since the last', () => {
  const { scheduler, frame } = crank();
  const seen: (readonly number[])[] = [];
  const batcher = new FrameBatcher<number>(scheduler, (batch) => {
    seen.push(batch);
    return 0;
  });
  batcher.add(1);
  batcher.add(2);
  frame(16);
  frame(32);
  batcher.add(3);
  frame(48);
  expect(seen).toEqual([[1, 2], [3]]);
});

it('waits as long as the last flush asked for', () => {
  const { scheduler, frame } = crank();
  const seen: (readonly number[])[] = [];
  const batcher = new FrameBatcher<number>(scheduler, (batch) => {
    seen.push(batch);
    return 250;
  });
  batcher.add(1);
  frame(16);
  batcher.add(2);
  frame(32);
  batcher.add(3);
  frame(48);
  frame(270);
  expect(seen).toEqual([[1], [2, 3]]);
});
