import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzip } from 'node:zlib';
import type { Exchange, Frame, ResponseHead } from '../protocol/rest.ts';

/** Whole answers longer than this are compressed when the client can read it. Upstream: defaultGzipThresholdBytes (v1.36) */
const gzipThresholdBytes = 128 * 1024;
const gzipLevel = 1;
/** A client that is further behind than this is too slow to be served. */
const backlogLimitBytes = 64 * 1024 * 1024;

/** A frame as it stands on the wire: objects as JSON with a line feed, as the real API server writes them. */
export const encodeFrame = (frame: Frame): string | Uint8Array =>
  typeof frame === 'string' || frame instanceof Uint8Array ? frame : `${JSON.stringify(frame)}\n`;

/** Frames of watches, each encoded once for all clients that are sent it. */
export class FrameEncoder {
  readonly #encoded = new WeakMap<object, string>();
  readonly #documents = new WeakMap<object, TaggedBody>();

  encode(frame: Frame): string | Uint8Array {
    if (typeof frame === 'string' || frame instanceof Uint8Array) return frame;
    let text = this.#encoded.get(frame);
    if (text === undefined) this.#encoded.set(frame, (text = `${JSON.stringify(frame)}\n`));
    return text;
  }

  /** A document as bytes, with its tag; one that is answered again, the same object, is written once. */
  document(frames: readonly Frame[]): TaggedBody {
    const [only] = frames;
    if (frames.length !== 1 || typeof only !== 'object' || only instanceof Uint8Array) return tagged(joined(frames));
    let known = this.#documents.get(only);
    if (!known) this.#documents.set(only, (known = tagged(joined(frames))));
    return known;
  }
}

interface TaggedBody {
  readonly body: Buffer;
  readonly tag: string;
}

const tagged = (body: Buffer): TaggedBody => ({
  body,
  tag: `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"`,
});

function joined(frames: readonly Frame[]): Buffer {
  const parts = frames.map((frame) => {
    const encoded = encodeFrame(frame);
    return typeof encoded === 'string' ? Buffer.from(encoded) : encoded;
  });
  const [only] = parts;
  return parts.length === 1 && Buffer.isBuffer(only) ? only : Buffer.concat(parts);
}

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

/**
 * One HTTP request and its answer as an exchange. What is answered in one turn goes out whole, with its length; what goes on (a watch, a log)
 * begins as soon as the turn is over.
 */
export class HttpExchange implements Exchange {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #encoder: FrameEncoder;
  readonly #abort: (() => void)[] = [];
  #head: ResponseHead | undefined;
  /** Frames of the turn in which the head came. */
  #held: Frame[] = [];
  /** Encoded frames of this turn. */
  readonly #pending: (string | Uint8Array)[] = [];
  #unsent = 0;
  #finished = false;
  #aborted = false;

  constructor(request: IncomingMessage, response: ServerResponse, encoder: FrameEncoder) {
    this.#request = request;
    this.#response = response;
    this.#encoder = encoder;
    const gone = () => {
      if (this.#finished || this.#aborted) return;
      this.#aborted = true;
      for (const callback of this.#abort) callback();
    };
    request.on('error', gone);
    response.on('error', gone);
    response.on('close', gone);
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
  onAbort(callback: () => void): void {
    if (this.#aborted) callback();
    else this.#abort.push(callback);
  }
  onData(): void {
    // A plain request is whole before it is handled.
  }
  get backlog(): number {
    return this.#response.writableLength > backlogLimitBytes ? Number.POSITIVE_INFINITY : this.#unsent;
  }

  /** The turn is over, and the answer is not: its head must reach the client before what comes later. */
  #begin(): void {
    if (!this.#head || this.#finished || this.#aborted || this.#response.destroyed) return;
    this.#response.writeHead(this.#head.status, wireHeaders(this.#head.headers));
    if (this.#held.length === 0) this.#response.flushHeaders();
    for (const frame of this.#held.splice(0)) this.#write(frame);
    this.#flush();
  }

  /** Frames go out when the host has seen to its other events: what comes at once, under load, is one write. */
  #write(frame: Frame): void {
    if (this.#pending.length === 0) setImmediate(() => this.#flush());
    this.#pending.push(this.#encoder.encode(frame));
    this.#unsent++;
  }

  #flush(): void {
    const parts = this.#pending.splice(0);
    if (parts.length === 0 || this.#response.destroyed) return;
    const [first = ''] = parts;
    const isText = parts.every((part) => typeof part === 'string');
    const bytes =
      parts.length === 1 ? first : isText ? parts.join('') : Buffer.concat(parts.map((part) => Buffer.from(part)));
    this.#response.write(bytes, () => {
      this.#unsent -= parts.length;
    });
  }

  #sendWhole(head: ResponseHead): void {
    const { method = 'GET', url = '', headers: asked } = this.#request;
    const headers = wireHeaders(head.headers);
    const frames = this.#held.splice(0);
    const isTagged = head.status === 200 && method === 'GET' && taggedPaths.test(url.split('?')[0] ?? '');
    const document = isTagged ? this.#encoder.document(frames) : undefined;
    const body = document?.body ?? joined(frames);
    if (document) {
      headers['etag'] = document.tag;
      headers['vary'] = 'Accept';
      if (asked['if-none-match'] === document.tag) {
        this.#response.writeHead(304, headers).end();
        return;
      }
    }
    if (body.length <= gzipThresholdBytes || !/\bgzip\b/.test(String(asked['accept-encoding'] ?? '')))
      return this.#send(head.status, headers, body);
    gzip(body, { level: gzipLevel }, (error, packed) => {
      if (error) return this.#send(head.status, headers, body);
      const vary = headers['vary'] ? `${headers['vary']}, Accept-Encoding` : 'Accept-Encoding';
      this.#send(head.status, { ...headers, vary, 'content-encoding': 'gzip' }, packed);
    });
  }

  #send(status: number, headers: Record<string, string>, body: Buffer): void {
    const hasBody = status >= 200 && status !== 204 && status !== 304;
    const length = hasBody ? { 'content-length': String(body.length) } : {};
    this.#response.writeHead(status, { ...headers, ...length });
    this.#response.end(hasBody ? body : undefined);
  }
}
