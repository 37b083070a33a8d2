/** HTTP on a port here, answered by the API server. Upstream: kubectl/pkg/proxy/proxy_server.go (v1.36) */
import { Channel } from '../../process/channel.ts';
import type { Process } from '../../process/process.ts';
import type { Frame, ResponseHead } from '../../protocol/rest.ts';
import { ByteReader } from '../../shell/byte-reader.ts';
import { HttpHeaders, type HttpRequest, headBytes, statusTexts } from '../../shell/http.ts';
import { readRequest } from '../../shell/http-server.ts';
import type { Connection } from '../../shell/network-stack.ts';
import { concatBytes, encode } from '../../shell/text.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { accepts, extractHost, type RequestFilter, stripLeaveSlash } from './request-filter.ts';

export interface ApiProxyOptions {
  readonly rest: RestClient;
  readonly apiPrefix: string;
  /** Absent: everything passes. */
  readonly filter: RequestFilter | undefined;
  /** Answers paths outside the API; undefined where there is no such file. */
  readonly file: (path: string) => { readonly bytes: Uint8Array; readonly type: string } | undefined;
}

/** Serves one connection until the client closes it. */
export function* serveApiProxy(connection: Connection, options: ApiProxyOptions): Process<void> {
  const reader = new ByteReader(connection.reader);
  for (;;) {
    const request = yield* readRequest(connection, reader, undefined);
    if (!request) return;
    const staysOpen = request.version === 'HTTP/1.1' && !/close/i.test(request.headers.get('connection') ?? '');
    yield* answer(connection, request, options, staysOpen);
    if (!staysOpen) return;
  }
}

function* answer(
  connection: Connection,
  request: HttpRequest,
  options: ApiProxyOptions,
  staysOpen: boolean,
): Process<void> {
  const reply = (status: number, body: string | Uint8Array, type = 'text/plain; charset=utf-8') =>
    whole(connection, request, { status, body, type, staysOpen });
  const path = stripLeaveSlash(options.apiPrefix, request.path);
  const file = options.file(request.path);
  if (file) return yield* reply(200, file.bytes, file.type);
  if (path === undefined) return yield* reply(404, '404 page not found\n');
  const host = extractHost(request.headers.get('host') ?? '');
  if (options.filter && !accepts(options.filter, request.method, path, host)) return yield* reply(403, 'Forbidden\n');
  if (request.headers.has('upgrade')) return yield* reply(501, 'streams are not carried by this proxy\n');
  const target = request.target.slice(request.target.length - targetLength(request, options.apiPrefix));
  yield* pass(connection, request, { ...options, target: target.startsWith('/') ? target : `/${target}`, staysOpen });
}

/** How much of the target, as it was sent, is left behind the prefix. */
function targetLength({ target }: HttpRequest, prefix: string): number {
  return prefix === '/' || prefix.startsWith('/api') ? target.length : target.length - prefix.length;
}

interface Whole {
  readonly status: number;
  readonly body: string | Uint8Array;
  readonly type: string;
  readonly staysOpen: boolean;
}

function* whole(
  connection: Connection,
  { method }: HttpRequest,
  { status, body, type, staysOpen }: Whole,
): Process<void> {
  const bytes = typeof body === 'string' ? encode(body) : body;
  const headers = new HttpHeaders({ 'Content-Type': type, 'Content-Length': String(bytes.length) });
  if (status >= 400) headers.set('X-Content-Type-Options', 'nosniff');
  if (!staysOpen) headers.set('Connection', 'close');
  const head = headBytes(startLine(status), headers);
  yield* connection.writer.write(method === 'HEAD' ? head : concatBytes([head, bytes]));
}

const startLine = (status: number): string => `HTTP/1.1 ${status} ${statusTexts[status] ?? 'Unknown'}`;

/** Headers that are about one connection, not about what it carries. Source: RFC 9110 §7.6.1 */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

interface Passing extends ApiProxyOptions {
  readonly target: string;
  readonly staysOpen: boolean;
}

/** Asks the API server and hands on what comes, as it comes: a watch is one answer that goes on. */
function* pass(connection: Connection, request: HttpRequest, { rest, target, staysOpen }: Passing): Process<void> {
  const events = new Channel<Frame | Head | Error>();
  const headers: Record<string, string> = {};
  for (const [name, value] of request.headers.entries())
    if (!hopByHop.has(name.toLowerCase())) headers[name.toLowerCase()] = value;
  const call = rest.stream(
    { method: request.method, path: target, headers, ...(request.body.length > 0 ? { body: request.body } : {}) },
    {
      head: (head) => events.send(new Head(head)),
      frame: (frame) => events.send(frame),
      end: () => events.close(),
      fail: (error) => {
        events.send(error);
        events.close();
      },
    },
  );
  const body = new ChunkedBody(connection, request.method !== 'HEAD', staysOpen && request.version === 'HTTP/1.1');
  try {
    for (let event = yield* events.receive(); event !== undefined; event = yield* events.receive()) {
      if (event instanceof Error) {
        if (body.isBegun) throw event;
        return yield* whole(connection, request, { ...textual, status: 502, body: `${event.message}\n`, staysOpen });
      }
      if (event instanceof Head) yield* body.begin(event.head);
      else yield* body.piece(event);
    }
    yield* body.end();
  } finally {
    call.abort();
  }
}

const textual = { type: 'text/plain; charset=utf-8' };

class Head {
  readonly head: ResponseHead;
  constructor(head: ResponseHead) {
    this.head = head;
  }
}

/** An answer whose length nobody knows beforehand. */
class ChunkedBody {
  readonly #connection: Connection;
  readonly #isChunked: boolean;
  #shows: boolean;
  isBegun = false;

  constructor(connection: Connection, shows: boolean, isChunked: boolean) {
    this.#connection = connection;
    this.#shows = shows;
    this.#isChunked = isChunked;
  }

  *begin({ status, headers }: ResponseHead): Process<void> {
    this.isBegun = true;
    if (status === 204 || status === 304) this.#shows = false;
    const sent = new HttpHeaders(Object.entries(headers).filter(([name]) => !hopByHop.has(name.toLowerCase())));
    if (this.#shows && this.#isChunked) sent.set('Transfer-Encoding', 'chunked');
    if (!this.#isChunked) sent.set('Connection', 'close');
    yield* this.#connection.writer.write(headBytes(startLine(status), sent));
  }

  *piece(frame: Frame): Process<void> {
    if (!this.#shows) return;
    const bytes = bytesOf(frame);
    if (bytes.length === 0) return;
    if (!this.#isChunked) return yield* this.#connection.writer.write(bytes);
    yield* this.#connection.writer.write(
      concatBytes([encode(`${bytes.length.toString(16)}\r\n`), bytes, encode('\r\n')]),
    );
  }

  *end(): Process<void> {
    if (this.#shows && this.#isChunked) yield* this.#connection.writer.write(encode('0\r\n\r\n'));
  }
}

function bytesOf(frame: Frame): Uint8Array {
  if (frame instanceof Uint8Array) return frame;
  return encode(typeof frame === 'string' ? frame : `${JSON.stringify(frame)}\n`);
}
