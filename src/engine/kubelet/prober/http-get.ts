import type * as corev1 from '../../../api/core/v1.ts';
import { TimeoutError, withTimeout } from '../../../process/combinators.ts';
import type { Process } from '../../../process/process.ts';
import { ByteReader } from '../../../shell/byte-reader.ts';
import { type Connection, NetworkError, type NetworkStack } from '../../../shell/network-stack.ts';
import { decode, encode } from '../../../shell/text.ts';
import { connectTls, TlsError } from '../../../shell/tls.ts';
import { resolveContainerPort } from './container-port.ts';

/** A GET that a kubelet makes: a probe's or a hook's. */
export interface HttpGetRequest {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface HttpGetAnswer {
  readonly statusCode: number;
  /** Where a redirect leads. */
  readonly location: string | undefined;
  /** Of a redirect that is not followed, its first 10 KiB; else empty. */
  readonly body: string;
}

/** The connection failed; the message is as Go's http client words it. */
export class HttpGetError extends Error {
  override readonly name = 'HttpGetError';
}

/**
 * Makes the request of an action.
 *
 * @throws Error when the port is unknown
 *
 * Upstream: pkg/probe/http/request.go NewRequestForHTTPGetAction (v1.36)
 */
export function newRequestForHTTPGetAction(
  action: corev1.HTTPGetAction,
  container: corev1.Container,
  { podIP, purpose }: { readonly podIP: string; readonly purpose: 'probe' | 'lifecycle' },
): HttpGetRequest {
  const scheme = (action.scheme ?? 'HTTP').toLowerCase();
  const host = action.host || podIP;
  const port = resolveContainerPort(action.port, container);
  const given = action.path ?? '';
  const path = given.startsWith('/') ? given : `/${given}`;
  const headers = new Map([
    ['Host', `${host}:${port}`],
    ['User-Agent', `kube-${purpose}/1.36`],
    ['Accept', '*/*'],
  ]);
  for (const { name, value } of action.httpHeaders ?? []) headers.set(canonicalHeader(name), value);
  if (headers.get('Accept') === '') headers.delete('Accept');
  headers.set('Connection', 'close');
  return { host, port, path, url: `${scheme}://${host}:${port}${path}`, headers: [...headers] };
}

const canonicalHeader = (name: string): string =>
  name.toLowerCase().replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());

/**
 * Performs the request; follows up to ten redirects on the same host.
 *
 * @throws HttpGetError
 */
export function* httpGet(network: NetworkStack, request: HttpGetRequest, timeoutMs: number): Process<HttpGetAnswer> {
  try {
    return yield* withTimeout(timeoutMs, followRedirects(network, request));
  } catch (error) {
    if (error instanceof TimeoutError)
      throw new HttpGetError(
        `Get "${request.url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
      );
    throw error;
  }
}

function* followRedirects(network: NetworkStack, first: HttpGetRequest): Process<HttpGetAnswer> {
  let request = first;
  for (let i = 0; i < 10; i++) {
    const answer = yield* getOnce(network, request);
    const next = answer.statusCode >= 300 && answer.statusCode < 400 ? redirect(request, answer.location) : undefined;
    if (!next) return answer;
    request = next;
  }
  throw new HttpGetError(`Get "${request.url}": stopped after 10 redirects`);
}

/** Where to go on, while it is the same host. */
function redirect(request: HttpGetRequest, location: string | undefined): HttpGetRequest | undefined {
  if (location === undefined) return undefined;
  const match = /^(?:(https?):\/\/([^/:?#]+)(?::(\d+))?)?([^#]*)/.exec(location);
  const [, scheme, host = request.host, port, rest = '/'] = match ?? [];
  if (host !== request.host) return undefined;
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  const number = port ? Number(port) : scheme === undefined ? request.port : scheme === 'https' ? 443 : 80;
  return { ...request, port: number, path, url: `${scheme ?? 'http'}://${host}:${number}${path}` };
}

function* getOnce(network: NetworkStack, request: HttpGetRequest): Process<HttpGetAnswer> {
  let connection: Connection | undefined;
  try {
    connection = yield* network.dial(request.host, request.port);
    const reader = new ByteReader(connection.reader);
    if (request.url.startsWith('https:')) yield* connectTls(connection, reader, { serverName: request.host });
    const lines = [`GET ${request.path} HTTP/1.1`, ...request.headers.map(([name, value]) => `${name}: ${value}`)];
    yield* connection.writer.write(encode(`${lines.join('\r\n')}\r\n\r\n`));
    const head = parseHead(yield* readHead(reader), request);
    const isLast = head.statusCode >= 300 && head.statusCode < 400 && !redirect(request, head.location);
    const answer = isLast ? { ...head, body: yield* readBody(reader) } : head;
    connection.annotate(`GET ${request.path} → ${answer.statusCode}`);
    return answer;
  } catch (error) {
    if (error instanceof TlsError)
      throw new HttpGetError(`Get "${request.url}": http: server gave HTTP response to HTTPS client`);
    if (!(error instanceof NetworkError)) throw error;
    throw new HttpGetError(`Get "${request.url}": ${dialErrorText(error, request.host, request.port)}`);
  } finally {
    connection?.close();
  }
}

function* readHead(reader: ByteReader): Process<string> {
  const lines: string[] = [];
  for (let line = yield* reader.line(); line !== undefined && line !== ''; line = yield* reader.line())
    lines.push(line);
  return lines.join('\r\n');
}

const maxBodyBytes = 10_240;

/** What follows until the server closes the connection, as it was asked to. */
function* readBody(reader: ByteReader): Process<string> {
  return decode(yield* reader.bytes(maxBodyBytes));
}

function parseHead(text: string, request: HttpGetRequest): HttpGetAnswer {
  if (text === '') throw new HttpGetError(`Get "${request.url}": EOF`);
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(text);
  if (!status) {
    const line = text.split(/\r?\n/, 1)[0] ?? '';
    throw new HttpGetError(
      `Get "${request.url}": net/http: HTTP/1.x transport connection broken: malformed HTTP response ${JSON.stringify(line)}`,
    );
  }
  return { statusCode: Number(status[1]), location: /^location: *(.*?)\r?$/im.exec(text)?.[1], body: '' };
}

/** A failed dial as Go's net package words it. */
export function dialErrorText(error: NetworkError, host: string, port: number): string {
  const address = `${host}:${port}`;
  switch (error.code) {
    case 'ECONNREFUSED':
      return `dial tcp ${address}: connect: connection refused`;
    case 'EHOSTUNREACH':
      return `dial tcp ${address}: connect: no route to host`;
    case 'ENETUNREACH':
      return `dial tcp ${address}: connect: network is unreachable`;
    case 'ECONNRESET':
      return `read tcp ${address}: read: connection reset by peer`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${host}: no such host`;
    case 'ETIMEDOUT':
    case 'EADDRINUSE':
    case 'EACCES':
      return `dial tcp ${address}: i/o timeout`;
  }
}
