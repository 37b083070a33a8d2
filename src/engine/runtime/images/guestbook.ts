/** The guestbook's frontends: PHP (`guestbook.php?cmd=…`) and Go (`/lrange/…`, `/rpush/…`), over redis. */
import type { Process } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { type HttpRequest, type HttpResponse, httpDate } from '../../../shell/http.ts';
import { serveHttp } from '../../../shell/http-server.ts';
import { NetworkError } from '../../../shell/network-stack.ts';
import { runService } from '../../../shell/service.ts';
import { writeText } from '../../../shell/streams.ts';
import type { ImageReference } from '../../../apimachinery/image-reference.ts';
import { formatTime } from '../../../shell/coreutils/dates.ts';
import { debianBase, distrolessBase } from './bases.ts';
import { CpuMeter } from './cpu-meter.ts';
import { json, plain } from './go-program.ts';
import type { ImageDefinition } from './image.ts';
import { redisCommand } from './redis-client.ts';

const page = `<html ng-app="redis">
  <head>
    <title>Guestbook</title>
  </head>
  <body>
    <div style="width: 50%; margin-left: 20px">
      <h2>Guestbook</h2>
      <form>
        <fieldset>
          <input id="entry" placeholder="Messages" class="form-control" type="text"><br>
          <button type="button" class="btn btn-primary">Submit</button>
        </fieldset>
      </form>
      <div id="messages"></div>
    </div>
  </body>
</html>
`;

/** Where values are written and read: the Services that the image was built for, by DNS, or by the environment. */
function backends(context: ProgramContext): { readonly leader: string; readonly follower: string } {
  const { env } = context;
  const [, leader = 'redis-leader', follower = 'redis-follower'] = context.argv;
  if (env.get('GET_HOSTS_FROM') !== 'env') return { leader, follower };
  const host = (name: string) => env.get(`${name.toUpperCase().replace('-', '_')}_SERVICE_HOST`) ?? name;
  return { leader: host(leader), follower: host(follower) };
}

/** As PHP prints it: with a blank, and nothing escaped. */
const answered = (key: string, value: string): HttpResponse => ({
  status: 200,
  headers: { 'Content-Type': 'application/json' },
  body: `{"${key}": "${value}"}`,
});

function* phpFrontend(context: ProgramContext): Process<number> {
  const { network } = context;
  if (!network) return 1;
  const meter = new CpuMeter(context);
  const { leader, follower } = backends(context);
  context.use?.({ memoryBytes: 20_000_000 });
  const answer = function* (request: HttpRequest): Process<HttpResponse> {
    yield* meter.note(3);
    if (request.path === '/' || request.path === '/index.html')
      return { status: 200, headers: { 'Content-Type': 'text/html' }, body: page };
    if (request.path !== '/guestbook.php')
      return { status: 404, headers: { 'Content-Type': 'text/html' }, body: '<h1>Not Found</h1>\n' };
    const [command, key = '', value = ''] = ['cmd', 'key', 'value'].map((name) => request.query.get(name) ?? undefined);
    const host = command === 'set' ? leader : follower;
    try {
      if (command === 'set') {
        yield* redisCommand(network, host, 6379, ['SET', key, value]);
        return answered('message', 'Updated');
      }
      if (command === undefined) return plain('<?php phpinfo();\n');
      return answered('data', String((yield* redisCommand(network, host, 6379, ['GET', key])) ?? ''));
    } catch (error) {
      const reason =
        error instanceof NetworkError
          ? error.code === 'ENOTFOUND'
            ? 'php_network_getaddresses: getaddrinfo failed: Name or service not known'
            : `Connection ${error.code === 'ETIMEDOUT' ? 'timed out' : 'refused'}`
          : String(error instanceof Error ? error.message : error);
      yield* writeText(
        context.stderr,
        `[${formatTime('%a %b %d %H:%M:%S %Y', context.now())}] [php:error] PHP Fatal error:  Uncaught Predis\\Connection\\ConnectionException: ${reason} [tcp://${host}:6379]\n`,
      );
      return {
        status: 500,
        headers: { 'Content-Type': 'text/html' },
        body: `<br />\n<b>Fatal error</b>:  Uncaught Predis\\Connection\\ConnectionException: ${reason} [tcp://${host}:6379]<br />\n`,
      };
    }
  };
  return yield* runService(context, {
    signals: ['SIGTERM', 'SIGINT', 'SIGWINCH'],
    parts: [
      serveHttp({
        network,
        port: 80,
        handler: answer,
        headers: () => ({
          Date: httpDate(context.now()),
          Server: 'Apache/2.4.62 (Debian)',
          'X-Powered-By': 'PHP/8.1.31',
        }),
        *onAnswer(request, response, bytes) {
          yield* writeText(
            context.stdout,
            `${request.remote.ip} - - [${formatTime('%d/%b/%Y:%H:%M:%S %z', context.now())}] "${request.method} ${request.target} ${request.version}" ${response.status} ${bytes} "-" "${request.headers.get('user-agent') ?? '-'}"\n`,
          );
        },
      }),
    ],
  });
}

function* goGuestbook(context: ProgramContext): Process<number> {
  const { network } = context;
  if (!network) return 1;
  const parts = function* (request: HttpRequest): Process<HttpResponse> {
    const [, verb, key = 'guestbook', value] = request.path.split('/');
    try {
      if (verb === 'lrange')
        return json(yield* redisCommand(network, 'redis-replica', 6379, ['LRANGE', key, '-100', '100']));
      if (verb === 'rpush') {
        yield* redisCommand(network, 'redis-master', 6379, ['RPUSH', key, value ?? '']);
        return json(yield* redisCommand(network, 'redis-replica', 6379, ['LRANGE', key, '-100', '100']));
      }
      if (verb === 'info') return plain(String(yield* redisCommand(network, 'redis-master', 6379, ['INFO'])));
    } catch (error) {
      return plain(`${error instanceof Error ? error.message : String(error)}\n`, 500);
    }
    if (verb === 'env') return json(Object.fromEntries(context.env));
    return request.path === '/'
      ? { status: 200, headers: { 'Content-Type': 'text/html' }, body: page }
      : plain('404 page not found\n', 404);
  };
  return yield* runService(context, { parts: [serveHttp({ network, port: 3000, handler: parts })] });
}

/** The image goes with manifests of three generations, each with other names for the Services of Redis. */
function servicesOf({ registry, repository, tag }: ImageReference): readonly string[] {
  if (/^v[0-4]$/.test(tag ?? '')) return ['redis-master', 'redis-slave'];
  if (registry === 'gcr.io' && repository === 'google-samples/gb-frontend') return ['redis-master', 'redis-replica'];
  return ['redis-leader', 'redis-follower'];
}

export const guestbookFrontendImage: ImageDefinition = {
  matches: ['*/gb-frontend', '*/gb_frontend', '*/guestbook-frontend'],
  programs: { 'guestbook-php': phpFrontend },
  build: (reference) => ({
    cmd: ['apache2-foreground', ...servicesOf(reference)],
    exposedPorts: ['80/tcp'],
    workingDir: '/var/www/html',
    stopSignal: 'SIGWINCH',
    layers: [
      ...debianBase('curl'),
      { '/usr/local/bin/apache2-foreground': { program: 'guestbook-php' }, '/var/www/html/index.html': page },
    ],
    sizeBytes: 185_000_000,
  }),
};

export const guestbookGoImage: ImageDefinition = {
  matches: ['*/guestbook', '*/guestbook-go'],
  programs: { 'guestbook-go': goGuestbook },
  build: () => ({
    entrypoint: ['/app/guestbook'],
    exposedPorts: ['3000/tcp'],
    layers: [...distrolessBase, { '/app/guestbook': { program: 'guestbook-go' } }],
    sizeBytes: 9_000_000,
  }),
};
