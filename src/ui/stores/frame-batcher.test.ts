import { expect, it } from 'vitest';
import { FrameBatcher } from './frame-batcher.ts';

function crank() {
  let queue: { readonly callback: () => void; readonly at: number }[] = [];
  const state = { now: 0 };
  return {
    scheduler: {
      request: (callback: () => void, delayMs: number) => void queue.push({ callback, at: state.now + delayMs }),
      now: () => state.now,
    },
    frame: (now: number) => {
      state.now = now;
      const due = queue.filter(({ at }) => at <= now);
      queue = queue.filter(({ at }) => at > now);
      for (const { callback } of due) callback();
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
