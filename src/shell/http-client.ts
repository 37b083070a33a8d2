import { withTimeout } from '../process/combinators.ts';
import type { Process } from '../process/process.ts';
import { ByteReader } from './byte-reader.ts';
import { HttpError, HttpHeaders, type HttpResult, headBytes, readBody, readHeaders, readPieces } from './http.ts';
import type { Connection, NetworkStack } from './network-stack.ts';
import { concatBytes, encode } from './text.ts';
import { connectTls, TlsError } from './tls.ts';

export interface HttpCall {
  /** `http://host:port/path`. */
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly connectTimeoutMs?: number;
  /** For the whole call. @throws TimeoutError */
  readonly timeoutMs?: number;
  /** Connects there instead of to the URL's host. */
  readonly connectTo?: { readonly host: string; readonly port: number };
  /** Decides over the server's certificate; by default every one is taken. @throws TlsError */
  readonly verify?: (certificate: string | undefined) => void;
  readonly clientCertificate?: string;
  /** Told when the connection stands and when the request is sent. */
  readonly onConnect?: (connection: Connection) => Process<void>;
  readonly onHead?: (result: Omit<HttpResult, 'body'>) => Process<void>;
  /** Given the body as it comes; it is not kept. */
  readonly onBody?: (bytes: Uint8Array) => Process<void>;
  /** Speaks another protocol once the server has agreed to (status 101). */
  readonly onUpgrade?: (connection: Connection, reader: ByteReader) => Process<void>;
}

/** Makes one HTTP request over a network. @throws NetworkError, HttpError, TlsError, TimeoutError */
export function httpRequest(network: NetworkStack, call: HttpCall): Process<HttpResult> {
  const request = perform(network, call);
  return call.timeoutMs === undefined ? request : withTimeout(call.timeoutMs, request);
}

/** The parts of a URL; a missing scheme is http. */
export function parseUrl(
  text: string,
): { scheme: string; host: string; port: number; path: string; userInfo?: string } | undefined {
  const match = /^(?:([a-z]+):\/\/)?(?:([^/@]*)@)?(\[[^\]]+\]|[^:/?#]+)(?::(\d+))?([/?][^#]*)?(?:#.*)?$/i.exec(text);
  if (!match?.[3]) return undefined;
  const scheme = (match[1] ?? 'http').toLowerCase();
  const path = match[5] ?? '/';
  return {
    scheme,
    host: match[3].replace(/^\[|\]$/g, ''),
    port: Number(match[4] ?? (scheme === 'https' ? 443 : 80)),
    path: path.startsWith('?') ? `/${path}` : path,
    ...(match[2] === undefined ? {} : { userInfo: match[2] }),
  };
}

function* perform(network: NetworkStack, call: HttpCall): Process<HttpResult> {
  const url = parseUrl(call.url);
  if (!url) throw new HttpError(`bad URL ${call.url}`);
  const { host, port } = call.connectTo ?? url;
  const options = call.connectTimeoutMs === undefined ? {} : { timeoutMs: call.connectTimeoutMs };
  const connection = yield* network.dial(host, port, options);
  try {
    const reader = new ByteReader(connection.reader);
    if (call.onConnect) yield* call.onConnect(connection);
    if (url.scheme === 'https') yield* secure(connection, reader, url.host, call);
    const method = call.method ?? (call.body === undefined ? 'GET' : 'POST');
    yield* connection.writer.write(requestBytes(method, url, call));
    const result = yield* readResult(reader, method, call);
    connection.annotate(`${method} ${url.path} → ${result.status}`);
    if (result.status === 101 && call.onUpgrade) yield* call.onUpgrade(connection, reader);
    return result;
  } finally {
    connection.close();
  }
}

function* secure(connection: Connection, reader: ByteReader, serverName: string, call: HttpCall): Process<void> {
  const certificate = call.clientCertificate === undefined ? {} : { certificate: call.clientCertificate };
  const peer = yield* connectTls(connection, reader, { serverName, ...certificate });
  call.verify?.(peer.certificate);
  if (!call.verify && peer.certificate === undefined) throw new TlsError('no certificate');
}

function requestBytes(
  method: string,
  url: { host: string; port: number; path: string; scheme: string },
  call: HttpCall,
): Uint8Array {
  const body = typeof call.body === 'string' ? encode(call.body) : call.body;
  const usual = url.port === (url.scheme === 'https' ? 443 : 80);
  const headers = new HttpHeaders({ Host: usual ? url.host : `${url.host}:${url.port}` });
  for (const [name, value] of Object.entries(call.headers ?? {})) headers.set(name, value);
  if (body && !headers.has('content-length')) headers.set('Content-Length', String(body.length));
  const head = headBytes(`${method} ${url.path} HTTP/1.1`, headers);
  return body ? concatBytes([head, body]) : head;
}

function* readResult(reader: ByteReader, method: string, call: HttpCall): Process<HttpResult> {
  for (;;) {
    const line = yield* reader.line();
    if (line === undefined) throw new HttpError('Empty reply from server', true);
    const match = /^(HTTP\/\d(?:\.\d)?) (\d{3})(?: (.*))?$/.exec(line);
    if (!match) throw new HttpError('Received HTTP/0.9 when not allowed');
    const head = {
      version: match[1] ?? '',
      status: Number(match[2]),
      reason: match[3] ?? '',
      headers: yield* readHeaders(reader),
    };
    if (head.status === 100) continue;
    if (call.onHead) yield* call.onHead(head);
    const upgraded = head.status === 101 && call.onUpgrade !== undefined;
    const bodiless = method === 'HEAD' || head.status === 204 || head.status === 304 || upgraded;
    if (bodiless) return { ...head, body: new Uint8Array(0) };
    if (!call.onBody) return { ...head, body: yield* readBody(reader, head.headers, true) };
    yield* readPieces(reader, head.headers, true, call.onBody);
    return { ...head, body: new Uint8Array(0) };
  }
}
