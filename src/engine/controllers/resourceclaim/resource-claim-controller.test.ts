import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import type * as resourcev1 from '../../../api/resource/v1.ts';
import { pods, resourceClaims, resourceClaimTemplates } from '../../../api/resources.ts';
import { createCluster } from '../../cluster.ts';
import { generateNameOf } from './pod-claims.ts';

const spec: resourcev1.ResourceClaimSpec = {
  devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu' } }] },
};
const template: resourcev1.ResourceClaimTemplate = {
  metadata: { name: 'one-gpu', namespace: 'default' },
  spec: { metadata: { labels: { tier: 'fast' } }, spec },
};
const pod: corev1.Pod = {
  metadata: { name: 'trainer', namespace: 'default' },
  spec: {
    containers: [{ name: 'main', image: 'busybox', resources: { claims: [{ name: 'gpu' }] } }],
    resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'one-gpu' }],
  },
};

it.each([
  { podName: 'trainer', claimName: 'gpu', expected: 'trainer-gpu-' },
  { podName: 'p'.repeat(40), claimName: 'c'.repeat(40), expected: `${'p'.repeat(27)}-${'c'.repeat(27)}` },
])('names what it generates: $expected', ({ podName, claimName, expected }) => {
  expect(generateNameOf(podName, claimName)).toBe(expected);
});

it('makes a claim of the template, names it in the pod, and takes it back when the pod goes', () => {
  const cluster = createCluster({ nodes: 0, latency: 'instant', systemPods: false });
  cluster.advance(2000);
  const client = cluster.client();
  cluster.sim.spawn(client.resource(pods, 'default').create(pod));
  cluster.advance(100);
  expect(cluster.readAll(resourceClaims, 'default')).toEqual([]);
  cluster.sim.spawn(client.resource(resourceClaimTemplates, 'default').create(template));
  cluster.advance(30_000);
  const [claim] = cluster.readAll(resourceClaims, 'default');
  const made = cluster.read(pods, 'default', 'trainer');
  expect(claim?.metadata).toMatchObject({
    generateName: 'trainer-gpu-',
    labels: { tier: 'fast' },
    annotations: { 'resource.kubernetes.io/pod-claim-name': 'gpu' },
  });
  expect(claim?.metadata.ownerReferences).toEqual([
    { apiVersion: 'v1', kind: 'Pod', name: 'trainer', uid: made?.metadata.uid, controller: true },
  ]);
  expect(made?.status?.resourceClaimStatuses).toEqual([{ name: 'gpu', resourceClaimName: claim?.metadata.name }]);
  cluster.sim.spawn(client.resource(pods, 'default').delete('trainer', { gracePeriodSeconds: 0 }));
  cluster.advance(30_000);
  expect(cluster.readAll(resourceClaims, 'default')).toEqual([]);
  cluster.stop();
});

it('gives devices back when the last pod has gone', () => {
  const cluster = createCluster({ nodes: 0, latency: 'instant', systemPods: false });
  cluster.advance(2000);
  const resource = cluster.client().resource(resourceClaims, 'default');
  const gone = { resource: 'pods', name: 'gone', uid: 'no-such-uid' };
  cluster.sim.spawn(
    (function* () {
      const claim = yield* resource.create({
        metadata: { name: 'shared', namespace: 'default', finalizers: ['resource.kubernetes.io/delete-protection'] },
        spec,
      });
      yield* resource.updateStatus({
        ...claim,
        status: {
          allocation: { devices: { results: [{ request: 'gpu', driver: 'gpu.example.com', pool: 'a', device: '0' }] } },
          reservedFor: [gone],
        },
      });
    })(),
  );
  cluster.advance(30_000);
  const claim = cluster.read(resourceClaims, 'default', 'shared');
  expect(claim?.status ?? {}).toEqual({});
  expect(claim?.metadata.finalizers ?? []).toEqual([]);
  cluster.stop();
});
