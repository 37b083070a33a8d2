import { afterEach, expect, it } from 'vitest';
import { events, pods, replicaSets, resourceQuotas } from '../../../src/api/resources.ts';
import { ControlPlane, template } from './control-plane.ts';

let plane: ControlPlane;
afterEach(() => plane.stop());

it('counts what is used, refuses what is too much, and gives back what is deleted', () => {
  plane = new ControlPlane({ nodes: 1 });
  plane.create(resourceQuotas, {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'few', namespace: 'default' },
    spec: { hard: { pods: '2', 'count/replicasets.apps': '5' } },
  });
  plane.advance(1_000);
  expect(plane.get(resourceQuotas, 'few').status?.used).toEqual({ 'count/replicasets.apps': '0', pods: '0' });
  plane.create(replicaSets, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web', namespace: 'default' },
    spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: template({ app: 'web' }, 'app:1') },
  });
  plane.advance(5_000);
  expect(plane.list(pods)).toHaveLength(2);
  expect(plane.get(resourceQuotas, 'few').status?.used).toEqual({ 'count/replicasets.apps': '1', pods: '2' });
  expect(plane.get(replicaSets, 'web').status?.conditions?.[0]).toMatchObject({
    type: 'ReplicaFailure',
    reason: 'FailedCreate',
    message: expect.stringContaining('exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2'),
  });
  const names = plane.list(events).map(({ metadata }) => metadata.name);
  expect(new Set(names).size).toBe(names.length);
  plane.patch(replicaSets, 'web', { spec: { replicas: 0 } });
  plane.advance(60_000);
  expect(plane.get(resourceQuotas, 'few').status?.used).toEqual({ 'count/replicasets.apps': '1', pods: '0' });
});
