import type { Process } from '../process/process.ts';
import { fork, type Task } from '../process/task.ts';
import { ByteReader } from './byte-reader.ts';
import {
  HttpError,
  HttpHeaders,
  type HttpRequest,
  type HttpResponse,
  headBytes,
  readBody,
  readHeaders,
  statusTexts,
} from './http.ts';
import type { Connection, Listener, NetworkStack } from './network-stack.ts';
import { NetworkError } from './network-stack.ts';
import { concatBytes, encode } from './text.ts';
import { acceptTls, type TlsPeer, tlsRecordByte } from './tls.ts';
import { BrokenPipeError } from '../process/pipe.ts';

export type HttpHandler = (request: HttpRequest) => Process<HttpResponse>;

export interface HttpServerOptions {
  readonly network: NetworkStack;
  readonly port: number;
  readonly ip?: string;
  readonly handler: HttpHandler;
  /** Headers of every answer (`Server`). */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** Serves TLS with this certificate (PEM). */
  readonly certificate?: string;
  /** Told of every answer: the access log. */
  readonly onAnswer?: (request: HttpRequest, response: HttpResponse, bytes: number) => Process<void>;
  /** Told of a handler that threw; the client gets 500. */
  readonly onError?: (error: unknown) => Process<void>;
}

/** Serves HTTP on a port until it is killed; then closes the port and all connections. @throws NetworkError EADDRINUSE */
export function* serveHttp(options: HttpServerOptions): Process<void> {
  const listener = options.network.listen(options.port, options.ip);
  yield* serveConnections(listener, (connection) => serveConnection(connection, options));
}

/** Serves each connection of a listener in a task of its own. */
export function* serveConnections(listener: Listener, serve: (connection: Connection) => Process<void>): Process<void> {
  const tasks = new Set<Task<void>>();
  try {
    for (let connection = yield* listener.accept(); connection; connection = yield* listener.accept()) {
      const task = yield* fork(guarded(connection, serve), 'connection');
      tasks.add(task);
      task.onSettled(() => tasks.delete(task));
    }
  } finally {
    listener.close();
    for (const task of [...tasks]) task.kill('server closed');
  }
}

function* guarded(connection: Connection, serve: (connection: Connection) => Process<void>): Process<void> {
  try {
    yield* serve(connection);
  } catch (error) {
    if (!(error instanceof BrokenPipeError || error instanceof NetworkError || error instanceof HttpError)) throw error;
  } finally {
    connection.close();
  }
}

function* serveConnection(connection: Connection, options: HttpServerOptions): Process<void> {
  const reader = new ByteReader(connection.reader);
  let peer: TlsPeer | undefined;
  if (options.certificate !== undefined) {
    peer = yield* acceptTls(connection, reader, options.certificate);
    if (!peer) return yield* refuse(connection, reader, 'Client sent an HTTP request to an HTTPS server.\n');
  } else if ((yield* reader.peek()) === tlsRecordByte) return yield* refuse(connection, reader, '');
  for (;;) {
    const request = yield* readRequest(connection, reader, peer);
    if (!request) return;
    const response = yield* answer(request, options);
    const closing = /close/i.test(request.headers.get('connection') ?? '') || request.version === 'HTTP/1.0';
    yield* send(connection, request, response, options, closing);
    if (closing) return;
  }
}

function* refuse(connection: Connection, reader: ByteReader, text: string): Process<void> {
  if ((yield* reader.peek()) === undefined) return;
  yield* connection.writer.write(encode(`HTTP/1.0 400 Bad Request\r\n\r\n${text}`));
}

/** Reads a request, its body included; undefined when the client is gone or speaks no HTTP, which it is told. @throws HttpError */
export function* readRequest(
  connection: Connection,
  reader: ByteReader,
  peer: TlsPeer | undefined,
): Process<HttpRequest | undefined> {
  let line = yield* reader.line();
  while (line === '') line = yield* reader.line();
  if (line === undefined) return undefined;
  const match = /^([A-Z]+) (\S+) (HTTP\/1\.[01])$/.exec(line);
  if (!match?.[1] || !match[2] || !match[3]) {
    yield* connection.writer.write(encode('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request'));
    return undefined;
  }
  const headers = yield* readHeaders(reader);
  if (headers.get('expect')?.toLowerCase() === '100-continue')
    yield* connection.writer.write(encode('HTTP/1.1 100 Continue\r\n\r\n'));
  const body = yield* readBody(reader, headers, false);
  const target = match[2].replace(/^https?:\/\/[^/]*/, '') || '/';
  const question = target.indexOf('?');
  const { certificate } = peer ?? {};
  return {
    method: match[1],
    target,
    path: decodePath(question < 0 ? target : target.slice(0, question)),
    query: new URLSearchParams(question < 0 ? '' : target.slice(question + 1)),
    headers,
    body,
    version: match[3],
    remote: connection.remote,
    local: connection.local,
    ...(peer ? { tls: certificate === undefined ? {} : { certificate } } : {}),
  };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function* answer(request: HttpRequest, options: HttpServerOptions): Process<HttpResponse> {
  try {
    return yield* options.handler(request);
  } catch (error) {
    if (options.onError) yield* options.onError(error);
    return { status: 500, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: 'Internal Server Error\n' };
  }
}

function* send(
  connection: Connection,
  request: HttpRequest,
  response: HttpResponse,
  options: HttpServerOptions,
  closing: boolean,
): Process<void> {
  const body = typeof response.body === 'string' ? encode(response.body) : (response.body ?? new Uint8Array(0));
  const headers = new HttpHeaders(options.headers?.() ?? {});
  for (const [name, value] of Object.entries(response.headers ?? {})) headers.set(name, value);
  const bodiless = response.status === 204 || response.status === 304;
  if (!bodiless && !headers.has('content-length')) headers.set('Content-Length', String(body.length));
  if (closing) headers.set('Connection', 'close');
  const head = headBytes(`HTTP/1.1 ${response.status} ${statusTexts[response.status] ?? 'Unknown'}`, headers);
  connection.annotate(`${request.method} ${request.target} → ${response.status}`);
  if (options.onAnswer)
    yield* options.onAnswer(request, response, request.method === 'HEAD' || bodiless ? 0 : body.length);
  yield* connection.writer.write(request.method === 'HEAD' || bodiless ? head : concatBytes([head, body]));
}
