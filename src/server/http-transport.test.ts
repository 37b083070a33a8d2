import { WebSocket } from 'ws';
import { httpTransport } from '../client/transport/http.ts';
import { describeTransport, describeUpgrades, type TransportSetup } from '../client/transport/transport.contract.ts';
import type { ApiHandler } from '../protocol/rest.ts';
import { startHttpServer } from './http-server.ts';

/** Real sockets: what is under way has passed when the event loop has turned often enough. */
const settle = async (): Promise<void> => {
  for (let i = 0; i < 60; i++) await new Promise((resolve) => setTimeout(resolve, 1));
};

async function setup(handler: ApiHandler): Promise<TransportSetup> {
  const server = await startHttpServer({
    handler,
    port: 0,
    host: '127.0.0.1',
    afterRequest: () => {},
    onProblem: () => {},
  });
  const address = `http://127.0.0.1:${server.port}`;
  const transport = httpTransport({
    server: address,
    fetch: globalThis.fetch,
    webSocket: (url, protocols) => new WebSocket(url, [...protocols]) as never,
  });
  return { transport, settle, close: () => server.close() };
}

describeTransport('http', setup);
describeUpgrades('http', setup);
