import { expect, it } from 'vitest';
import type * as corev1 from '../../api/core/v1.ts';
import { customResourceDefinitions, deployments, pods, serviceAccounts } from '../../api/resources.ts';
import { Client } from '../../client/client.ts';
import { loopbackTransport } from '../../client/transport/loopback.ts';
import type { Process } from '../../process/process.ts';
import { Sim } from '../sim/sim.ts';
import { createApiServer } from './api-server.ts';

const pod = (name: string): corev1.Pod => ({
  metadata: { name },
  spec: { containers: [{ name: 'main', image: 'nginx:1.29' }] },
});

const admin = { username: 'admin', groups: ['system:masters'] };

function setup() {
  const sim = new Sim();
  const server = createApiServer({ sim });
  server.start();
  const client = new Client(loopbackTransport(server.components, sim, { peer: admin }), { 'user-agent': 'test' });
  const run = <T>(process: Process<T>): T => {
    const task = sim.spawn(process);
    let error: unknown;
    task.onSettled((outcome) => {
      if (outcome.kind === 'threw') error = outcome.error;
    });
    sim.runUntil(() => task.settled);
    if (error) throw error;
    return (task.outcome as { value: T }).value;
  };
  run(client.resource(serviceAccounts, 'default').create({ metadata: { name: 'default' } }));
  return { sim, server, client, run };
}

it('creates, reads, updates, lists and deletes', () => {
  const { client, run } = setup();
  const api = client.resource(pods, 'default');
  const created = run(api.create(pod('a')));
  expect(created.spec?.containers[0]?.imagePullPolicy).toBe('IfNotPresent');
  expect(created.metadata.resourceVersion).toBeDefined();
  run(api.updateStatus({ ...created, status: { ...created.status, phase: 'Running' } }));
  expect(run(api.get('a')).status?.phase).toBe('Running');
  run(api.patch('a', 'merge', { metadata: { labels: { app: 'x' } } }));
  expect(run(api.list({ labelSelector: 'app=x' })).items).toHaveLength(1);
  run(api.createSubresource('a', 'binding', { metadata: { name: 'a' }, target: { kind: 'Node', name: 'n1' } }));
  expect(run(api.get('a')).spec?.nodeName).toBe('n1');
  run(api.delete('a'));
  expect(run(api.get('a')).metadata.deletionTimestamp).toBeDefined();
  run(api.delete('a', { gracePeriodSeconds: 0 }));
  expect(() => run(api.get('a'))).toThrow('pods "a" not found');
});

it('wakes a watch by node only with its own pods, in order', () => {
  const { sim, client, run } = setup();
  const heard: string[] = [];
  client
    .resource(pods)
    .watch(
      { fieldSelector: 'spec.nodeName=n1' },
      { event: ({ type, object }) => heard.push(`${type} ${object.metadata.name}`), end: () => heard.push('end') },
    );
  const api = client.resource(pods, 'default');
  run(api.create(pod('a')));
  run(api.create(pod('b')));
  run(api.createSubresource('a', 'binding', { metadata: { name: 'a' }, target: { kind: 'Node', name: 'n1' } }));
  run(api.delete('a', { gracePeriodSeconds: 0 }));
  sim.runUntilIdle();
  expect(heard).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
});

it('scales and counts generations', () => {
  const { client, run } = setup();
  const api = client.resource(deployments, 'default');
  const labels = { app: 'web' };
  run(
    api.create({
      metadata: { name: 'web' },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      },
    }),
  );
  run(api.patch('web', 'merge', { spec: { replicas: 3 } }, { subresource: 'scale' }));
  const { metadata, spec } = run(api.get('web'));
  expect([metadata.generation, spec?.replicas]).toEqual([2, 3]);
});

it('keeps OpenAPI documents until a definition comes or goes', () => {
  const { sim, client, run } = setup();
  const ask = () => run(client.raw({ method: 'GET', path: '/openapi/v2', headers: {} }));
  const bodyOf = () => ask().frames[0] as { readonly definitions: object };
  const first = bodyOf();
  expect(bodyOf()).toBe(first);
  run(
    client.resource(customResourceDefinitions).create({
      metadata: { name: 'foos.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'foos', kind: 'Foo' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    }),
  );
  sim.advance(1000);
  expect(Object.hasOwn(first.definitions, 'com.example.v1.Foo')).toBe(false);
  expect(Object.hasOwn(bodyOf().definitions, 'com.example.v1.Foo')).toBe(true);
});
