import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import type * as storagev1 from '../../../api/storage/v1.ts';
import {
  checkVolumeSatisfyClaim,
  claimClass,
  findBestMatchForClaim,
  getDefaultClass,
  hasClass,
  isVolumeBoundToClaim,
} from './volume-matching.ts';

type Volume = corev1.PersistentVolume;
type Claim = corev1.PersistentVolumeClaim;

const volume = (
  name: string,
  storage: string,
  spec: Partial<corev1.PersistentVolumeSpec> = {},
  labels = {},
): Volume => ({
  metadata: { name, labels },
  spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], ...spec },
  status: { phase: 'Available' },
});
const claim = (storage: string, spec: Partial<corev1.PersistentVolumeClaimSpec> = {}): Claim => ({
  metadata: { name: 'claim01', namespace: 'myns', uid: 'claim-uid' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...spec },
});
const both = ['ReadWriteOnce', 'ReadOnlyMany'] as const;

const volumes: readonly Volume[] = [
  volume('small', '1Gi'),
  volume('medium', '5Gi', { accessModes: [...both, 'ReadWriteMany'] }),
  volume('large', '10Gi', { accessModes: both }),
  volume('labelled', '20Gi', { accessModes: both }, { 'should-exist': 'true' }),
  volume('silver', '50Gi', { storageClassName: 'classSilver' }),
  volume('silver-labelled', '50Gi', { storageClassName: 'classSilver' }, { 'should-exist': 'true' }),
  volume('vac', '50Gi', { storageClassName: 'classSilver', volumeAttributesClassName: 'testVac' }),
  volume('block', '2Gi', { volumeMode: 'Block' }),
  volume('taken', '2Gi', { claimRef: { namespace: 'otherns', name: 'other' } }),
  { ...volume('going', '2Gi'), metadata: { name: 'going', deletionTimestamp: '2024-01-01T00:00:00Z' } },
  { ...volume('released', '2Gi'), status: { phase: 'Released' } },
];
const withLabel = { selector: { matchLabels: { 'should-exist': 'true' } } };

// Upstream: pkg/controller/volume/persistentvolume/index_test.go TestMatchVolume (v1.36)
it.each([
  { name: 'successful-match-gce-10', claim: claim('8Gi', { accessModes: both }), expected: 'large' },
  {
    name: 'successful-match-nfs-5',
    claim: claim('5Gi', { accessModes: [...both, 'ReadWriteMany'] }),
    expected: 'medium',
  },
  { name: 'successful-skip-1g-bound-volume', claim: claim('2Gi', { accessModes: both }), expected: 'large' },
  { name: 'successful-no-match', claim: claim('999Gi', { accessModes: both }), expected: undefined },
  {
    name: 'successful-no-match-due-to-label',
    claim: claim('1Gi', { selector: { matchLabels: { 'should-not-exist': 'true' } } }),
    expected: undefined,
  },
  {
    name: 'successful-no-match-due-to-size-constraint-with-label-selector',
    claim: claim('20000Gi', withLabel),
    expected: undefined,
  },
  {
    name: 'successful-match-due-with-constraint-and-label-selector',
    claim: claim('2Gi', withLabel),
    expected: 'labelled',
  },
  {
    name: 'successful-match-with-vac',
    claim: claim('1Gi', { storageClassName: 'classSilver', volumeAttributesClassName: 'testVac' }),
    expected: 'vac',
  },
  {
    name: 'successful-no-match-vac-nonexisting',
    claim: claim('1Gi', { storageClassName: 'classSilver', volumeAttributesClassName: 'none' }),
    expected: undefined,
  },
  { name: 'successful-match-with-class', claim: claim('8Gi', { storageClassName: 'classSilver' }), expected: 'silver' },
  {
    name: 'successful-match-with-class-and-labels',
    claim: claim('8Gi', { storageClassName: 'classSilver', ...withLabel }),
    expected: 'silver-labelled',
  },
  { name: 'a block device', claim: claim('1Gi', { volumeMode: 'Block' }), expected: 'block' },
  { name: 'the smallest that will do', claim: claim('1Gi'), expected: 'small' },
])('findBestMatchForClaim: $name', ({ claim: one, expected }) => {
  expect(findBestMatchForClaim(one, volumes, false)?.metadata.name).toBe(expected);
});

// Upstream: TestFindMatchVolumeWithNode, TestFindMatchingVolumeWithDelayedBinding
it('findBestMatchForClaim: what is reserved for a claim is its own, also where others wait for a pod', () => {
  const reserved = volume('reserved', '100Gi', { claimRef: { namespace: 'myns', name: 'claim01' } });
  expect(findBestMatchForClaim(claim('1Gi'), [...volumes, reserved], false)?.metadata.name).toBe('reserved');
  expect(findBestMatchForClaim(claim('1Gi'), [...volumes, reserved], true)?.metadata.name).toBe('reserved');
  expect(findBestMatchForClaim(claim('1Gi'), volumes, true)).toBeUndefined();
});

// Upstream: TestIsVolumeBoundToClaim (component-helpers/storage/volume)
it.each([
  { name: 'nobody', ref: undefined, expected: false },
  { name: 'by name', ref: { namespace: 'myns', name: 'claim01' }, expected: true },
  { name: 'by uid', ref: { namespace: 'myns', name: 'claim01', uid: 'claim-uid' }, expected: true },
  { name: 'a former claim of the name', ref: { namespace: 'myns', name: 'claim01', uid: 'former' }, expected: false },
  { name: 'another namespace', ref: { namespace: 'other', name: 'claim01' }, expected: false },
])('isVolumeBoundToClaim: $name', ({ ref, expected }) => {
  expect(isVolumeBoundToClaim(volume('v', '1Gi', ref ? { claimRef: ref } : {}), claim('1Gi'))).toBe(expected);
});

it.each([
  { name: 'it will do', volume: volume('v', '1Gi'), expected: undefined },
  { name: 'too small', volume: volume('v', '500Mi'), expected: 'requested PV is too small' },
  {
    name: 'another class',
    volume: volume('v', '1Gi', { storageClassName: 'x' }),
    expected: 'storageClassName does not match',
  },
  {
    name: 'other attributes',
    volume: volume('v', '1Gi', { volumeAttributesClassName: 'x' }),
    expected: 'volumeAttributesClassName does not match',
  },
  { name: 'a block device', volume: volume('v', '1Gi', { volumeMode: 'Block' }), expected: 'incompatible volumeMode' },
  {
    name: 'other access modes',
    volume: volume('v', '1Gi', { accessModes: ['ReadOnlyMany'] }),
    expected: 'incompatible accessMode',
  },
  { name: 'going', volume: volumes[9] as Volume, expected: 'the volume is marked for deletion "going"' },
])('checkVolumeSatisfyClaim: $name', ({ volume: one, expected }) => {
  expect(checkVolumeSatisfyClaim(one, claim('1Gi'))).toBe(expected);
});

it('claimClass: the old annotation counts before the field; none and empty are told apart', () => {
  const annotated: Claim = {
    ...claim('1Gi', { storageClassName: 'field' }),
    metadata: { annotations: { 'volume.beta.kubernetes.io/storage-class': 'annotation' } },
  };
  expect(claimClass(annotated)).toBe('annotation');
  expect([claim('1Gi'), claim('1Gi', { storageClassName: '' }), annotated].map(hasClass)).toEqual([false, true, true]);
});

// Upstream: pkg/volume/util/storageclass_test.go TestGetDefaultClass
it.each([
  { name: 'no default', classes: ['a 1 false', 'b 2 false'], expected: undefined },
  { name: 'one default', classes: ['a 1 true', 'b 2 false'], expected: 'a' },
  { name: 'two defaults: the newest', classes: ['a 1 true', 'b 2 true'], expected: 'b' },
  { name: 'two defaults of one time: by name', classes: ['b 2 true', 'a 2 true'], expected: 'a' },
])('getDefaultClass: $name', ({ classes, expected }) => {
  const made = classes.map((line): storagev1.StorageClass => {
    const [name = '', age = '', isDefault = ''] = line.split(' ');
    const annotations = { 'storageclass.kubernetes.io/is-default-class': isDefault };
    return { metadata: { name, creationTimestamp: `2024-01-0${age}T00:00:00Z`, annotations }, provisioner: 'p' };
  });
  expect(getDefaultClass(made)?.metadata.name).toBe(expected);
});
