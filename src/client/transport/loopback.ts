/**
 * The transport inside the engine: requests and answers pass by reference, in tasks of their own, in the driver's time.
 */
import type { Driver } from '../../process/process.ts';
import type {
  ApiHandler,
  ApiRequest,
  Call,
  Exchange,
  Frame,
  Receiver,
  Transport,
  UserInfo,
} from '../../protocol/rest.ts';

export interface LoopbackOptions {
  /** Who asks, proved by the wire itself. */
  readonly peer?: UserInfo;
  /** Milliseconds until the server sees a request, or a message of an upgraded stream. */
  readonly requestDelayMs?: () => number;
  /** Milliseconds until the client sees a piece of an answer. Order is kept. */
  readonly deliveryDelayMs?: () => number;
}

/**
 * A transport to a handler in the same process. Nothing is delivered within the call that caused it. All its answers and watches
 * travel on one connection, as clients of the real server multiplex theirs: what was sent at a later instant never arrives sooner.
 */
export function loopbackTransport(handler: ApiHandler, driver: Driver, options: LoopbackOptions = {}): Transport {
  const connection: Connection = { lastDue: 0 };
  return {
    request(request, receiver) {
      return new LoopbackCall(handler, driver, askedBy(request, options.peer), receiver, options, connection);
    },
  };
}

/** One way of a connection. */
interface Connection {
  /** When the last of what is on its way arrives. */
  lastDue: number;
}

function askedBy(request: ApiRequest, peer: UserInfo | undefined): ApiRequest {
  if (!peer) return request;
  const { method, path, headers, body, upgrade } = request;
  if (upgrade) return Object.assign({}, request, { peer });
  return body === undefined ? { method, path, headers, peer } : { method, path, headers, body, peer };
}

interface Waiting {
  /** A piece of an answer for the lane's receiver; undefined: the action runs. */
  readonly frame: Frame | undefined;
  readonly action: (() => void) | undefined;
  readonly context: unknown;
  readonly batch: number;
}

/**
 * Runs actions later, in the order they were given and each in the context it was given in. Those of one instant travel together, in
 * one task.
 */
class Lane {
  readonly #driver: Driver;
  readonly #delayMs: (() => number) | undefined;
  readonly #receiver: Receiver;
  readonly #runBatch = () => this.#runOldest();
  #waiting: Waiting[] = [];
  #batch = 0;
  /** When the newest batch was begun; NaN once it runs. */
  #openSince = Number.NaN;
  readonly #connection: Connection;

  constructor(driver: Driver, delayMs: (() => number) | undefined, receiver: Receiver, connection: Connection) {
    this.#driver = driver;
    this.#delayMs = delayMs;
    this.#receiver = receiver;
    this.#connection = connection;
  }
  get size(): number {
    return this.#waiting.length;
  }
  push(action: () => void): void {
    this.#push(action, undefined);
  }
  pushFrame(frame: Frame): void {
    this.#push(undefined, frame);
  }
  #push(action: (() => void) | undefined, frame: Frame | undefined): void {
    const driver = this.#driver;
    const now = driver.now();
    const joins = this.#openSince === now;
    if (!joins) this.#batch++;
    const { context } = driver;
    this.#waiting.push({ frame, action, context, batch: this.#batch });
    if (joins) return;
    this.#openSince = now;
    if (!this.#delayMs) return driver.defer(this.#runBatch);
    const connection = this.#connection;
    connection.lastDue = Math.max(connection.lastDue, now + this.#delayMs());
    driver.setTimer(connection.lastDue - now, this.#runBatch);
  }
  clear(): void {
    this.#waiting = [];
    this.#openSince = Number.NaN;
  }
  #runOldest(): void {
    const batch = this.#waiting[0]?.batch;
    if (batch === this.#batch) this.#openSince = Number.NaN;
    while (batch !== undefined && this.#waiting[0]?.batch === batch) this.#run(this.#waiting.shift());
  }
  #run(first: Waiting | undefined): void {
    if (!first) return;
    this.#driver.context = first.context;
    try {
      if (first.action) first.action();
      else if (first.frame !== undefined) this.#receiver.frame(first.frame);
    } catch (error) {
      this.#driver.onUnhandled(error, 'delivery');
    }
  }
}

class LoopbackCall implements Call, Exchange {
  readonly #receiver: Receiver;
  readonly #toServer: Lane;
  readonly #toClient: Lane;
  #aborted = false;
  #serverEnded = false;
  #handled = false;
  #onAbort: (() => void)[] = [];
  #onData: ((bytes: Uint8Array | undefined) => void) | undefined;
  #early: (Uint8Array | undefined)[] = [];

  constructor(
    handler: ApiHandler,
    driver: Driver,
    request: ApiRequest,
    receiver: Receiver,
    { requestDelayMs, deliveryDelayMs }: LoopbackOptions,
    connection: Connection,
  ) {
    this.#receiver = receiver;
    // Requests are handled side by side: only those of one stream keep their order.
    this.#toServer = new Lane(driver, requestDelayMs, receiver, { lastDue: 0 });
    this.#toClient = new Lane(driver, deliveryDelayMs, receiver, connection);
    this.#toServer.push(() => {
      if (this.#aborted) return;
      this.#handled = true;
      handler.handle(request, this);
    });
  }

  get backlog(): number {
    return this.#toClient.size;
  }
  head(head: Parameters<Exchange['head']>[0]): void {
    if (!this.#aborted) this.#toClient.push(() => this.#receiver.head(head));
  }
  frame(frame: Frame): void {
    if (!this.#aborted) this.#toClient.pushFrame(frame);
  }
  end(): void {
    if (this.#aborted || this.#serverEnded) return;
    this.#serverEnded = true;
    this.#toClient.push(() => this.#receiver.end());
  }
  onAbort(callback: () => void): void {
    this.#onAbort.push(callback);
  }
  onData(callback: (bytes: Uint8Array | undefined) => void): void {
    this.#onData = callback;
    for (const bytes of this.#early.splice(0)) callback(bytes);
  }

  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#toClient.clear();
    if (!this.#handled || this.#serverEnded) return;
    this.#toServer.push(() => {
      for (const callback of this.#onAbort.splice(0)) callback();
    });
  }
  send(bytes: Uint8Array): void {
    if (!this.#aborted) this.#toServer.push(() => this.#data(bytes));
  }
  closeSend(): void {
    if (!this.#aborted) this.#toServer.push(() => this.#data(undefined));
  }
  #data(bytes: Uint8Array | undefined): void {
    if (this.#onData) this.#onData(bytes);
    else this.#early.push(bytes);
  }
}
