/** Serves an API handler over HTTPS and WebSocket on loopback: the same door that the page uses through its port. */
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import type { ApiHandler, ApiRequest, UserInfo } from '../protocol/rest.ts';
import type { ServingCertificate } from './certificates.ts';
import { HttpExchange } from './http-exchange.ts';
import { ProtobufBodies } from './protobuf-body.ts';
import { WebSocketExchange } from './websocket-exchange.ts';

/** The largest body that is read. Upstream: apiserver MaxRequestBodyBytes (3 MiB). */
const bodyLimit = 3 * 1024 * 1024;
const bearerProtocol = 'base64url.bearer.authorization.k8s.io.';

export interface HttpServerOptions {
  readonly handler: ApiHandler;
  readonly port: number;
  readonly host: string;
  /** Absent: plain HTTP. */
  readonly certificate?: ServingCertificate;
  /** Called after each request was handed over. */
  readonly afterRequest: () => void;
}

export interface RunningServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts listening. Rejects when the port is taken. */
export async function startHttpServer(options: HttpServerOptions): Promise<RunningServer> {
  const { certificate } = options;
  const bodies = new ProtobufBodies();
  const onRequest = (request: IncomingMessage, response: ServerResponse) =>
    void takeRequest(options, bodies, request, response);
  const server = certificate
    ? createHttpsServer(
        {
          key: certificate.key,
          cert: certificate.cert,
          ca: certificate.ca,
          requestCert: true,
          rejectUnauthorized: false,
        },
        onRequest,
      )
    : createHttpServer(onRequest);
  server.requestTimeout = 0;
  server.keepAliveTimeout = 120_000;
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: 64 * 1024 * 1024,
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, early: Buffer) => {
    if ((request.headers.upgrade ?? '').toLowerCase() !== 'websocket')
      return void socket.end(
        'HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\nunable to upgrade: only WebSocket is served\n',
      );
    const offered = (request.headers['sec-websocket-protocol'] ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean);
    const exchange = new WebSocketExchange(webSockets, request, socket, early);
    options.handler.handle(
      { ...plainRequest(request, undefined), upgrade: offered.filter((name) => !name.startsWith(bearerProtocol)) },
      exchange,
    );
    options.afterRequest();
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function takeRequest(
  options: HttpServerOptions,
  bodies: ProtobufBodies,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (body === 'too large') {
    response.writeHead(413, { 'content-type': 'application/json', connection: 'close' });
    response.end(`${JSON.stringify(tooLarge)}\n`);
    return;
  }
  if (body === 'aborted') return;
  options.handler.handle(bodies.translate(plainRequest(request, body)), new HttpExchange(request, response));
  options.afterRequest();
}

const tooLarge = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: `Request entity too large: limit is ${bodyLimit}`,
  reason: 'RequestEntityTooLarge',
  code: 413,
};

async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined | 'too large' | 'aborted'> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > bodyLimit) return 'too large';
      chunks.push(chunk);
    }
  } catch {
    return 'aborted';
  }
  return size === 0 ? undefined : new Uint8Array(Buffer.concat(chunks));
}

function plainRequest(request: IncomingMessage, body: Uint8Array | undefined): ApiRequest {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  const token = (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .find((name) => name.startsWith(bearerProtocol));
  if (token && !headers['authorization'])
    headers['authorization'] = `Bearer ${Buffer.from(token.slice(bearerProtocol.length), 'base64url').toString()}`;
  const peer = peerOf(request.socket);
  return {
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers,
    ...(body ? { body } : {}),
    ...(peer ? { peer } : {}),
  };
}

/** Who a client certificate says it is: the common name is the user, the organizations are the groups. */
function peerOf(socket: Socket): UserInfo | undefined {
  const tls = socket as Partial<TLSSocket>;
  if (!tls.authorized || !tls.getPeerCertificate) return undefined;
  const subject = tls.getPeerCertificate()?.subject as { CN?: string; O?: string | string[] } | undefined;
  if (!subject?.CN) return undefined;
  return { username: subject.CN, groups: [...[subject.O ?? []].flat(), 'system:authenticated'] };
}
