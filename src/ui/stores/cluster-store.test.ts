import { expect, it } from 'vitest';
import type { KubernetesObject } from '../../apimachinery/object-meta.ts';
import { configMapLook } from '../kinds/configuration.ts';
import { podLook } from '../kinds/pods.ts';
import { applyChanges, emptyCluster, findView, viewsOf } from './cluster-store.ts';
import { mergeEvents, type EventView } from './event-store.ts';
import { viewOf } from './object-view.ts';

const pod = (name: string): KubernetesObject => ({ metadata: { name, namespace: 'default', uid: `uid-${name}` } });

it('keeps the identity of what did not change', () => {
  const first = applyChanges(emptyCluster, [
    { op: 'put', view: viewOf(pod('a'), podLook) },
    { op: 'put', view: viewOf({ metadata: { name: 'c', namespace: 'default', uid: 'c' } }, configMapLook) },
  ]);
  const second = applyChanges(first, [{ op: 'remove', uid: 'uid-a', resource: 'pods' }, { op: 'synced' }]);
  expect([...viewsOf(first, 'pods').keys()]).toEqual(['uid-a']);
  expect([...viewsOf(second, 'pods').keys()]).toEqual([]);
  expect(viewsOf(second, 'configmaps')).toBe(viewsOf(first, 'configmaps'));
  expect(second.synced).toBe(true);
  expect(second.byUid.has('uid-a')).toBe(false);
});

it('finds a view by kind and name', () => {
  const state = applyChanges(emptyCluster, [{ op: 'put', view: viewOf(pod('a'), podLook) }]);
  expect(findView(state, 'Pod', 'default', 'a')?.uid).toBe('uid-a');
  expect(findView(state, 'Pod', 'other', 'a')).toBeUndefined();
});

it('orders events by time, newest first, and replaces repeats', () => {
  const event = (uid: string, lastMs: number, count = 1): EventView => ({
    uid,
    lastMs,
    count,
    type: 'Normal',
    reason: '',
    message: '',
    source: '',
    namespace: '',
    about: { kind: '', namespace: '', name: '', uid: '' },
  });
  const before = [event('b', 2), event('a', 1)];
  expect(mergeEvents(before, [event('a', 3, 2)], new Set()).map((e) => [e.uid, e.count])).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
  expect(mergeEvents(before, [], new Set(['b'])).map((e) => e.uid)).toEqual(['a']);
});
