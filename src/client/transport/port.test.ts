import { MessageChannel } from 'node:worker_threads';
import { expect, it } from 'vitest';
import type { ApiHandler, Exchange } from '../../protocol/rest.ts';
import { type MessagePortLike, type PortOptions, portTransport, servePort } from './port.ts';
import { describeTransport, describeUpgrades, type TransportSetup } from './transport.contract.ts';

const settle = async () => {
  for (let i = 0; i < 30; i++) await new Promise((resolve) => setImmediate(resolve));
};

const setup =
  (options: PortOptions = {}) =>
  async (handler: ApiHandler): Promise<TransportSetup> => {
    const { port1, port2 } = new MessageChannel();
    servePort(port2 as unknown as MessagePortLike, handler, options);
    const transport = portTransport(port1 as unknown as MessagePortLike, options);
    return { transport, settle, close: async () => port1.close() };
  };

describeTransport('port', setup());
describeUpgrades('port', setup());
describeTransport('port with a window of one frame', setup({ windowFrames: 1 }));

it('holds back what is beyond the window', async () => {
  let exchange: Exchange | undefined;
  const { transport, close } = await setup({ windowFrames: 8 })({
    handle: (_, opened) => {
      exchange = opened;
      for (let i = 0; i < 100; i++) opened.frame(`${i} `);
    },
  });
  let text = '';
  const receiver = {
    head: () => {},
    frame: (frame: unknown) => (text += String(frame)),
    end: () => {},
    fail: () => {},
  };
  transport.request({ method: 'GET', path: '/', headers: {} }, receiver);
  await new Promise((resolve) => setImmediate(resolve));
  expect(exchange?.backlog).toBeGreaterThan(50);
  for (let i = 0; i < 10; i++) await settle();
  expect(text).toBe(Array.from({ length: 100 }, (_, i) => `${i} `).join(''));
  expect(exchange?.backlog).toBe(0);
  await close();
});
