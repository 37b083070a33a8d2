import { afterEach, expect, it } from 'vitest';
import type * as appsv1 from '../../../src/api/apps/v1.ts';
import {
  deployments,
  endpointSlices,
  endpoints,
  namespaces,
  pods,
  replicaSets,
  serviceAccounts,
  services,
} from '../../../src/api/resources.ts';
import { ControlPlane, template } from './control-plane.ts';

let plane: ControlPlane;
afterEach(() => {
  expect(plane.problems).toEqual([]);
  plane.stop();
});

const web = (replicas: number, image = 'app:1'): appsv1.Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: template({ app: 'web' }, image) },
});

it('rolls out, rolls over, and deletes a deployment', () => {
  plane = new ControlPlane({ nodes: 1 });
  plane.create(deployments, web(3));
  plane.advance(10_000);
  expect(plane.list(pods)).toHaveLength(3);
  const done = plane.get(deployments, 'web');
  expect(done.status).toMatchObject({
    replicas: 3,
    updatedReplicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    observedGeneration: 1,
  });
  expect(done.status?.conditions?.map((c) => `${c.type} ${c.status} ${c.reason}`)).toEqual([
    'Available True MinimumReplicasAvailable',
    'Progressing True NewReplicaSetAvailable',
  ]);
  plane.patch(deployments, 'web', { spec: { template: { spec: { containers: [{ name: 'app', image: 'app:2' }] } } } });
  plane.advance(60_000);
  expect(
    plane
      .list(replicaSets)
      .map((rs) => rs.spec?.replicas)
      .sort(),
  ).toEqual([0, 3]);
  expect(plane.get(deployments, 'web').metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2');
  plane.delete(deployments, 'web', 'Foreground');
  plane.advance(60_000);
  expect(plane.find(deployments, 'web')).toBeUndefined();
  expect(plane.list(pods)).toHaveLength(0);
  expect(plane.list(replicaSets)).toHaveLength(0);
});

it('gives a namespace its account and takes all away with it', () => {
  plane = new ControlPlane();
  plane.run(plane.client.resource(namespaces).create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } }));
  plane.advance(1000);
  expect(plane.get(serviceAccounts, 'default', 'a').metadata.name).toBe('default');
  plane.delete(namespaces, 'a');
  plane.advance(30_000);
  expect(plane.find(namespaces, 'a')).toBeUndefined();
});

it('keeps endpoints and slices of a service', () => {
  plane = new ControlPlane({ nodes: 1 });
  plane.create(deployments, web(2));
  plane.create(services, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
  });
  plane.advance(10_000);
  const slice = plane.list(endpointSlices).find((one) => one.metadata.labels?.['kubernetes.io/service-name'] === 'web');
  expect(slice?.endpoints?.map((endpoint) => endpoint.conditions)).toEqual([
    { ready: true, serving: true, terminating: false },
    { ready: true, serving: true, terminating: false },
  ]);
  expect(plane.get(endpoints, 'web').subsets?.[0]?.addresses).toHaveLength(2);
  expect(slice?.ports).toEqual([{ name: '', port: 8080, protocol: 'TCP' }]);
});
