import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { Client } from '../../../client/client.ts';
import type { ApiRequest } from '../../../protocol/rest.ts';
import { CycleState } from '../cycle-state.ts';
import type { Handle } from '../framework.ts';
import { makePod } from '../plugin-fixture.ts';
import { PodInfo } from '../pod-info.ts';
import { Sim } from '../../sim/sim.ts';
import type { Verdict } from '../status.ts';
import { newDefaultBinder } from './default-binder.ts';
import { newSchedulingGates } from './scheduling-gates.ts';

// Upstream: plugins/defaultbinder/default_binder_test.go TestDefaultBinder (v1.36)
describe('DefaultBinder', () => {
  const node = 'foohost.kubernetes.mydomain.com';
  it.each([
    { name: 'successful', status: 201, want: 'ok' },
    { name: 'binding error', status: 500, want: 'Error: binding error' },
  ])('$name', ({ status, want }) => {
    const asked: ApiRequest[] = [];
    const sim = new Sim();
    const client = new Client({
      request(request, receiver) {
        asked.push(request);
        sim.defer(() => {
          receiver.head({ status, headers: {} });
          receiver.frame({ kind: 'Status', status: status < 300 ? 'Success' : 'Failure', message: 'binding error' });
          receiver.end();
        });
        return { abort: () => {}, send: () => {}, closeSend: () => {} };
      },
    });
    const pod = new PodInfo(makePod({ name: 'foo', namespace: 'ns' }));
    const binder = newDefaultBinder(undefined, { client } as unknown as Handle);
    const verdicts: Verdict[] = [];
    const task = sim.spawn(binder.bind?.(new CycleState(), pod, node) ?? never());
    task.onSettled((outcome) => {
      if (outcome.kind === 'returned') verdicts.push(outcome.value);
    });
    sim.settle();
    expect(verdicts.map((verdict) => (verdict ? `${verdict.code}: ${verdict.message}` : 'ok'))).toEqual([want]);
    expect(asked.map(({ method, path, body }) => ({ method, path, body }))).toEqual([
      {
        method: 'POST',
        path: '/api/v1/namespaces/ns/pods/foo/binding',
        body: {
          kind: 'Binding',
          apiVersion: 'v1',
          metadata: { name: 'foo', namespace: 'ns', uid: 'ns/foo' },
          target: { kind: 'Node', name: node },
        },
      },
    ]);
  });
});

function never(): never {
  throw new Error('the plugin does not bind');
}

// Upstream: plugins/schedulinggates/scheduling_gates_test.go TestPreEnqueue, Test_isSchedulableAfterPodChange (v1.36)
describe('SchedulingGates', () => {
  const gated = (uid: string, ...names: string[]): corev1.Pod =>
    makePod({ name: uid, spec: { schedulingGates: names.map((name) => ({ name })) } });
  const plugin = newSchedulingGates();

  it.each([
    { name: 'pod does not carry scheduling gates', pod: makePod(), want: 'ok' },
    {
      name: 'pod carries scheduling gates',
      pod: gated('p', 'foo', 'bar'),
      want: 'UnschedulableAndUnresolvable: waiting for scheduling gates: [foo bar]',
    },
  ])('$name', ({ pod, want }) => {
    const verdict = plugin.preEnqueue?.(pod);
    expect(verdict ? `${verdict.code}: ${verdict.message}` : 'ok').toBe(want);
  });

  it.each([
    {
      name: 'skip-queue-on-other-pod-updated',
      pod: gated('p', 'foo', 'bar'),
      old: gated('p1', 'foo', 'bar'),
      updated: gated('p1', 'foo'),
      want: 'QueueSkip',
    },
    {
      name: 'queue-on-the-unsched-pod-updated',
      pod: gated('p', 'foo'),
      old: gated('p', 'foo'),
      updated: gated('p'),
      want: 'Queue',
    },
  ])('$name', ({ pod, old, updated, want }) => {
    const [registered] = plugin.eventsToRegister?.() ?? [];
    expect(registered?.hint?.(pod, old, updated)).toBe(want);
  });
});
