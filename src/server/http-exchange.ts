import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGzip, gzip } from 'node:zlib';
import type { Exchange, Frame, ResponseHead } from '../protocol/rest.ts';
import { FrameEncoder, joined } from './frame-encoder.ts';
import { writePieces } from './text-body.ts';

/** Whole answers longer than this are compressed when the client can read it. Upstream: defaultGzipThresholdBytes (v1.36) */
const gzipThresholdBytes = 128 * 1024;
const gzipLevel = 1;
/** A client that is further behind than this is too slow to be served. */
const backlogLimitBytes = 64 * 1024 * 1024;

/** Header values are bytes: text beyond Latin-1 goes as UTF-8, as Go writes it; control characters cannot be sent at all. */
const wireHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Buffer.from(value.replace(/[^\t\x20-\x7e\x80-\uffff]/g, ' '), 'utf8').toString('latin1'),
    ]),
  );

/** Documents that say which version of them they are, so that clients keep them. Upstream: discovery/aggregated/etag.go, handler3 (v1.36) */
const taggedPaths = /^\/(?:api|apis|openapi\/v2|openapi\/v3(?:\/.*)?)$/;

/** What all exchanges of a server share. */
export class ExchangeServices {
  readonly encoder = new FrameEncoder();
  readonly onProblem: (error: unknown) => void;
  /** How long a client may take to send a body, or to read on in a list. */
  readonly requestTimeoutMs: number;
  #waiting: (() => void)[] = [];

  constructor(onProblem: (error: unknown) => void, requestTimeoutMs: number) {
    this.onProblem = onProblem;
    this.requestTimeoutMs = requestTimeoutMs;
  }

  /** Calls back when the host has seen to its other events. */
  later(callback: () => void): void {
    if (this.#waiting.length === 0) setImmediate(() => this.#run());
    this.#waiting.push(callback);
  }

  #run(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback();
  }
}

/**
 * One HTTP request and its answer as an exchange. What is answered in one turn goes out whole, with its length; what goes on (a watch, a log)
 * begins as soon as the turn is over; a body of text is made as the client reads it.
 */
export class HttpExchange implements Exchange {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #services: ExchangeServices;
  readonly #abort: (() => void)[] = [];
  #head: ResponseHead | undefined;
  /** Frames of the turn in which the head came. */
  #held: Frame[] = [];
  /** Encoded frames of this turn. */
  #pending: (string | Uint8Array)[] = [];
  #finished = false;
  #aborted = false;

  constructor(request: IncomingMessage, response: ServerResponse, services: ExchangeServices) {
    this.#request = request;
    this.#response = response;
    this.#services = services;
    const gone = () => {
      if (this.#finished || this.#aborted) return;
      this.#aborted = true;
      for (const callback of this.#abort) callback();
    };
    request.on('error', gone);
    response.on('error', gone);
    response.on('close', gone);
    const auditId = request.headers['audit-id'];
    response.setHeader('audit-id', typeof auditId === 'string' && auditId !== '' ? auditId : randomUUID());
  }

  head(head: ResponseHead): void {
    if (this.#aborted) return;
    if (this.#head || this.#response.headersSent) {
      // What went wrong after the answer began cannot be said any more: the connection is cut, as by the real server.
      this.#held = [];
      this.#response.destroy();
      return;
    }
    this.#head = head;
    queueMicrotask(() => this.#begin());
  }
  frame(frame: Frame): void {
    if (this.#aborted || this.#response.destroyed) return;
    if (this.#response.headersSent) this.#write(frame);
    else this.#held.push(frame);
  }
  end(): void {
    this.#finished = true;
    if (this.#aborted || this.#response.destroyed) return;
    if (this.#response.headersSent || !this.#head) {
      this.#flush();
      this.#response.end();
    } else this.#sendWhole(this.#head);
  }
  body(pieces: Iterable<string>): void {
    this.#finished = true;
    if (this.#aborted || this.#response.destroyed || !this.#head) return;
    const iterator = pieces[Symbol.iterator]();
    let start = '';
    for (;;) {
      const { value, done } = iterator.next();
      if (done) {
        this.#held.push(start);
        return this.#sendWhole(this.#head);
      }
      start += value;
      if (start.length > gzipThresholdBytes) return this.#sendPieces(this.#head, startingWith(start, iterator));
    }
  }
  onAbort(callback: () => void): void {
    if (this.#aborted) callback();
    else this.#abort.push(callback);
  }
  onData(): void {
    // A plain request is whole before it is handled.
  }
  get backlog(): number {
    return this.#response.writableLength > backlogLimitBytes ? Number.POSITIVE_INFINITY : this.#pending.length;
  }

  /** The turn is over, and the answer is not: its head must reach the client before what comes later. */
  #begin(): void {
    if (!this.#head || this.#finished || this.#aborted || this.#response.destroyed) return;
    this.#response.writeHead(this.#head.status, wireHeaders(this.#head.headers));
    this.#response.flushHeaders();
    for (const frame of this.#held.splice(0)) this.#write(frame);
    this.#flush();
  }

  /** What comes at once, under load, is one write. */
  #write(frame: Frame): void {
    if (this.#pending.length === 0) this.#services.later(() => this.#flush());
    this.#pending.push(this.#services.encoder.encode(frame));
  }

  #flush(): void {
    const parts = this.#pending;
    if (parts.length === 0) return;
    this.#pending = [];
    const { destroyed, chunkedEncoding, socket } = this.#response;
    if (destroyed) return;
    // Watches of the same objects are sent the same bytes.
    if (chunkedEncoding && socket) socket.write(this.#services.encoder.chunk(parts));
    else this.#response.write(joined(parts));
  }

  get #readsGzip(): boolean {
    return /\bgzip\b/.test(String(this.#request.headers['accept-encoding'] ?? ''));
  }

  #sendWhole(head: ResponseHead): void {
    const { method = 'GET', url = '', headers: asked } = this.#request;
    const headers = wireHeaders(head.headers);
    const frames = this.#held.splice(0);
    const isTagged = head.status === 200 && method === 'GET' && taggedPaths.test(url.split('?')[0] ?? '');
    const document = isTagged ? this.#services.encoder.document(frames) : undefined;
    const body = document?.body ?? joined(frames);
    if (document) {
      headers['etag'] = document.tag;
      headers['vary'] = 'Accept';
      if (asked['if-none-match'] === document.tag) {
        this.#response.writeHead(304, headers).end();
        return;
      }
    }
    if (body.length <= gzipThresholdBytes || !this.#readsGzip) return this.#send(head.status, headers, body);
    gzip(body, { level: gzipLevel }, (error, packed) => {
      if (error) return this.#send(head.status, headers, body);
      this.#send(head.status, packedHeaders(headers), packed);
    });
  }

  #send(status: number, headers: Record<string, string>, body: Buffer): void {
    const hasBody = status >= 200 && status !== 204 && status !== 304;
    const length = hasBody ? { 'content-length': String(body.length) } : {};
    this.#response.writeHead(status, { ...headers, ...length });
    this.#response.end(hasBody ? body : undefined);
  }

  #sendPieces(head: ResponseHead, pieces: Iterator<string>): void {
    const response = this.#response;
    const { onProblem, requestTimeoutMs } = this.#services;
    response.setTimeout(requestTimeoutMs, () => response.destroy());
    const headers = wireHeaders(head.headers);
    if (!this.#readsGzip) {
      response.writeHead(head.status, headers);
      return writePieces(pieces, response, onProblem);
    }
    response.writeHead(head.status, packedHeaders(headers));
    const packing = createGzip({ level: gzipLevel });
    packing.on('error', () => response.destroy());
    response.on('close', () => packing.destroy());
    packing.pipe(response);
    writePieces(pieces, packing, onProblem);
  }
}

function* startingWith(first: string, rest: Iterator<string>): Generator<string, void> {
  try {
    yield first;
    for (let next = rest.next(); !next.done; next = rest.next()) yield next.value;
  } finally {
    rest.return?.();
  }
}

function packedHeaders(headers: Record<string, string>): Record<string, string> {
  const vary = headers['vary'] ? `${headers['vary']}, Accept-Encoding` : 'Accept-Encoding';
  return { ...headers, vary, 'content-encoding': 'gzip' };
}
