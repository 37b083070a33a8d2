/**
 * The transport between tab and worker: REST over a MessagePort.
 *
 * All frames of one turn go in one message. Objects travel as their JSON text, which costs less than a structured clone. The
 * server may be at most `windowFrames` frames ahead of each call; what is beyond waits at the server and counts as its backlog,
 * so that a page that is too slow cannot fill the port's queue without end.
 */
import type {
  ApiHandler,
  ApiRequest,
  Call,
  Exchange,
  Frame,
  Receiver,
  ResponseHead,
  Transport,
} from '../../protocol/rest.ts';

/** What is used of a MessagePort: the browser's and Node's both fit. */
export interface MessagePortLike {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  start?(): void;
}

type ClientMessage =
  | { readonly op: 'request'; readonly id: number; readonly request: ApiRequest }
  | { readonly op: 'abort'; readonly id: number }
  | { readonly op: 'data'; readonly id: number; readonly bytes: Uint8Array | undefined }
  | { readonly op: 'credit'; readonly id: number; readonly frames: number };

/** One piece of an answer. `json` is the text of an object. */
type Piece =
  | { readonly id: number; readonly head: ResponseHead }
  | { readonly id: number; readonly frame: Uint8Array | string }
  | { readonly id: number; readonly json: string }
  | { readonly id: number; readonly end: true };

export interface PortOptions {
  /** Frames of one call that may be under way; 4096 unless told. Both sides must agree. */
  readonly windowFrames?: number;
}

const defaultWindow = 4096;

/** Collects what one turn has to say and posts it as one message. */
class Outbox<T> {
  readonly #port: MessagePortLike;
  #items: T[] = [];
  constructor(port: MessagePortLike) {
    this.#port = port;
  }
  push(item: T): void {
    this.#items.push(item);
    if (this.#items.length > 1) return;
    queueMicrotask(() => {
      const items = this.#items;
      this.#items = [];
      this.#port.postMessage(items);
    });
  }
}

/** A transport over a port whose other end is served by `servePort`. */
export function portTransport(port: MessagePortLike, options: PortOptions = {}): Transport {
  const creditEvery = Math.max(1, Math.floor((options.windowFrames ?? defaultWindow) / 4));
  const outbox = new Outbox<ClientMessage>(port);
  const calls = new Map<number, { readonly receiver: Receiver; taken: number }>();
  let lastId = 0;
  const take = (piece: Piece) => {
    const call = calls.get(piece.id);
    if (!call) return;
    if ('head' in piece) return call.receiver.head(piece.head);
    if ('end' in piece) {
      calls.delete(piece.id);
      return call.receiver.end();
    }
    if (++call.taken % creditEvery === 0) outbox.push({ op: 'credit', id: piece.id, frames: creditEvery });
    call.receiver.frame('json' in piece ? (JSON.parse(piece.json) as object) : piece.frame);
  };
  port.addEventListener('message', (event) => {
    for (const piece of event.data as readonly Piece[]) take(piece);
  });
  port.start?.();
  return {
    request(request, receiver): Call {
      const id = ++lastId;
      calls.set(id, { receiver, taken: 0 });
      const { peer: _unproved, ...sent } = request;
      outbox.push({ op: 'request', id, request: sent });
      const open = () => calls.has(id);
      return {
        abort: () => {
          if (calls.delete(id)) outbox.push({ op: 'abort', id });
        },
        send: (bytes) => {
          if (open()) outbox.push({ op: 'data', id, bytes });
        },
        closeSend: () => {
          if (open()) outbox.push({ op: 'data', id, bytes: undefined });
        },
      };
    },
  };
}

/** Serves a handler to the other end of a port. */
export function servePort(port: MessagePortLike, handler: ApiHandler, options: PortOptions = {}): void {
  const outbox = new Outbox<Piece>(port);
  const exchanges = new Map<number, PortExchange>();
  const receive = (message: ClientMessage) => {
    if (message.op === 'request') {
      const exchange = new PortExchange(message.id, outbox, options.windowFrames ?? defaultWindow, exchanges);
      exchanges.set(message.id, exchange);
      const { peer: _unproved, ...request } = message.request;
      return handler.handle(request, exchange);
    }
    const exchange = exchanges.get(message.id);
    if (message.op === 'abort') exchange?.abort();
    else if (message.op === 'credit') exchange?.credit(message.frames);
    else exchange?.data(message.bytes);
  };
  port.addEventListener('message', (event) => {
    for (const message of event.data as readonly ClientMessage[]) receive(message);
  });
  port.start?.();
}

class PortExchange implements Exchange {
  readonly #id: number;
  readonly #outbox: Outbox<Piece>;
  readonly #exchanges: Map<number, PortExchange>;
  #window: number;
  #held: Piece[] = [];
  #aborted = false;
  #onAbort: (() => void)[] = [];
  #onData: ((bytes: Uint8Array | undefined) => void) | undefined;
  #early: (Uint8Array | undefined)[] = [];

  constructor(id: number, outbox: Outbox<Piece>, windowFrames: number, exchanges: Map<number, PortExchange>) {
    this.#id = id;
    this.#outbox = outbox;
    this.#window = windowFrames;
    this.#exchanges = exchanges;
  }

  get backlog(): number {
    return this.#held.length;
  }
  head(head: ResponseHead): void {
    if (!this.#aborted) this.#outbox.push({ id: this.#id, head });
  }
  frame(frame: Frame): void {
    const id = this.#id;
    if (typeof frame === 'string' || frame instanceof Uint8Array) this.#piece({ id, frame });
    else this.#piece({ id, json: JSON.stringify(frame) });
  }
  end(): void {
    this.#piece({ id: this.#id, end: true });
  }
  onAbort(callback: () => void): void {
    this.#onAbort.push(callback);
  }
  onData(callback: (bytes: Uint8Array | undefined) => void): void {
    this.#onData = callback;
    for (const bytes of this.#early.splice(0)) callback(bytes);
  }

  abort(): void {
    this.#aborted = true;
    this.#held = [];
    this.#exchanges.delete(this.#id);
    for (const callback of this.#onAbort.splice(0)) callback();
  }
  credit(frames: number): void {
    this.#window += frames;
    const held = this.#held;
    this.#held = [];
    for (const piece of held) this.#piece(piece);
  }
  data(bytes: Uint8Array | undefined): void {
    if (this.#onData) this.#onData(bytes);
    else this.#early.push(bytes);
  }

  #piece(piece: Piece): void {
    if (this.#aborted) return;
    if (this.#window <= 0 || this.#held.length > 0) {
      this.#held.push(piece);
      return;
    }
    this.#window--;
    this.#outbox.push(piece);
    if ('end' in piece) this.#exchanges.delete(this.#id);
  }
}
