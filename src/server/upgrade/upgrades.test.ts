import { createHash } from 'node:crypto';
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

/** Stands for a server of WebSockets behind the API server, which answers what it hears. */
const echo: ApiHandler['handle'] = ({ headers }, exchange) => {
  const accept = createHash('sha1').update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  const agreed = { 'sec-websocket-accept': accept.digest('base64'), 'sec-websocket-protocol': 'chat' };
  exchange.head({ status: 101, headers: { connection: 'Upgrade', upgrade: 'websocket', ...agreed } });
  exchange.frame(Uint8Array.of(0x81, 2, 0x68, 0x69));
  exchange.frame(Uint8Array.of(0x88, 0));
  exchange.onData((bytes) => bytes === undefined && exchange.end());
};

it.each([
  '/api/v1/namespaces/a/services/b:80/proxy/log',
  '/api/v1/namespaces/a/pods/b/proxy/pods/c/exec',
  '/apis/agg.example.com/v1/foos/a/chat',
])('%s passes WebSockets on as they are', async (path) => {
  expect(await listen(echo, path, ['chat'])).toEqual(['open chat', 'text hi']);
});

it('gives the token of a WebSocket to nobody behind it', async () => {
  const seen: ApiRequest['headers'][] = [];
  const refuse: ApiHandler['handle'] = ({ headers }, exchange) => {
    seen.push(headers);
    exchange.head({ status: 404, headers: {} });
    exchange.end();
  };
  const protocols = ['base64url.bearer.authorization.k8s.io.c2VjcmV0', 'chat'];
  expect(await listen(refuse, '/api/v1/namespaces/a/services/b/proxy/', protocols)).toEqual(['refused 404']);
  expect([seen[0]?.['authorization'], seen[0]?.['sec-websocket-protocol']]).toEqual(['Bearer secret', 'chat']);
});
