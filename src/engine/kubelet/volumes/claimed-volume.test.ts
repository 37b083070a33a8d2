import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { foreignVolume, misusedVolume, unusableClaim } from './claimed-volume.ts';
import { expectedVolumes } from './pod-volume-uses.ts';

const claim = (
  metadata: Partial<corev1.PersistentVolumeClaim['metadata']> = {},
  phase: 'Bound' | 'Pending' = 'Bound',
  volumeName = 'dswp-test-volume-name',
): corev1.PersistentVolumeClaim => ({
  metadata: { name: 'file-bound', uid: 'claim-uid', ...metadata },
  spec: { volumeName },
  status: { phase },
});
const going = '2024-01-01T00:00:00Z';

it.each([
  { name: 'bound', claim: claim(), expected: undefined },
  { name: 'going', claim: claim({ deletionTimestamp: going }), expected: 'PVC is being deleted' },
  {
    name: 'going, but kept by who protects it',
    claim: claim({ deletionTimestamp: going, finalizers: ['kubernetes.io/pvc-protection'] }),
    expected: undefined,
  },
  { name: 'not bound', claim: claim({}, 'Pending'), expected: 'PVC is not bound' },
  { name: 'bound to nothing', claim: claim({}, 'Bound', ''), expected: 'PVC has empty pvc.Spec.VolumeName' },
])('unusableClaim: $name', ({ claim: one, expected }) => {
  expect(unusableClaim(one)).toBe(expected);
});

const volume = (spec: Partial<corev1.PersistentVolumeSpec> = {}): corev1.PersistentVolume => ({
  metadata: { name: 'disk' },
  spec: { capacity: {}, ...spec },
});

it.each([
  { name: 'its own', volume: volume({ claimRef: { uid: 'claim-uid' } }), expected: undefined },
  {
    name: 'of nobody',
    volume: volume(),
    expected: 'found PV object disk but it has a nil pv.Spec.ClaimRef indicating it is not yet bound to the claim',
  },
  {
    name: 'of another claim',
    volume: volume({ claimRef: { uid: 'other' } }),
    expected: 'found PV object disk but its pv.Spec.ClaimRef.UID other does not point to claim.UID claim-uid',
  },
])('foreignVolume: $name', ({ volume: one, expected }) => {
  expect(foreignVolume(one, claim())).toBe(expected);
});

const pod = (container: Partial<corev1.Container>): corev1.Pod => ({
  metadata: { name: 'dswp-test-pod' },
  spec: { containers: [{ name: 'container1', ...container }], volumes: [{ name: 'data', emptyDir: {} }] },
});
const mounting = pod({ volumeMounts: [{ name: 'data', mountPath: '/data' }] });
const asDevice = pod({ volumeDevices: [{ name: 'data', devicePath: '/dev/data' }] });

// Upstream: desired_state_of_world_populator_test.go TestCreateVolumeSpec_* (v1.36)
it.each([
  { name: 'Valid_File_VolumeMounts', pod: mounting, mode: 'Filesystem' as const, expected: undefined },
  { name: 'Valid_Nil_VolumeMounts', pod: mounting, mode: undefined, expected: undefined },
  { name: 'Valid_Block_VolumeDevices', pod: asDevice, mode: 'Block' as const, expected: undefined },
  {
    name: 'Invalid_File_VolumeDevices',
    pod: asDevice,
    mode: 'Filesystem' as const,
    expected: 'volume data has volumeMode Filesystem, but is specified in volumeDevices',
  },
  {
    name: 'Invalid_Block_VolumeMounts',
    pod: mounting,
    mode: 'Block' as const,
    expected: 'volume data has volumeMode Block, but is specified in volumeMounts',
  },
])('misusedVolume: $name', ({ pod: one, mode, expected }) => {
  expect(misusedVolume(volume(mode ? { volumeMode: mode } : {}), one, 'data')).toBe(expected);
});

it.each([
  { name: 'mounted', pod: mounting, expected: ['data'] },
  { name: 'a device', pod: asDevice, expected: ['data'] },
  { name: 'used by nobody', pod: pod({}), expected: [] },
])('expectedVolumes: $name', ({ pod: one, expected }) => {
  expect(expectedVolumes(one).map(({ name }) => name)).toEqual(expected);
});
