import { expect, it } from 'vitest';
import { Sim } from '../../engine/sim/sim.ts';
import { loopbackTransport, type LoopbackOptions } from './loopback.ts';
import { describeTransport, describeUpgrades, type TransportSetup } from './transport.contract.ts';
import type { ApiHandler } from '../../protocol/rest.ts';

const setup =
  (options: LoopbackOptions = {}) =>
  async (handler: ApiHandler): Promise<TransportSetup> => {
    const sim = new Sim();
    return {
      transport: loopbackTransport(handler, sim, options),
      settle: async () => sim.advance(1000),
      close: async () => sim.stop(),
    };
  };

describeTransport('loopback', setup());
describeUpgrades('loopback', setup());
let draw = 0;
describeTransport(
  'delayed loopback',
  setup({ requestDelayMs: () => 3, deliveryDelayMs: () => [5, 1, 9, 0.1, 0.7][draw++ % 5] ?? 0 }),
);

it('carries the cause of each frame and says who asks', () => {
  const sim = new Sim();
  const heard: unknown[] = [];
  const handler: ApiHandler = {
    handle: ({ peer }, exchange) => {
      heard.push(peer?.username);
      sim.withCause(sim.newCause('one'), () => exchange.frame('1'));
      sim.withCause(sim.newCause('two'), () => exchange.frame('2'));
      heard.push(exchange.backlog);
    },
  };
  const transport = loopbackTransport(handler, sim, { peer: { username: 'a', groups: [] } });
  transport.request(
    { method: 'GET', path: '/', headers: {} },
    { head: () => {}, frame: (frame) => heard.push(`${frame} ${sim.cause?.label}`), end: () => {}, fail: () => {} },
  );
  sim.settle();
  expect(heard).toEqual(['a', 2, '1 one', '2 two']);
});

it('delivers what was sent later on another call no sooner', () => {
  const sim = new Sim();
  const delays = [5, 1, 1];
  const exchanges: Parameters<ApiHandler['handle']>[1][] = [];
  const transport = loopbackTransport({ handle: (_, exchange) => void exchanges.push(exchange) }, sim, {
    deliveryDelayMs: () => delays.shift() ?? 0,
  });
  const heard: string[] = [];
  for (const name of ['pods', 'replicasets'])
    transport.request(
      { method: 'GET', path: `/${name}`, headers: {} },
      { head: () => {}, frame: () => heard.push(`${name} at ${sim.elapsed}`), end: () => {}, fail: () => {} },
    );
  sim.settle();
  exchanges[0]?.frame('pod');
  sim.advance(2);
  exchanges[1]?.frame('replicaset');
  sim.advance(10);
  exchanges[0]?.frame('pod');
  sim.advance(5);
  expect(heard).toEqual(['pods at 5', 'replicasets at 5', 'pods at 13']);
});
