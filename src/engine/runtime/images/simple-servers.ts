/** Small servers that tutorials run: each answers something about itself. */
import type { Process } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { type HttpRequest, type HttpResponse, httpDate } from '../../../shell/http.ts';
import { grpcHandler } from '../../../shell/grpc.ts';
import { httpRequest } from '../../../shell/http-client.ts';
import { serveHttp } from '../../../shell/http-server.ts';
import type { LayerFiles } from '../../../shell/layer.ts';
import { runService } from '../../../shell/service.ts';
import { writeText } from '../../../shell/streams.ts';
import { formatTime } from '../../../shell/coreutils/dates.ts';
import { decode } from '../../../shell/text.ts';
import { alpineBase, busyboxBase, debianBase, distrolessBase } from './bases.ts';
import { CpuMeter } from './cpu-meter.ts';
import { json, parseGoFlags, plain } from './go-program.ts';
import type { Image, ImageDefinition } from './image.ts';
import type { ImageReference } from '../../../apimachinery/image-reference.ts';
import { contentType, findStatic } from './static-site.ts';

type Answer = (request: HttpRequest, context: ProgramContext) => HttpResponse | Process<HttpResponse>;

interface SimpleServer {
  readonly name: string;
  readonly matches: readonly string[];
  readonly port: number;
  /** Chooses another port by flags or environment. */
  readonly portOf?: (context: ProgramContext) => number;
  readonly answer: Answer;
  readonly headers?: (context: ProgramContext) => Readonly<Record<string, string>>;
  /** What it says when it starts. */
  readonly greeting?: (context: ProgramContext, port: number) => string;
  /** The line of its log for a request. */
  readonly log?: (request: HttpRequest, response: HttpResponse, context: ProgramContext) => string;
  readonly cpuMsPerRequest?: number;
  readonly memoryBytes?: number;
  readonly base?: Image['layers'];
  readonly image?: (reference: ImageReference) => Partial<Image>;
  readonly sizeBytes?: number;
  /** Beside the program. */
  readonly files?: LayerFiles;
}

const isProcess = (value: HttpResponse | Process<HttpResponse>): value is Process<HttpResponse> => 'next' in value;

const program = (server: SimpleServer) =>
  function* (context: ProgramContext): Process<number> {
    const { network } = context;
    if (!network) return 1;
    const port = server.portOf?.(context) ?? server.port;
    const meter = new CpuMeter(context);
    if (server.memoryBytes !== undefined) context.use?.({ memoryBytes: server.memoryBytes });
    const { greeting, log, headers } = server;
    if (greeting) yield* writeText(context.stderr, greeting(context, port));
    return yield* runService(context, {
      parts: [
        serveHttp({
          network,
          port,
          ...(headers ? { headers: () => headers(context) } : {}),
          *handler(request) {
            yield* (server.cpuMsPerRequest ?? 0) > 5
              ? meter.work(server.cpuMsPerRequest ?? 0)
              : meter.note(server.cpuMsPerRequest ?? 0.3);
            const answer = server.answer(request, context);
            return isProcess(answer) ? yield* answer : answer;
          },
          *onAnswer(request, response) {
            if (log) yield* writeText(context.stdout, log(request, response, context));
          },
        }),
      ],
    });
  };

const addressesOf = (context: ProgramContext) => context.network?.interfaces.flatMap((each) => each.addresses) ?? [];
const ownAddress = (context: ProgramContext) =>
  addressesOf(context).find((address) => address !== '127.0.0.1') ?? '127.0.0.1';
const headerLines = (request: HttpRequest, format: (name: string, value: string) => string) =>
  request.headers
    .entries()
    .map(([name, value]) => format(name, value))
    .join('');
const environmentPort = (fallback: number) => (context: ProgramContext) => Number(context.env.get('PORT') ?? fallback);

const whoami: SimpleServer = {
  name: 'whoami-server',
  matches: ['docker.io/traefik/whoami', 'docker.io/containous/whoami', '*/whoami'],
  port: 80,
  portOf: (context) =>
    Number(parseGoFlags(context.argv.slice(1)).values.get('port') ?? context.env.get('WHOAMI_PORT_NUMBER') ?? 80),
  greeting: (context, port) => `${formatTime('%Y/%m/%d %H:%M:%S', context.now())} Starting up on port ${port}\n`,
  answer: (request, context) => {
    if (request.path === '/health') return plain('');
    const own = addressesOf(context)
      .map((address) => `IP: ${address}\n`)
      .join('');
    return plain(
      `Hostname: ${context.hostname}\n${own}RemoteAddr: ${request.remote.ip}:${request.remote.port}\n${request.method} ${request.target} HTTP/1.1\n${headerLines(request, (name, value) => `${name}: ${value}\n`)}\n`,
    );
  },
};

const httpEcho: SimpleServer = {
  name: 'http-echo',
  matches: ['docker.io/hashicorp/http-echo', '*/http-echo'],
  port: 5678,
  portOf: (context) =>
    Number((parseGoFlags(context.argv.slice(1)).values.get('listen') ?? ':5678').replace(/^.*:/, '')),
  greeting: (context, port) =>
    `${formatTime('%Y/%m/%d %H:%M:%S', context.now())} [INFO] server is listening on :${port}\n`,
  answer: (request, context) => {
    if (request.path === '/health') return { ...json({ status: 'ok' }) };
    const text =
      parseGoFlags(context.argv.slice(1)).values.get('text') ?? context.env.get('ECHO_TEXT') ?? 'hello-world';
    return plain(`${text}\n`);
  },
  headers: () => ({ 'X-App-Name': 'http-echo', 'X-App-Version': '1.0.0' }),
  log: (request, response, context) =>
    `${formatTime('%Y/%m/%d %H:%M:%S', context.now())} [INFO] ${request.headers.get('host')} ${request.remote.ip}:${request.remote.port} "${request.method} ${request.target} HTTP/1.1" ${response.status} "${request.headers.get('user-agent') ?? ''}"\n`,
};

const echoserver: SimpleServer = {
  name: 'echoserver',
  matches: [
    '*/echoserver',
    '*/e2e-test-images/echoserver',
    '*/echo-server',
    'docker.io/ealen/echo-server',
    '*/echo-basic',
  ],
  port: 8080,
  portOf: environmentPort(8080),
  greeting: () => 'Generating self-signed cert\nStarting nginx\n',
  answer: (request, context) =>
    plain(
      `\n\nHostname: ${context.hostname}\n\nPod Information:\n\tnode name:\t${context.env.get('NODE_NAME') ?? ''}\n\tpod name:\t${context.env.get('POD_NAME') ?? context.hostname}\n\tpod namespace:\t${context.env.get('POD_NAMESPACE') ?? ''}\n\tpod IP:\t${context.env.get('POD_IP') ?? ownAddress(context)}\n\nServer values:\n\tserver_version=nginx: 1.14.2 - lua: 10015\n\nRequest Information:\n\tclient_address=${request.remote.ip}\n\tmethod=${request.method}\n\treal path=${request.target}\n\tquery=${request.query}\n\trequest_version=1.1\n\trequest_scheme=http\n\trequest_uri=http://${request.headers.get('host') ?? ''}${request.target}\n\nRequest Headers:\n${headerLines(request, (name, value) => `\t${name.toLowerCase()}=${value}\n`)}\nRequest Body:\n${request.body.length === 0 ? '\t-no body in request-' : decode(request.body)}\n\n`,
    ),
};

const helloApp: SimpleServer = {
  name: 'hello-app',
  matches: ['*/hello-app', '*/hello-app-tls', '*/hello-app-cdn', '*/hello-app-redis'],
  port: 8080,
  portOf: environmentPort(8080),
  greeting: (context, port) => `${formatTime('%Y/%m/%d %H:%M:%S', context.now())} Server listening on port ${port}\n`,
  answer: (_request, context) =>
    plain(`Hello, world!\nVersion: ${context.env.get('APP_VERSION') ?? '1.0.0'}\nHostname: ${context.hostname}\n`),
  log: (request, _response, context) =>
    `${formatTime('%Y/%m/%d %H:%M:%S', context.now())} Serving request: ${request.path}\n`,
  image: (reference) => ({
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', APP_VERSION: reference.tag?.startsWith('2') ? '2.0.0' : '1.0.0' },
  }),
};

/** Says where its pod runs; the same over gRPC when it is asked to. */
const whereami: SimpleServer = {
  name: 'whereami',
  matches: ['*/whereami'],
  port: 8080,
  portOf: ({ env }) =>
    env.get('GRPC_ENABLED')?.toLowerCase() === 'true'
      ? Number(env.get('GRPC_PORT') ?? 9090)
      : Number(env.get('PORT') ?? 8080),
  answer: (request, context) => {
    if (request.headers.get('content-type')?.startsWith('application/grpc')) return healthOfWhereami(request);
    if (request.path === '/healthz') return plain('Healthy');
    const { env, hostname, now } = context;
    const known = (name: string) => env.get(name);
    return json({
      cluster_name: 'tabernetes',
      host_header: request.headers.get('host') ?? '',
      metadata: known('METADATA') ?? 'frontend',
      node_name: known('NODE_NAME'),
      pod_ip: known('POD_IP'),
      pod_name: hostname,
      pod_name_emoji: '🚢',
      pod_namespace: known('POD_NAMESPACE'),
      pod_service_account: known('POD_SERVICE_ACCOUNT'),
      timestamp: formatTime('%Y-%m-%dT%H:%M:%S', now.call(context)),
      zone: 'zone-1',
    });
  },
};
const healthOfWhereami = grpcHandler({}, () => 'SERVING');

const nodeHello: SimpleServer = {
  name: 'node-hello',
  matches: ['*/node-hello', '*/hello-node', '*/kubernetes-bootcamp'],
  port: 8080,
  answer: (_request, context) =>
    plain(
      context.env.get('GREETING')
        ? `Hello Kubernetes bootcamp! | Running on: ${context.hostname} | v=${context.env.get('APP_VERSION')}\n`
        : 'Hello Kubernetes!',
    ),
  greeting: (context) =>
    context.env.get('GREETING')
      ? `Kubernetes Bootcamp App Started At: ${new Date(context.now()).toISOString()} | Running On:  ${context.hostname} \n`
      : '',
  base: debianBase('curl', 'ps'),
  image: (reference) =>
    reference.repository.endsWith('bootcamp')
      ? {
          env: {
            PATH: '/usr/local/bin:/usr/bin:/bin',
            GREETING: 'bootcamp',
            APP_VERSION: reference.tag?.replace(/^v/, '') ?? '1',
          },
        }
      : {},
};

const hpaExample: SimpleServer = {
  name: 'hpa-example',
  matches: ['*/hpa-example'],
  port: 80,
  cpuMsPerRequest: 40,
  memoryBytes: 12_000_000,
  answer: () => plain('OK!'),
  headers: (context) => ({ Date: httpDate(context.now()), Server: 'Apache/2.4.10 (Debian) PHP/5.6.14' }),
  base: debianBase('curl'),
};

const podinfo: SimpleServer = {
  name: 'podinfo',
  matches: ['*/podinfo'],
  port: 9898,
  portOf: (context) => Number(parseGoFlags(context.argv.slice(1)).values.get('port') ?? 9898),
  greeting: (context, port) =>
    `{"level":"info","ts":"${new Date(context.now()).toISOString()}","caller":"podinfo/main.go:150","msg":"Starting podinfo","version":"6.14.1","port":"${port}"}\n`,
  answer: (request, context) => {
    if (request.path === '/healthz' || request.path === '/readyz') return json({ status: 'OK' });
    if (request.path === '/version') return json({ commit: '000000', version: '6.14.1' });
    if (request.path === '/metrics')
      return plain('# TYPE http_requests_total counter\nhttp_requests_total{status="200"} 1\n');
    if (request.path === '/env') return json([...context.env].map(([name, value]) => `${name}=${value}`));
    if (request.path === '/headers')
      return json(Object.fromEntries(request.headers.entries().map(([name, value]) => [name, [value]])));
    const code = /^\/status\/(\d+)$/.exec(request.path)?.[1];
    if (code !== undefined) return json({ status: Number(code) }, Number(code));
    if (request.path === '/echo') return json(JSON.parse(decode(request.body) || 'null'));
    return json({
      hostname: context.hostname,
      version: '6.14.1',
      revision: '000000',
      color: context.env.get('PODINFO_UI_COLOR') ?? '#34577c',
      logo: 'https://raw.githubusercontent.com/stefanprodan/podinfo/gh-pages/cuddle_clap.gif',
      message: context.env.get('PODINFO_UI_MESSAGE') ?? 'greetings from podinfo v6.14.1',
      goos: 'linux',
      goarch: 'amd64',
      runtime: 'go1.25.0',
      num_goroutine: '8',
      num_cpu: '4',
    });
  },
  base: alpineBase('curl'),
  image: () => ({ entrypoint: [], cmd: ['./podinfo'], workingDir: '/home/app', user: '100:101' }),
  files: {
    '/home/app/podinfo': { program: 'podinfo' },
    '/usr/local/bin/podcli': { program: 'podcli' },
    '/home/app/podcli': { symlink: '/usr/local/bin/podcli' },
  },
};

/** `podcli check http ADDRESS` and `podcli check tcp ADDRESS`: what podinfo's probes run. */
function* podcli(context: ProgramContext): Process<number> {
  const [, check, kind, address = ''] = context.argv;
  if (check !== 'check' || !context.network) return 1;
  const [host = 'localhost', port = '80'] = address.replace(/^\w+:\/\//, '').split(/[:/]/);
  try {
    if (kind === 'tcp') (yield* context.network.dial(host, Number(port), { timeoutMs: 1000 })).close();
    else {
      const url = /^\w+:\/\//.test(address) ? address : `http://${address}`;
      const { status } = yield* httpRequest(context.network, { url, method: 'GET', timeoutMs: 1000 });
      if (status >= 400) return 1;
    }
    return 0;
  } catch {
    return 1;
  }
}

const httpbin: SimpleServer = {
  name: 'httpbin',
  matches: ['*/httpbin', '*/go-httpbin'],
  port: 80,
  portOf: (context) => Number(context.env.get('HTTPBIN_PORT') ?? context.env.get('PORT') ?? 80),
  answer: (request) => {
    const headers = Object.fromEntries(request.headers.entries());
    const common = {
      args: Object.fromEntries(request.query),
      headers,
      origin: request.remote.ip,
      url: `http://${request.headers.get('host') ?? ''}${request.target}`,
    };
    const code = /^\/status\/(\d+)/.exec(request.path)?.[1];
    if (code !== undefined) return plain('', Number(code));
    if (request.path === '/ip') return json({ origin: request.remote.ip });
    if (request.path === '/headers') return json({ headers });
    if (request.path === '/user-agent') return json({ 'user-agent': request.headers.get('user-agent') });
    if (/^\/(?:get|post|put|delete|patch|anything)/.test(request.path))
      return json({ ...common, ...(request.body.length > 0 ? { data: decode(request.body) } : {}) });
    return plain('httpbin', request.path === '/' ? 200 : 404);
  },
  image: (reference) =>
    reference.repository.endsWith('go-httpbin') ? { env: { PATH: '/bin', HTTPBIN_PORT: '8080' } } : {},
};

const rolloutsDemo: SimpleServer = {
  name: 'rollouts-demo',
  matches: ['docker.io/argoproj/rollouts-demo', '*/rollouts-demo'],
  port: 8080,
  greeting: (context) => `${formatTime('%Y/%m/%d %H:%M:%S', context.now())} Started server on :8080\n`,
  answer: (_request, context) => json(context.env.get('COLOR') ?? 'blue'),
  image: (reference) => ({ env: { PATH: '/bin', COLOR: reference.tag ?? 'blue' } }),
};

const nautilus: SimpleServer = {
  name: 'nautilus',
  matches: ['*/nautilus', '*/kitten', '*/update-demo'],
  port: 80,
  answer: (request, context) =>
    request.path === '/data.json' ? json({ image: `${context.env.get('PICTURE') ?? 'nautilus'}.jpg` }) : plain(''),
  image: (reference) => {
    const picture = reference.repository.endsWith('kitten') ? 'kitten' : 'nautilus';
    return {
      env: { PATH: '/bin', PICTURE: picture },
      layers: [
        ...alpineBase(),
        { '/server': { program: 'nautilus' }, '/data.json': `{\n"image": "${picture}.jpg"\n}\n` },
      ],
    };
  },
};

const goServer: SimpleServer = {
  name: 'metrics-server-like',
  matches: ['*/prometheus-example-app', '*/prometheus-dummy-exporter', '*/sd-dummy-exporter', '*/http-app'],
  port: 8080,
  answer: (request) =>
    request.path === '/metrics'
      ? plain(
          '# HELP http_requests_total Count of all HTTP requests\n# TYPE http_requests_total counter\nhttp_requests_total{code="200",method="get"} 1\nversion{version="v0.5.0"} 1\n',
        )
      : plain('Hello from example application.'),
};

const httpd: SimpleServer = {
  name: 'httpd',
  matches: ['docker.io/library/httpd', '*/library/httpd', '*/httpd', '*/e2e-test-images/httpd', '*/apache'],
  port: 80,
  memoryBytes: 7_000_000,
  greeting: (context) => {
    const stamp = formatTime('%a %b %d %H:%M:%S.%N %Y', context.now()).replace(/(\.\d{6})\d{3}/, '$1');
    const ip = ownAddress(context);
    return `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${ip}. Set the 'ServerName' directive globally to suppress this message\n[${stamp}] [mpm_event:notice] [pid 1:tid 1] AH00489: Apache/${context.env.get('HTTPD_VERSION') ?? '2.4.65'} (Unix) configured -- resuming normal operations\n[${stamp}] [core:notice] [pid 1:tid 1] AH00094: Command line: 'httpd -D FOREGROUND'\n`;
  },
  headers: (context) => ({
    Date: httpDate(context.now()),
    Server: `Apache/${context.env.get('HTTPD_VERSION') ?? '2.4.65'} (Unix)`,
  }),
  answer: (request, context) => {
    const found = findStatic(context.fs, '/usr/local/apache2/htdocs', request.path, ['index.html']);
    if (found.kind === 'file')
      return {
        status: 200,
        headers: {
          'Content-Type': contentType(found.path),
          'Last-Modified': httpDate(found.mtimeMs),
          'Accept-Ranges': 'bytes',
        },
        body: found.content,
      };
    const page = (status: number, title: string, text: string) => ({
      status,
      headers: { 'Content-Type': 'text/html; charset=iso-8859-1' },
      body: `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status} ${title}</title>\n</head><body>\n<h1>${title}</h1>\n<p>${text}</p>\n</body></html>\n`,
    });
    if (found.kind === 'redirect')
      return { ...page(301, 'Moved Permanently', ''), headers: { Location: found.location } };
    return found.kind === 'missing'
      ? page(404, 'Not Found', 'The requested URL was not found on this server.')
      : page(403, 'Forbidden', "You don't have permission to access this resource.");
  },
  log: (request, response, context) =>
    `${request.remote.ip} - - [${formatTime('%d/%b/%Y:%H:%M:%S %z', context.now())}] "${request.method} ${request.target} ${request.version}" ${response.status} ${typeof response.body === 'string' ? response.body.length : (response.body?.length ?? '-')}\n`,
  image: (reference) => ({
    cmd: ['httpd-foreground'],
    entrypoint: [],
    stopSignal: 'SIGWINCH',
    workingDir: '/usr/local/apache2',
    env: {
      PATH: '/usr/local/apache2/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HTTPD_VERSION: /^\d+\.\d+\.\d+/.exec(reference.tag ?? '')?.[0] ?? '2.4.65',
    },
    layers: [
      ...(/alpine/.test(reference.tag ?? '') ? alpineBase() : debianBase()),
      {
        '/usr/local/apache2/bin/httpd': { program: 'httpd' },
        '/usr/local/apache2/bin/httpd-foreground': { program: 'httpd' },
        '/usr/local/apache2/htdocs/index.html': '<html><body><h1>It works!</h1></body></html>\n',
      },
    ],
    sizeBytes: 45_000_000,
  }),
};

const servers = [
  whoami,
  httpEcho,
  echoserver,
  helloApp,
  whereami,
  nodeHello,
  hpaExample,
  podinfo,
  httpbin,
  rolloutsDemo,
  nautilus,
  goServer,
  httpd,
];

/** One definition each. */
export const simpleServerImages: readonly ImageDefinition[] = servers.map((server) => ({
  matches: server.matches,
  programs: { [server.name]: program(server), ...(server === podinfo ? { podcli } : {}) },
  build: (reference) => ({
    entrypoint: ['/server'],
    exposedPorts: [`${server.port}/tcp`],
    layers: [
      ...(server.base ?? (server === hpaExample ? busyboxBase : distrolessBase)),
      { '/server': { program: server.name }, ...server.files },
    ],
    sizeBytes: server.sizeBytes ?? 12_000_000,
    ...server.image?.(reference),
  }),
}));
