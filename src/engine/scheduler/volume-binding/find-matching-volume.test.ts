import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { makeNode } from '../plugin-fixture.ts';
import { findMatchingVolume } from './find-matching-volume.ts';

const key = 'kubernetes.io/hostname';
const node = makeNode('node1', { labels: { [key]: 'node1' } });
const on = (name: string): Partial<corev1.PersistentVolumeSpec> => ({
  nodeAffinity: {
    required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values: [name] }] }] },
  },
});
const volume = (
  name: string,
  storage: string,
  spec: Partial<corev1.PersistentVolumeSpec> = {},
): corev1.PersistentVolume => ({
  metadata: { name },
  spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], storageClassName: 'wait', ...spec },
  status: { phase: 'Available' },
});
const claim = (
  storage: string,
  spec: Partial<corev1.PersistentVolumeClaimSpec> = {},
): corev1.PersistentVolumeClaim => ({
  metadata: { name: 'claim', namespace: 'ns', uid: 'claim-uid' },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'wait', resources: { requests: { storage } }, ...spec },
});
const promised = (name: string, where: string) =>
  volume(name, '5Gi', { ...on(where), claimRef: { namespace: 'ns', name: 'claim', uid: 'claim-uid' } });

// Upstream: pkg/controller/volume/persistentvolume/index_test.go TestFindMatchVolumeWithNode,
// pkg/scheduler/framework/plugins/volumebinding/binder_test.go TestFindPodVolumesWithoutProvisioning (v1.36)
it.each([
  { name: 'success-match', volumes: [volume('a', '10Gi', on('node1'))], claim: claim('5Gi'), expected: 'a' },
  {
    name: 'the smallest that suits',
    volumes: [volume('big', '50Gi'), volume('fit', '5Gi'), volume('mid', '9Gi')],
    claim: claim('5Gi'),
    expected: 'fit',
  },
  {
    name: 'success-no-match, on another node',
    volumes: [volume('a', '10Gi', on('node2'))],
    claim: claim('5Gi'),
    expected: undefined,
  },
  {
    name: 'success-prebound',
    volumes: [volume('small', '5Gi'), promised('mine', 'node1')],
    claim: claim('5Gi'),
    expected: 'mine',
  },
  {
    name: 'fail-prebound, on another node',
    volumes: [promised('mine', 'node2'), volume('other', '5Gi')],
    claim: claim('5Gi'),
    expected: undefined,
  },
  {
    name: 'promised to somebody else',
    volumes: [volume('a', '5Gi', { claimRef: { namespace: 'ns', name: 'other' } })],
    claim: claim('5Gi'),
    expected: undefined,
  },
  { name: 'too small', volumes: [volume('a', '1Gi')], claim: claim('5Gi'), expected: undefined },
  {
    name: 'another class',
    volumes: [volume('a', '5Gi', { storageClassName: 'x' })],
    claim: claim('5Gi'),
    expected: undefined,
  },
  {
    name: 'other access modes',
    volumes: [volume('a', '5Gi', { accessModes: ['ReadOnlyMany'] })],
    claim: claim('5Gi'),
    expected: undefined,
  },
  {
    name: 'a block device',
    volumes: [volume('a', '5Gi', { volumeMode: 'Block' })],
    claim: claim('5Gi'),
    expected: undefined,
  },
  {
    name: 'taken for another claim of the pod',
    volumes: [volume('taken', '5Gi'), volume('b', '6Gi')],
    claim: claim('5Gi'),
    expected: 'b',
  },
  {
    name: 'not available',
    volumes: [{ ...volume('a', '5Gi'), status: { phase: 'Released' as const } }],
    claim: claim('5Gi'),
    expected: undefined,
  },
  {
    name: 'by labels',
    volumes: [volume('a', '5Gi'), { ...volume('b', '9Gi'), metadata: { name: 'b', labels: { fast: 'yes' } } }],
    claim: claim('5Gi', { selector: { matchLabels: { fast: 'yes' } } }),
    expected: 'b',
  },
])('findMatchingVolume: $name', ({ volumes, claim: one, expected }) => {
  expect(findMatchingVolume(one, volumes, node, new Set(['taken']))?.metadata.name).toBe(expected);
});
