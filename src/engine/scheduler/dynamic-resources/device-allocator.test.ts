import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import type * as resourcev1 from '../../../api/resource/v1.ts';
import { deviceClasses, pods, resourceClaims, resourceClaimTemplates, resourceSlices } from '../../../api/resources.ts';
import { type Cluster, createCluster } from '../../cluster.ts';
import { DeviceAllocator } from './device-allocator.ts';

const driver = 'gpu.example.com';
const device = (name: string, model: string, memory: string): resourcev1.Device => ({
  name,
  attributes: { model: { string: model }, numa: { int: Number(name.slice(-1)) % 2 } },
  capacity: { memory: { value: memory } },
});
const sliceOn = (nodeName: string, devices: readonly resourcev1.Device[], count = 1): resourcev1.ResourceSlice => ({
  metadata: { name: `${nodeName}-gpus` },
  spec: { driver, nodeName, pool: { name: nodeName, generation: 1, resourceSliceCount: count }, devices },
});
const gpuClass: resourcev1.DeviceClass = {
  metadata: { name: 'gpu' },
  spec: { selectors: [{ cel: { expression: `device.driver == "${driver}"` } }] },
};
const large = `device.capacity["${driver}"].memory.compareTo(quantity("40Gi")) >= 0`;
const claimOf = (
  requests: readonly resourcev1.DeviceRequest[],
  constraints: readonly resourcev1.DeviceConstraint[] = [],
): resourcev1.ResourceClaim => ({
  metadata: { name: 'claim', namespace: 'default' },
  spec: { devices: { requests, constraints } },
});
const exactly = (name: string, more: Partial<resourcev1.ExactDeviceRequest> = {}): resourcev1.DeviceRequest => ({
  name,
  exactly: { deviceClassName: 'gpu', ...more },
});

const fourGpus = ['a0', 'a1', 'b2', 'b3'].map((name) => device(name, name.slice(0, 1), '80Gi'));

it.each([
  { name: 'the first', claim: claimOf([exactly('r')]), expected: ['a0'] },
  { name: 'the first that is free', claim: claimOf([exactly('r')]), allocated: ['a0'], expected: ['a1'] },
  { name: 'all', claim: claimOf([exactly('r', { allocationMode: 'All' })]), expected: ['a0', 'a1', 'b2', 'b3'] },
  {
    name: 'none when all are wanted and one is taken',
    claim: claimOf([exactly('r', { allocationMode: 'All' })]),
    allocated: ['b3'],
  },
  { name: 'none when there are too few', claim: claimOf([exactly('r', { count: 5 })]) },
  {
    name: 'those of one model',
    claim: claimOf([exactly('r', { count: 2 })], [{ matchAttribute: `${driver}/model` }]),
    allocated: ['a1'],
    expected: ['b2', 'b3'],
  },
  {
    name: 'those of different models',
    claim: claimOf([exactly('r', { count: 2 })], [{ distinctAttribute: `${driver}/model` }]),
    expected: ['a0', 'b2'],
  },
  {
    name: 'the alternative, when the better is not to be had',
    claim: claimOf([
      {
        name: 'r',
        firstAvailable: [
          { name: 'many', deviceClassName: 'gpu', count: 9 },
          { name: 'one', deviceClassName: 'gpu' },
        ],
      },
    ]),
    expected: ['a0'],
  },
  {
    name: 'what is taken, to watch it',
    claim: claimOf([exactly('r', { adminAccess: true })]),
    allocated: ['a0'],
    expected: ['a0'],
  },
])('gives a claim $name', ({ claim, allocated = [], expected }) => {
  const taken = new Set(allocated.map((name) => `${driver}/node/${name}`));
  const classes = new Map([['gpu', gpuClass]]);
  const allocator = new DeviceAllocator([sliceOn('node', fourGpus)], taken, classes, () => () => true);
  const result = allocator.allocate([claim], { metadata: { name: 'node' } });
  expect(result?.[0]?.devices?.results?.map((given) => given.device)).toEqual(expected);
});

it('gives nothing of a pool that is not whole', () => {
  const classes = new Map([['gpu', gpuClass]]);
  const allocator = new DeviceAllocator([sliceOn('node', fourGpus, 2)], new Set(), classes, () => () => true);
  expect(allocator.allocate([claimOf([exactly('r')])], { metadata: { name: 'node' } })).toBeUndefined();
});

function gpuCluster(): Cluster {
  const cluster = createCluster({ nodes: 2, hollow: true, latency: 'instant' });
  cluster.advance(5000);
  const client = cluster.client();
  cluster.sim.spawn(
    (function* () {
      yield* client.resource(deviceClasses).create(gpuClass);
      yield* client.resource(resourceSlices).create(sliceOn('node-0', [device('gpu-0', 'small', '16Gi')]));
      yield* client.resource(resourceSlices).create(sliceOn('node-1', [device('gpu-1', 'large', '80Gi')]));
      const spec = { devices: { requests: [exactly('gpu', { selectors: [{ cel: { expression: large } }] })] } };
      const metadata = { name: 'large-gpu', namespace: 'default' };
      yield* client.resource(resourceClaimTemplates, 'default').create({ metadata, spec: { spec } });
    })(),
  );
  cluster.advance(1000);
  return cluster;
}
const podOf = (name: string): corev1.Pod => ({
  metadata: { name, namespace: 'default' },
  spec: {
    containers: [{ name: 'main', image: 'busybox', resources: { claims: [{ name: 'gpu' }] } }],
    resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'large-gpu' }],
  },
});

it('brings a pod to the node whose device its template selects; the next one waits until that is free', () => {
  const cluster = gpuCluster();
  const resource = cluster.client().resource(pods, 'default');
  cluster.sim.spawn(resource.create(podOf('first')));
  cluster.advance(5000);
  expect(cluster.read(pods, 'default', 'first')?.spec?.nodeName).toBe('node-1');
  const [claim] = cluster.readAll(resourceClaims, 'default');
  expect(claim?.metadata.finalizers).toEqual(['resource.kubernetes.io/delete-protection']);
  expect(claim?.status?.reservedFor?.map(({ name }) => name)).toEqual(['first']);
  expect(claim?.status?.allocation).toMatchObject({
    devices: { results: [{ request: 'gpu', driver, pool: 'node-1', device: 'gpu-1' }] },
    nodeSelector: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-1'] }] }],
    },
  });
  cluster.sim.spawn(resource.create(podOf('second')));
  cluster.advance(5000);
  const waiting = cluster.read(pods, 'default', 'second');
  expect(waiting?.spec?.nodeName).toBeUndefined();
  expect(waiting?.status?.conditions?.[0]?.message).toContain('2 cannot allocate all claims');
  cluster.sim.spawn(resource.delete('first', { gracePeriodSeconds: 0 }));
  cluster.advance(60_000);
  expect(cluster.read(pods, 'default', 'second')?.spec?.nodeName).toBe('node-1');
  cluster.stop();
});
