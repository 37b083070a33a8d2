import { Channel } from '../../../process/channel.ts';
import { type Process, sleep } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { openWriter } from '../../../shell/files.ts';
import { FileSystemError } from '../../../shell/file-system.ts';
import { HttpError, type HttpRequest, type HttpResponse, httpDate } from '../../../shell/http.ts';
import { httpRequest } from '../../../shell/http-client.ts';
import { serveHttp } from '../../../shell/http-server.ts';
import { NetworkError } from '../../../shell/network-stack.ts';
import { runService } from '../../../shell/service.ts';
import { writeText } from '../../../shell/streams.ts';
import { decode } from '../../../shell/text.ts';
import { formatTime } from '../../../shell/coreutils/dates.ts';
import { TimeoutError } from '../../../process/combinators.ts';
import { fork, type Task } from '../../../process/task.ts';
import { alpineBase, debianBase } from './bases.ts';
import { CpuMeter } from './cpu-meter.ts';
import type { ImageDefinition } from './image.ts';
import {
  type Directive,
  locationPath,
  matchLocation,
  NginxConfigError,
  type NginxServer,
  readNginxConfig,
} from './nginx-config.ts';
import { nginxEntrypoint, standardScripts } from './nginx-entrypoint.ts';
import { defaultConfig, mainConfig, welcomePage } from './nginx-files.ts';
import { errorPage, listing } from './nginx-pages.ts';
import { contentType, findStatic } from './static-site.ts';

const configFile = '/etc/nginx/nginx.conf';

/** The nginx server. */
function* nginx(context: ProgramContext): Process<number> {
  const words = context.argv.slice(1);
  const version = context.env.get('NGINX_VERSION') ?? '1.29.1';
  if (words.includes('-v') || words.includes('-V')) {
    yield* writeText(context.stderr, `nginx version: nginx/${version}\n`);
    return 0;
  }
  const file = words[words.indexOf('-c') + 1] ?? configFile;
  const signalAt = words.indexOf('-s');
  if (signalAt >= 0) return yield* signalMaster(context, words[signalAt + 1] ?? '');
  const config = yield* loadConfig(context, words.includes('-c') ? file : configFile, words.includes('-t'));
  if (!config) return 1;
  if (words.includes('-t')) {
    yield* writeText(
      context.stderr,
      `nginx: the configuration file ${configFile} syntax is ok\nnginx: configuration file ${configFile} test is successful\n`,
    );
    return 0;
  }
  return yield* new NginxMaster(context, config, version).run();
}

type NginxConfig = ReturnType<typeof readNginxConfig>;

function* loadConfig(context: ProgramContext, file: string, testing: boolean): Process<NginxConfig | undefined> {
  try {
    return readNginxConfig(context.fs, file);
  } catch (error) {
    const missing =
      error instanceof FileSystemError ? `open() "${file}" failed (2: No such file or directory)` : undefined;
    const text = error instanceof NginxConfigError ? error.message : (missing ?? String(error));
    yield* notice(context, 'emerg', text, 1);
    yield* writeText(
      context.stderr,
      `nginx: [emerg] ${text}\n${testing ? `nginx: configuration file ${file} test failed\n` : ''}`,
    );
    return undefined;
  }
}

function* signalMaster(context: ProgramContext, command: string): Process<number> {
  const signals = { stop: 'SIGTERM', quit: 'SIGQUIT', reload: 'SIGHUP', reopen: 'SIGUSR1' } as const;
  const signal = signals[command as keyof typeof signals];
  if (!signal) {
    yield* writeText(context.stderr, `nginx: invalid option: "-s ${command}"\n`);
    return 1;
  }
  const master = context.processes
    .list()
    .find((each) => each.pid !== context.pid && /(?:^|\/)nginx$/.test(each.argv[0] ?? ''));
  yield* notice(context, 'notice', 'signal process started', context.pid);
  if (!master) {
    yield* writeText(context.stderr, 'nginx: [error] open() "/run/nginx.pid" failed (2: No such file or directory)\n');
    return 1;
  }
  context.processes.kill(master.pid, signal);
  return 0;
}

function* notice(context: ProgramContext, level: string, text: string, pid = 1): Process<void> {
  const time = formatTime('%Y/%m/%d %H:%M:%S', context.now());
  yield* writeText(context.stderr, `${time} [${level}] ${pid}#${pid}: ${text}\n`);
}

class NginxMaster {
  readonly #context: ProgramContext;
  readonly #version: string;
  readonly #meter: CpuMeter;
  #config: NginxConfig;
  #servers: Task<void>[] = [];
  readonly #reloads = new Channel<string>();

  constructor(context: ProgramContext, config: NginxConfig, version: string) {
    this.#context = context;
    this.#config = config;
    this.#version = version;
    this.#meter = new CpuMeter(context);
    context.use?.({ memoryBytes: 9_000_000 });
  }

  *run(): Process<number> {
    const context = this.#context;
    if (!context.network) return 1;
    try {
      yield* this.#listen();
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      const port = this.#ports()[0]?.port ?? 80;
      const text =
        error.code === 'EACCES'
          ? `bind() to 0.0.0.0:${port} failed (13: Permission denied)`
          : `bind() to 0.0.0.0:${port} failed (98: Address in use)`;
      yield* notice(context, 'emerg', text);
      yield* writeText(context.stderr, `nginx: [emerg] ${text}\n`);
      return 1;
    }
    yield* this.#announce();
    context.onSignal('SIGHUP', () => this.#reloads.send('reload'));
    try {
      return yield* runService(context, {
        parts: [this.#watchReload()],
        signals: ['SIGTERM', 'SIGINT', 'SIGQUIT'],
        onSignal: (signal) => this.#stop(signal),
      });
    } finally {
      for (const server of this.#servers) server.kill('stopped');
    }
  }

  /** A signal handler cannot wait, so a part of the service looks after it. */
  *#watchReload(): Process<void> {
    for (;;) {
      yield* this.#reloads.receive();
      yield* notice(this.#context, 'notice', 'signal 1 (SIGHUP) received, reconfiguring');
      yield* notice(this.#context, 'notice', 'reconfiguring');
      const config = yield* loadConfig(this.#context, configFile, false);
      if (!config) continue;
      this.#config = config;
      for (const server of this.#servers) server.kill('reload');
      yield* this.#listen();
    }
  }

  #ports(): { port: number; tls: boolean }[] {
    const ports = new Map<number, boolean>();
    for (const server of this.#config.servers)
      for (const { port, tls } of server.ports) ports.set(port, tls || (ports.get(port) ?? false));
    return [...ports].map(([port, tls]) => ({ port, tls }));
  }

  *#listen(): Process<void> {
    const context = this.#context;
    this.#servers = [];
    for (const { port, tls } of this.#ports()) {
      if (!context.network) return;
      // A port that is taken must stop nginx at once, so it is tried before the server's own task begins.
      context.network.listen(port).close();
      const certificate = tls ? this.#certificate() : undefined;
      const server = serveHttp({
        network: context.network,
        port,
        ...(certificate === undefined ? {} : { certificate }),
        handler: (request) => this.#handle(request, port),
        headers: () => ({ Server: `nginx/${this.#version}`, Date: httpDate(context.now()) }),
        onAnswer: (request, response, bytes) => this.#log(request, response, bytes),
      });
      this.#servers.push(yield* fork(server, 'nginx'));
    }
  }
  #certificate(): string {
    const path = this.#config.servers
      .flatMap((server) => server.directives)
      .find((each) => each.name === 'ssl_certificate')?.args[0];
    return path !== undefined && this.#context.fs.exists(path) ? decode(this.#context.fs.readFile(path)) : '';
  }

  *#announce(): Process<void> {
    for (const line of [
      'using the "epoll" event method',
      `nginx/${this.#version}`,
      'built by gcc 14.2.0 (Debian 14.2.0-19)',
      'OS: Linux 6.12.0',
      'getrlimit(RLIMIT_NOFILE): 1048576:1048576',
      'start worker processes',
      'start worker process 29',
    ]) {
      yield* notice(this.#context, 'notice', line);
    }
  }
  *#stop(signal: string): Process<number> {
    const number = signal === 'SIGQUIT' ? 3 : signal === 'SIGINT' ? 2 : 15;
    const context = this.#context;
    yield* notice(
      context,
      'notice',
      `signal ${number} (${signal}) received, ${signal === 'SIGQUIT' ? 'shutting down' : 'exiting'}`,
    );
    if (signal === 'SIGQUIT') {
      yield* notice(context, 'notice', 'gracefully shutting down', 29);
      yield* sleep(50);
    }
    yield* notice(context, 'notice', 'exiting', 29);
    yield* notice(context, 'notice', 'exit');
    return 0;
  }

  *#log(request: HttpRequest, response: HttpResponse, bytes: number): Process<void> {
    const off = this.#serverFor(request, request.local.port)?.directives.some(
      (each) => each.name === 'access_log' && each.args[0] === 'off',
    );
    if (off) return;
    const time = formatTime('%d/%b/%Y:%H:%M:%S %z', this.#context.now());
    const field = (name: string) => request.headers.get(name) ?? '-';
    const line = `${request.remote.ip} - - [${time}] "${request.method} ${request.target} ${request.version}" ${response.status} ${bytes} "${field('referer')}" "${field('user-agent')}" "${field('x-forwarded-for')}"\n`;
    yield* writeText(openWriter(this.#context, '/var/log/nginx/access.log', { append: true }), line);
  }

  #serverFor(request: HttpRequest, port: number): NginxServer | undefined {
    const host = (request.headers.get('host') ?? '').replace(/:\d+$/, '');
    const candidates = this.#config.servers.filter((server) => server.ports.some((each) => each.port === port));
    return candidates.find((server) => server.names.includes(host)) ?? candidates[0];
  }

  *#handle(request: HttpRequest, port: number): Process<HttpResponse> {
    yield* this.#meter.note(0.5);
    const server = this.#serverFor(request, port);
    if (!server) return errorPage(404, this.#version);
    const location = matchLocation(server.directives, request.path);
    const scope = [...(location?.block ?? []), ...server.directives];
    const find = (name: string) => scope.find((each) => each.name === name);
    const returned =
      (location?.block ?? []).find((each) => each.name === 'return') ??
      server.directives.find((each) => each.name === 'return');
    if (returned) return this.#returned(returned, request, scope);
    const pass = location?.block?.find((each) => each.name === 'proxy_pass');
    if (pass) return yield* this.#proxy(request, pass.args[0] ?? '', location, scope);
    if (location?.block?.some((each) => each.name === 'stub_status')) {
      return {
        status: 200,
        headers: { 'Content-Type': 'text/plain' },
        body: 'Active connections: 1 \nserver accepts handled requests\n 1 1 1 \nReading: 0 Writing: 1 Waiting: 0 \n',
      };
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return errorPage(405, this.#version);
    return this.#static(request, location, find);
  }
  #returned(directive: Directive, request: HttpRequest, scope: readonly Directive[]): HttpResponse {
    const [first = '', text] = directive.args;
    const status = /^\d{3}$/.test(first) ? Number(first) : 302;
    const value = this.#variables(text ?? (status === 302 && !/^\d/.test(first) ? first : ''), request);
    if (status >= 300 && status < 400)
      return {
        ...errorPage(status, this.#version),
        headers: { 'Content-Type': 'text/html', Location: value, ...addedHeaders(scope) },
      };
    if (text === undefined && status >= 400) return errorPage(status, this.#version);
    const type = scope.find((each) => each.name === 'default_type')?.args[0] ?? 'application/octet-stream';
    return { status, headers: { 'Content-Type': type, ...addedHeaders(scope) }, body: value };
  }
  #variables(text: string, request: HttpRequest): string {
    const values: Readonly<Record<string, string>> = {
      host: (request.headers.get('host') ?? '').replace(/:\d+$/, ''),
      http_host: request.headers.get('host') ?? '',
      hostname: this.#context.hostname,
      request_uri: request.target,
      uri: request.path,
      args: request.query.toString(),
      remote_addr: request.remote.ip,
      server_addr: request.local.ip,
      server_port: String(request.local.port),
      scheme: request.tls ? 'https' : 'http',
      request_method: request.method,
      time_iso8601: new Date(this.#context.now()).toISOString().replace(/\.\d+Z$/, '+00:00'),
      time_local: formatTime('%d/%b/%Y:%H:%M:%S %z', this.#context.now()),
      nginx_version: this.#version,
      proxy_add_x_forwarded_for: request.remote.ip,
    };
    return text.replace(
      /\$\{?(\w+)\}?/g,
      (_, name: string) =>
        values[name] ?? (name.startsWith('http_') ? (request.headers.get(name.slice(5).replace(/_/g, '-')) ?? '') : ''),
    );
  }
  #static(
    request: HttpRequest,
    location: Directive | undefined,
    find: (name: string) => Directive | undefined,
  ): HttpResponse {
    const { fs } = this.#context;
    const alias = location?.block?.find((each) => each.name === 'alias')?.args[0];
    const root = find('root')?.args[0] ?? '/etc/nginx/html';
    const indexes = find('index')?.args ?? ['index.html'];
    const at = (path: string) =>
      alias === undefined
        ? findStatic(fs, root, path, indexes)
        : findStatic(fs, alias, path.slice(locationPath(location).length), indexes);
    let found = at(request.path);
    const tries = location?.block?.find((each) => each.name === 'try_files')?.args;
    if (tries && found.kind !== 'file') {
      for (const attempt of tries) {
        const code = /^=(\d+)$/.exec(attempt)?.[1];
        if (code !== undefined) return errorPage(Number(code), this.#version);
        found = at(attempt.replace(/\$uri/g, request.path));
        if (found.kind === 'file') break;
      }
    }
    if (found.kind === 'file') {
      const type = contentType(found.path);
      return {
        status: 200,
        headers: {
          'Content-Type': type,
          'Last-Modified': httpDate(found.mtimeMs),
          ETag: `"${Math.floor(found.mtimeMs / 1000).toString(16)}-${found.content.length.toString(16)}"`,
          'Accept-Ranges': 'bytes',
          ...addedHeaders([...(location?.block ?? [])]),
        },
        body: found.content,
      };
    }
    if (found.kind === 'redirect')
      return {
        ...errorPage(301, this.#version),
        headers: {
          'Content-Type': 'text/html',
          Location: `http://${request.headers.get('host') ?? 'localhost'}${found.location}`,
        },
      };
    if (found.kind === 'directory' && find('autoindex')?.args[0] === 'on') return listing(request.path, found.names);
    return errorPage(found.kind === 'missing' ? 404 : 403, this.#version);
  }

  *#proxy(
    request: HttpRequest,
    target: string,
    location: Directive | undefined,
    scope: readonly Directive[],
  ): Process<HttpResponse> {
    const { network } = this.#context;
    const resolved = this.#variables(target, request);
    const match = /^(https?):\/\/([^/]+)(\/.*)?$/.exec(resolved);
    if (!network || !match) return errorPage(502, this.#version);
    const host = this.#config.upstreams.get(match[2] ?? '') ?? match[2] ?? '';
    const path =
      match[3] === undefined ? request.target : match[3] + request.target.slice(locationPath(location).length);
    const headers: Record<string, string> = { Host: match[2] ?? '', Connection: 'close' };
    for (const [name, value] of request.headers.entries())
      if (!/^(host|connection|content-length)$/i.test(name)) headers[name] = value;
    for (const each of scope)
      if (each.name === 'proxy_set_header') headers[each.args[0] ?? ''] = this.#variables(each.args[1] ?? '', request);
    try {
      const result = yield* httpRequest(network, {
        url: `${match[1]}://${host}${path}`,
        method: request.method,
        headers,
        ...(request.body.length > 0 ? { body: request.body } : {}),
        connectTimeoutMs: 60_000,
        timeoutMs: 60_000,
      });
      const passed: Record<string, string> = {};
      for (const [name, value] of result.headers.entries())
        if (!/^(connection|server|date|transfer-encoding|content-length)$/i.test(name)) passed[name] = value;
      return { status: result.status, headers: passed, body: result.body };
    } catch (error) {
      const late = error instanceof TimeoutError || (error instanceof NetworkError && error.code === 'ETIMEDOUT');
      if (!late && !(error instanceof NetworkError) && !(error instanceof HttpError)) throw error;
      const reason =
        error instanceof NetworkError && error.code === 'ENOTFOUND'
          ? `${host} could not be resolved (3: Host not found)`
          : late
            ? 'upstream timed out (110: Operation timed out) while connecting to upstream'
            : 'connect() failed (111: Connection refused) while connecting to upstream';
      yield* notice(
        this.#context,
        'error',
        `*1 ${reason}, client: ${request.remote.ip}, server: ${request.local.ip}, request: "${request.method} ${request.target} ${request.version}", upstream: "${resolved}", host: "${request.headers.get('host') ?? ''}"`,
        29,
      );
      return errorPage(late ? 504 : 502, this.#version);
    }
  }
}

function addedHeaders(scope: readonly Directive[]): Record<string, string> {
  return Object.fromEntries(
    scope.filter((each) => each.name === 'add_header').map((each) => [each.args[0] ?? '', each.args[1] ?? '']),
  );
}

export const nginxImage: ImageDefinition = {
  matches: [
    'docker.io/library/nginx',
    '*/library/nginx',
    '*/nginx',
    '*/nginx-slim',
    '*/nginx-slim-*',
    '*/nginx-unprivileged',
    '*/e2e-test-images/nginx',
    '*/my-nginx',
  ],
  programs: { nginx, 'nginx-entrypoint': nginxEntrypoint },
  build: (reference) => {
    const version = /^(\d+\.\d+(?:\.\d+)?)/.exec(reference.tag ?? '')?.[1] ?? '1.29.1';
    const unprivileged = reference.repository.endsWith('unprivileged');
    const base = /alpine/.test(reference.tag ?? '') ? alpineBase('curl') : debianBase('curl');
    return {
      entrypoint: ['/docker-entrypoint.sh'],
      cmd: ['nginx', '-g', 'daemon off;'],
      env: {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        NGINX_VERSION: version.split('.').length === 2 ? `${version}.0` : version,
        PKG_RELEASE: '1~bookworm',
      },
      exposedPorts: [unprivileged ? '8080/tcp' : '80/tcp'],
      user: unprivileged ? '101' : '',
      stopSignal: 'SIGQUIT',
      layers: [
        ...base,
        {
          '/usr/sbin/nginx': { program: 'nginx' },
          '/docker-entrypoint.sh': { program: 'nginx-entrypoint' },
          ...Object.fromEntries(
            standardScripts.map((name) => [`/docker-entrypoint.d/${name}`, { content: '#!/bin/sh\n', mode: 0o755 }]),
          ),
          '/etc/nginx/nginx.conf': mainConfig,
          '/etc/nginx/mime.types':
            'types {\n    text/html html htm;\n    text/css css;\n    application/javascript js;\n    application/json json;\n}\n',
          '/etc/nginx/conf.d/default.conf': defaultConfig(unprivileged ? 8080 : 80),
          '/usr/share/nginx/html/index.html': welcomePage,
          '/usr/share/nginx/html/50x.html':
            '<!DOCTYPE html>\n<html>\n<head>\n<title>Error</title>\n</head>\n<body>\n<h1>An error occurred.</h1>\n</body>\n</html>\n',
          '/var/log/nginx/access.log': { symlink: '/dev/stdout' },
          '/var/log/nginx/error.log': { symlink: '/dev/stderr' },
          '/var/cache/nginx': { directory: true, uid: 101, gid: 101 },
        },
      ],
      sizeBytes: /alpine/.test(reference.tag ?? '') ? 21_000_000 : 72_300_000,
    };
  },
};
