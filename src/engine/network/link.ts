import { BrokenPipeError, Pipe, type Reader, type Writer } from '../../process/pipe.ts';
import { type Driver, type Process, sleep } from '../../process/process.ts';
import type { Address, Connection } from '../../shell/network-stack.ts';

/** Bytes on the way and not yet read, above which a writer waits: a socket's send and receive buffers. */
const windowBytes = 262_144;
const windowPollMs = 2;

/** One direction of a connection: bytes arrive in order after the wire's delay. */
class Direction implements Writer {
  readonly #driver: Driver;
  readonly #delayMs: () => number;
  readonly #carries: () => boolean;
  readonly pipe = new Pipe(Number.MAX_SAFE_INTEGER);
  #inFlight = 0;
  #lastAt = 0;
  #closed = false;
  #broken = false;

  constructor(driver: Driver, delayMs: () => number, carries: () => boolean) {
    this.#driver = driver;
    this.#delayMs = delayMs;
    this.#carries = carries;
  }
  *write(bytes: Uint8Array): Process<void> {
    if (this.#closed || this.#broken) throw new BrokenPipeError();
    this.#inFlight += bytes.length;
    this.#after(() => {
      this.#inFlight -= bytes.length;
      this.pipe.push(bytes);
    });
    while (this.#inFlight + this.pipe.buffered > windowBytes) {
      if (this.#broken) throw new BrokenPipeError();
      yield* sleep(windowPollMs);
    }
  }
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#after(() => this.pipe.close());
  }
  /** The other side is gone: nothing arrives any more. */
  reset(): void {
    this.#broken = true;
    this.pipe.close();
  }
  #after(arrive: () => void): void {
    const now = this.#driver.now();
    this.#lastAt = Math.max(this.#lastAt, now + this.#delayMs());
    this.#driver.setTimer(this.#lastAt - now, () => {
      if (this.#carries()) arrive();
    });
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

/** An established TCP connection: its two ends, and how to break it. */
export interface Link {
  readonly client: Connection;
  readonly server: Connection;
  reset(): void;
}

/** Makes both ends of a connection. */
export function connect(options: LinkOptions): Link {
  const { driver, delayMs, carries } = options;
  const up = new Direction(driver, delayMs, carries);
  const down = new Direction(driver, delayMs, carries);
  let open = 2;
  const closed = () => {
    if (--open === 0) options.onClose();
  };
  return {
    client: end(options.client, options.dialled, down.pipe.reader, up, closed, options.onSummary),
    server: end(options.server, options.client, up.pipe.reader, down, closed, options.onSummary),
    reset: () => {
      up.reset();
      down.reset();
      options.onClose();
    },
  };
}

function end(
  local: Address,
  remote: Address,
  reader: Reader,
  writer: Writer,
  closed: () => void,
  onSummary: (summary: string) => void,
): Connection {
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
      closed();
    },
    annotate: onSummary,
  };
}
