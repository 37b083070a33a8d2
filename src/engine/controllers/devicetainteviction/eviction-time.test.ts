import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import type * as resourcev1 from '../../../api/resource/v1.ts';
import { deviceClasses, events, pods, resourceClaims, resourceSlices } from '../../../api/resources.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { createCluster } from '../../cluster.ts';
import { DevicePools } from './device-pools.ts';
import { claimEvictionTime, podEvictionTime } from './eviction-time.ts';

const driver = 'some-driver';
const added = '2026-01-01T00:00:00Z';
const addedMs = Date.parse(added);

const slice = (taints: readonly Partial<resourcev1.DeviceTaint>[], generation = 1): resourcev1.ResourceSlice => ({
  metadata: { name: `slice-${generation}` },
  spec: {
    driver,
    pool: { name: 'pool', generation, resourceSliceCount: 1 },
    allNodes: true,
    devices: [
      {
        name: 'instance',
        taints: taints.map((taint) => ({
          key: 'key',
          value: 'value',
          effect: 'NoExecute',
          timeAdded: added,
          ...taint,
        })),
      },
    ],
  },
});
const claim = (tolerations: readonly resourcev1.DeviceToleration[] = [], device = 'instance') =>
  ({
    metadata: { name: 'claim', namespace: 'default' },
    spec: {},
    status: {
      allocation: { devices: { results: [{ request: 'gpu', driver, pool: 'pool', device, tolerations }] } },
      reservedFor: [{ resource: 'pods', name: 'pod', uid: '1234' }],
    },
  }) satisfies resourcev1.ResourceClaim;

const anything = { operator: 'Exists', effect: 'NoExecute' } as const;
const other = { key: 'key-other', operator: 'Equal', value: 'value', effect: 'NoExecute' } as const;

// Upstream: pkg/controller/devicetainteviction/device_taint_eviction_test.go TestHandlers (v1.36); seconds after the taint came.
it.each([
  { name: 'untainted-claim', taints: [], tolerations: [], seconds: undefined },
  { name: 'tainted-claim-through-resourceslice', taints: [{}], tolerations: [], seconds: 0 },
  { name: 'evict-pod-later', taints: [{}], tolerations: [{ ...anything, tolerationSeconds: 60 }], seconds: 60 },
  {
    name: 'evict-pod-later-many',
    taints: [{}],
    tolerations: [
      { ...other, tolerationSeconds: 20 },
      { ...anything, tolerationSeconds: 60 },
      { ...anything, tolerationSeconds: 30 },
    ],
    seconds: 30,
  },
  {
    name: 'evict-pod-toleration-mismatch',
    taints: [{}],
    tolerations: [{ ...other, tolerationSeconds: 60 }],
    seconds: 0,
  },
  { name: 'no-evict-pod-toleration-forever', taints: [{}], tolerations: [anything], seconds: undefined },
  {
    name: 'no-evict-pod-toleration-forever-many',
    taints: [{}],
    tolerations: [{ ...anything, tolerationSeconds: 60 }, anything],
    seconds: undefined,
  },
  {
    name: 'evict-pod-partial-toleration',
    taints: [{}, { key: 'second' }],
    tolerations: [{ ...anything, key: 'key' }],
    seconds: 0,
  },
  { name: 'ignore-none-effect', taints: [{ effect: 'None' as const }], tolerations: [], seconds: undefined },
  { name: 'a toleration of all effects', taints: [{}], tolerations: [{ operator: 'Exists' as const }], seconds: 0 },
  { name: 'seconds below zero', taints: [{}], tolerations: [{ ...anything, tolerationSeconds: -5 }], seconds: 0 },
])('claimEvictionTime: $name', ({ taints, tolerations, seconds }) => {
  const pools = new DevicePools();
  pools.add(slice(taints));
  const when = claimEvictionTime(claim(tolerations), pools);
  expect(when === undefined ? undefined : (when - addedMs) / 1000).toBe(seconds);
});

it('claimEvictionTime: no-evict-other-device', () => {
  const pools = new DevicePools();
  pools.add(slice([{}]));
  expect(claimEvictionTime(claim([], 'another'), pools)).toBeUndefined();
});

it('only slices of the newest generation of a pool count: cancel-eviction-remove-taint-in-new-slice, evict again without it', () => {
  const pools = new DevicePools();
  pools.add(slice([{}], 1));
  pools.add(slice([], 2));
  expect(claimEvictionTime(claim(), pools)).toBeUndefined();
  pools.remove(slice([], 2));
  expect(claimEvictionTime(claim(), pools)).toBe(addedMs);
  pools.remove(slice([{}], 1));
  expect(claimEvictionTime(claim(), pools)).toBeUndefined();
});

const pod = (spec: Partial<corev1.PodSpec>, status: corev1.PodStatus = {}, uid = '1234'): corev1.Pod => ({
  metadata: { name: 'pod', namespace: 'default', uid },
  spec: {
    containers: [],
    nodeName: 'worker',
    resourceClaims: [{ name: 'gpu', resourceClaimName: 'claim' }],
    ...spec,
  },
  status,
});
const ofTemplate = { resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 'template' }] };
const inStatus = { resourceClaimStatuses: [{ name: 'gpu', resourceClaimName: 'claim' }] };
const owned = {
  ...claim(),
  metadata: {
    ...claim().metadata,
    ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'pod', uid: '1234', controller: true }],
  },
};

// Upstream: device_taint_eviction_test.go TestHandlers (v1.36)
it.each([
  { name: 'evict-pod-resourceclaim', pod: pod({}), claim: claim(), expected: true },
  { name: 'evict-pod-resourceclaimtemplate', pod: pod(ofTemplate, inStatus), claim: owned, expected: true },
  { name: 'no-evict-wrong-resourceclaim', pod: pod(ofTemplate, inStatus), claim: claim(), expected: false },
  { name: 'no-evict-pod-resourceclaimtemplate-no-status', pod: pod(ofTemplate), claim: owned, expected: false },
  { name: 'no-evict-pod-not-scheduled', pod: pod({ nodeName: '' }), claim: claim(), expected: false },
  { name: 'no-evict-wrong-pod', pod: pod({}, {}, 'other'), claim: claim(), expected: false },
])('podEvictionTime: $name', ({ pod: one, claim: held, expected }) => {
  const allocated = new Map([['default/claim', { claim: held, evictionMs: addedMs }]]);
  expect(podEvictionTime(one, allocated)).toBe(expected ? addedMs : undefined);
});

it('podEvictionTime: the earliest of several claims', () => {
  const names = ['late', 'early'];
  const resourceClaims = names.map((name) => ({ name, resourceClaimName: name }));
  const allocated = new Map([
    ['default/late', { claim: claim(), evictionMs: addedMs + 5 }],
    ['default/early', { claim: claim(), evictionMs: addedMs }],
  ]);
  expect(podEvictionTime(pod({ resourceClaims }), allocated)).toBe(addedMs);
});

describe('device-taint-eviction-controller', () => {
  /** A pod that runs with a device, whose claim bears taints for a minute. */
  function running() {
    const cluster = createCluster({ nodes: [{ name: 'worker' }], hollow: true, latency: 'instant' });
    cluster.advance(5000);
    const client = cluster.client();
    const exactly = { deviceClassName: 'gpu', tolerations: [{ ...anything, tolerationSeconds: 60 }] };
    const spec = { devices: { requests: [{ name: 'gpu', exactly }] } };
    const wanted = pod({ containers: [{ name: 'c', image: 'app' }] });
    const { nodeName: _, ...unplaced } = wanted.spec ?? { containers: [] };
    cluster.run(
      (function* () {
        yield* client.resource(deviceClasses).create({ metadata: { name: 'gpu' }, spec: {} });
        yield* client.resource(resourceSlices).create({ ...slice([]) });
        yield* client.resource(resourceClaims, 'default').create({ metadata: { name: 'claim' }, spec });
        yield* client.resource(pods, 'default').create({ metadata: { name: 'pod' }, spec: unplaced });
      })(),
    );
    cluster.advance(5000);
    const taint = (taints: Parameters<typeof slice>[0]) => {
      const { spec: next } = slice(taints);
      cluster.run(client.resource(resourceSlices).patch('slice-1', 'merge', { spec: { devices: next.devices } }));
    };
    const told = () =>
      cluster
        .readAll(events, 'default')
        .filter(({ reason }) => reason === 'DeviceTaintManagerEviction')
        .map(({ type, message }) => `${type} ${message}`);
    return { cluster, taint, told, now: () => formatTime(cluster.sim.now()) };
  }

  it('evicts a pod when its toleration of a taint has run out', () => {
    const { cluster, taint, told, now } = running();
    expect(cluster.read(pods, 'default', 'pod')?.spec?.nodeName).toBe('worker');
    taint([{ timeAdded: now() }]);
    cluster.advance(55_000);
    expect(cluster.read(pods, 'default', 'pod')?.metadata.deletionTimestamp).toBeUndefined();
    cluster.advance(60_000);
    expect(cluster.read(pods, 'default', 'pod')).toBeUndefined();
    expect(told()).toEqual(['Normal Marking for deletion']);
    cluster.stop();
  });

  it('lets it stay when the taint goes in time', () => {
    const { cluster, taint, told, now } = running();
    taint([{ timeAdded: now() }]);
    cluster.advance(30_000);
    taint([]);
    cluster.advance(60_000);
    expect(cluster.read(pods, 'default', 'pod')?.metadata.deletionTimestamp).toBeUndefined();
    expect(told()).toEqual(['Normal Cancelling deletion']);
    cluster.stop();
  });
});
