/**
 * The transport to a server outside: HTTP by an injected `fetch`, upgraded streams by an injected WebSocket.
 */
import type { ApiRequest, Call, Receiver, Transport } from '../../protocol/rest.ts';

/** What is used of a WebSocket. */
export interface WebSocketLike {
  binaryType: string;
  readonly protocol: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
}

export interface HttpOptions {
  /** `https://127.0.0.1:6443`; a path may follow. */
  readonly server: string;
  readonly fetch: typeof globalThis.fetch;
  /** Go with every request (authorization …). */
  readonly headers?: Readonly<Record<string, string>>;
  /** Opens a WebSocket; without it, upgrades fail. */
  readonly webSocket?: (
    url: string,
    protocols: readonly string[],
    headers: Readonly<Record<string, string>>,
  ) => WebSocketLike;
}

/** A transport over HTTP(S). */
export function httpTransport(options: HttpOptions): Transport {
  return {
    request(request, receiver) {
      return request.upgrade ? openSocket(options, request, receiver) : openFetch(options, request, receiver);
    },
  };
}

const urlOf = (options: HttpOptions, request: ApiRequest) => options.server.replace(/\/+$/, '') + request.path;

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));

function openFetch(options: HttpOptions, request: ApiRequest, receiver: Receiver): Call {
  const controller = new AbortController();
  const { body } = request;
  const isText = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  const run = async () => {
    const response = await options.fetch(urlOf(options, request), {
      method: request.method,
      headers: { ...options.headers, ...request.headers },
      ...(body === undefined ? {} : { body: (isText ? body : JSON.stringify(body)) as string }),
      signal: controller.signal,
    });
    if (controller.signal.aborted) return;
    receiver.head({ status: response.status, headers: Object.fromEntries(response.headers) });
    const reader = response.body?.getReader();
    while (reader) {
      const { done, value } = await reader.read();
      if (controller.signal.aborted) return;
      if (done) break;
      receiver.frame(value);
    }
    receiver.end();
  };
  run().catch((error: unknown) => {
    if (!controller.signal.aborted) receiver.fail(asError(error));
  });
  return { abort: () => controller.abort(), send: () => {}, closeSend: () => {} };
}

/** Closes the channel that follows: v5.channel.k8s.io. */
const closeStdin = Uint8Array.of(255, 0);

function openSocket(options: HttpOptions, request: ApiRequest, receiver: Receiver): Call {
  let over = false;
  const finish = (action: () => void) => {
    if (over) return;
    over = true;
    action();
  };
  if (!options.webSocket) {
    queueMicrotask(() => finish(() => receiver.fail(new Error('this connection cannot be upgraded'))));
    return { abort: () => finish(() => {}), send: () => {}, closeSend: () => {} };
  }
  const url = urlOf(options, request).replace(/^http/, 'ws');
  const socket = options.webSocket(url, request.upgrade ?? [], { ...options.headers, ...request.headers });
  const early: Uint8Array[] = [];
  let opened = false;
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => {
    opened = true;
    if (over) return socket.close();
    receiver.head({ status: 101, headers: {}, upgrade: socket.protocol });
    for (const bytes of early.splice(0)) socket.send(Uint8Array.from(bytes));
  };
  socket.onmessage = (event: { readonly data: unknown }) => {
    if (over) return;
    receiver.frame(typeof event.data === 'string' ? event.data : new Uint8Array(event.data as ArrayBuffer));
  };
  socket.onclose = () =>
    finish(() => (opened ? receiver.end() : receiver.fail(new Error('the server refused the upgrade'))));
  socket.onerror = (event: { readonly message?: unknown }) =>
    finish(() => receiver.fail(new Error(String(event.message ?? 'the connection failed'))));
  const send = (bytes: Uint8Array) => {
    if (over) return;
    if (opened) socket.send(Uint8Array.from(bytes));
    else early.push(bytes);
  };
  return {
    abort: () =>
      finish(() => {
        if (opened) socket.close();
      }),
    send,
    closeSend: () => send(closeStdin),
  };
}
