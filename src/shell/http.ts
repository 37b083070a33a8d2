/** HTTP/1.1 messages: what client and server share. */
import type { Process } from '../process/process.ts';
import type { ByteReader } from './byte-reader.ts';
import type { Address } from './network-stack.ts';
import { concatBytes, encode } from './text.ts';

/** Header fields in order; names keep their spelling, look-ups ignore case. */
export class HttpHeaders {
  readonly #fields: [string, string][] = [];
  constructor(fields: Readonly<Record<string, string>> | readonly (readonly [string, string])[] = {}) {
    const entries = Array.isArray(fields) ? fields : Object.entries(fields);
    for (const [name, value] of entries) this.append(name, value);
  }
  get(name: string): string | undefined {
    const lower = name.toLowerCase();
    return this.#fields.find(([each]) => each.toLowerCase() === lower)?.[1];
  }
  has(name: string): boolean {
    return this.get(name) !== undefined;
  }
  append(name: string, value: string): void {
    this.#fields.push([name, value]);
  }
  /** Replaces the field, or adds it. */
  set(name: string, value: string): void {
    this.delete(name);
    this.append(name, value);
  }
  delete(name: string): void {
    const lower = name.toLowerCase();
    for (let at = this.#fields.length - 1; at >= 0; at--)
      if (this.#fields[at]?.[0].toLowerCase() === lower) this.#fields.splice(at, 1);
  }
  entries(): readonly (readonly [string, string])[] {
    return this.#fields;
  }
  toString(): string {
    return this.#fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  }
}

export interface HttpRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
  readonly version: string;
  readonly remote: Address;
  readonly local: Address;
  /** The client's certificate, or that the connection is TLS at all. */
  readonly tls?: { readonly certificate?: string };
}

export interface HttpResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface HttpResult {
  readonly status: number;
  readonly reason: string;
  readonly version: string;
  readonly headers: HttpHeaders;
  readonly body: Uint8Array;
}

/** The other side does not speak HTTP, or stopped in the middle. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  /** Nothing was received at all. */
  readonly empty: boolean;
  constructor(message: string, empty = false) {
    super(message);
    this.empty = empty;
  }
}

/** Reason phrases. */
export const statusTexts: Readonly<Record<number, string>> = {
  100: 'Continue',
  101: 'Switching Protocols',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  415: 'Unsupported Media Type',
  417: 'Expectation Failed',
  418: "I'm a teapot",
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** The bytes of a head: start line, headers, empty line. */
export function headBytes(start: string, headers: HttpHeaders): Uint8Array {
  return encode(`${start}\r\n${headers}\r\n`);
}

/** Reads header fields up to the empty line. @throws HttpError when the stream ends before */
export function* readHeaders(reader: ByteReader): Process<HttpHeaders> {
  const headers = new HttpHeaders();
  for (;;) {
    const line = yield* reader.line();
    if (line === undefined) throw new HttpError('connection closed inside the headers');
    if (line === '') return headers;
    const colon = line.indexOf(':');
    if (colon <= 0) throw new HttpError(`malformed header line ${line}`);
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
}

/** Reads a body by its length, its chunks, or (responses only) to the end. @throws HttpError when it is cut short */
export function* readBody(reader: ByteReader, headers: HttpHeaders, toEnd: boolean): Process<Uint8Array> {
  const pieces: Uint8Array[] = [];
  yield* readPieces(reader, headers, toEnd, function* (piece) {
    pieces.push(piece);
  });
  return concatBytes(pieces);
}

/** As `readBody`, but gives what comes as it comes. @throws HttpError when the body is cut short */
export function* readPieces(
  reader: ByteReader,
  headers: HttpHeaders,
  toEnd: boolean,
  take: (piece: Uint8Array) => Process<void>,
): Process<void> {
  const length = headers.get('content-length');
  if (/chunked/i.test(headers.get('transfer-encoding') ?? '')) yield* readChunks(reader, take);
  else if (length !== undefined) yield* readCounted(reader, Number(length), take);
  else if (toEnd) for (let piece = yield* reader.some(); piece; piece = yield* reader.some()) yield* take(piece);
}

function* readCounted(reader: ByteReader, count: number, take: (piece: Uint8Array) => Process<void>): Process<void> {
  for (let left = count; left > 0; ) {
    const piece = yield* reader.some(left);
    if (!piece) throw new HttpError('transfer closed with outstanding read data remaining');
    left -= piece.length;
    yield* take(piece);
  }
}

function* readChunks(reader: ByteReader, take: (piece: Uint8Array) => Process<void>): Process<void> {
  for (;;) {
    const size = Number.parseInt((yield* reader.line()) ?? '', 16);
    if (Number.isNaN(size)) throw new HttpError('transfer closed with outstanding read data remaining');
    if (size === 0) break;
    yield* readCounted(reader, size, take);
    yield* reader.line();
  }
  for (let line = yield* reader.line(); line; line = yield* reader.line());
}

/** `Thu, 01 Jan 2026 00:00:00 GMT`. */
export function httpDate(ms: number): string {
  return new Date(ms).toUTCString();
}
