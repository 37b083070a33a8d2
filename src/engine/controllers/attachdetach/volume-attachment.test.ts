import { expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import { attachableVolume } from '../../../api/storage/attachable-volume.ts';
import { getAttachmentName, isMultiAttachAllowed, multiAttachMessage } from './volume-attachment.ts';

const pod = (name: string, namespace = 'ns'): corev1.Pod => ({ metadata: { name, namespace } });

// Upstream: pkg/controller/volume/attachdetach/reconciler/reconciler_test.go Test_ReportMultiAttachError (v1.36)
it.each([
  {
    name: 'no pods use the volume',
    holders: [],
    expected: "Volume is already exclusively attached to one node and can't be attached to another",
  },
  {
    name: 'pods in the same namespace use the volume',
    holders: [pod('ns1-pod-1'), pod('ns1-pod-2')],
    expected: 'Volume is already used by pod(s) ns1-pod-1, ns1-pod-2',
  },
  {
    name: 'pods in another namespace use the volume',
    holders: [pod('a', 'ns2'), pod('b', 'ns2')],
    expected: 'Volume is already used by 2 pod(s) in different namespaces',
  },
  {
    name: 'pods both in the same and another namespace use the volume',
    holders: [pod('a', 'ns2'), pod('ns1-pod-1')],
    expected: 'Volume is already used by pod(s) ns1-pod-1 and 1 pod(s) in different namespaces',
  },
])('multiAttachMessage: $name', ({ holders, expected }) => {
  expect(multiAttachMessage('disk', pod('waiting'), holders)).toBe(`Multi-Attach error for volume "disk" ${expected}`);
});

// Upstream: pkg/volume/util/util_test.go TestIsMultiAttachAllowed
it.each([
  { modes: [], expected: true },
  { modes: ['ReadWriteOnce' as const], expected: false },
  { modes: ['ReadWriteOncePod' as const], expected: false },
  { modes: ['ReadOnlyMany' as const], expected: true },
  { modes: ['ReadWriteOnce' as const, 'ReadWriteMany' as const], expected: true },
])('isMultiAttachAllowed: $modes', ({ modes, expected }) => {
  expect(isMultiAttachAllowed({ metadata: {}, spec: { accessModes: modes } })).toBe(expected);
});

it('names an attachment by what is attached, by whom and where', () => {
  const names = [
    getAttachmentName('vol', 'driver', 'node'),
    getAttachmentName('vol', 'driver', 'other'),
    getAttachmentName('vo', 'ldriver', 'node'),
  ];
  expect(names[0]).toMatch(/^csi-[0-9a-f]{64}$/);
  expect(names[1]).not.toBe(names[0]);
  expect(names[2]).toBe(names[0]);
});

// Upstream: pkg/volume/csi/csi_plugin_test.go TestPluginCanAttach
it.each([
  { name: 'non-attachable CSI driver', required: false, expected: undefined },
  { name: 'attachable CSI driver', required: true, expected: 'kubernetes.io/csi/driver^vol' },
  { name: 'unknown CSI driver', required: undefined, expected: 'kubernetes.io/csi/driver^vol' },
])('attachableVolume: $name', ({ required, expected }) => {
  const volume: corev1.PersistentVolume = {
    metadata: { name: 'disk' },
    spec: { csi: { driver: 'driver', volumeHandle: 'vol' } },
  };
  const driver = required === undefined ? undefined : { metadata: {}, spec: { attachRequired: required } };
  expect(attachableVolume(volume, () => driver)?.uniqueName).toBe(expected);
  expect(attachableVolume({ metadata: {}, spec: { hostPath: { path: '/' } } }, () => driver)).toBeUndefined();
});
