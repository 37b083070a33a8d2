import { afterEach, expect, it } from 'vitest';
import { csiDrivers, events, nodes, pods, volumeAttachments } from '../../../src/api/resources.ts';
import { createCluster, type Cluster } from '../../../src/engine/cluster.ts';
import { createAll, isReady } from '../support.ts';

let cluster: Cluster | undefined;
afterEach(() => cluster?.stop());

const uniqueName = 'kubernetes.io/csi/disk.example.com^handle-1';

const disk = `
apiVersion: v1
kind: PersistentVolume
metadata: { name: disk }
spec:
  capacity: { storage: 1Gi }
  accessModes: [ReadWriteOnce]
  storageClassName: ""
  csi: { driver: disk.example.com, volumeHandle: handle-1 }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], storageClassName: "", volumeName: disk, resources: { requests: { storage: 1Gi } } }
---
`;
const user = (name: string, mounts = 'volumeMounts: [{ name: data, mountPath: /data }]') => `
apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  nodeName: worker
  terminationGracePeriodSeconds: 1
  containers: [{ name: app, image: busybox, command: [sleep, infinity], ${mounts} }]
  volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]
`;

/** One after the other, a second apart: claims are bound when pods come. */
function start(...yamls: readonly string[]): Cluster {
  const made = createCluster({ nodes: [{ name: 'worker' }], latency: 'instant' });
  cluster = made;
  made.advance(15_000);
  for (const yaml of yamls) {
    createAll(made, yaml);
    made.advance(1000);
  }
  return made;
}
const ready = (name: string) => {
  const pod = cluster?.read(pods, 'default', name);
  return pod !== undefined && isReady(pod);
};
const status = () => cluster?.read(nodes, '', 'worker')?.status;
const told = (name: string) =>
  (cluster?.readAll(events, 'default') ?? [])
    .filter(({ involvedObject }) => involvedObject.name === name)
    .map(({ type, reason, message }) => `${type} ${reason} ${message}`);

it('a pod waits until its node says that its volume is in use and attached', () => {
  const it = start(disk, user('app'));
  expect(it.runUntil(() => (status()?.volumesAttached ?? []).length > 0, 5000)).toBe(true);
  expect(ready('app')).toBe(false);
  expect(it.runUntil(() => ready('app'), 15_000)).toBe(true);
  expect(status()?.volumesInUse).toEqual([uniqueName]);
  expect(status()?.volumesAttached).toEqual([{ name: uniqueName, devicePath: '' }]);
  expect(told('app')).toContain('Normal SuccessfulAttachVolume AttachVolume.Attach succeeded for volume "disk" ');
});

it('a volume stays attached until the node has said that it is no longer in use', () => {
  const it = start(disk, user('app'));
  it.runUntil(() => ready('app'), 30_000);
  it.run(it.client().resource(pods, 'default').delete('app'));
  expect(it.runUntil(() => it.read(pods, 'default', 'app') === undefined, 10_000)).toBe(true);
  expect(it.readAll(volumeAttachments).length).toBe(1);
  expect(it.runUntil(() => status()?.volumesInUse === undefined, 15_000)).toBe(true);
  expect(it.runUntil(() => it.readAll(volumeAttachments).length === 0, 5000)).toBe(true);
});

it('nothing is waited for where the driver attaches nothing', () => {
  const it = start(disk);
  const driver = { metadata: { name: 'disk.example.com' }, spec: { attachRequired: false } };
  it.run(it.client().resource(csiDrivers).create(driver));
  createAll(it, user('app'));
  expect(it.runUntil(() => ready('app'), 5000)).toBe(true);
  expect(it.readAll(volumeAttachments)).toEqual([]);
  expect(status()?.volumesInUse).toBeUndefined();
});

it('a pod hears what is wrong with its claim, and starts when that is mended', () => {
  const it = start(user('app'));
  it.advance(2000);
  const [first] = told('app').filter((line) => line.includes('FailedMount'));
  expect(first).toBe(
    'Warning FailedMount Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[data]: ' +
      'error processing PVC default/data: failed to fetch PVC from API server: persistentvolumeclaims "data" not found',
  );
  createAll(it, disk);
  expect(it.runUntil(() => ready('app'), 60_000)).toBe(true);
});

it('a volume that no container uses is nobody’s concern', () => {
  const it = start(user('app', ''));
  expect(it.runUntil(() => ready('app'), 5000)).toBe(true);
});
