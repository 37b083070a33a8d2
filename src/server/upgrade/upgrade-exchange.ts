import type { Duplex } from 'node:stream';
import type { Exchange, Frame, ResponseHead } from '../../protocol/rest.ts';
import { encodeFrame } from '../frame-encoder.ts';
import { answerHead } from './raw-answer.ts';

/** The client's end of an upgraded stream, in a protocol of its own. */
export interface StreamEnd {
  send(frame: Frame): void;
  end(): void;
  /** Bytes or messages sent and not yet taken. */
  readonly backlog: number;
}

/** What a stream's end tells the server. */
export interface StreamSource {
  /** Bytes as `v5.channel.k8s.io` has them; undefined when the client closes its side. */
  deliver(bytes: Uint8Array | undefined): void;
  gone(): void;
}

/**
 * A request for an upgrade as an exchange. The upgrade is made when the server's head says 101; any other status becomes a plain
 * HTTP answer on the raw socket.
 */
export class UpgradeExchange implements Exchange {
  readonly #socket: Duplex;
  readonly #upgrade: (head: ResponseHead, source: StreamSource) => StreamEnd | undefined;
  readonly #abort: (() => void)[] = [];
  readonly #waitingData: (Uint8Array | undefined)[] = [];
  #data: ((bytes: Uint8Array | undefined) => void) | undefined;
  #stream: StreamEnd | undefined;
  #closed = false;

  /** `upgrade` gives nothing when the head is not one to upgrade with. */
  constructor(socket: Duplex, upgrade: (head: ResponseHead, source: StreamSource) => StreamEnd | undefined) {
    this.#socket = socket;
    this.#upgrade = upgrade;
    socket.on('error', () => this.#gone());
    socket.on('close', () => this.#gone());
  }

  head(head: ResponseHead): void {
    if (this.#closed) return;
    const source = { deliver: (bytes: Uint8Array | undefined) => this.#deliver(bytes), gone: () => this.#gone() };
    this.#stream = this.#upgrade(head, source);
    if (!this.#stream) this.#socket.write(answerHead(head.status, { ...head.headers, connection: 'close' }));
  }
  frame(frame: Frame): void {
    if (this.#closed) return;
    if (this.#stream) this.#stream.send(frame);
    else this.#socket.write(encodeFrame(frame));
  }
  end(): void {
    if (this.#closed) return;
    if (this.#stream) this.#stream.end();
    else this.#socket.end();
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
    return this.#stream?.backlog ?? 0;
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
