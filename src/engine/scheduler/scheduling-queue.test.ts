import { beforeEach, describe, expect, it } from 'vitest';
import type * as corev1 from '../../api/core/v1.ts';
import { Sim } from '../sim/sim.ts';
import { action, type ClusterEvent } from './cluster-event.ts';
import { Nominator } from './nominator.ts';
import { makePod } from './plugin-fixture.ts';
import { newPrioritySort } from './plugins/priority-sort.ts';
import type { QueuedPodInfo } from './queued-pod-info.ts';
import { type QueueProfile, SchedulingQueue } from './scheduling-queue.ts';
import { Status } from './status.ts';

const nodeAdd: ClusterEvent = { resource: 'Node', action: action.add };
const podDelete: ClusterEvent = { resource: 'AssignedPod', action: action.delete };

/** A profile in which `fit` cares for new nodes, and for deleted pods only when they are called `big`. */
const profile: QueueProfile = {
  hints: [
    { plugin: 'fit', event: { resource: 'Node', action: action.add | action.updateNodeAllocatable } },
    {
      plugin: 'fit',
      event: { resource: 'Pod', action: action.delete },
      hint: (_, old) => ((old as corev1.Pod).metadata.name === 'big' ? 'Queue' : 'QueueSkip'),
    },
  ],
  preEnqueue: (pod) =>
    pod.spec?.schedulingGates?.length ? new Status('UnschedulableAndUnresolvable', 'gated', 'gates') : undefined,
};

describe('the scheduling queue', () => {
  let sim: Sim;
  let queue: SchedulingQueue;
  let known: Map<string, corev1.Pod>;
  beforeEach(() => {
    sim = new Sim();
    known = new Map();
    const { less = () => false } = newPrioritySort();
    queue = new SchedulingQueue({
      now: () => sim.now(),
      setTimer: (ms, callback, options) => sim.setTimer(ms, callback, options),
      context: () => undefined,
      less,
      profile: () => profile,
      profiles: [profile],
      nominator: new Nominator((key) => known.get(key)),
      initialBackoffMs: 1000,
      maxBackoffMs: 10_000,
      onReady: () => {},
    });
  });
  const pop = (): QueuedPodInfo => {
    const info = queue.pop();
    if (!info) throw new Error('the queue is empty');
    return info;
  };
  const fail = (info: QueuedPodInfo, ...plugins: string[]) => {
    info.clearRejectorPlugins();
    for (const plugin of plugins) info.unschedulablePlugins.add(plugin);
    queue.addUnschedulableIfNotPresent(info);
  };
  const where = (name: string) => queue.whereIs(`default/${name}`)?.queue;

  it('gives pods by priority, then in the order in which they came', () => {
    for (const [name, priority] of [
      ['a', 0],
      ['b', 5],
      ['c', 0],
      ['d', 5],
    ] as const)
      queue.add(makePod({ name, priority }));
    expect([pop(), pop(), pop(), pop()].map((info) => info.pod.metadata.name)).toEqual(['b', 'd', 'a', 'c']);
    expect(queue.pop()).toBeUndefined();
  });

  it('keeps a rejected pod until an event that its plugin cares for', () => {
    queue.add(makePod({ name: 'a' }));
    fail(pop(), 'fit');
    expect(where('a')).toBe('unschedulable');
    queue.moveAllToActiveOrBackoffQueue({ resource: 'StorageClass', action: action.add }, undefined, {});
    queue.moveAllToActiveOrBackoffQueue(podDelete, makePod({ name: 'small' }), undefined);
    expect(where('a')).toBe('unschedulable');
    queue.moveAllToActiveOrBackoffQueue(podDelete, makePod({ name: 'big' }), undefined);
    expect(where('a')).toBe('backoff');
  });

  it('takes a rejected pod from back-off early when there is nothing else to do', () => {
    queue.add(makePod({ name: 'a' }));
    fail(pop(), 'fit');
    queue.moveAllToActiveOrBackoffQueue(nodeAdd, undefined, {});
    expect([where('a'), pop().pod.metadata.name]).toEqual(['backoff', 'a']);
  });

  it('remembers events that came while the pod was being tried', () => {
    queue.add(makePod({ name: 'a' }));
    queue.add(makePod({ name: 'b' }));
    const a = pop();
    queue.moveAllToActiveOrBackoffQueue(nodeAdd, undefined, {});
    const b = pop();
    fail(a, 'fit');
    fail(b, 'fit');
    expect([where('a'), where('b')]).toEqual(['backoff', 'unschedulable']);
  });

  it.each([
    { failures: 1, seconds: 1 },
    { failures: 2, seconds: 2 },
    { failures: 4, seconds: 8 },
    { failures: 5, seconds: 10 },
    { failures: 9, seconds: 10 },
  ])('lets a pod that failed with an error wait $seconds s after $failures failures', ({ failures, seconds }) => {
    queue.add(makePod({ name: 'a' }));
    for (let i = 1; i < failures; i++) {
      fail(pop());
      sim.advance(11_000);
    }
    fail(pop());
    sim.advance(seconds * 1000 - 1);
    expect([where('a'), queue.pop()]).toEqual(['backoff', undefined]);
    sim.advance(1001);
    expect(where('a')).toBe('active');
  });

  it('tries an unschedulable pod again after five minutes, whatever happens', () => {
    queue.add(makePod({ name: 'a' }));
    fail(pop(), 'fit');
    sim.advance(5 * 60_000);
    expect(where('a')).toBe('unschedulable');
    sim.advance(30_000);
    expect(where('a')).toBe('active');
  });

  it('holds gated pods back until their gates are gone', () => {
    const gated = makePod({ name: 'a', spec: { schedulingGates: [{ name: 'x' }] } });
    queue.add(gated);
    expect([where('a'), queue.pop()]).toEqual(['gated', undefined]);
    const open = makePod({ name: 'a' });
    queue.update(gated, open, [{ resource: 'UnschedulablePod', action: action.updatePodSchedulingGatesEliminated }]);
    expect(where('a')).toBe('gated');
    queue.activate([open]);
    expect(where('a')).toBe('active');
  });

  it('forgets deleted pods wherever they wait', () => {
    const pods = ['a', 'b', 'c'].map((name) => makePod({ name }));
    for (const pod of pods) queue.add(pod);
    fail(pop(), 'fit');
    fail(pop());
    for (const pod of pods) queue.delete(pod);
    expect(queue.counts).toEqual({ active: 0, backoff: 0, unschedulable: 0 });
    queue.close();
  });
});
