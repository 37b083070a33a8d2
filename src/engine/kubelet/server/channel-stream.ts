import { Pipe, type Reader, type Writer } from '../../../process/pipe.ts';
import { type Process, sleep } from '../../../process/process.ts';
import type { ApiRequest, Exchange } from '../../../protocol/rest.ts';

/** Frames that may wait for the client before a program that writes has to wait too. */
const backlogLimit = 64;
const backlogPauseMs = 5;

export const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, close: 255 } as const;

/** An upgraded stream of messages whose first byte is a channel, as `v5.channel.k8s.io` has it. */
export class ChannelStream {
  readonly #exchange: Exchange;
  readonly #inputs = new Map<number, Pipe>();
  readonly #onGone = new Set<() => void>();
  #gone = false;

  /** Answers the upgrade. */
  constructor(exchange: Exchange, request: ApiRequest) {
    this.#exchange = exchange;
    const protocol = request.upgrade?.[0] ?? 'v5.channel.k8s.io';
    exchange.head({ status: 101, headers: {}, upgrade: protocol });
    exchange.onData((bytes) => this.#take(bytes));
    exchange.onAbort(() => this.#leave());
  }

  get isGone(): boolean {
    return this.#gone;
  }

  /** What the client sends on a channel. */
  reader(channel: number): Reader {
    return this.#pipe(channel).reader;
  }

  /** Sends on a channel; waits while the client is far behind. */
  writer(channel: number): Writer {
    const stream = this;
    return {
      *write(bytes: Uint8Array): Process<void> {
        while (stream.#exchange.backlog > backlogLimit && !stream.#gone) yield* sleep(backlogPauseMs);
        stream.send(channel, bytes);
      },
      close: () => undefined,
    };
  }

  send(channel: number, bytes: Uint8Array): void {
    if (this.#gone) return;
    const message = new Uint8Array(bytes.length + 1);
    message[0] = channel;
    message.set(bytes, 1);
    this.#exchange.frame(message);
  }

  /** Nothing more comes from this side. */
  end(): void {
    if (this.#gone) return;
    this.#gone = true;
    for (const pipe of this.#inputs.values()) pipe.close();
    this.#exchange.end();
  }

  /** Calls back when the client goes away. */
  onGone(callback: () => void): void {
    if (this.#gone) callback();
    else this.#onGone.add(callback);
  }

  #take(bytes: Uint8Array | undefined): void {
    if (!bytes) {
      for (const pipe of this.#inputs.values()) pipe.close();
      return;
    }
    const channel = bytes[0] ?? 0;
    if (channel === channels.close) this.#pipe(bytes[1] ?? 0).close();
    else this.#pipe(channel).push(bytes.slice(1));
  }

  #leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    for (const pipe of this.#inputs.values()) pipe.close();
    for (const callback of this.#onGone) callback();
  }

  #pipe(channel: number): Pipe {
    const known = this.#inputs.get(channel);
    if (known) return known;
    const pipe = new Pipe();
    this.#inputs.set(channel, pipe);
    return pipe;
  }
}
