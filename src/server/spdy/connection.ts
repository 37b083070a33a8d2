/** The server's side of a SPDY/3.1 connection: streams that the client opens, over any pipe of bytes. */
import {
  controlFrame,
  dataFrame,
  finFlag,
  FrameReader,
  frameType,
  numbersFrame,
  resetStatus,
  type SpdyFrame,
} from './frames.ts';
import { HeaderCodec, type SpdyHeaders } from './header-codec.ts';

/** The bytes below: a socket, or messages of a WebSocket. */
export interface BytePipe {
  write(bytes: Uint8Array): void;
  /** Ends politely: what was written still arrives. */
  end(): void;
  /** Bytes written and not yet taken. */
  readonly backlog: number;
}

/** Longest data of one frame. */
const dataLimit = 64 * 1024;

/** One stream. Sending after its end is without effect. */
export class SpdyStream {
  readonly id: number;
  readonly headers: SpdyHeaders;
  readonly #send: (frame: Uint8Array) => void;
  readonly #waiting: (Uint8Array | undefined)[] = [];
  #listener: ((data: Uint8Array | undefined) => void) | undefined;
  #localEnded = false;
  #remoteEnded = false;

  constructor(id: number, headers: SpdyHeaders, send: (frame: Uint8Array) => void) {
    this.id = id;
    this.headers = headers;
    this.#send = send;
  }

  /** Calls back with what the client sends on it; undefined when it ends its side. */
  onData(listener: (data: Uint8Array | undefined) => void): void {
    this.#listener = listener;
    for (const data of this.#waiting.splice(0)) listener(data);
  }

  write(data: Uint8Array): void {
    if (this.#localEnded) return;
    for (let at = 0; at < data.length; at += dataLimit)
      this.#send(dataFrame(this.id, false, data.subarray(at, at + dataLimit)));
  }
  /** Says that nothing more comes from this side. */
  end(): void {
    if (this.#localEnded) return;
    this.#localEnded = true;
    this.#send(dataFrame(this.id, true, new Uint8Array()));
  }
  reset(status: number): void {
    this.#localEnded = true;
    this.#send(numbersFrame(frameType.rstStream, this.id, status));
    this.received(undefined);
  }

  /** For the connection: the client's data, undefined at its end. */
  received(data: Uint8Array | undefined): void {
    if (this.#remoteEnded) return;
    this.#remoteEnded = data === undefined;
    if (this.#listener) this.#listener(data);
    else this.#waiting.push(data);
  }
  get isOver(): boolean {
    return this.#localEnded && this.#remoteEnded;
  }
}

/**
 * Reads frames and keeps streams. Windows are not waited for, as by the other implementations of Kubernetes; what is received is
 * acknowledged, so that a client that waits goes on.
 *
 * Upstream: github.com/moby/spdystream connection.go
 */
export class SpdyConnection {
  readonly #pipe: BytePipe;
  readonly #accept: (stream: SpdyStream) => void;
  readonly #reader = new FrameReader();
  readonly #headers = new HeaderCodec();
  readonly #streams = new Map<number, SpdyStream>();
  #last = 0;
  #closed = false;

  constructor(pipe: BytePipe, accept: (stream: SpdyStream) => void) {
    this.#pipe = pipe;
    this.#accept = accept;
  }

  /** Takes bytes of the client. A broken frame ends the connection. */
  receive(bytes: Uint8Array): void {
    if (this.#closed) return;
    try {
      for (const frame of this.#reader.read(bytes)) this.#take(frame);
    } catch {
      // A block that cannot be read leaves the compression in an unknown state.
      this.close();
    }
  }
  /** Ends every stream, and then the pipe. */
  close(): void {
    if (this.#closed) return;
    for (const stream of this.#streams.values()) stream.end();
    this.#closed = true;
    this.#pipe.end();
  }
  /** The pipe is gone: streams hear of their end. */
  gone(): void {
    this.#closed = true;
    for (const stream of this.#streams.values()) stream.received(undefined);
    this.#streams.clear();
  }
  get backlog(): number {
    return this.#pipe.backlog;
  }

  #send(frame: Uint8Array): void {
    if (!this.#closed) this.#pipe.write(frame);
  }

  #take(frame: SpdyFrame): void {
    if (frame.kind === 'data') return this.#data(frame.stream, frame.flags, frame.payload);
    const { type, flags, payload } = frame;
    switch (type) {
      case frameType.synStream:
        return this.#open(flags, payload);
      case frameType.headers:
        // Read for the sake of the compression; streams of Kubernetes have no later headers.
        this.#headers.decode(payload.subarray(4));
        return;
      case frameType.rstStream: {
        const stream = this.#streams.get(payload.readUInt32BE(0));
        if (!stream) return;
        this.#streams.delete(stream.id);
        stream.received(undefined);
        return;
      }
      case frameType.ping:
        // Odd numbers are the client's: they are answered.
        if (payload.readUInt32BE(0) % 2 === 1) this.#send(controlFrame(frameType.ping, 0, payload));
        return;
    }
  }

  #open(flags: number, payload: Buffer): void {
    const id = payload.readUInt32BE(0) & 0x7fff_ffff;
    const headers = this.#headers.decode(payload.subarray(10));
    if (id % 2 === 0 || id <= this.#last)
      return this.#send(numbersFrame(frameType.rstStream, id, resetStatus.protocolError));
    this.#last = id;
    const stream = new SpdyStream(id, headers, (frame) => this.#send(frame));
    this.#streams.set(id, stream);
    const number = Buffer.alloc(4);
    number.writeUInt32BE(id);
    this.#send(controlFrame(frameType.synReply, 0, Buffer.concat([number, this.#headers.encode(new Map())])));
    this.#accept(stream);
    if ((flags & finFlag) !== 0) stream.received(undefined);
  }

  #data(id: number, flags: number, payload: Buffer): void {
    const stream = this.#streams.get(id);
    if (!stream) return;
    if (payload.length > 0) {
      this.#send(numbersFrame(frameType.windowUpdate, id, payload.length));
      stream.received(new Uint8Array(payload));
    }
    if ((flags & finFlag) !== 0) stream.received(undefined);
    if (stream.isOver) this.#streams.delete(id);
  }
}
