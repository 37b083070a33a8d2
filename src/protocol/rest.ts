/**
 * Kubernetes REST as plain data: what passes between a client and an API server over any transport (loopback inside the engine,
 * MessagePort between tab and worker, HTTP). Types only.
 */

export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export interface ApiRequest {
  /** GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS. */
  readonly method: string;
  /** Path and query as on the wire: `/api/v1/pods?limit=5`. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes or text as on the wire; over the loopback also a plain object that the sender will not change any more. */
  readonly body?: Uint8Array | string | object;
  /** Who asks, when the transport itself has proved it (a component's loopback, a client certificate). */
  readonly peer?: UserInfo;
  /** For a streaming upgrade (exec, attach, port-forward, watch over WebSocket): the sub-protocols offered, in order. */
  readonly upgrade?: readonly string[];
}

export interface ResponseHead {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The sub-protocol chosen, when the request asked for an upgrade and got one (status 101). */
  readonly upgrade?: string;
}

/**
 * A piece of an answer's body. An object stands for its JSON text (with a line feed after it when it is a watch event); it is
 * frozen and shared: whoever gets it must not change it. Over an upgrade each frame is one message: bytes whose first byte is the
 * channel (v5.channel.k8s.io: 0 stdin, 1 stdout, 2 stderr, 3 error Status, 4 resize, 255 close of the channel that follows).
 */
export type Frame = Uint8Array | string | object;

/** The server's side of one request. Exactly one `head`, then frames, then `end`; nothing after an abort. */
export interface Exchange {
  head(head: ResponseHead): void;
  frame(frame: Frame): void;
  end(): void;
  /**
   * Takes the whole body as text, in pieces that are made as the client reads them, and ends the answer. Only where objects would
   * be written as text: exchanges that pass them on as they are have no such method.
   */
  body?(pieces: Iterable<string>): void;
  /** Calls back when the client goes away. */
  onAbort(callback: () => void): void;
  /** Calls back with what the client sends after the request: bytes of an upgraded stream; undefined when it closes its side. */
  onData(callback: (bytes: Uint8Array | undefined) => void): void;
  /** Frames handed over and not yet taken by the client: a server may slow down or end a watch that is too far behind. */
  readonly backlog: number;
}

/** The client's side of one request. */
export interface Receiver {
  head(head: ResponseHead): void;
  frame(frame: Frame): void;
  end(): void;
  /** The connection failed before the end: refused, reset, timed out. Nothing follows. */
  fail(error: Error): void;
}

export interface Call {
  /** Tells the server that the answer is no longer wanted. The receiver hears nothing more. */
  abort(): void;
  /** Sends on an upgraded stream. */
  send(bytes: Uint8Array): void;
  /** Closes the client's side of an upgraded stream. */
  closeSend(): void;
}

/** How a client reaches an API server. Three implementations, one contract suite: `client/transport/{loopback,port,http}.ts`. */
export interface Transport {
  request(request: ApiRequest, receiver: Receiver): Call;
}

/** What an API server is to a transport. */
export interface ApiHandler {
  handle(request: ApiRequest, exchange: Exchange): void;
}
