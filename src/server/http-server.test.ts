import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { get, request } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import type { ApiHandler, ApiRequest, Exchange } from '../protocol/rest.ts';
import { type RunningServer, startHttpServer } from './http-server.ts';

let server: RunningServer | undefined;
const problems: unknown[] = [];
afterEach(async () => {
  await server?.close();
  server = undefined;
  problems.length = 0;
});

async function serve(handle: ApiHandler['handle'], more: { requestTimeoutMs?: number } = {}): Promise<string> {
  server = await startHttpServer({
    ...more,
    handler: { handle },
    port: 0,
    host: '127.0.0.1',
    afterRequest: () => {},
    onProblem: (error) => problems.push(error),
  });
  return `http://127.0.0.1:${server.port}`;
}

const answer = (exchange: Exchange, body: object | string): void => {
  exchange.head({ status: 200, headers: { 'content-type': 'application/json' } });
  exchange.frame(body);
  exchange.end();
};

interface Got {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}
/** What stands on the wire, not unpacked. */
const raw = (url: string, headers: Record<string, string> = {}): Promise<Got> =>
  new Promise((resolve, reject) => {
    get(url, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    }).on('error', reject);
  });

it('an answer of one turn has a length', async () => {
  const address = await serve((_, exchange) => answer(exchange, { kind: 'Pod' }));
  const { headers, body } = await raw(`${address}/api/v1/x`);
  expect([headers['content-length'], headers['transfer-encoding'], body.toString()]).toEqual([
    '15',
    undefined,
    '{"kind":"Pod"}\n',
  ]);
});

it.each([
  { size: 200_000, accept: 'gzip', packed: true },
  { size: 200_000, accept: '', packed: false },
  { size: 1000, accept: 'gzip', packed: false },
])('$size bytes for a client that reads "$accept" are packed: $packed', async ({ size, accept, packed }) => {
  const text = 'x'.repeat(size);
  const address = await serve((_, exchange) => answer(exchange, text));
  const { headers, body } = await raw(`${address}/api/v1/x`, accept === '' ? {} : { 'accept-encoding': accept });
  expect(headers['content-encoding']).toBe(packed ? 'gzip' : undefined);
  expect((packed ? gunzipSync(body) : body).toString()).toBe(text);
});

it('documents are sent once', async () => {
  let version = 1;
  const address = await serve((_, exchange) => answer(exchange, { version }));
  const first = await raw(`${address}/openapi/v2`);
  const tag = String(first.headers['etag']);
  expect(tag).toMatch(/^"[0-9A-F]{128}"$/);
  expect((await raw(`${address}/openapi/v2`, { 'if-none-match': tag })).status).toBe(304);
  version = 2;
  expect((await raw(`${address}/openapi/v2`, { 'if-none-match': tag })).status).toBe(200);
  expect((await raw(`${address}/api/v1/pods`)).headers['etag']).toBeUndefined();
});

it('a body of more than 3 MiB is refused', async () => {
  const address = await serve((_, exchange) => answer(exchange, {}));
  const refused = await fetch(`${address}/api/v1/x`, { method: 'POST', body: 'x'.repeat(3 * 1024 * 1024 + 1) });
  expect([refused.status, ((await refused.json()) as { message: string }).message]).toEqual([
    413,
    'Request entity too large: limit is 3145728',
  ]);
});

it('a mistake of ours is answered, and told', async () => {
  const address = await serve(() => {
    throw new Error('a mistake');
  });
  const { status, body } = await raw(`${address}/api`);
  expect([status, JSON.parse(body.toString()).message, problems.length]).toEqual([
    500,
    'Internal error occurred: a mistake',
    1,
  ]);
});

it('methods that Node does not know reach the API server', async () => {
  const asked: ApiRequest[] = [];
  await serve((request, exchange) => {
    asked.push(request);
    answer(exchange, {});
  });
  const text = await new Promise<string>((resolve) => {
    const socket = connect(server?.port ?? 0, '127.0.0.1', () =>
      socket.write('FROB /api?x=1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\n\r\n'),
    );
    let heard = '';
    socket.on('data', (chunk) => (heard += chunk.toString()));
    socket.on('close', () => resolve(heard));
  });
  expect(asked.map(({ method, path, headers }) => [method, path, headers['authorization']])).toEqual([
    ['FROB', '/api?x=1', 'Bearer t'],
  ]);
  expect(text.split('\r\n')[0]).toBe('HTTP/1.1 200 OK');
});

it('closing ends what goes on, in good order', async () => {
  let begun: () => void = () => {};
  const started = new Promise<void>((resolve) => (begun = resolve));
  const address = await serve((_, exchange) => {
    exchange.head({ status: 200, headers: {} });
    exchange.frame({ type: 'ADDED' });
    begun();
  });
  const watch = raw(`${address}/api/v1/pods?watch=1`);
  await started;
  await new Promise((resolve) => setImmediate(resolve));
  await server?.close();
  expect((await watch).body.toString()).toBe('{"type":"ADDED"}\n');
});

const pieces = function* (count: number, made: { count: number }): Generator<string> {
  for (let i = 0; i < count; i++) {
    made.count++;
    yield `${String(i).padStart(9)}${'ü'.repeat(50_000)}\n`;
  }
};
const begin = (exchange: Exchange): void =>
  exchange.head({ status: 200, headers: { 'content-type': 'application/json' } });

it.each([
  { count: 1, accept: '', length: true, packed: false },
  { count: 40, accept: '', length: false, packed: false },
  { count: 40, accept: 'gzip', length: false, packed: true },
])(
  'a text of $count pieces for a client that reads "$accept": has a length $length, is packed $packed',
  async (asked) => {
    const address = await serve((_, exchange) => {
      begin(exchange);
      exchange.body?.(pieces(asked.count, { count: 0 }));
    });
    const { headers, body } = await raw(`${address}/api/v1/x`, asked.accept ? { 'accept-encoding': asked.accept } : {});
    expect(headers['content-length'] !== undefined).toBe(asked.length);
    expect(headers['content-encoding']).toBe(asked.packed ? 'gzip' : undefined);
    const text = (asked.packed ? gunzipSync(body) : body).toString();
    expect(text === [...pieces(asked.count, { count: 0 })].join('')).toBe(true);
  },
);

it('makes no more of a text than the client reads', async () => {
  const made = { count: 0 };
  const address = await serve((_, exchange) => {
    begin(exchange);
    exchange.body?.(pieces(5000, made));
  });
  await new Promise<void>((resolve, reject) => {
    const asked = get(`${address}/api/v1/x`, (response) => {
      response.once('data', () => {
        response.pause();
        asked.destroy();
        resolve();
      });
    });
    asked.on('error', reject);
  });
  await server?.close();
  server = undefined;
  expect(made.count).toBeLessThan(500);
});

it('a text that cannot be made cuts the connection, and is reported', async () => {
  const address = await serve((_, exchange) => {
    begin(exchange);
    exchange.body?.(
      (function* () {
        yield 'x'.repeat(200_000);
        throw new Error('broken');
      })(),
    );
  });
  const outcome = await new Promise<string>((resolve) => {
    get(`${address}/api/v1/x`, (response) => {
      response.on('error', () => resolve('cut')).on('end', () => resolve('ended'));
      response.resume();
    });
  });
  expect([outcome, problems.map(String)]).toEqual(['cut', ['Error: broken']]);
});

it('one frame is sent alike to all, also in several turns', async () => {
  const open: Exchange[] = [];
  const address = await serve((_, exchange) => {
    begin(exchange);
    open.push(exchange);
  });
  const answers = [1, 2, 3].map(() => raw(`${address}/api/v1/x`));
  while (open.length < 3) await new Promise((resolve) => setImmediate(resolve));
  for (const text of ['one ü\n', 'two\n']) {
    for (const exchange of open) exchange.frame(text);
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const exchange of open) exchange.end();
  expect((await Promise.all(answers)).map(({ body }) => body.toString())).toEqual(Array(3).fill('one ü\ntwo\n'));
});

it('a body that does not come in time is answered with 504', async () => {
  const address = await serve((_, exchange) => answer(exchange, {}), { requestTimeoutMs: 20 });
  const got = await new Promise<[number | undefined, string]>((resolve) => {
    const asked = request(
      `${address}/api/v1/x`,
      { method: 'POST', headers: { 'content-length': '10' } },
      (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve([response.statusCode, text]));
      },
    );
    asked.on('error', () => {});
    asked.write('{');
  });
  expect([got[0], JSON.parse(got[1])]).toMatchObject([
    504,
    { reason: 'Timeout', message: 'Timeout: request did not complete within the allotted timeout' },
  ]);
});

it('a client that stops reading a list is cut off', async () => {
  let isCut = (): void => {};
  const cut = new Promise<void>((resolve) => (isCut = resolve));
  const address = await serve(
    (_, exchange) => {
      begin(exchange);
      exchange.body?.(
        (function* () {
          try {
            yield* pieces(5000, { count: 0 });
          } finally {
            isCut();
          }
        })(),
      );
    },
    { requestTimeoutMs: 50 },
  );
  const asked = get(`${address}/api/v1/x`, (response) => response.once('data', () => response.pause()));
  asked.on('error', () => {});
  await cut;
  asked.destroy();
});
