/**
 * Port-forward over SPDY: each connection is a pair of streams, data and errors, with the port in their headers. Each is carried by a
 * request of its own to the API server.
 *
 * Upstream: cri-streaming/pkg/streaming/portforward/httpstream.go (v1.36)
 */
import type { Exchange, Frame } from '../../protocol/rest.ts';
import { type BytePipe, SpdyConnection, type SpdyStream } from '../spdy/connection.ts';
import { resetStatus } from '../spdy/frames.ts';
import { bytesOf, channelMessage, channels } from './channels.ts';

export const portForwardProtocol = 'portforward.k8s.io';

interface Pair {
  data?: SpdyStream;
  error?: SpdyStream;
}

/** Asks the API server to carry one connection to a port of the pod. */
export type OpenPort = (port: number, exchange: Exchange) => void;

export class SpdyPortForward {
  readonly connection: SpdyConnection;
  readonly #open: OpenPort;
  readonly #pairs = new Map<string, Pair>();
  readonly #gone = new Set<() => void>();

  constructor(pipe: BytePipe, open: OpenPort) {
    this.#open = open;
    this.connection = new SpdyConnection(pipe, (stream) => this.#accept(stream));
  }

  /** The client has gone: what it had open is ended. */
  gone(): void {
    this.connection.gone();
    for (const callback of this.#gone) callback();
    this.#gone.clear();
  }

  #accept(stream: SpdyStream): void {
    const type = stream.headers.get('streamtype') ?? '';
    const port = Number(stream.headers.get('port'));
    if ((type !== 'data' && type !== 'error') || !Number.isInteger(port) || port < 1 || port > 65_535)
      return stream.reset(resetStatus.refusedStream);
    // Clients of old give no id, but open the two streams one after the other.
    const id = stream.headers.get('requestid') ?? String(type === 'error' ? stream.id : stream.id - 2);
    const pair = this.#pairs.get(id) ?? {};
    if (pair[type])
      return void pair.error?.write(
        Buffer.from(`error processing stream for request ${id}: ${type} stream already assigned`),
      );
    pair[type] = stream;
    this.#pairs.set(id, pair);
    const { data, error } = pair;
    if (!data || !error) return;
    this.#pairs.delete(id);
    const exchange = new PairExchange(data, error, this.connection, (callback) => {
      this.#gone.add(callback);
      return () => this.#gone.delete(callback);
    });
    this.#open(port, exchange);
  }
}

/** One connection: channel 0 is the data stream, channel 1 the error stream; each channel's first message repeats the port. */
class PairExchange implements Exchange {
  readonly #data: SpdyStream;
  readonly #error: SpdyStream;
  readonly #connection: SpdyConnection;
  readonly #onGone: (callback: () => void) => () => void;
  readonly #greeted = new Set<number>();
  readonly #forget: (() => void)[] = [];
  #refused = false;

  constructor(
    data: SpdyStream,
    error: SpdyStream,
    connection: SpdyConnection,
    onGone: (callback: () => void) => () => void,
  ) {
    this.#data = data;
    this.#error = error;
    this.#connection = connection;
    this.#onGone = onGone;
  }

  head(head: { readonly status: number }): void {
    this.#refused = head.status !== 101;
  }
  frame(frame: Frame): void {
    const message = bytesOf(frame);
    if (this.#refused) return this.#error.write(message);
    const channel = message[0] ?? 0;
    if (!this.#greeted.has(channel)) return void this.#greeted.add(channel);
    (channel === channels.stdin ? this.#data : this.#error).write(message.subarray(1));
  }
  end(): void {
    for (const forget of this.#forget) forget();
    this.#data.end();
    this.#error.end();
  }
  onAbort(callback: () => void): void {
    this.#forget.push(this.#onGone(callback));
  }
  onData(callback: (bytes: Uint8Array | undefined) => void): void {
    this.#data.onData((bytes) =>
      callback(bytes ? channelMessage(channels.stdin, bytes) : Uint8Array.of(channels.close, channels.stdin)),
    );
  }
  get backlog(): number {
    return this.#connection.backlog;
  }
}
