import { afterEach, expect, it } from 'vitest';
import { persistentVolumeClaims, persistentVolumes, services, storageClasses } from '../../../src/api/resources.ts';
import { ControlPlane } from './control-plane.ts';

let plane: ControlPlane;
afterEach(() => {
  expect(plane.problems).toEqual([]);
  plane.stop();
});

it('gives load balancers addresses', () => {
  plane = new ControlPlane({ nodes: 1, cloud: true });
  plane.create(services, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }] },
  });
  plane.advance(30_000);
  expect(plane.get(services, 'web').status?.loadBalancer?.ingress?.[0]?.ip).toMatch(/^172\.18\.255\.\d+$/);
});

it('provisions a volume on the node that was chosen, and removes it with its claim', () => {
  plane = new ControlPlane({ nodes: 1, cloud: true });
  plane.create(storageClasses, {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'standard' },
    provisioner: 'rancher.io/local-path',
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  plane.create(persistentVolumeClaims, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: 'data',
      namespace: 'default',
      annotations: { 'volume.kubernetes.io/selected-node': 'node-1' },
    },
    spec: {
      storageClassName: 'standard',
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
    },
  });
  plane.advance(60_000);
  expect(plane.get(persistentVolumeClaims, 'data').status?.phase).toBe('Bound');
  expect(plane.list(persistentVolumes, '')).toHaveLength(1);
  plane.run(plane.client.resource(persistentVolumeClaims, 'default').delete('data'));
  plane.advance(60_000);
  expect(plane.list(persistentVolumes, '')).toHaveLength(0);
});
