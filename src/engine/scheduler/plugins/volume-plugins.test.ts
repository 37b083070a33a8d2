import { describe, expect, it } from 'vitest';
import type * as corev1 from '../../../api/core/v1.ts';
import {
  csiNodes,
  persistentVolumeClaims,
  persistentVolumes,
  storageClasses,
  volumeAttachments,
} from '../../../api/resources.ts';
import { makeNode, makePod, PluginFixture, type PodShape } from '../plugin-fixture.ts';

type Spec = Partial<corev1.PodSpec>;

const ofClaims = (...names: string[]): Spec => ({
  volumes: names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
});
const ofVolume = (volume: Omit<corev1.Volume, 'name'>): Spec => ({ volumes: [{ name: 'v', ...volume }] });

interface World {
  readonly claims?: readonly corev1.PersistentVolumeClaim[];
  readonly volumes?: readonly corev1.PersistentVolume[];
  readonly classes?: readonly {
    readonly name: string;
    readonly mode?: 'Immediate' | 'WaitForFirstConsumer';
    readonly provisioner?: string;
  }[];
}
function fixtureOf(
  plugin: string,
  nodes: readonly corev1.Node[],
  pods: readonly PodShape[],
  { claims = [], volumes = [], classes = [] }: World,
): PluginFixture {
  const fixture = new PluginFixture([plugin], { nodes, pods: pods.map(makePod) });
  const { informers } = fixture;
  for (const claim of claims) informers.informer(persistentVolumeClaims).store.put(claim);
  for (const volume of volumes) informers.informer(persistentVolumes).store.put(volume);
  for (const { name, mode, provisioner = 'p' } of classes) {
    const volumeBindingMode = mode ? { volumeBindingMode: mode } : {};
    informers.informer(storageClasses).store.put({ metadata: { name }, provisioner, ...volumeBindingMode });
  }
  return fixture;
}
const claim = (name: string, spec: Partial<corev1.PersistentVolumeClaimSpec> = {}): corev1.PersistentVolumeClaim => ({
  metadata: { name, namespace: 'default' },
  spec: { accessModes: ['ReadWriteOnce'], ...spec },
});

describe('VolumeRestrictions', () => {
  const noDisk = 'Unschedulable: node(s) had no available disk';
  const inUse =
    'Unschedulable: node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod';
  const gce = (pdName: string, readOnly = false) => ofVolume({ gcePersistentDisk: { pdName, readOnly } });
  const aws = (volumeID: string) => ofVolume({ awsElasticBlockStore: { volumeID } });
  const rbd = (image: string, monitors: readonly string[]) =>
    ofVolume({ rbd: { monitors, pool: 'foo', image, fsType: 'ext4' } });
  const iscsi = (iqn: string) => ofVolume({ iscsi: { targetPortal: '127.0.0.1:3260', iqn, fsType: 'ext4', lun: 0 } });

  // Upstream: plugins/volumerestrictions/volume_restrictions_test.go TestGCEDiskConflicts, TestAWSDiskConflicts,
  // TestRBDDiskConflicts, TestISCSIDiskConflicts (v1.36)
  it.each([
    { name: 'nothing', pod: {}, there: gce('foo'), expected: 'ok' },
    { name: 'same state', pod: gce('foo'), there: gce('foo'), expected: noDisk },
    { name: 'different state', pod: gce('bar'), there: gce('foo'), expected: 'ok' },
    { name: 'both only read', pod: gce('foo', true), there: gce('foo', true), expected: 'ok' },
    { name: 'one only reads', pod: gce('foo', true), there: gce('foo'), expected: noDisk },
    { name: 'same AWS disk', pod: aws('foo'), there: aws('foo'), expected: noDisk },
    { name: 'other AWS disk', pod: aws('bar'), there: aws('foo'), expected: 'ok' },
    {
      name: 'same RBD image by one of its monitors',
      pod: rbd('i', ['c', 'b']),
      there: rbd('i', ['a', 'b']),
      expected: noDisk,
    },
    { name: 'same RBD image of other monitors', pod: rbd('i', ['c']), there: rbd('i', ['a', 'b']), expected: 'ok' },
    { name: 'same iSCSI name', pod: iscsi('iqn.1:a'), there: iscsi('iqn.1:a'), expected: noDisk },
    { name: 'other iSCSI name', pod: iscsi('iqn.1:b'), there: iscsi('iqn.1:a'), expected: 'ok' },
    { name: 'a volume of another kind', pod: ofVolume({ emptyDir: {} }), there: gce('foo'), expected: 'ok' },
  ])('$name', ({ pod, there, expected }) => {
    const fixture = fixtureOf(
      'VolumeRestrictions',
      [makeNode('node-1')],
      [{ name: 'other', node: 'node-1', spec: there }],
      {},
    );
    expect(fixture.filter(makePod({ spec: pod }))).toEqual({ 'node-1': expected });
  });

  // Upstream: TestAccessModeConflicts
  const rwop = (name: string) => claim(name, { accessModes: ['ReadWriteOncePod'] });
  const claims = [
    rwop('claim-with-rwop-1'),
    rwop('claim-with-rwop-2'),
    claim('claim-with-rwx-1', { accessModes: ['ReadWriteMany'] }),
  ];
  it.each([
    { name: 'nothing', pod: {}, expected: { 'node-1': 'ok' } },
    {
      name: 'failed to get PVC',
      pod: ofClaims('missing'),
      expected: 'UnschedulableAndUnresolvable: persistentvolumeclaim "missing" not found',
    },
    {
      name: 'access mode conflict, unschedulable',
      pod: ofClaims('claim-with-rwop-1', 'claim-with-rwx-1'),
      expected: { 'node-1': inUse },
    },
    {
      name: 'no access mode conflict',
      pod: ofClaims('claim-with-rwop-2', 'claim-with-rwx-1'),
      expected: { 'node-1': 'ok' },
    },
  ])('$name', ({ pod, expected }) => {
    const user: PodShape = { name: 'user', node: 'node-1', spec: ofClaims('claim-with-rwop-1', 'claim-with-rwx-1') };
    const fixture = fixtureOf('VolumeRestrictions', [makeNode('node-1')], [user], { claims });
    expect(fixture.filter(makePod({ spec: pod }))).toEqual(expected);
  });
});

describe('VolumeZone', () => {
  const zone = 'topology.kubernetes.io/zone';
  const region = 'topology.kubernetes.io/region';
  const betaZone = 'failure-domain.beta.kubernetes.io/zone';
  const volume = (labels: Readonly<Record<string, string>>): corev1.PersistentVolume => ({
    metadata: { name: 'vol', labels },
    spec: {},
  });
  const refused = 'UnschedulableAndUnresolvable: node(s) had no available volume zone';
  const bound = { claims: [claim('c', { volumeName: 'vol' })] };

  // Upstream: plugins/volumezone/volume_zone_test.go TestSingleZone, TestMultiZone (v1.36)
  it.each([
    { name: 'node without labels', of: { [zone]: 'us-west1-a' }, node: {}, expected: 'ok' },
    {
      name: 'label zone failure domain matched',
      of: { [betaZone]: 'us-west1-a' },
      node: { [betaZone]: 'us-west1-a' },
      expected: 'ok',
    },
    {
      name: 'zone label matched',
      of: { [zone]: 'us-west1-a' },
      node: { [zone]: 'us-west1-a', uselessLabel: 'none' },
      expected: 'ok',
    },
    {
      name: "zone label doesn't match",
      of: { [zone]: 'us-west1-b' },
      node: { [zone]: 'us-west1-a' },
      expected: refused,
    },
    { name: 'region label matched', of: { [region]: 'us-west1' }, node: { [region]: 'us-west1' }, expected: 'ok' },
    {
      name: "region label doesn't match",
      of: { [region]: 'no_us-west1' },
      node: { [region]: 'us-west1' },
      expected: refused,
    },
    {
      name: 'pv with zone and region, node with only zone',
      of: { [zone]: 'a', [region]: 'r' },
      node: { [zone]: 'a' },
      expected: refused,
    },
    {
      name: 'pv with beta label,node with ga label, matched',
      of: { [betaZone]: 'us-west1-a' },
      node: { [zone]: 'us-west1-a' },
      expected: 'ok',
    },
    {
      name: "pv with beta label,node with ga label, don't match",
      of: { [betaZone]: 'us-west1-b' },
      node: { [zone]: 'us-west1-a' },
      expected: refused,
    },
    {
      name: 'one of several zones',
      of: { [zone]: 'us-west1-c__us-west1-a' },
      node: { [zone]: 'us-west1-a' },
      expected: 'ok',
    },
    {
      name: 'none of several zones',
      of: { [zone]: 'us-west1-c__us-west1-b' },
      node: { [zone]: 'us-west1-a' },
      expected: refused,
    },
  ])('$name', ({ of, node, expected }) => {
    const fixture = fixtureOf('VolumeZone', [makeNode('host1', { labels: node })], [], {
      ...bound,
      volumes: [volume(of)],
    });
    expect(fixture.filter(makePod({ spec: ofClaims('c') }))).toEqual({ host1: expected });
  });

  // Upstream: TestWithBinding
  const classes = [
    { name: 'wait', mode: 'WaitForFirstConsumer' },
    { name: 'immediate', mode: 'Immediate' },
    { name: 'unset' },
  ] as const;
  it.each([
    { name: 'pod without volume', className: undefined, expected: 'ok', claimless: true },
    {
      name: 'unbound volume empty storage class',
      className: '',
      expected: 'UnschedulableAndUnresolvable: PersistentVolumeClaim had no pv name and storageClass name',
    },
    {
      name: 'unbound volume no storage class',
      className: 'missing',
      expected: 'UnschedulableAndUnresolvable: storageclass.storage.k8s.io "missing" not found',
    },
    { name: 'unbound volume wait binding mode', className: 'wait', expected: 'ok' },
    {
      name: 'unbound volume immediate binding mode',
      className: 'immediate',
      expected: 'UnschedulableAndUnresolvable: PersistentVolume had no name',
    },
    {
      name: 'no binding mode',
      className: 'unset',
      expected: 'UnschedulableAndUnresolvable: VolumeBindingMode not set for StorageClass "unset"',
    },
  ])('$name', ({ className = '', expected, claimless }) => {
    const claims = [claim('c', { storageClassName: className })];
    const fixture = fixtureOf('VolumeZone', [makeNode('host1', { labels: { [zone]: 'a' } })], [], { claims, classes });
    const verdict = fixture.filter(makePod({ spec: claimless ? {} : ofClaims('c') }));
    expect(verdict).toEqual(expected === 'ok' ? { host1: 'ok' } : expected);
  });
});

describe('NodeVolumeLimits', () => {
  const driver = 'ebs.csi.aws.com';
  const exceeded = 'Unschedulable: node(s) exceed max volume count';
  const names = ['a', 'b', 'c', 'd'];
  const volumes = names.map(
    (name): corev1.PersistentVolume => ({
      metadata: { name },
      spec: { csi: { driver: name === 'd' ? 'other' : driver, volumeHandle: name } },
    }),
  );
  const claims = [
    ...names.map((name) => claim(name, { volumeName: name })),
    claim('pending', { storageClassName: 'fast' }),
    claim('no-class', { storageClassName: 'missing' }),
    claim('gone', { volumeName: 'no-such', storageClassName: 'fast' }),
  ];
  const classes = [{ name: 'fast', provisioner: driver }];

  interface Row {
    readonly name: string;
    readonly pod: readonly string[];
    readonly there: readonly string[];
    readonly limit: number | undefined;
    readonly attached?: readonly string[];
    readonly expected: string;
  }
  // Upstream: plugins/nodevolumelimits/csi_test.go TestCSILimits (v1.36)
  it.each<Row>([
    {
      name: 'fits when node volume limit >= new pods CSI volume',
      pod: ['a'],
      there: ['b', 'c'],
      limit: 4,
      expected: 'ok',
    },
    {
      name: "doesn't when node volume limit <= pods CSI volume",
      pod: ['a'],
      there: ['b', 'c'],
      limit: 2,
      expected: exceeded,
    },
    {
      name: 'should when driver does not support volume limits',
      pod: ['a'],
      there: ['b', 'c'],
      limit: undefined,
      expected: 'ok',
    },
    {
      name: 'count pending PVCs towards volume limit <= pods CSI volume',
      pod: ['pending'],
      there: ['b', 'c'],
      limit: 2,
      expected: exceeded,
    },
    { name: 'a volume that is there already counts once', pod: ['b'], there: ['b', 'c'], limit: 2, expected: 'ok' },
    {
      name: "don't count pvcs with different type towards volume limit",
      pod: ['d'],
      there: ['b', 'c'],
      limit: 2,
      expected: 'ok',
    },
    {
      name: "don't count pvcs with missing SC towards volume limit",
      pod: ['no-class'],
      there: ['b', 'c'],
      limit: 2,
      expected: 'ok',
    },
    {
      name: 'should count PVCs with invalid PV name but valid SC',
      pod: ['gone'],
      there: ['b', 'c'],
      limit: 2,
      expected: exceeded,
    },
    {
      name: 'should count VolumeAttachments towards volume limit when no pods exist',
      pod: ['a'],
      there: [],
      limit: 1,
      attached: ['b'],
      expected: exceeded,
    },
    {
      name: 'should schedule pod when VolumeAttachments count does not exceed limit',
      pod: ['a'],
      there: [],
      limit: 2,
      attached: ['b'],
      expected: 'ok',
    },
    {
      name: 'should not limit pod if volume used does not report limits',
      pod: ['d'],
      there: ['a', 'b', 'c'],
      limit: 1,
      expected: 'ok',
    },
  ])('$name', ({ pod, there, limit, attached = [], expected }) => {
    const user: PodShape = { name: 'user', node: 'node', spec: ofClaims(...there) };
    const fixture = fixtureOf('NodeVolumeLimits', [makeNode('node')], [user], { claims, volumes, classes });
    const allocatable = limit === undefined ? {} : { allocatable: { count: limit } };
    fixture.informers
      .informer(csiNodes)
      .store.put({ metadata: { name: 'node' }, spec: { drivers: [{ name: driver, nodeID: 'node', ...allocatable }] } });
    for (const persistentVolumeName of attached) {
      const spec = { attacher: driver, nodeName: 'node', source: { persistentVolumeName } };
      fixture.informers.informer(volumeAttachments).store.put({ metadata: { name: persistentVolumeName }, spec });
    }
    expect(fixture.filter(makePod({ spec: ofClaims(...pod) }))).toEqual({ node: expected });
  });

  it('a claim that is missing', () => {
    const fixture = fixtureOf('NodeVolumeLimits', [makeNode('node')], [], {});
    expect(fixture.filter(makePod({ spec: ofClaims('x') }))).toEqual({
      node: 'UnschedulableAndUnresolvable: looking up PVC default/x: persistentvolumeclaim "x" not found',
    });
  });
});

describe('NodeDeclaredFeatures', () => {
  const feature = 'RestartAllContainersOnContainerExits';
  const refused = "UnschedulableAndUnresolvable: node(s) didn't match Pod's required features";
  const rules = [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [42] } }] as const;
  const wanting: Spec = { containers: [{ name: 'c', restartPolicy: 'Never', restartPolicyRules: rules }] };
  const node = (name: string, ...declaredFeatures: string[]): corev1.Node => {
    const made = makeNode(name);
    return { ...made, status: { ...made.status, declaredFeatures } };
  };

  // Upstream: plugins/nodedeclaredfeatures/nodedeclaredfeatures_test.go TestFilter (v1.36)
  it.each([
    { name: 'Pod with no requirements', spec: {}, expected: { none: 'ok', other: 'ok', has: 'ok' } },
    {
      name: 'Node matches requirements, Node does not match requirements, Node has no declared features',
      spec: wanting,
      expected: { none: refused, other: refused, has: 'ok' },
    },
  ])('$name', ({ spec, expected }) => {
    const nodes = [node('none'), node('other', 'Other'), node('has', 'Other', feature)];
    expect(fixtureOf('NodeDeclaredFeatures', nodes, [], {}).filter(makePod({ spec }))).toEqual(expected);
  });
});
