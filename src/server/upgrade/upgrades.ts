/**
 * Requests that ask for an upgrade: exec, attach, port-forward, logs and watches, over WebSocket in all its protocols and over
 * SPDY/3.1. Inside, all of them are streams of `v5.channel.k8s.io`.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ApiHandler, ApiRequest, Exchange, ResponseHead } from '../../protocol/rest.ts';
import type { BytePipe } from '../spdy/connection.ts';
import { encodeFrame } from '../frame-encoder.ts';
import { answerHead, answerPlainly } from './raw-answer.ts';
import { portForwardProtocol, SpdyPortForward } from './spdy-port-forward.ts';
import { expectedStreams, SpdyRemoteCommand, spdyRemoteCommandProtocols } from './spdy-remote-command.ts';
import { type StreamEnd, type StreamSource, UpgradeExchange } from './upgrade-exchange.ts';
import {
  type ChannelCodec,
  negotiate,
  portForwardProtocols,
  readerProtocols,
  remoteCommandProtocols,
} from './websocket-protocols.ts';
import { readTunnel, webSocketPipe, WebSocketReader, WebSocketStream } from './websocket-stream.ts';

const bearerProtocol = 'base64url.bearer.authorization.k8s.io.';
/** What lies behind it is a pod's or a service's own. */
const proxiedPath = /\/(?:pods|services)\/[^/]+\/proxy(?:\/|$)/;
const tunnelPrefix = 'SPDY/3.1+';
const spdyProtocol = 'SPDY/3.1';

interface Asked {
  readonly request: ApiRequest;
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  /** What the client sent behind its request. */
  readonly early: Buffer;
  readonly query: URLSearchParams;
  readonly subresource: 'exec' | 'attach' | 'portforward' | undefined;
}

const listOf = (header: string | undefined): string[] =>
  (header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** Takes requests for an upgrade and hands them to the API server. */
export class Upgrades {
  readonly #handler: ApiHandler;
  readonly #webSockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 * 1024 });
  /** The protocols agreed upon. `ws` is not asked: it refuses names with a slash, as tunnels have. */
  readonly #agreed = new WeakMap<IncomingMessage, string>();

  constructor(handler: ApiHandler) {
    this.#handler = handler;
    this.#webSockets.on('headers', (lines, incoming) => {
      const protocol = this.#agreed.get(incoming);
      if (protocol) lines.push(`Sec-WebSocket-Protocol: ${protocol}`);
    });
  }

  take(incoming: IncomingMessage, socket: Duplex, early: Buffer, request: ApiRequest): void {
    const [path = '', query = ''] = request.path.split(/\?(.*)/s, 2);
    const [, subresource] = /\/pods\/[^/]+\/(exec|attach|portforward)$/.exec(path) ?? [];
    const asked: Asked = {
      request,
      incoming,
      socket,
      early,
      query: new URLSearchParams(query),
      subresource: subresource as Asked['subresource'],
    };
    const wanted = (incoming.headers.upgrade ?? '').toLowerCase();
    if (proxiedPath.test(path)) this.#plain(asked);
    else if (wanted === 'websocket') this.#webSocket(asked);
    else if (wanted === spdyProtocol.toLowerCase()) this.#spdy(asked);
    else this.#plain(asked);
  }

  /** An upgrade that nobody here knows is for somebody behind the API server, or as good as none. */
  #plain(asked: Asked): void {
    const exchange = new UpgradeExchange(asked.socket, (head, source) => switched(asked, head, source));
    this.#handler.handle(asked.request, exchange);
  }

  #webSocket(asked: Asked): void {
    const offered = listOf(asked.incoming.headers['sec-websocket-protocol']).filter(
      (name) => !name.startsWith(bearerProtocol),
    );
    if (asked.subresource === 'portforward' && offered.includes(tunnelPrefix + portForwardProtocol))
      return this.#tunnel(asked);
    if (asked.subresource === undefined) return this.#reader(asked, offered);
    const known = asked.subresource === 'portforward' ? portForwardProtocols : remoteCommandProtocols;
    const protocol = negotiate(offered, known);
    if (protocol === undefined) return answerPlainly(asked.socket, 403, '');
    const codec = known.get(protocol);
    if (codec) this.#channels(asked, protocol, codec);
  }

  /** Streams of channels. */
  #channels(asked: Asked, protocol: string, codec: ChannelCodec): void {
    const exchange = new UpgradeExchange(asked.socket, (head, source) => {
      if (head.status !== 101) return undefined;
      return this.#accepted(asked, protocol, (webSocket) => {
        const stream = new WebSocketStream(webSocket, codec, source);
        if (asked.subresource !== 'portforward') stream.send(greeting(asked.query));
        return stream;
      });
    });
    this.#handler.handle({ ...asked.request, upgrade: [protocol] }, exchange);
  }

  /** Logs and watches, which answer 200. */
  #reader(asked: Asked, offered: readonly string[]): void {
    const protocol = negotiate(offered, readerProtocols);
    const isRead = asked.query.has('watch') || /\/(?:watch\/|log$)/.test(asked.request.path.split('?')[0] ?? '');
    const codec = readerProtocols.get(protocol ?? '');
    const exchange = new UpgradeExchange(asked.socket, (head, source) => {
      if (head.status === 101) return switched(asked, head, source) ?? this.#relayed(asked, head, source);
      if (head.status !== 200 || !isRead || !codec) return undefined;
      return this.#accepted(asked, protocol ?? '', (webSocket) => new WebSocketReader(webSocket, codec, source));
    });
    this.#handler.handle({ ...asked.request, upgrade: offered }, exchange);
  }

  /** Streams of channels that a kubelet has agreed to. */
  #relayed(asked: Asked, head: ResponseHead, source: StreamSource): StreamEnd | undefined {
    const codec = remoteCommandProtocols.get('v5.channel.k8s.io');
    if (!codec) return undefined;
    return this.#accepted(asked, head.upgrade ?? '', (webSocket) => new WebSocketStream(webSocket, codec, source));
  }

  #tunnel(asked: Asked): void {
    this.#portForward(asked, (begin) => {
      this.#accepted(asked, tunnelPrefix + portForwardProtocol, (webSocket) => {
        const forward = begin(webSocketPipe(webSocket));
        readTunnel(
          webSocket,
          (bytes) => forward.connection.receive(bytes),
          () => forward.gone(),
        );
      });
    });
  }

  #spdy(asked: Asked): void {
    const offered = listOf(asked.request.headers['x-stream-protocol-version']);
    const accepted = asked.subresource === 'portforward' ? [portForwardProtocol] : spdyRemoteCommandProtocols;
    if (asked.subresource === undefined) return this.#plain(asked);
    const refusal = refusalOf(asked.incoming, offered);
    if (refusal !== undefined) return answerPlainly(asked.socket, 400, refusal);
    const protocol = offered.find((name) => accepted.includes(name));
    if (protocol === undefined)
      return answerPlainly(
        asked.socket,
        403,
        `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${accepted.join(' ')}]\n`,
        { 'x-accepted-stream-protocol-versions': accepted.join(', ') },
      );
    if (asked.subresource === 'portforward') {
      this.#portForward(asked, (begin) => {
        const forward = begin(switchToSpdy(asked.socket, protocol));
        listen(
          asked,
          (bytes) => forward.connection.receive(bytes),
          () => forward.gone(),
        );
      });
    } else this.#spdyCommand(asked, protocol);
  }

  #spdyCommand(asked: Asked, protocol: string): void {
    const streams = expectedStreams(asked.query, protocol);
    const exchange = new UpgradeExchange(asked.socket, (head, source) => {
      if (head.status !== 101) return undefined;
      const command = new SpdyRemoteCommand(switchToSpdy(asked.socket, protocol), source, { protocol, streams });
      listen(
        asked,
        (bytes) => command.connection.receive(bytes),
        () => command.connection.gone(),
      );
      return command;
    });
    this.#handler.handle({ ...asked.request, upgrade: [protocol] }, exchange);
  }

  /** Asks whether the pod may be reached at all; then each connection is a request of its own. */
  #portForward(asked: Asked, accept: (begin: (pipe: BytePipe) => SpdyPortForward) => void): void {
    const { request } = asked;
    const base = request.path.split('?')[0] ?? '';
    const open = (port: number, exchange: Exchange) =>
      this.#handler.handle({ ...request, path: `${base}?ports=${port}`, upgrade: ['v4.channel.k8s.io'] }, exchange);
    const exchange = new UpgradeExchange(asked.socket, (head) => {
      if (head.status !== 101) return undefined;
      accept((pipe) => new SpdyPortForward(pipe, open));
      // What the question itself is answered with is nobody's.
      return { send: () => {}, end: () => {}, backlog: 0 };
    });
    this.#handler.handle({ ...request, path: base, upgrade: [portForwardProtocol] }, exchange);
  }

  /** Completes the handshake of a WebSocket; `ws` does so at once. */
  #accepted<T>(asked: Asked, protocol: string, use: (webSocket: WebSocket) => T): T | undefined {
    const { incoming, socket, early } = asked;
    this.#agreed.set(incoming, protocol);
    delete incoming.headers['sec-websocket-protocol'];
    let made: T | undefined;
    this.#webSockets.handleUpgrade(incoming, socket, early, (webSocket) => {
      made = use(webSocket);
    });
    return made;
  }
}

/** An empty message of the first channel that the server will write, so that the client knows it is connected. */
function greeting(query: URLSearchParams): Uint8Array {
  const asked = (name: string) => ['1', 'true'].includes(query.get(name) ?? '');
  return Uint8Array.of(asked('stdout') ? 1 : asked('stderr') ? 2 : 3);
}

/** Upstream: streaming/pkg/httpstream/httpstream.go Handshake (v1.36) */
function refusalOf(incoming: IncomingMessage, offered: readonly string[]): string | undefined {
  const header = incoming.headers['x-stream-protocol-version'];
  if (header === undefined) {
    const count = Object.keys(incoming.headers).length;
    return `unable to upgrade: header X-Stream-Protocol-Version does not exist in request with ${count} headers\n`;
  }
  if (offered.length > 0) return undefined;
  return `unable to upgrade: header X-Stream-Protocol-Version contains [${String(header)}], but no valid protocols\n`;
}

function switchToSpdy(socket: Duplex, protocol: string): BytePipe {
  socket.write(
    answerHead(101, { connection: 'Upgrade', upgrade: spdyProtocol, 'x-stream-protocol-version': protocol }),
  );
  return {
    write: (bytes) => void socket.write(bytes),
    end: () => void socket.end(),
    get backlog() {
      return socket.writableLength;
    },
  };
}

/** Somebody behind the API server has made the handshake: what follows is passed on as it is. */
function switched(asked: Asked, head: ResponseHead, source: StreamSource): StreamEnd | undefined {
  if (head.status !== 101 || head.headers['upgrade'] === undefined) return undefined;
  const { socket } = asked;
  socket.write(answerHead(101, head.headers));
  listen(
    asked,
    (bytes) => source.deliver(bytes),
    () => source.deliver(undefined),
  );
  return {
    send: (frame) => void socket.write(encodeFrame(frame)),
    end: () => void socket.end(),
    get backlog() {
      return socket.writableLength >> 10;
    },
  };
}

function listen({ socket, early }: Asked, receive: (bytes: Uint8Array) => void, gone: () => void): void {
  if (early.length > 0) receive(early);
  socket.on('data', receive);
  socket.on('end', gone);
  socket.on('close', gone);
}
