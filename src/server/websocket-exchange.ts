import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import type { Exchange, Frame, ResponseHead } from '../protocol/rest.ts';
import { encodeFrame } from './http-exchange.ts';

/**
 * An upgrade to WebSocket as an exchange. The handshake is completed when the server's head says 101; any other status becomes
 * a plain HTTP answer on the raw socket.
 */
export class WebSocketExchange implements Exchange {
  readonly #sockets: WebSocketServer;
  readonly #request: IncomingMessage;
  readonly #socket: Duplex;
  readonly #early: Buffer;
  readonly #abort: (() => void)[] = [];
  #data: ((bytes: Uint8Array | undefined) => void) | undefined;
  #waitingData: (Uint8Array | undefined)[] = [];
  #webSocket: WebSocket | undefined;
  #refused = false;
  #closed = false;

  constructor(sockets: WebSocketServer, request: IncomingMessage, socket: Duplex, early: Buffer) {
    this.#sockets = sockets;
    this.#request = request;
    this.#socket = socket;
    this.#early = early;
    socket.on('error', () => this.#gone());
    socket.on('close', () => this.#gone());
  }

  head(head: ResponseHead): void {
    if (this.#closed) return;
    if (head.status !== 101) return this.#refuse(head);
    if (head.upgrade) this.#request.headers['sec-websocket-protocol'] = head.upgrade;
    else delete this.#request.headers['sec-websocket-protocol'];
    this.#sockets.handleUpgrade(this.#request, this.#socket, this.#early, (webSocket) => {
      this.#webSocket = webSocket;
      webSocket.on('message', (message: Buffer, isBinary: boolean) => {
        const bytes = isBinary ? new Uint8Array(message) : new TextEncoder().encode(message.toString());
        // 255 0: the client has closed its standard input (v5.channel.k8s.io).
        this.#deliver(bytes.length === 2 && bytes[0] === 255 && bytes[1] === 0 ? undefined : bytes);
      });
      webSocket.on('close', () => this.#gone());
      webSocket.on('error', () => this.#gone());
    });
  }
  frame(frame: Frame): void {
    if (this.#closed) return;
    if (this.#refused) this.#socket.write(encodeFrame(frame));
    else
      this.#webSocket?.send(frame instanceof Uint8Array ? frame : encodeFrame(frame), {
        binary: frame instanceof Uint8Array,
      });
  }
  end(): void {
    if (this.#closed) return;
    if (this.#refused) this.#socket.end();
    else this.#webSocket?.close(1000);
  }
  onAbort(callback: () => void): void {
    if (this.#closed) callback();
    else this.#abort.push(callback);
  }
  onData(callback: (bytes: Uint8Array | undefined) => void): void {
    this.#data = callback;
    for (const bytes of this.#waitingData.splice(0)) callback(bytes);
  }
  get backlog(): number {
    return this.#webSocket?.bufferedAmount ?? 0;
  }

  #refuse(head: ResponseHead): void {
    this.#refused = true;
    const headers = Object.entries(head.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#socket.write(`HTTP/1.1 ${head.status} \r\n${headers.join('')}connection: close\r\n\r\n`);
  }
  #deliver(bytes: Uint8Array | undefined): void {
    if (this.#data) this.#data(bytes);
    else this.#waitingData.push(bytes);
  }
  #gone(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const callback of this.#abort) callback();
  }
}
