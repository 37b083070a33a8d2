import { TimeoutError } from '../../process/combinators.ts';
import type { Process } from '../../process/process.ts';
import { openWriter } from '../files.ts';
import { HttpError, type HttpResult } from '../http.ts';
import { httpRequest, parseUrl } from '../http-client.ts';
import { NetworkError } from '../network-stack.ts';
import { writeText } from '../streams.ts';
import { TlsError } from '../tls.ts';
import { type Call, type Utility, UtilityError } from './utility.ts';

export const wget: Utility = {
  names: ['wget'],
  summary: 'Retrieve files via HTTP',
  usage: '[-cqS] [--spider] [-O FILE] [--header STR] [--post-data STR | --post-file FILE] [-T SEC] URL...',
  options: 'cqSO:T:P:U:t:Y:Znbvo:1:2:3:',
  long: {
    continue: 'c',
    quiet: 'q',
    'server-response': 'S',
    'output-document': 'O',
    timeout: 'T',
    'directory-prefix': 'P',
    'user-agent': 'U',
    tries: 't',
    spider: 'Z',
    header: '1',
    'post-data': '2',
    'post-file': '3',
    'no-check-certificate': 'n',
    'no-verbose': 'v',
    proxy: 'Y',
    'no-proxy': 'n',
  },
  *run(call) {
    for (const url of call.args) yield* fetchUrl(call, url);
    if (call.args.length === 0) throw new UtilityError('missing URL');
    return 0;
  },
};

function* fetchUrl(call: Call, given: string): Process<void> {
  let url = given;
  for (let hops = 0; ; hops++) {
    if (hops > 5) throw new UtilityError('too many redirections');
    const result = yield* request(call, url);
    const location = result.headers.get('location');
    if (result.status >= 300 && result.status < 400 && location !== undefined) {
      url = new URL(location, /^\w+:\/\//.test(url) ? url : `http://${url}`).href;
      continue;
    }
    if (call.has('S'))
      yield* say(
        call,
        `  ${result.version} ${result.status} ${result.reason}\n${result.headers
          .entries()
          .map(([name, value]) => `  ${name}: ${value}\n`)
          .join('')}  \n`,
      );
    if (result.status >= 400)
      throw new UtilityError(`server returned error: ${result.version} ${result.status} ${result.reason}`);
    return yield* save(call, url, result);
  }
}

const say = (call: Call, text: string) => writeText(call.context.stderr, text);

function* request(call: Call, url: string): Process<HttpResult> {
  const { network } = call.context;
  const parts = parseUrl(url);
  if (!parts || !/^https?$/.test(parts.scheme)) throw new UtilityError(`not an http or ftp url: ${url}`);
  if (!network) throw new UtilityError(`bad address '${parts.host}'`);
  const headers: Record<string, string> = { 'User-Agent': call.value('U') ?? 'Wget', Connection: 'close' };
  if (parts.userInfo !== undefined) headers.Authorization = `Basic ${btoa(parts.userInfo)}`;
  for (const header of call.values('1'))
    headers[header.slice(0, header.indexOf(':'))] = header.slice(header.indexOf(':') + 1).trim();
  const file = call.value('3');
  const body = call.value('2') ?? (file === undefined ? undefined : call.context.fs.readFile(call.path(file)));
  if (body !== undefined) headers['Content-Type'] ??= 'application/x-www-form-urlencoded';
  const timeoutMs = call.has('T') ? call.number('T', 900) * 1000 : 900_000;
  try {
    const [ip = parts.host] = yield* network.lookup(parts.host);
    if (!call.has('q'))
      yield* say(
        call,
        `Connecting to ${parts.host}${parts.host === ip && !/:\d/.test(url) ? '' : parts.port === 80 || parts.port === 443 ? '' : `:${parts.port}`} (${ip}:${parts.port})\n`,
      );
    return yield* httpRequest(network, {
      url,
      ...(call.has('Z') ? { method: 'HEAD' } : {}),
      headers,
      ...(body === undefined ? {} : { body }),
      timeoutMs,
      connectTo: { host: ip, port: parts.port },
    });
  } catch (error) {
    throw yield* failure(error, parts.host, call);
  }
}

function* failure(error: unknown, host: string, call: Call): Process<unknown> {
  if (error instanceof TimeoutError) return new UtilityError('download timed out');
  if (error instanceof HttpError) return new UtilityError('error getting response');
  if (error instanceof TlsError) return new UtilityError('error getting response: Connection reset by peer');
  if (!(error instanceof NetworkError)) return error;
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') return new UtilityError(`bad address '${host}'`);
  const texts: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'Connection refused',
    EHOSTUNREACH: 'Host is unreachable',
    ENETUNREACH: 'Network unreachable',
    ETIMEDOUT: 'Operation timed out',
    ECONNRESET: 'Connection reset by peer',
  };
  const [ip = host] = yield* call.context.network?.lookup(host) ?? none();
  return new UtilityError(`can't connect to remote host (${ip}): ${texts[error.code] ?? error.message}`);
}

function* none(): Process<readonly string[]> {
  return [];
}

function* save(call: Call, url: string, result: HttpResult): Process<void> {
  if (call.has('Z')) {
    if (!call.has('q')) yield* say(call, 'remote file exists\n');
    return;
  }
  const path = parseUrl(url)?.path.replace(/\?.*$/, '') ?? '/';
  const prefix = call.value('P');
  const output =
    call.value('O') ??
    `${prefix === undefined ? '' : `${prefix}/`}${path.slice(path.lastIndexOf('/') + 1) || 'index.html'}`;
  if (output === '-') {
    if (!call.has('q')) yield* say(call, 'writing to stdout\n');
    yield* call.write(result.body);
    if (!call.has('q')) yield* say(call, `${progress('-', result.body.length)}written to stdout\n`);
    return;
  }
  if (call.value('O') === undefined && call.context.fs.exists(call.path(output)))
    throw new UtilityError(`can't open '${output}': File exists`);
  if (!call.has('q')) yield* say(call, `saving to '${output}'\n`);
  yield* openWriter(call.context, output).write(result.body);
  if (!call.has('q')) yield* say(call, `${progress(output, result.body.length)}'${output}' saved\n`);
}

function progress(name: string, bytes: number): string {
  const size = bytes < 100_000 ? String(bytes) : `${Math.round(bytes / 1024)}k`;
  return `${name.slice(0, 20).padEnd(20)} 100% |${'*'.repeat(32)}| ${size.padStart(5)}  0:00:00 ETA\n`;
}
