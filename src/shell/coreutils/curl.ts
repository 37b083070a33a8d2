import { TimeoutError } from '../../process/combinators.ts';
import { type Process, sleep } from '../../process/process.ts';
import type { ProgramContext } from '../context.ts';
import { FileSystemError } from '../file-system.ts';
import { openReader, openWriter } from '../files.ts';
import { HttpError, type HttpResult } from '../http.ts';
import { type HttpCall, httpRequest, parseUrl } from '../http-client.ts';
import { type Connection, NetworkError } from '../network-stack.ts';
import { publicAuthority } from '../public-authority.ts';
import { readAll, writeText } from '../streams.ts';
import { decode, encode } from '../text.ts';
import { TlsError } from '../tls.ts';
import { unescapeText } from './escapes.ts';
import type { Call, Utility } from './utility.ts';

/** An error of curl: its number is the exit status. */
class CurlError extends Error {
  override readonly name = 'CurlError';
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const curlLong: Readonly<Record<string, string>> = {
  silent: 's',
  'show-error': 'S',
  fail: 'f',
  'fail-with-body': 'f',
  include: 'i',
  head: 'I',
  verbose: 'v',
  insecure: 'k',
  output: 'o',
  'write-out': 'w',
  request: 'X',
  data: 'd',
  'data-raw': 'd',
  'data-ascii': 'd',
  'data-binary': 'B',
  'data-urlencode': 'E',
  header: 'H',
  location: 'L',
  'max-time': 'm',
  'connect-timeout': 'C',
  retry: 'R',
  'retry-delay': 'D',
  'retry-max-time': '1',
  'retry-connrefused': 'N',
  'retry-all-errors': 'N',
  resolve: 'V',
  'user-agent': 'A',
  user: 'u',
  'remote-name': 'O',
  get: 'G',
  cacert: 'c',
  cert: 'Q',
  key: 'K',
  compressed: 'z',
  'no-progress-meter': 's',
  'no-buffer': 'n',
  http1: 'z',
  'http1.1': 'z',
  http2: 'z',
  globoff: 'g',
  json: 'J',
  'keepalive-time': '2',
  url: 'U',
  cookie: 'b',
  'cookie-jar': 'j',
  'max-redirs': '3',
  proxy: 'x',
  referer: 'e',
  disable: 'q',
  ipv4: '4',
  ipv6: '6',
  'upload-file': 'T',
  noproxy: '5',
  'unix-socket': '7',
  'dump-header': '8',
  form: 'F',
  post301: 'z',
  post302: 'z',
  version: '9',
  interface: 'W',
};

export const curl: Utility = {
  names: ['curl'],
  summary: 'Transfer data from or to a server',
  usage: '[options...] <url>',
  options: 'sSfiIvko:w:X:d:B:E:H:Lm:C:R:D:1:NV:A:u:OGc:Q:K:zngJ:2:U:b:j:3:x:e:q46T:5:7:8:F:9W:#',
  long: curlLong,
  *run(call) {
    const urls = [...call.args, ...call.values('U')];
    if (call.has('9')) {
      yield* call.out('curl 8.16.0 (simulated) libcurl/8.16.0\nProtocols: http https\n');
      return 0;
    }
    if (urls.length === 0) {
      yield* writeText(
        call.context.stderr,
        "curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
      );
      return 2;
    }
    let status = 0;
    for (const [index, url] of urls.entries()) {
      for (const each of call.has('g') ? [url] : expandRanges(url))
        status = yield* transfer(call, each, call.values('o')[index]);
    }
    return status;
  },
};

/** `[1-3]` and `{a,b}` in URLs. */
function expandRanges(url: string): string[] {
  const range = /\[(\d+)-(\d+)\]/.exec(url);
  const choice = /\{([^}]*,[^}]*)\}/.exec(url);
  const found = range ?? choice;
  if (!found) return [url];
  const values = range
    ? Array.from({ length: Math.max(0, Number(range[2]) - Number(range[1]) + 1) }, (_, i) =>
        String(Number(range[1]) + i),
      )
    : (choice?.[1] ?? '').split(',');
  return values.flatMap((value) =>
    expandRanges(url.slice(0, found.index) + value + url.slice(found.index + found[0].length)),
  );
}

function* transfer(call: Call, url: string, output: string | undefined): Process<number> {
  const retries = Number(call.value('R') ?? 0);
  for (let attempt = 0; ; attempt++) {
    const startedAt = call.context.now();
    try {
      const outcome = yield* perform(call, url, startedAt);
      if (attempt < retries && [408, 429, 500, 502, 503, 504].includes(outcome.result.status))
        throw new CurlError(22, `The requested URL returned error: ${outcome.result.status}`);
      return yield* finish(call, outcome, url, output, startedAt);
    } catch (error) {
      if (!(error instanceof CurlError)) throw error;
      const transient =
        error.code === 28 ||
        error.code === 22 ||
        error.code === 52 ||
        error.code === 56 ||
        (call.has('N') && (error.code === 7 || error.code === 6));
      if (attempt < retries && transient) {
        const delay = call.has('D') ? call.number('D', 1) : 2 ** attempt;
        if (!call.has('s'))
          yield* writeText(
            call.context.stderr,
            `Warning: Problem: ${error.code === 28 ? 'timeout' : error.code === 7 ? 'connection refused' : 'http error'}. Will retry in ${delay} second${delay === 1 ? '' : 's'}. ${retries - attempt} ${retries - attempt === 1 ? 'retry' : 'retries'} left.\n`,
          );
        yield* sleep(delay * 1000);
        continue;
      }
      if (!call.has('s') || call.has('S'))
        yield* writeText(call.context.stderr, `curl: (${error.code}) ${error.message}\n`);
      yield* writeOut(call, { url, result: undefined, connection: undefined, redirects: 0, connectMs: 0 }, startedAt);
      return error.code;
    }
  }
}

interface Outcome {
  readonly url: string;
  readonly result: HttpResult;
  readonly connection: Connection | undefined;
  readonly redirects: number;
  readonly connectMs: number;
  /** Heads of redirects that came before, with -i. */
  readonly heads: string;
}

function* perform(call: Call, given: string, startedAt: number): Process<Outcome> {
  let url = given;
  let heads = '';
  let first = true;
  for (let redirects = 0; ; redirects++) {
    let connection: Connection | undefined;
    let connectMs = 0;
    const result = yield* once(call, url, startedAt, first, (opened) => {
      connection = opened;
      connectMs = call.context.now() - startedAt;
    });
    first = false;
    const location = result.headers.get('location');
    heads += `${result.version} ${result.status} ${result.reason}\r\n${result.headers}\r\n`;
    if (!call.has('L') || result.status < 300 || result.status >= 400 || location === undefined)
      return { url, result, connection, redirects, connectMs, heads };
    if (redirects >= Number(call.value('3') ?? 50))
      throw new CurlError(47, `Maximum (${redirects}) redirects followed`);
    url = new URL(location, /^\w+:\/\//.test(url) ? url : `http://${url}`).href;
  }
}

function* once(
  call: Call,
  url: string,
  startedAt: number,
  first: boolean,
  onConnect: (connection: Connection) => void,
): Process<HttpResult> {
  const parts = parseUrl(url);
  if (!parts) throw new CurlError(3, 'URL rejected: Malformed input to a URL function');
  if (!/^https?$/.test(parts.scheme)) throw new CurlError(1, `Protocol "${parts.scheme}" not supported`);
  const { network } = call.context;
  if (!network) throw new CurlError(6, `Could not resolve host: ${parts.host}`);
  const own = network.interfaces.flatMap(({ name, addresses }) => [name, ...addresses]);
  const device = call.value('W')?.replace(/^(if|host)!/, '');
  if (device !== undefined && !own.includes(device)) throw new CurlError(45, `Couldn't bind to '${device}'`);
  const request = yield* prepare(call, parts.userInfo, first);
  const fixed = call
    .values('V')
    .map((each) => /^\+?([^:]+):(\d+):\[?([^\]]+)\]?$/.exec(each))
    .find((match) => match && (match[1] === parts.host || match[1] === '*') && Number(match[2]) === parts.port);
  const maxMs = call.has('m') ? Number(call.value('m')) * 1000 : undefined;
  const connectMs = call.has('C') ? Number(call.value('C')) * 1000 : undefined;
  const verbose = function* (text: string): Process<void> {
    if (call.has('v')) yield* writeText(call.context.stderr, text);
  };
  try {
    return yield* httpRequest(network, {
      url: call.has('G') && request.body !== undefined ? `${url}${url.includes('?') ? '&' : '?'}${request.query}` : url,
      ...request.call,
      ...(connectMs === undefined && maxMs === undefined
        ? {}
        : { connectTimeoutMs: Math.min(connectMs ?? Number.POSITIVE_INFINITY, maxMs ?? Number.POSITIVE_INFINITY) }),
      ...(maxMs === undefined ? {} : { timeoutMs: Math.max(1, maxMs - (call.context.now() - startedAt)) }),
      ...(fixed ? { connectTo: { host: fixed[3] ?? '', port: parts.port } } : {}),
      verify: (certificate) => verifyCertificate(call, certificate),
      *onConnect(connection) {
        onConnect(connection);
        yield* verbose(
          `* Host ${parts.host}:${parts.port} was resolved.\n*   Trying ${connection.remote.ip}:${connection.remote.port}...\n* Connected to ${parts.host} (${connection.remote.ip}) port ${parts.port}\n`,
        );
        const lines = Object.entries(request.call.headers ?? {})
          .map(([name, value]) => `> ${name}: ${value}\n`)
          .join('');
        const host = parts.port === (parts.scheme === 'https' ? 443 : 80) ? parts.host : `${parts.host}:${parts.port}`;
        yield* verbose(
          `> ${request.call.method ?? 'GET'} ${parts.path} HTTP/1.1\n> Host: ${host}\n${lines}> \n* Request completely sent off\n`,
        );
      },
      *onHead(head) {
        yield* verbose(
          `< ${head.version} ${head.status} ${head.reason}\n${head.headers
            .entries()
            .map(([name, value]) => `< ${name}: ${value}\n`)
            .join('')}< \n`,
        );
      },
    });
  } catch (error) {
    throw toCurlError(error, parts, call.context.now() - startedAt, maxMs);
  }
}

interface Prepared {
  readonly call: Pick<HttpCall, 'method' | 'headers' | 'body'>;
  readonly body: Uint8Array | undefined;
  readonly query: string;
}

function* prepare(call: Call, userInfo: string | undefined, first: boolean): Process<Prepared> {
  const pieces: string[] = [];
  for (const data of [...call.values('d'), ...call.values('J')]) pieces.push(yield* dataOf(call.context, data, true));
  for (const data of call.values('B')) pieces.push(yield* dataOf(call.context, data, false));
  for (const data of call.values('E')) {
    const [, name = '', value = ''] = /^([^=]*)=([\s\S]*)$/.exec(data) ?? ['', '', data];
    pieces.push(`${name === '' ? '' : `${name}=`}${encodeURIComponent(value)}`);
  }
  const query = pieces.join('&');
  const upload = call.value('T');
  const body =
    upload !== undefined
      ? call.context.fs.readFile(call.path(upload))
      : pieces.length === 0
        ? undefined
        : encode(call.has('J') ? pieces.join('') : query);
  const headers: Record<string, string> = {
    'User-Agent': call.value('A') ?? 'curl/8.16.0',
    Accept: call.has('J') ? 'application/json' : '*/*',
  };
  const user = call.value('u') ?? userInfo;
  if (user !== undefined) headers.Authorization = `Basic ${btoa(user)}`;
  if (call.value('b') !== undefined) headers.Cookie = call.value('b') ?? '';
  if (call.value('e') !== undefined) headers.Referer = call.value('e') ?? '';
  const sends = body !== undefined && !call.has('G');
  if (sends && upload === undefined)
    headers['Content-Type'] = call.has('J') ? 'application/json' : 'application/x-www-form-urlencoded';
  for (const header of call.values('H')) {
    const colon = header.indexOf(':');
    const name = colon < 0 ? header.replace(/;$/, '') : header.slice(0, colon);
    for (const known of Object.keys(headers)) if (known.toLowerCase() === name.toLowerCase()) delete headers[known];
    if (colon < 0 || header.slice(colon + 1).trim() !== '')
      headers[name] = colon < 0 ? '' : header.slice(colon + 1).trim();
  }
  const method =
    (first || !sends ? call.value('X') : undefined) ??
    (call.has('I') ? 'HEAD' : upload !== undefined ? 'PUT' : sends ? 'POST' : 'GET');
  return { call: { method, headers, ...(sends ? { body } : {}) }, body, query };
}

function* dataOf(context: ProgramContext, data: string, strip: boolean): Process<string> {
  if (!data.startsWith('@')) return data;
  try {
    const text = decode(yield* readAll(data === '@-' ? context.stdin : openReader(context, data.slice(1))));
    return strip ? text.replace(/[\r\n]/g, '') : text;
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    throw new CurlError(26, `Failed to open ${data.slice(1)}`);
  }
}

function verifyCertificate(call: Call, certificate: string | undefined): void {
  if (call.has('k')) return;
  const bundle = call.value('c') ?? '/etc/ssl/certs/ca-certificates.crt';
  const { fs } = call.context;
  if (call.has('c') && !fs.exists(call.path(bundle)))
    throw new CurlError(77, `error setting certificate file: ${bundle}`);
  const known = fs.exists(call.path(bundle)) ? decode(fs.readFile(call.path(bundle))) : '';
  const trusted = call.has('c') ? known : known + publicAuthority;
  if (certificate !== undefined && trustsChain(trusted, certificate)) return;
  throw new CurlError(
    60,
    'SSL certificate problem: unable to get local issuer certificate\nMore details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the webpage mentioned above.',
  );
}

/** Whether a bundle holds one of the certificates of a chain. */
function trustsChain(bundle: string, chain: string): boolean {
  const blocks = (text: string) =>
    (text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []).map((block) =>
      block.replace(/\s/g, ''),
    );
  const trusted = new Set(blocks(bundle));
  return blocks(chain).some((block) => trusted.has(block));
}

function toCurlError(
  error: unknown,
  target: { host: string; port: number },
  elapsedMs: number,
  maxMs: number | undefined,
): unknown {
  const elapsed = Math.round(elapsedMs);
  if (error instanceof TimeoutError)
    return new CurlError(
      28,
      `Operation timed out after ${Math.max(elapsed, Math.round(maxMs ?? 0))} milliseconds with 0 bytes received`,
    );
  if (error instanceof HttpError)
    return error.empty
      ? new CurlError(52, 'Empty reply from server')
      : new CurlError(error.message.startsWith('Received HTTP/0.9') ? 1 : 18, error.message);
  if (error instanceof TlsError)
    return new CurlError(
      35,
      error.message === 'wrong version number'
        ? 'TLS connect error: error:0A0000C6:SSL routines::packet length too long'
        : `TLS connect error: ${error.message}`,
    );
  if (!(error instanceof NetworkError)) return error;
  switch (error.code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new CurlError(6, `Could not resolve host: ${target.host}`);
    case 'ETIMEDOUT':
      return new CurlError(
        28,
        maxMs === undefined
          ? `Failed to connect to ${target.host} port ${target.port} after ${elapsed} ms: Could not connect to server`
          : `Connection timed out after ${elapsed} milliseconds`,
      );
    case 'ECONNRESET':
      return new CurlError(56, 'Recv failure: Connection reset by peer');
    default:
      return new CurlError(
        7,
        `Failed to connect to ${target.host} port ${target.port} after ${elapsed} ms: Could not connect to server`,
      );
  }
}

function* finish(
  call: Call,
  outcome: Outcome,
  url: string,
  output: string | undefined,
  startedAt: number,
): Process<number> {
  const { result } = outcome;
  if (call.has('f') && result.status >= 400)
    throw new CurlError(22, `The requested URL returned error: ${result.status}`);
  const body = call.has('i') || call.has('I') ? encode(outcome.heads) : new Uint8Array(0);
  const name =
    output ?? (call.has('O') ? (parseUrl(url)?.path.replace(/\?.*/, '').replace(/^.*\//, '') ?? '') : undefined);
  if (name === undefined || name === '-') {
    yield* call.write(body);
    yield* call.write(result.body);
  } else {
    const writer = openWriter(call.context, name);
    yield* writer.write(body);
    yield* writer.write(result.body);
    if (!call.has('s')) yield* writeText(call.context.stderr, progressTable(result.body.length));
  }
  yield* writeOut(call, outcome, startedAt);
  return 0;
}

const progressTable = (bytes: number) =>
  `  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n\r100 ${String(bytes).padStart(5)}  100 ${String(bytes).padStart(5)}    0     0  ${String(bytes * 100).padStart(5)}      0 --:--:-- --:--:-- --:--:-- ${String(bytes * 100).padStart(5)}\n`;

function* writeOut(
  call: Call,
  outcome: Omit<Outcome, 'result' | 'heads'> & { readonly result: HttpResult | undefined },
  startedAt: number,
): Process<void> {
  const format = call.value('w');
  if (format === undefined) return;
  const { result, connection } = outcome;
  const seconds = (ms: number) => (ms / 1000).toFixed(6);
  const values: Readonly<Record<string, string>> = {
    http_code: String(result?.status ?? 0).padStart(3, '0'),
    response_code: String(result?.status ?? 0).padStart(3, '0'),
    size_download: String(result?.body.length ?? 0),
    time_total: seconds(call.context.now() - startedAt),
    time_connect: seconds(outcome.connectMs),
    time_namelookup: seconds(0),
    time_starttransfer: seconds(call.context.now() - startedAt),
    remote_ip: connection?.remote.ip ?? '',
    remote_port: String(connection?.remote.port ?? 0),
    local_ip: connection?.local.ip ?? '',
    url: outcome.url,
    url_effective: outcome.url,
    num_redirects: String(outcome.redirects),
    content_type: result?.headers.get('content-type') ?? '',
    method: call.value('X') ?? 'GET',
    redirect_url: result?.headers.get('location') ?? '',
    scheme: parseUrl(outcome.url)?.scheme.toUpperCase() ?? '',
    exitcode: result ? '0' : '1',
    errormsg: '',
    http_version: '1.1',
  };
  const text = unescapeText(format).text.replace(/%\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
  yield* call.out(text);
}
