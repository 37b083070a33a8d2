import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import {
  claimName,
  getParentNameAndOrdinal,
  getPersistentVolumeClaims,
  identityMatches,
  isMemberOf,
  podInOrdinalRange,
  storageMatches,
  usesCurrentRevision,
  withIdentity,
  withStorage,
} from './stateful-pods.ts';
import { podOf, statefulSet } from './stateful-set-fixture.ts';

const set = statefulSet(3);
const pod = podOf(set, 1, 'v1', 'missing');
const renamed = (name: string): corev1.Pod => ({ ...pod, metadata: { ...pod.metadata, name } });
const withVolumes = (volumes: readonly corev1.Volume[]): corev1.Pod => ({
  ...pod,
  spec: { ...(pod.spec ?? { containers: [] }), volumes },
});

// Upstream: pkg/controller/statefulset/stateful_set_utils_test.go TestGetParentNameAndOrdinal (v1.36)
it.each([
  { name: 'foo-1', expected: { parent: 'foo', ordinal: 1 } },
  { name: '1-bar', expected: { parent: '', ordinal: -1 } },
  { name: 'foo-2-12', expected: { parent: 'foo-2', ordinal: 12 } },
  { name: 'foo-', expected: { parent: '', ordinal: -1 } },
  { name: 'foo-2147483648', expected: { parent: '', ordinal: -1 } },
])('getParentNameAndOrdinal: $name', ({ name, expected }) => {
  expect(getParentNameAndOrdinal(renamed(name))).toEqual(expected);
});

// Upstream: TestIsMemberOf
it.each([
  { name: 'foo', expected: true },
  { name: 'foo2', expected: false },
  { name: 'fo', expected: false },
])('isMemberOf: $name', ({ name, expected }) => {
  expect(isMemberOf({ ...set, metadata: { ...set.metadata, name } }, pod)).toBe(expected);
});

// Upstream: TestIdentityMatches
it.each([
  { name: 'newly created', pod, expected: true },
  { name: 'wrong name', pod: renamed('foo'), expected: false },
  { name: 'label of another name', pod: renamed('foo-2'), expected: false },
  { name: 'no statefulSetPodNameLabel', pod: { ...pod, metadata: { ...pod.metadata, labels: {} } }, expected: false },
])('identityMatches: $name', ({ pod: one, expected }) => {
  expect(identityMatches(set, one)).toBe(expected);
});

// Upstream: TestUpdateIdentity
it('withIdentity gives what identityMatches asks for, and the ordinal', () => {
  const bare = { ...pod, metadata: { name: 'foo-1', namespace: 'default', labels: { keep: 'this' } } };
  const made = withIdentity(bare, 1);
  expect(identityMatches(set, made)).toBe(true);
  expect(made.metadata.labels).toEqual({
    keep: 'this',
    'statefulset.kubernetes.io/pod-name': 'foo-1',
    'apps.kubernetes.io/pod-index': '1',
  });
});

const claim = (name: string) => ({ name: 'datadir', persistentVolumeClaim: { claimName: name } });

// Upstream: TestStorageMatches
it.each([
  { name: 'newly created', pod, expected: true },
  { name: 'no volumes', pod: withVolumes([]), expected: false },
  { name: 'no claims', pod: withVolumes([{ name: 'datadir', emptyDir: {} }]), expected: false },
  { name: 'claim of another pod', pod: withVolumes([claim('datadir-foo-2')]), expected: false },
  { name: 'its claim among others', pod: withVolumes([{ name: 'x' }, claim('datadir-foo-1')]), expected: true },
])('storageMatches: $name', ({ pod: one, expected }) => {
  expect(storageMatches(set, one)).toBe(expected);
});

// Upstream: TestUpdateStorage
it.each([
  { name: 'no volumes', volumes: [], expected: [claim('datadir-foo-1')] },
  {
    name: 'others stay',
    volumes: [{ name: 'x', emptyDir: {} }],
    expected: [claim('datadir-foo-1'), { name: 'x', emptyDir: {} }],
  },
  { name: 'its own is replaced', volumes: [{ name: 'datadir', emptyDir: {} }], expected: [claim('datadir-foo-1')] },
])('withStorage: $name', ({ volumes, expected }) => {
  expect(withStorage(set, withVolumes(volumes)).spec?.volumes).toEqual(expected);
});

// Upstream: TestGetPersistentVolumeClaims
it.each([
  { name: 'nil inherits statefulset labels', own: undefined, selector: { test: 'test' }, expected: { test: 'test' } },
  {
    name: 'non-nil with non-overlapping labels merge pvc and statefulset labels',
    own: { test: 'test' },
    selector: { name: 'foo' },
    expected: { test: 'test', name: 'foo' },
  },
  {
    name: 'non-nil with overlapping labels prefer statefulset labels',
    own: { test: 'test' },
    selector: { test: 'foo' },
    expected: { test: 'foo' },
  },
])('getPersistentVolumeClaims: $name', ({ own, selector, expected }) => {
  const template = { metadata: { name: 'datadir', ...(own ? { labels: own } : {}) }, spec: {}, status: {} };
  const wanted = statefulSet(3, { selector: { matchLabels: selector }, volumeClaimTemplates: [template] });
  expect(getPersistentVolumeClaims(wanted, pod)).toEqual([
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'datadir-foo-1', namespace: 'default', labels: expected },
      spec: {},
    },
  ]);
});

it('names a claim by template, set and ordinal', () => {
  expect(claimName(set, { metadata: { name: 'datadir' } }, 7)).toBe('datadir-foo-7');
});

it('makes pods with a host name, the governing service and their revision', () => {
  expect(pod.metadata).toMatchObject({
    name: 'foo-1',
    labels: { foo: 'bar', 'controller-revision-hash': 'v1', 'apps.kubernetes.io/pod-index': '1' },
    ownerReferences: [{ kind: 'StatefulSet', name: 'foo', uid: 'test', controller: true }],
  });
  expect(pod.spec).toMatchObject({ hostname: 'foo-1', subdomain: 'governingsvc' });
  expect(pod.spec?.volumes).toEqual([claim('datadir-foo-1'), { name: 'home', emptyDir: {} }]);
});

// Upstream: TestStatefulSetControlWithStartOrdinal
it.each([
  { ordinal: 1, start: 2, replicas: 3, expected: false },
  { ordinal: 2, start: 2, replicas: 3, expected: true },
  { ordinal: 4, start: 2, replicas: 3, expected: true },
  { ordinal: 5, start: 2, replicas: 3, expected: false },
  { ordinal: 0, start: 0, replicas: 0, expected: false },
])('podInOrdinalRange: $ordinal of $replicas from $start', ({ ordinal, start, replicas, expected }) => {
  const wanted = statefulSet(replicas, { ordinals: { start } });
  expect(podInOrdinalRange(renamed(`foo-${ordinal}`), wanted)).toBe(expected);
});

// Upstream: stateful_set_utils.go newVersionedStatefulSetPod (v1.36)
it.each([
  { name: 'below the partition', partition: 2, ordinal: 1, expected: true },
  { name: 'at the partition', partition: 2, ordinal: 2, expected: false },
  { name: 'no partition, of the present ones', currentReplicas: 2, ordinal: 1, expected: true },
  { name: 'no partition, updated already', currentReplicas: 2, ordinal: 2, expected: false },
  { name: 'below the partition, from a start', partition: 1, start: 5, ordinal: 5, expected: true },
  { name: 'from a start, at the partition', partition: 1, start: 5, ordinal: 6, expected: false },
  { name: 'OnDelete', type: 'OnDelete' as const, currentReplicas: 3, ordinal: 0, expected: false },
])(
  'usesCurrentRevision: $name',
  ({ partition, currentReplicas, start = 0, type = 'RollingUpdate' as const, ordinal, expected }) => {
    const rolling = partition === undefined ? {} : { rollingUpdate: { partition } };
    const wanted = statefulSet(3, { updateStrategy: { type, ...rolling }, ordinals: { start } });
    const status = { replicas: 3, ...(currentReplicas === undefined ? {} : { currentReplicas }) };
    expect(usesCurrentRevision({ ...wanted, status }, ordinal)).toBe(expected);
  },
);
