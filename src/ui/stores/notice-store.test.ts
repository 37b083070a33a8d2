import { expect, it } from 'vitest';
import { createNoticeStore, dismiss, echoCommand, notify } from './notice-store.ts';

it('says the same thing once', () => {
  const store = createNoticeStore();
  notify(store, { level: 'error', title: 'a', text: 'b' });
  notify(store, { level: 'error', title: 'a', text: 'b' });
  notify(store, { level: 'error', title: 'a', text: 'c' });
  expect(store.getState().notices.map(({ text }) => text)).toEqual(['b', 'c']);
});

it('keeps one brief notice at a time and the others until dismissed', () => {
  const store = createNoticeStore();
  notify(store, { level: 'warning', title: 'stays' });
  notify(store, { level: 'ok', title: 'first', brief: true });
  notify(store, { level: 'ok', title: 'second', brief: true });
  expect(store.getState().notices.map(({ title }) => title)).toEqual(['stays', 'second']);
  dismiss(store, store.getState().notices[0]?.id ?? 0);
  expect(store.getState().notices.map(({ title }) => title)).toEqual(['second']);
});

it('writes commands down in order', () => {
  const store = createNoticeStore();
  echoCommand(store, 'kubectl get pods');
  echoCommand(store, 'kubectl get nodes', true);
  expect(store.getState().commands).toEqual([
    { id: 1, command: 'kubectl get pods', failed: false },
    { id: 2, command: 'kubectl get nodes', failed: true },
  ]);
});
