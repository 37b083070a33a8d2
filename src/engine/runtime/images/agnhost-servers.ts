/** The smaller servers of agnhost. */
import { type Process, sleep } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { grpcHandler } from '../../../shell/grpc.ts';
import type { HttpRequest, HttpResponse } from '../../../shell/http.ts';
import { type HttpHandler, serveConnections, serveHttp } from '../../../shell/http-server.ts';
import type { NetworkStack } from '../../../shell/network-stack.ts';
import { runService } from '../../../shell/service.ts';
import { decode, encode } from '../../../shell/text.ts';
import { detectContentType, goHttpError, goLog, goRedirect, json, parseGoFlags, plain } from './go-program.ts';
import { contentType, findStatic } from './static-site.ts';

/** Serves one handler on a port until SIGTERM. */
export function* httpServer(
  context: ProgramContext,
  port: number,
  handler: HttpHandler,
  certificate?: string,
): Process<number> {
  if (!context.network) return 1;
  return yield* runService(context, {
    parts: [
      serveHttp({ network: context.network, port, handler, ...(certificate === undefined ? {} : { certificate }) }),
    ],
  });
}

export function* serveHostname(context: ProgramContext, words: readonly string[]): Process<number> {
  const { values } = parseGoFlags(words, new Set(['tcp', 'udp', 'http', 'close']));
  const { network, hostname } = context;
  if (!network) return 1;
  const port = Number(values.get('port') ?? 9376);
  const parts: Process<unknown>[] = [];
  if (values.get('tcp') === 'true') {
    parts.push(
      serveConnections(network.listen(port), function* (connection) {
        yield* goLog(context, `TCP request from ${connection.remote.ip}:${connection.remote.port}`);
        yield* connection.writer.write(encode(hostname));
      }),
    );
  }
  if (values.get('udp') === 'true') parts.push(hostnameDatagrams(context, port));
  if (values.get('http') !== 'false' && values.get('tcp') !== 'true') {
    parts.push(
      serveHttp({
        network,
        port,
        *handler(request) {
          yield* goLog(context, `HTTP request from ${request.remote.ip}:${request.remote.port}`);
          return {
            ...plain(hostname),
            headers: {
              'Content-Type': 'text/plain; charset=utf-8',
              ...(values.get('close') === 'true' ? { Connection: 'close' } : {}),
            },
          };
        },
      }),
    );
  }
  yield* goLog(context, `Serving on port ${port}.`);
  return yield* runService(context, {
    parts,
    signals: ['SIGTERM'],
    *onSignal() {
      yield* goLog(context, 'Shutting down after receiving signal: terminated.');
      yield* goLog(context, 'Awaiting pod deletion.');
      yield* sleep(60_000);
      return 0;
    },
  });
}

function* hostnameDatagrams(context: ProgramContext, port: number): Process<void> {
  const socket = context.network?.udp(port);
  if (!socket) return;
  try {
    for (let datagram = yield* socket.receive(); datagram; datagram = yield* socket.receive()) {
      yield* goLog(context, `UDP request from ${datagram.from.ip}:${datagram.from.port}`);
      yield* socket.send(datagram.from, encode(context.hostname));
    }
  } finally {
    socket.close();
  }
}

/** Serves the container's files, from the root on. */
export function testWebserver(context: ProgramContext, words: readonly string[]): Process<number> {
  const port = Number(parseGoFlags(words).values.get('port') ?? 80);
  return httpServer(context, port, function* (request) {
    const found = findStatic(context.fs, '/', request.path, ['index.html']);
    if (found.kind === 'file')
      return {
        status: 200,
        headers: { 'Content-Type': contentType(found.path, 'text/plain; charset=utf-8') },
        body: found.content,
      };
    if (found.kind === 'redirect') return { status: 301, headers: { Location: found.location } };
    if (found.kind === 'missing' || found.kind === 'forbidden') return goHttpError('404 page not found', 404);
    const rows = found.names.map((name) => `<a href="${name}">${name}</a>\n`).join('');
    return { status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: `<pre>\n${rows}</pre>\n` };
  });
}

/** Healthy for ten seconds, then not. */
export function liveness(context: ProgramContext): Process<number> {
  const startedAt = context.now();
  return httpServer(context, 8080, function* (request) {
    const seconds = (context.now() - startedAt) / 1000;
    if (request.path === '/started') return plain(`${seconds}s`);
    if (request.path === '/healthz') return seconds > 10 ? plain(`error: ${seconds}`, 500) : plain('ok');
    if (request.path === '/redirect') return goRedirect(request.query.get('loc') ?? '', 302);
    return goHttpError('404 page not found', 404);
  });
}

const servePrefix = /^SERVE_(?:(TCP|TLS|UDP)_)?PORT_(\d+)$/;

/** A port for each `SERVE_PORT_n`, `SERVE_TCP_PORT_n`, `SERVE_TLS_PORT_n` and `SERVE_UDP_PORT_n` of the environment. */
export function* porter(context: ProgramContext, words: readonly string[]): Process<number> {
  const { network, env, fs } = context;
  if (!network) return 1;
  const asJson = parseGoFlags(words, new Set(['json-response'])).values.get('json-response') === 'true';
  const parts: Process<unknown>[] = [];
  for (const [name, body] of env) {
    const match = servePrefix.exec(name);
    if (!match) continue;
    const port = Number(match[2]);
    if (match[1] === 'UDP') {
      parts.push(answerDatagrams(network, port, body));
      continue;
    }
    const file = env.get('CERT_FILE') ?? '/localhost.crt';
    const certificate = match[1] === 'TLS' ? (fs.exists(file) ? decode(fs.readFile(file)) : '-') : undefined;
    const handler: HttpHandler = function* (request) {
      if (asJson) return json({ Method: request.method, Body: body });
      return { status: 200, headers: { 'Content-Type': detectContentType(body) }, body };
    };
    parts.push(serveHttp({ network, port, handler, ...(certificate === undefined ? {} : { certificate }) }));
  }
  return yield* runService(context, { parts });
}

function* answerDatagrams(network: NetworkStack, port: number, body: string): Process<void> {
  const socket = network.udp(port);
  try {
    for (let datagram = yield* socket.receive(); datagram; datagram = yield* socket.receive())
      yield* socket.send(datagram.from, encode(body));
  } finally {
    socket.close();
  }
}

/** Records what is written to it, and tells it. */
export function nettest(context: ProgramContext, words: readonly string[]): Process<number> {
  const port = Number(parseGoFlags(words).values.get('port') ?? 8080);
  const state = {
    Hostname: context.hostname,
    Sent: {} as Record<string, number>,
    Received: {} as Record<string, number>,
    Errors: null,
    Log: null,
    StillContactingPeers: false,
  };
  return httpServer(context, port, function* (request): Process<HttpResponse> {
    if (request.path === '/read') return plain(JSON.stringify(state, undefined, '\t'));
    if (request.path === '/status') return plain('pass');
    if (request.path !== '/write') return goHttpError('404 page not found', 404);
    const source = writeSource(request);
    state.Received[source] = (state.Received[source] ?? 0) + 1;
    return plain(JSON.stringify({ Hostname: context.hostname }));
  });
}

function writeSource(request: HttpRequest): string {
  try {
    const body: unknown = JSON.parse(decode(request.body));
    return String((body as { Source?: unknown } | null)?.Source ?? '');
  } catch {
    return '';
  }
}

export function* grpcHealthChecking(context: ProgramContext, words: readonly string[]): Process<number> {
  const { network } = context;
  if (!network) return 1;
  const { values } = parseGoFlags(words);
  const startedAt = context.now();
  const delay = Number(values.get('delay-unhealthy-sec') ?? -1);
  const known = values.get('service') ?? '';
  let forced: 'SERVING' | 'NOT_SERVING' | undefined;
  const status = (service: string) => {
    if (service !== known) return undefined;
    return forced ?? (delay >= 0 && context.now() - startedAt > delay * 1000 ? 'NOT_SERVING' : 'SERVING');
  };
  const control: HttpHandler = function* (request) {
    if (request.path === '/make-serving') forced = 'SERVING';
    else if (request.path === '/make-not-serving') forced = 'NOT_SERVING';
    else return goHttpError('404 page not found', 404);
    yield* goLog(context, forced === 'SERVING' ? 'Mark as healthy' : 'Mark as unhealthy');
    return plain('');
  };
  const port = Number(values.get('port') ?? 5000);
  const httpPort = Number(values.get('http-port') ?? 8080);
  yield* goLog(context, `Http server starting to listen on :${httpPort}`);
  yield* goLog(context, `gRPC server starting to listen on :${port}`);
  return yield* runService(context, {
    parts: [
      serveHttp({ network, port, handler: grpcHandler({}, status) }),
      serveHttp({ network, port: httpPort, handler: control }),
    ],
  });
}

const registryImages: ReadonlyMap<string, string> = new Map([
  ['pause/testing', 'sha256:f11bf0cbf1d8f08b83261a5bde660d016fbad261f5a84e7c603c0eba4e217811'],
]);
const registryAnswer = (status: number, headers: Readonly<Record<string, string>> = {}, body = '') => ({
  status,
  headers: { 'Docker-Distribution-Api-Version': 'registry/2.0', ...headers },
  body,
});

/** A registry with one image, for who knows the password when it is private. */
export function* fakeRegistryServer(context: ProgramContext, words: readonly string[]): Process<number> {
  const { values } = parseGoFlags(words, new Set(['private']));
  const wanted = values.has('private') ? `Basic ${btoa('user:password')}` : undefined;
  function* handler({ path, headers }: HttpRequest): Process<HttpResponse> {
    if (wanted !== undefined && headers.get('authorization') !== wanted)
      return { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="Restricted"' }, body: 'Unauthorized\n' };
    if (path === '/v2/') return registryAnswer(200);
    const [, name = '', identifier = ''] = /^\/v2\/([^/]+)\/manifests\/([^/]+)$/.exec(path) ?? [];
    const digest = registryImages.get(`${name}/${identifier}`);
    if (digest) return registryAnswer(307, { Location: `/v2/${name}/manifests/${digest}` });
    const manifest = { schemaVersion: 2, mediaType: 'application/vnd.docker.distribution.manifest.list.v2+json' };
    if ([...registryImages.values()].includes(identifier))
      return registryAnswer(200, { 'Content-Type': manifest.mediaType }, JSON.stringify(manifest));
    return registryAnswer(404, {}, '404 page not found\n');
  }
  return yield* httpServer(context, Number(values.get('port') ?? 5000), handler);
}
