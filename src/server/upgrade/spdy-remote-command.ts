/**
 * exec and attach over SPDY: one stream for each of the standard streams, one for the command's end, one for a terminal's size.
 * Upstream: cri-streaming/pkg/streaming/remotecommand/httpstream.go (v1.36)
 */
import type { Frame } from '../../protocol/rest.ts';
import { type BytePipe, SpdyConnection, type SpdyStream } from '../spdy/connection.ts';
import { bytesOf, channelMessage, channels, statusText } from './channels.ts';
import type { StreamEnd, StreamSource } from './upgrade-exchange.ts';

/** The protocols spoken, as clients name them; the oldest has no resizing either. */
export const spdyRemoteCommandProtocols = [
  'v4.channel.k8s.io',
  'v3.channel.k8s.io',
  'v2.channel.k8s.io',
  'channel.k8s.io',
];

const streamTypes: ReadonlyMap<string, number> = new Map([
  ['stdin', channels.stdin],
  ['stdout', channels.stdout],
  ['stderr', channels.stderr],
  ['error', channels.error],
  ['resize', channels.resize],
]);

/** How many streams the client will open. */
export function expectedStreams(query: URLSearchParams, protocol: string): number {
  const asked = (name: string) => ['1', 'true'].includes(query.get(name) ?? '');
  const resizes = protocol === 'v4.channel.k8s.io' || protocol === 'v3.channel.k8s.io';
  const standard = ['stdin', 'stdout', 'stderr'].filter(asked).length;
  return 1 + standard + (asked('tty') && resizes ? 1 : 0);
}

export class SpdyRemoteCommand implements StreamEnd {
  readonly connection: SpdyConnection;
  readonly #source: StreamSource;
  readonly #plainStatus: boolean;
  readonly #streams = new Map<number, SpdyStream>();
  /** What was sent before the client had opened all its streams. */
  readonly #waiting: Frame[] = [];
  #missing: number;
  #ended = false;

  constructor(pipe: BytePipe, source: StreamSource, options: { readonly protocol: string; readonly streams: number }) {
    this.#source = source;
    this.#plainStatus = options.protocol !== 'v4.channel.k8s.io';
    this.#missing = options.streams;
    this.connection = new SpdyConnection(pipe, (stream) => this.#accept(stream));
  }

  send(frame: Frame): void {
    if (this.#missing > 0) return void this.#waiting.push(frame);
    const message = bytesOf(frame);
    const channel = message[0] ?? 0;
    const data = message.subarray(1);
    if (channel !== channels.error || !this.#plainStatus) return this.#streams.get(channel)?.write(data);
    const text = statusText(data);
    if (text !== undefined) this.#streams.get(channel)?.write(Buffer.from(text));
  }
  end(): void {
    this.#ended = true;
    if (this.#missing === 0) this.connection.close();
  }
  get backlog(): number {
    return this.#waiting.length + this.connection.backlog;
  }

  #accept(stream: SpdyStream): void {
    const channel = streamTypes.get(stream.headers.get('streamtype') ?? '');
    if (channel === undefined || this.#streams.has(channel)) return;
    this.#streams.set(channel, stream);
    stream.onData((data) => {
      if (data) this.#source.deliver(channelMessage(channel, data));
      else if (channel === channels.stdin) this.#source.deliver(Uint8Array.of(channels.close, channel));
    });
    if (--this.#missing > 0) return;
    for (const frame of this.#waiting.splice(0)) this.send(frame);
    if (this.#ended) this.connection.close();
  }
}
