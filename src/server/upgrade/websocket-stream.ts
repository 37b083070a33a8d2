import type { RawData, WebSocket } from 'ws';
import type { Frame } from '../../protocol/rest.ts';
import type { BytePipe } from '../spdy/connection.ts';
import { bytesOf, channels } from './channels.ts';
import { MessageQueue } from './message-queue.ts';
import type { StreamEnd, StreamSource } from './upgrade-exchange.ts';
import type { ChannelCodec } from './websocket-protocols.ts';

const bytesOfMessage = (message: RawData): Uint8Array =>
  Array.isArray(message) ? Buffer.concat(message) : new Uint8Array(message);

/** A WebSocket whose messages are channels in the protocol agreed upon. */
export class WebSocketStream implements StreamEnd {
  readonly #codec: ChannelCodec;
  readonly #queue: MessageQueue;

  constructor(webSocket: WebSocket, codec: ChannelCodec, source: StreamSource) {
    this.#codec = codec;
    this.#queue = new MessageQueue(webSocket);
    webSocket.on('message', (message) => {
      const bytes = codec.decode(bytesOfMessage(message));
      if (!bytes) return webSocket.close(1003);
      const closesStdin = bytes.length === 2 && bytes[0] === channels.close && bytes[1] === channels.stdin;
      source.deliver(closesStdin ? undefined : bytes);
    });
    webSocket.on('close', () => source.gone());
    webSocket.on('error', () => source.gone());
  }

  send(frame: Frame): void {
    const message = this.#codec.encode(bytesOf(frame));
    if (message !== undefined) this.#queue.send(message);
  }
  end(): void {
    this.#queue.end();
  }
  get backlog(): number {
    return this.#queue.length;
  }
}

/** A WebSocket that carries what is read of a log or a watch: whole frames, text where they are JSON. */
export class WebSocketReader implements StreamEnd {
  readonly #codec: ChannelCodec;
  readonly #queue: MessageQueue;

  constructor(webSocket: WebSocket, codec: ChannelCodec, source: StreamSource) {
    this.#codec = codec;
    this.#queue = new MessageQueue(webSocket);
    webSocket.on('close', () => source.gone());
    webSocket.on('error', () => source.gone());
  }

  send(frame: Frame): void {
    const message = this.#codec.encode(bytesOf(frame));
    if (message === undefined) return;
    const isText = typeof message === 'string' || !(frame instanceof Uint8Array);
    this.#queue.send(isText && typeof message !== 'string' ? Buffer.from(message).toString() : message);
  }
  end(): void {
    this.#queue.end();
  }
  get backlog(): number {
    return this.#queue.length;
  }
}

/** A WebSocket as a pipe of bytes, for what is tunnelled through it. */
export const webSocketPipe = (webSocket: WebSocket): BytePipe => ({
  write: (bytes) => webSocket.send(bytes, { binary: true }),
  end: () => webSocket.close(1000),
  get backlog() {
    return webSocket.bufferedAmount;
  },
});

/** Passes on what comes through a tunnel. */
export function readTunnel(webSocket: WebSocket, receive: (bytes: Uint8Array) => void, gone: () => void): void {
  webSocket.on('message', (message) => receive(bytesOfMessage(message)));
  webSocket.on('close', gone);
  webSocket.on('error', gone);
}
