import { expect, it } from 'vitest';
import type { ResourceRef } from '../../../apimachinery/resource-ref.ts';
import { endpointSlices, endpoints, ipAddresses, namespaces, services } from '../../../api/resources.ts';
import { Client } from '../../../client/client.ts';
import { loopbackTransport } from '../../../client/transport/loopback.ts';
import type { Process } from '../../../process/process.ts';
import { Sim } from '../../sim/sim.ts';
import { createApiServer } from '../api-server.ts';

const admin = { username: 'admin', groups: ['system:masters'] };

function setup() {
  const sim = new Sim();
  const server = createApiServer({ sim });
  server.start();
  const client = new Client(loopbackTransport(server.components, sim, { peer: admin }), {});
  const run = <T>(process: Process<T>): void => {
    const task = sim.spawn(process);
    sim.runUntil(() => task.settled);
  };
  const names = (ref: ResourceRef, namespace: string) =>
    server.resources.list(ref.group, ref.resource, namespace).map(({ metadata }) => metadata.name);
  return { sim, server, client, run, names };
}

it("puts the API server's own Service back within ten seconds, with its address", () => {
  const { sim, server, client, run, names } = setup();
  run(client.resource(services, 'default').delete('kubernetes'));
  expect([names(services, 'default'), names(ipAddresses, '')]).toEqual([[], []]);
  sim.advance(10_000);
  expect([names(services, 'default'), names(ipAddresses, '')]).toEqual([['kubernetes'], ['10.96.0.1']]);
  server.stop();
});

it('puts its endpoints back as they were first, and keeps nothing else', () => {
  const { sim, server, client, run, names } = setup();
  const metadata = { name: 'kubernetes', namespace: 'default' };
  const addresses = (ip: string) => ({ metadata, subsets: [{ addresses: [{ ip }], ports: [{ port: 6443 }] }] });
  run(client.resource(endpoints, 'default').create(addresses('172.18.0.2')));
  run(client.resource(endpoints, 'default').delete('kubernetes'));
  sim.advance(10_000);
  expect([names(endpoints, 'default'), names(endpointSlices, 'default')]).toEqual([['kubernetes'], []]);
  server.stop();
});

it('puts a namespace of the system back within a minute', () => {
  const { sim, server, client, run, names } = setup();
  const api = client.resource(namespaces);
  run(api.delete('kube-node-lease'));
  run(
    (function* () {
      const object = yield* api.get('kube-node-lease');
      yield* api.updateSubresource('kube-node-lease', 'finalize', { ...object, spec: { finalizers: [] } });
    })(),
  );
  expect(names(namespaces, '')).not.toContain('kube-node-lease');
  sim.advance(60_000);
  expect(names(namespaces, '')).toContain('kube-node-lease');
  server.stop();
});
