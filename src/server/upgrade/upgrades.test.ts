import { afterEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { ApiHandler, ApiRequest } from '../../protocol/rest.ts';
import { type RunningServer, startHttpServer } from '../http-server.ts';

let server: RunningServer | undefined;
afterEach(async () => server?.close());

/** What a WebSocket client hears: messages (text or bytes), and how it ended. */
async function listen(handle: ApiHandler['handle'], path: string, protocols: string[]): Promise<string[]> {
  server = await startHttpServer({
    handler: { handle },
    port: 0,
    host: '127.0.0.1',
    afterRequest: () => {},
    onProblem: () => {},
  });
  const heard: string[] = [];
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, protocols);
  socket.on('message', (data: Buffer, isBinary) => heard.push(`${isBinary ? 'bytes' : 'text'} ${data.toString()}`));
  socket.on('unexpected-response', (_, response) => heard.push(`refused ${response.statusCode}`));
  socket.on('error', () => {});
  socket.on('open', () => heard.push(`open ${socket.protocol}`));
  await new Promise((resolve) => {
    socket.on('close', resolve);
    socket.on('unexpected-response', resolve);
  });
  return heard;
}

/** A command that says `hi` and succeeds. */
const command: ApiHandler['handle'] = (request: ApiRequest, exchange) => {
  exchange.head({ status: 101, headers: {}, upgrade: request.upgrade?.[0] ?? '' });
  exchange.frame(Buffer.from('\u0001hi'));
  exchange.frame(Buffer.from('\u0003{"metadata":{},"status":"Success"}'));
  exchange.end();
};
const events: ApiHandler['handle'] = (_, exchange) => {
  exchange.head({ status: 200, headers: {} });
  exchange.frame({ type: 'ADDED' });
  exchange.end();
};
const exec = '/api/v1/namespaces/a/pods/b/exec?command=ls&stdout=1';

it.each([
  {
    name: 'v5',
    protocols: ['v5.channel.k8s.io', 'v4.channel.k8s.io'],
    heard: [
      'open v5.channel.k8s.io',
      'bytes \u0001',
      'bytes \u0001hi',
      'bytes \u0003{"metadata":{},"status":"Success"}',
    ],
  },
  {
    name: 'base64',
    protocols: ['base64.channel.k8s.io'],
    heard: ['open base64.channel.k8s.io', 'text 1', 'text 1aGk='],
  },
  { name: 'no protocol', protocols: [], heard: ['open ', 'bytes \u0001', 'bytes \u0001hi'] },
  { name: 'an unknown protocol', protocols: ['v9.channel.k8s.io'], heard: ['refused 403'] },
])('exec over WebSocket in $name', async ({ protocols, heard }) => {
  expect(await listen(command, exec, protocols)).toEqual(heard);
});

it.each([
  { path: '/api/v1/pods?watch=true', protocols: [], heard: ['open ', 'text {"type":"ADDED"}'] },
  {
    path: '/api/v1/pods?watch=true',
    protocols: ['base64.binary.k8s.io'],
    heard: ['open base64.binary.k8s.io', 'text eyJ0eXBlIjoiQURERUQifQ=='],
  },
  { path: '/api/v1/pods', protocols: [], heard: ['refused 200'] },
])('$path over WebSocket', async ({ path, protocols, heard }) => {
  expect(await listen(events, path, protocols)).toEqual(heard);
});
