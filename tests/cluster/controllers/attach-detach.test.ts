import { afterEach, expect, it } from 'vitest';
import type * as corev1 from '../../../src/api/core/v1.ts';
import {
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  serviceCIDRs,
  volumeAttachments,
} from '../../../src/api/resources.ts';
import { getAttachmentName } from '../../../src/engine/controllers/attachdetach/volume-attachment.ts';
import { ControlPlane, node } from './control-plane.ts';

let plane: ControlPlane | undefined;
afterEach(() => {
  expect(plane?.problems).toEqual([]);
  plane?.stop();
});

const driver = 'disk.example.com';
const uniqueName = `kubernetes.io/csi/${driver}^handle-1`;
const nameOn = (nodeName: string) => getAttachmentName('handle-1', driver, nodeName);

function prepare(cloud: boolean, accessMode: 'ReadWriteOnce' | 'ReadWriteMany' = 'ReadWriteOnce'): ControlPlane {
  plane = new ControlPlane({ cloud });
  for (const name of ['a', 'b']) {
    const made = node(name);
    const annotations = { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' };
    plane.create(nodes, { ...made, metadata: { ...made.metadata, annotations } });
  }
  plane.create(persistentVolumes, {
    metadata: { name: 'disk' },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: [accessMode],
      storageClassName: '',
      csi: { driver, volumeHandle: 'handle-1' },
    },
  });
  plane.create(persistentVolumeClaims, {
    metadata: { name: 'data', namespace: 'default' },
    spec: {
      accessModes: [accessMode],
      storageClassName: '',
      volumeName: 'disk',
      resources: { requests: { storage: '1Gi' } },
    },
  });
  plane.advance(20_000);
  return plane;
}

const user = (name: string, nodeName: string): corev1.Pod => ({
  metadata: { name, namespace: 'default' },
  spec: {
    nodeName,
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'app', image: 'app:1' }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
  },
});
const attachedTo = (name: string) => plane?.get(nodes, name).status?.volumesAttached;
const attachmentNames = () => plane?.list(volumeAttachments).map(({ metadata }) => metadata.name);

it('attaches a volume to the node of its pod and detaches it when the pod is gone', () => {
  const it = prepare(true);
  it.create(pods, user('one', 'a'));
  it.advance(5000);
  expect(attachmentNames()).toEqual([nameOn('a')]);
  expect(attachedTo('a')).toEqual([{ name: uniqueName, devicePath: '' }]);
  expect(it.events('Pod')).toEqual(['Normal SuccessfulAttachVolume AttachVolume.Attach succeeded for volume "disk" ']);
  it.delete(pods, 'one');
  it.advance(5000);
  expect(attachmentNames()).toEqual([]);
  expect(attachedTo('a')).toBeUndefined();
});

it('tells pods that wait for a volume that another node holds, and attaches it afterwards', () => {
  const it = prepare(true);
  it.create(pods, user('one', 'a'));
  it.advance(5000);
  it.create(pods, user('two', 'b'));
  it.advance(5000);
  expect(attachmentNames()).toEqual([nameOn('a')]);
  expect(it.events('Pod')).toContain(
    'Warning FailedAttachVolume Multi-Attach error for volume "disk" Volume is already used by pod(s) one',
  );
  it.delete(pods, 'one');
  it.advance(10_000);
  expect(attachmentNames()).toEqual([nameOn('b')]);
  expect(attachedTo('b')).toEqual([{ name: uniqueName, devicePath: '' }]);
});

it('attaches what may be shared to several nodes', () => {
  const it = prepare(true, 'ReadWriteMany');
  it.create(pods, user('one', 'a'));
  it.create(pods, user('two', 'b'));
  it.advance(5000);
  expect(attachmentNames()).toEqual([nameOn('a'), nameOn('b')].sort());
});

it('gives up waiting for an attacher that never answers, and tries again', () => {
  const it = prepare(false);
  it.create(pods, user('one', 'a'));
  it.advance(125_000);
  expect(it.events('Pod')).toEqual([
    `Warning FailedAttachVolume AttachVolume.Attach failed for volume "disk" : timed out waiting for external-attacher of ${driver} CSI driver to attach volume handle-1`,
  ]);
  expect(attachedTo('a')).toBeUndefined();
});

it('leaves a volume that its node still uses attached, until the node is out of service', () => {
  const it = prepare(true);
  it.create(pods, user('one', 'a'));
  it.advance(5000);
  it.patch(nodes, 'a', { status: { volumesInUse: [uniqueName] } }, 'status');
  it.delete(pods, 'one');
  it.advance(30_000);
  expect(attachmentNames()).toEqual([nameOn('a')]);
  it.patch(nodes, 'a', { spec: { taints: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] } });
  it.advance(5000);
  expect(attachmentNames()).toEqual([]);
});

it('takes a volume from a silent node after six minutes', () => {
  const it = prepare(true);
  it.create(pods, user('one', 'a'));
  it.advance(5000);
  it.patch(nodes, 'a', { status: { volumesInUse: [uniqueName] } }, 'status');
  it.delete(pods, 'one');
  it.advance(300_000);
  expect(attachmentNames()).toEqual([nameOn('a')]);
  it.advance(70_000);
  expect(attachmentNames()).toEqual([]);
});

it('protects ranges of services, and lets them go when nothing needs them', () => {
  plane = new ControlPlane();
  plane.create(serviceCIDRs, { metadata: { name: 'more' }, spec: { cidrs: ['10.200.0.0/24'] } });
  plane.advance(1000);
  expect(plane.get(serviceCIDRs, 'more').metadata.finalizers).toEqual(['networking.k8s.io/service-cidr-finalizer']);
  expect(plane.get(serviceCIDRs, 'more').status?.conditions?.[0]?.message).toBe('Kubernetes Service CIDR is ready');
  plane.delete(serviceCIDRs, 'more');
  plane.advance(5000);
  expect(plane.find(serviceCIDRs, 'more')).toBeDefined();
  plane.advance(10_000);
  expect(plane.find(serviceCIDRs, 'more')).toBeUndefined();
  plane.delete(serviceCIDRs, 'kubernetes');
  plane.advance(20_000);
  expect(plane.get(serviceCIDRs, 'kubernetes').status?.conditions?.[0]).toMatchObject({
    status: 'False',
    reason: 'Terminating',
    message: 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
  });
});
