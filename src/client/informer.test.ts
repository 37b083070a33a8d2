import { expect, it } from 'vitest';
import type * as corev1 from '../api/core/v1.ts';
import { configMaps } from '../api/resources.ts';
import { Sim } from '../engine/sim/sim.ts';
import type { ApiHandler, Exchange } from '../protocol/rest.ts';
import { Client } from './client.ts';
import { InformerFactory } from './informer.ts';
import { loopbackTransport } from './transport/loopback.ts';

const map = (name: string, resourceVersion: string, data: Record<string, string> = {}): corev1.ConfigMap =>
  Object.freeze({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'a', resourceVersion }, data });

/** A server of one list, whose watches the test holds in its hands. */
function listServer() {
  const watches: Exchange[] = [];
  const asked: string[] = [];
  const state = { items: [map('x', '1'), map('y', '2')] as corev1.ConfigMap[], resourceVersion: '2' };
  const handler: ApiHandler = {
    handle: ({ path }, exchange) => {
      asked.push(path);
      exchange.head({ status: 200, headers: {} });
      if (path.includes('watch=true')) return void watches.push(exchange);
      exchange.frame({ metadata: { resourceVersion: state.resourceVersion }, items: state.items });
      exchange.end();
    },
  };
  return { watches, asked, state, handler };
}

it('lists, follows the watch, and lists again when history is lost', () => {
  const sim = new Sim();
  const server = listServer();
  const factory = new InformerFactory(new Client(loopbackTransport(server.handler, sim)), sim);
  const informer = factory.informer(configMaps, { indexers: { first: (object) => [object.metadata.name?.[0] ?? ''] } });
  const heard: string[] = [];
  informer.addEventHandler({
    add: (object) => heard.push(`add ${object.metadata.name} ${sim.cause?.label ?? ''}`),
    update: (old, object) => heard.push(`update ${old.metadata.resourceVersion} ${object.metadata.resourceVersion}`),
    delete: (object) => heard.push(`delete ${object.metadata.name}`),
  });
  factory.start();
  sim.runUntilIdle();
  expect(informer.hasSynced).toBe(true);
  expect(heard.splice(0)).toEqual(['add x ', 'add y ']);

  const [watch] = server.watches;
  sim.withCause(sim.newCause('created'), () => watch?.frame({ type: 'ADDED', object: map('b', '3') }));
  watch?.frame({ type: 'MODIFIED', object: map('x', '4') });
  watch?.frame({ type: 'DELETED', object: map('y', '5') });
  watch?.frame({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '9' } } });
  sim.runUntilIdle();
  expect(heard.splice(0)).toEqual(['add b created', 'update 1 4', 'delete y']);
  expect(informer.store.list('a').map((object) => object.metadata.name)).toEqual(['b', 'x']);
  expect(informer.store.byIndex('first', 'b')).toHaveLength(1);

  watch?.end();
  sim.advance(5000);
  expect(server.asked.at(-1)).toContain('resourceVersion=9');

  server.state.items = [map('b', '3'), map('n', '20')];
  server.watches
    .at(-1)
    ?.frame({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', metadata: {} } });
  sim.advance(5000);
  expect(heard).toEqual(['update 3 3', 'add n ', 'delete x']);
  factory.stop();
  sim.runUntilIdle();
  expect(sim.pending).toBe(0);
});
