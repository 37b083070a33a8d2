/** Broken HTTP, WebSocket and SPDY against a real server: it must answer or hang up, and stay up. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Random } from '../../src/engine/sim/random.ts';
import { type Served, serve } from '../../src/server/serve.ts';
import { hostileString } from './mutations.ts';

const directory = mkdtempSync(join(tmpdir(), 'wire-'));
const said: string[] = [];
let served: Served;

beforeAll(async () => {
  served = await serve({
    port: 0,
    host: '127.0.0.1',
    nodes: 1,
    hollow: false,
    controllers: true,
    scheduler: true,
    kubeconfig: join(directory, 'kubeconfig'),
    speed: 100,
    seed: 'wire',
    latency: 'instant',
    insecure: true,
    metricsServer: false,
    nodePools: [],
    log: (line) => said.push(line),
  });
  const pod = {
    metadata: { name: 'box' },
    spec: { containers: [{ name: 'main', image: 'busybox', command: ['sleep', '100000'] }] },
  };
  // The namespace's service account, and then the pod, come after a while.
  const until = async (condition: () => Promise<boolean>) => {
    for (let i = 0; i < 200 && !(await condition()); i++) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await until(async () => (await ask('POST', '/api/v1/namespaces/default/pods', JSON.stringify(pod))) === 201);
  let upgraded = '';
  await until(async () => (upgraded = await send(exec('', spdy))).startsWith('HTTP/1.1 101'));
  expect(upgraded).toContain('HTTP/1.1 101');
});
afterAll(async () => {
  await served.close();
  rmSync(directory, { recursive: true });
});

const token = 'authorization: Bearer admin-token\r\n';

async function ask(method: string, path: string, body?: string): Promise<number> {
  const headers = { authorization: 'Bearer admin-token', 'content-type': 'application/json' };
  const answer = await fetch(served.address + path, { method, headers, ...(body === undefined ? {} : { body }) });
  await answer.arrayBuffer();
  return answer.status;
}

/** Sends bytes and closes its side after a while; gives what came back. */
function send(...parts: readonly (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(served.port, '127.0.0.1', () => {
      for (const part of parts) socket.write(typeof part === 'string' ? Buffer.from(part, 'latin1') : part);
      setTimeout(() => socket.destroy(), 60);
    });
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}

const headers = (random: Random): string =>
  Array.from(
    { length: random.int(6) },
    () =>
      `${['x', 'accept', 'upgrade', 'connection', 'content-length', 'transfer-encoding', 'host'][random.int(7)]}: ${hostileString(random).slice(0, 500)}\r\n`,
  ).join('');

const exec = (query: string, upgrade: string): string =>
  `POST /api/v1/namespaces/default/pods/box/exec?command=cat&stdin=1&stdout=1${query} HTTP/1.1\r\nhost: x\r\n${token}connection: Upgrade\r\n${upgrade}\r\n`;
const webSocket = (protocol: string): string =>
  `upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n${protocol === '' ? '' : `sec-websocket-protocol: ${protocol}\r\n`}`;
const spdy = 'upgrade: SPDY/3.1\r\nx-stream-protocol-version: v4.channel.k8s.io\r\n';
const forward = (upgrade: string): string =>
  `POST /api/v1/namespaces/default/pods/box/portforward HTTP/1.1\r\nhost: x\r\n${token}connection: Upgrade\r\n${upgrade}\r\n`;

const attacks: readonly [string, (random: Random) => readonly (string | Uint8Array)[]][] = [
  ['noise', (random) => [random.bytes(1 + random.int(2000))]],
  [
    'a hostile request line',
    (random) => [
      `${hostileString(random).slice(0, 300)} /${hostileString(random).slice(0, 300)} HTTP/1.1\r\nhost: x\r\n${token}\r\n`,
    ],
  ],
  ['hostile headers', (random) => [`GET /api/v1/pods HTTP/1.1\r\nhost: x\r\n${token}${headers(random)}\r\n`]],
  [
    'a body shorter than it says',
    () => [`POST /api/v1/namespaces HTTP/1.1\r\nhost: x\r\n${token}content-length: 1000\r\n\r\n{}`],
  ],
  [
    'broken chunks',
    (random) => [
      `POST /api/v1/namespaces HTTP/1.1\r\nhost: x\r\n${token}transfer-encoding: chunked\r\n\r\n`,
      `${random.int(99999).toString(16)}\r\n`,
      random.bytes(50),
    ],
  ],
  ['pipelined requests', () => [`GET /version HTTP/1.1\r\nhost: x\r\n${token}\r\n`.repeat(20)]],
  ['an endless header', () => [`GET /version HTTP/1.1\r\nx: ${'y'.repeat(2_000_000)}`]],
  ['a WebSocket without a key', () => [exec('', 'upgrade: websocket\r\n')]],
  [
    'noise on a WebSocket',
    (random) => [exec('', webSocket('v5.channel.k8s.io')).replace('POST', 'GET'), random.bytes(200)],
  ],
  ['a WebSocket of an unknown protocol', () => [exec('', webSocket('v9.channel.k8s.io')).replace('POST', 'GET')]],
  ['a WebSocket of no protocol', () => [exec('', webSocket('')).replace('POST', 'GET')]],
  ['SPDY without a protocol', () => [exec('', 'upgrade: SPDY/3.1\r\n')]],
  ['noise on SPDY', (random) => [exec('', spdy), random.bytes(300)]],
  ['a broken SPDY stream', (random) => [exec('', spdy), Uint8Array.of(0x80, 3, 0, 1, 0, 0, 0, 40), random.bytes(40)]],
  [
    'a SPDY frame that is never whole',
    (random) => [exec('', spdy), Uint8Array.of(0x80, 3, 0, 1, 0, 255, 255, 255), random.bytes(4000)],
  ],
  [
    'short SPDY frames',
    () => [exec('', spdy), ...[1, 2, 3, 4, 6, 7, 8, 9].map((type) => Uint8Array.of(0x80, 3, 0, type, 0, 0, 0, 1, 0))],
  ],
  [
    'noise on a port-forward',
    (random) => [forward('upgrade: SPDY/3.1\r\nx-stream-protocol-version: portforward.k8s.io\r\n'), random.bytes(300)],
  ],
  [
    'noise in a tunnel',
    (random) => [
      forward(webSocket('SPDY/3.1+portforward.k8s.io')).replace('POST', 'GET'),
      Uint8Array.of(0x82, 0x85, 1, 2, 3, 4),
      random.bytes(5),
    ],
  ],
  ['an upgrade nobody knows', () => [exec('', 'upgrade: h2c\r\n')]],
  [
    'an upgrade of a list',
    () => [`GET /api/v1/pods HTTP/1.1\r\nhost: x\r\n${token}connection: Upgrade\r\n${webSocket('')}\r\n`],
  ],
  [
    'a watch over WebSocket',
    () => [`GET /api/v1/pods?watch=1 HTTP/1.1\r\nhost: x\r\n${token}connection: Upgrade\r\n${webSocket('')}\r\n`],
  ],
];

it.each(attacks)('%s', async (name, make) => {
  const random = new Random(`wire/${name}`);
  const answers = await Promise.all(Array.from({ length: 12 }, () => send(...make(random))));
  for (const answer of answers) expect(answer === '' || answer.startsWith('HTTP/1.1 ')).toBe(true);
  expect(await ask('GET', '/version')).toBe(200);
  expect(said).toEqual([]);
});
