/** Serves an API handler over HTTPS, WebSocket and SPDY on loopback: the same door that the page uses through its port. */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { errorText } from '../apimachinery/error-text.ts';
import { newInternalError } from '../apimachinery/status-error.ts';
import type { ApiHandler } from '../protocol/rest.ts';
import type { ServingCertificate } from './certificates.ts';
import { encodeFrame } from './frame-encoder.ts';
import { ExchangeServices, HttpExchange } from './http-exchange.ts';
import { plainRequest } from './plain-request.ts';
import { ProtobufBodies } from './protobuf-body.ts';
import { bodyTooLarge, bodyTooSlow, readBody } from './request-body.ts';
import { requestOfUnknownMethod } from './unknown-method.ts';
import { answerPlainly } from './upgrade/raw-answer.ts';
import { UpgradeExchange } from './upgrade/upgrade-exchange.ts';
import { Upgrades } from './upgrade/upgrades.ts';

/** As Go has it: paths with long selectors are still read. */
const maxHeaderSize = 1024 * 1024;
const keepAliveMs = 120_000;
/** Upstream: apiserver/pkg/server/secure_serving.go ReadHeaderTimeout, config.go RequestTimeout (v1.36) */
const headersTimeoutMs = 32_000;
const requestTimeoutMs = 60_000;
/** How long clients have to take what was sent to them before the server ends. */
const closeGraceMs = 500;

export interface HttpServerOptions {
  readonly handler: ApiHandler;
  readonly port: number;
  readonly host: string;
  /** Absent: plain HTTP. */
  readonly certificate?: ServingCertificate;
  /** How long a client may take to send a body, or to read on in a list; default 60 s. */
  readonly requestTimeoutMs?: number;
  /** Called after each request was handed over. */
  readonly afterRequest: () => void;
  /** Hears of an error that the handler did not answer itself: a mistake of this program. */
  readonly onProblem: (error: unknown) => void;
}

export interface RunningServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts listening. Rejects when the port is taken. */
export async function startHttpServer(options: HttpServerOptions): Promise<RunningServer> {
  const handler = guarded(options);
  const serving: Serving = {
    handler,
    bodies: new ProtobufBodies(),
    exchanges: new ExchangeServices(options.onProblem, options.requestTimeoutMs ?? requestTimeoutMs),
  };
  const open = new Set<ServerResponse>();
  const server = createServer(options.certificate, (request, response) => {
    open.add(response);
    response.on('close', () => open.delete(response));
    void takeRequest(serving, request, response).catch(options.onProblem);
  });
  const upgraded = takeUpgrades(server, handler);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      const destroyAll = setTimeout(() => sockets.forEach((socket) => socket.destroy()), closeGraceMs);
      server.close(() => {
        clearTimeout(destroyAll);
        resolve();
      });
      // Watches and logs end as if their time had come.
      for (const response of open) response.end();
      server.closeIdleConnections();
      for (const socket of upgraded) socket.end();
    });
  return { port: (server.address() as AddressInfo).port, close };
}

/** The handler, with an answer of its own where it fails. */
function guarded({ handler, afterRequest, onProblem }: HttpServerOptions): ApiHandler {
  return {
    handle: (request, exchange) => {
      try {
        handler.handle(request, exchange);
      } catch (error) {
        onProblem(error);
        exchange.head({ status: 500, headers: { 'content-type': 'application/json' } });
        exchange.frame(newInternalError(errorText(error)).status);
        exchange.end();
      }
      afterRequest();
    },
  };
}

function createServer(
  certificate: ServingCertificate | undefined,
  onRequest: RequestListener,
): HttpServer | HttpsServer {
  const server = certificate
    ? createHttpsServer(
        {
          key: certificate.key,
          cert: certificate.cert,
          ca: certificate.authority.certificate,
          requestCert: true,
          rejectUnauthorized: false,
          maxHeaderSize,
        },
        onRequest,
      )
    : createHttpServer({ maxHeaderSize }, onRequest);
  // A request as a whole has as long as its body and its answer need.
  server.requestTimeout = 0;
  server.headersTimeout = headersTimeoutMs;
  server.keepAliveTimeout = keepAliveMs;
  server.on(certificate ? 'secureConnection' : 'connection', (socket: Socket) => socket.setNoDelay(true));
  return server;
}

/** Takes what is no plain request; gives the sockets that are streams now. */
function takeUpgrades(server: HttpServer | HttpsServer, handler: ApiHandler): ReadonlySet<Socket> {
  const upgrades = new Upgrades(handler);
  const upgraded = new Set<Socket>();
  server.on('upgrade', (request: IncomingMessage, socket: Socket, early: Buffer) => {
    upgraded.add(socket);
    socket.on('close', () => upgraded.delete(socket));
    socket.on('error', () => socket.destroy());
    upgrades.take(request, socket, early, plainRequest(request, undefined));
  });
  server.on('clientError', (error: Error, socket: Duplex) => {
    const request = requestOfUnknownMethod(error, socket);
    if (request) handler.handle(plainRequest(request, undefined), new UpgradeExchange(socket, () => undefined));
    else if (socket.writable) answerPlainly(socket, 400, '400 Bad Request');
  });
  return upgraded;
}

interface Serving {
  readonly handler: ApiHandler;
  readonly bodies: ProtobufBodies;
  readonly exchanges: ExchangeServices;
}

async function takeRequest(
  { handler, bodies, exchanges }: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, exchanges.requestTimeoutMs);
  if (body === 'aborted') return;
  if (body === 'too large' || body === 'too slow') {
    const status = body === 'too large' ? bodyTooLarge : bodyTooSlow;
    response.writeHead(status.code ?? 500, { 'content-type': 'application/json', connection: 'close' });
    response.end(encodeFrame(status));
    return;
  }
  handler.handle(bodies.translate(plainRequest(request, body)), new HttpExchange(request, response, exchanges));
}
