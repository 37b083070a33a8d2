import { type Driver, type Process, suspend } from '../../process/process.ts';
import { BrokenPipeError, Pipe, type Reader, type Writer } from '../../process/pipe.ts';
import type { Address, Connection } from '../../shell/network-stack.ts';

/** Bytes on the way and not yet read, above which a writer waits: a socket's send and receive buffers. */
const windowBytes = 262_144;
/** What is lost on the way is sent again after this, then twice as long each time. */
const firstRetransmitMs = 200;
const lastRetransmitMs = 120_000;
/** After so long without an answer the connection is given up. Source: tcp(7) tcp_retries2 */
const giveUpMs = 924_600;

interface Segment {
  /** Undefined: no more bytes follow. */
  readonly bytes: Uint8Array | undefined;
  readonly at: number;
}

interface DirectionOptions {
  readonly driver: Driver;
  readonly delayMs: () => number;
  readonly carries: () => boolean;
  /** Whether somebody is still there to take what arrives. */
  readonly isReceived: () => boolean;
  /** It arrived where nobody is any more. */
  readonly onRefused: () => void;
  readonly onGiveUp: () => void;
}

/** One direction of a connection: bytes arrive in order after the wire's delay; a cut wire delays them until it is mended. */
class Direction {
  readonly #options: DirectionOptions;
  readonly #pipe = new Pipe(Number.MAX_SAFE_INTEGER);
  #segments: Segment[] = [];
  #inFlight = 0;
  #lastAt = 0;
  #retransmitMs = 0;
  #failingSince: number | undefined;
  #cancel: (() => void) | undefined;
  #closed = false;
  #broken = false;
  #waiting: (() => void)[] = [];

  constructor(options: DirectionOptions) {
    this.#options = options;
  }

  readonly writer: Writer = { write: (bytes) => this.#write(bytes), close: () => this.finish() };
  readonly reader: Reader = {
    read: (max) => this.#read(max),
    close: () => this.#pipe.closeRead(),
  };

  /** No more will be written. */
  finish(): void {
    if (this.#closed || this.#broken) return;
    this.#closed = true;
    this.#send(undefined);
  }
  /** The sender is gone, or learns that the receiver is: nothing is sent any more. */
  break(): void {
    this.#broken = true;
    this.#segments = [];
    this.#inFlight = 0;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#wakeWriters();
  }
  /** The receiver learns that nothing more comes. */
  end(): void {
    this.#pipe.close();
  }

  *#write(bytes: Uint8Array): Process<void> {
    if (this.#closed || this.#broken) throw new BrokenPipeError();
    if (bytes.length === 0) return;
    this.#inFlight += bytes.length;
    this.#send(bytes);
    while (this.#inFlight + this.#pipe.buffered > windowBytes) {
      yield* suspend<void>((resume) => void this.#waiting.push(resume));
      if (this.#broken) throw new BrokenPipeError();
    }
  }
  *#read(max?: number): Process<Uint8Array | undefined> {
    const bytes = yield* this.#pipe.read(max);
    this.#wakeWriters();
    return bytes;
  }
  #wakeWriters(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
  #send(bytes: Uint8Array | undefined): void {
    const { driver, delayMs } = this.#options;
    this.#lastAt = Math.max(this.#lastAt, driver.now() + delayMs());
    this.#segments.push({ bytes, at: this.#lastAt });
    if (!this.#cancel) this.#arm(this.#lastAt - driver.now());
  }
  #arm(ms: number): void {
    this.#cancel = this.#options.driver.setTimer(ms, () => {
      this.#cancel = undefined;
      this.#deliver();
    });
  }
  #deliver(): void {
    const { driver, carries, isReceived, onRefused } = this.#options;
    if (!carries()) return this.#retransmit();
    this.#retransmitMs = 0;
    this.#failingSince = undefined;
    if (!isReceived()) return onRefused();
    const now = driver.now();
    while (this.#segments[0] && this.#segments[0].at <= now) this.#arrive(this.#segments.shift()?.bytes);
    const next = this.#segments[0];
    if (next) this.#arm(next.at - now);
  }
  #arrive(bytes: Uint8Array | undefined): void {
    if (!bytes) return this.#pipe.close();
    this.#inFlight -= bytes.length;
    this.#pipe.push(bytes);
  }
  #retransmit(): void {
    const now = this.#options.driver.now();
    this.#failingSince ??= now;
    if (now - this.#failingSince >= giveUpMs) return this.#options.onGiveUp();
    this.#retransmitMs = Math.min(this.#retransmitMs * 2 || firstRetransmitMs, lastRetransmitMs);
    this.#arm(this.#retransmitMs);
  }
}

export interface LinkOptions {
  readonly driver: Driver;
  readonly client: Address;
  readonly server: Address;
  /** What the client dialled: a Service's address where one stands between. */
  readonly dialled: Address;
  /** One way, in ms. */
  readonly delayMs: () => number;
  /** Whether the wire carries anything just now: both machines up, no cut between them. */
  readonly carries: () => boolean;
  readonly onSummary: (summary: string) => void;
  readonly onClose: () => void;
}

type Side = 'client' | 'server';

/** An established TCP connection: its two ends, and how one end vanishes. */
export interface Link {
  readonly client: Connection;
  readonly server: Connection;
  /** One end is gone without a word; the other learns of it when something can be carried between them. */
  reset(gone: Side): void;
}

/** Makes both ends of a connection. */
export function connect(options: LinkOptions): Link {
  return new TcpLink(options);
}

class TcpLink implements Link {
  readonly client: Connection;
  readonly server: Connection;
  readonly #options: LinkOptions;
  readonly #from: Readonly<Record<Side, Direction>>;
  readonly #gone = new Set<Side>();
  readonly #closed = new Set<Side>();

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#from = { client: this.#direction('server'), server: this.#direction('client') };
    this.client = this.#end('client', options.client, options.dialled);
    this.server = this.#end('server', options.server, options.client);
  }

  reset(gone: Side): void {
    if (this.#gone.has(gone)) return;
    this.#gone.add(gone);
    this.#from[gone].break();
    this.#from[other(gone)].reader.close();
    const { driver, carries, delayMs } = this.#options;
    if (carries()) driver.setTimer(delayMs(), () => this.#tell(other(gone)));
    this.#close(gone);
  }

  /** One side learns that the other is gone. */
  #tell(side: Side): void {
    this.#from[other(side)].end();
    this.#from[side].break();
  }
  #direction(to: Side): Direction {
    const { driver, delayMs, carries } = this.#options;
    return new Direction({
      driver,
      delayMs,
      carries,
      isReceived: () => !this.#gone.has(to),
      onRefused: () => this.#tell(other(to)),
      onGiveUp: () => this.#tell(other(to)),
    });
  }
  #end(side: Side, local: Address, remote: Address): Connection {
    const { writer } = this.#from[side];
    const { reader } = this.#from[other(side)];
    let done = false;
    return {
      local,
      remote,
      reader,
      writer,
      close: () => {
        if (done) return;
        done = true;
        writer.close();
        reader.close();
        this.#close(side);
      },
      annotate: this.#options.onSummary,
    };
  }
  #close(side: Side): void {
    if (this.#closed.has(side)) return;
    this.#closed.add(side);
    if (this.#closed.size === 2) this.#options.onClose();
  }
}

const other = (side: Side): Side => (side === 'client' ? 'server' : 'client');
