/**
 * The cluster's network for somebody who sits outside it and has a transport only: connections and questions as requests.
 *
 * `CONNECT host:port` opens a TCP connection: 200, then its bytes both ways until both sides are closed. `LOOKUP name` answers with
 * addresses, `QUERY name` (headers `type`, `server`) with a DNS answer, `PING ip` with the round trip in ms. What the network
 * refuses is 502 with `{ code, message }`. Source of the first: RFC 9110 §9.3.6
 */
import { BrokenPipeError, Pipe } from '../../process/pipe.ts';
import type { Driver, Process } from '../../process/process.ts';
import { fork, spawn } from '../../process/task.ts';
import type { ApiRequest, Exchange } from '../../protocol/rest.ts';
import { type Connection, type DnsRecord, NetworkError, type NetworkStack } from '../../shell/network-stack.ts';

const methods: ReadonlySet<string> = new Set(['CONNECT', 'LOOKUP', 'QUERY', 'PING']);

/** Whether a request is one of these, and none of the API. */
export const isExternalAccess = ({ method }: ApiRequest): boolean => methods.has(method);

/** Answers one; `stack` is that of the machine outside, undefined where nodes have no network. */
export function serveExternalAccess(
  stack: NetworkStack | undefined,
  driver: Driver,
  request: ApiRequest,
  exchange: Exchange,
): void {
  const task = spawn(driver, answer(stack, request, exchange), `${request.method} ${request.path}`);
  exchange.onAbort(() => task.kill('the client went away'));
}

function* answer(stack: NetworkStack | undefined, request: ApiRequest, exchange: Exchange): Process<void> {
  try {
    if (!stack) throw new NetworkError('ENETUNREACH', 'hollow nodes have no network');
    if (request.method === 'CONNECT') {
      const connection = yield* dial(stack, request.path);
      exchange.head({ status: 200, headers: {} });
      return yield* carry(connection, exchange);
    }
    reply(exchange, 200, { value: yield* ask(stack, request) });
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    reply(exchange, 502, { code: error.code, message: error.message });
  }
}

function reply(exchange: Exchange, status: number, body: object): void {
  exchange.head({ status, headers: { 'content-type': 'application/json' } });
  exchange.frame(body);
  exchange.end();
}

function dial(stack: NetworkStack, target: string): Process<Connection> {
  const colon = target.lastIndexOf(':');
  return stack.dial(target.slice(0, colon), Number(target.slice(colon + 1)));
}

function* ask(stack: NetworkStack, { method, path, headers }: ApiRequest): Process<unknown> {
  if (method === 'LOOKUP') return yield* stack.lookup(path);
  if (method === 'PING') return yield* stack.ping(path);
  return yield* stack.query(path, (headers['type'] ?? 'A') as DnsRecord['type'], headers['server']);
}

function* carry(connection: Connection, exchange: Exchange): Process<void> {
  const upload = new Pipe(Number.POSITIVE_INFINITY);
  exchange.onData((bytes) => (bytes ? upload.push(bytes) : upload.close()));
  const sending = yield* fork(send(upload, connection), 'upload');
  try {
    for (let bytes = yield* connection.reader.read(); bytes; bytes = yield* connection.reader.read())
      exchange.frame(bytes);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
  } finally {
    sending.kill('the other side has closed');
    connection.close();
    exchange.end();
  }
}

function* send(upload: Pipe, { writer }: Connection): Process<void> {
  try {
    for (let bytes = yield* upload.read(); bytes; bytes = yield* upload.read()) yield* writer.write(bytes);
    writer.close();
  } catch (error) {
    if (!(error instanceof BrokenPipeError || error instanceof NetworkError)) throw error;
  }
}
