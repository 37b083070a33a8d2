import { errorText } from '../../apimachinery/error-text.ts';
import type { Process } from '../../process/process.ts';
import { serveConnections } from '../../shell/http-server.ts';
import type { Command, Invocation } from '../command.ts';
import { KubectlError } from '../errors.ts';
import { pathKind } from '../files.ts';
import { flagSpecs } from '../flags/flag-spec.ts';
import { listen } from '../listening.ts';
import { serveApiProxy } from '../proxy/api-proxy.ts';
import { makeRegexpArray, type RequestFilter } from '../proxy/request-filter.ts';
import { staticFiles } from '../proxy/static-files.ts';
import { ClientLog } from '../rest/client-log.ts';

const defaultPort = 8001;

export const proxy: Command = {
  use: 'proxy [--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]',
  group: 'debug',
  short: 'Run a proxy to the Kubernetes API server',
  long: 'Serves the API on a port of this machine, under your own identity: programs that know nothing of tokens can ask it, and browsers reach services through it.',
  example: `# The API on port 8001: curl http://localhost:8001/api/v1/nodes
kubectl proxy

# On another port, any free one for 0
kubectl proxy --port=8080

# Files of a directory under /static/ beside the API
kubectl proxy --www=site

# The API under /k8s/ only
kubectl proxy --api-prefix=/k8s/`,
  flags: flagSpecs(String.raw`
    accept-hosts='^localhost$,^127\.0\.0\.1$,^\[::1\]$' accept-paths='^.*' address='127.0.0.1' api-prefix='/'
    append-server-path=false disable-filter=false keepalive=0s p/port=8001 reject-methods='^$'
    reject-paths='^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach' u/unix-socket='' w/www='' P/www-prefix='/static/'
  `),
  plainUseLine: true,
  run: runProxy,
};

const withSlash = (prefix: string): string => (prefix.endsWith('/') ? prefix : `${prefix}/`);

/** Upstream: kubectl/pkg/cmd/proxy/proxy.go ProxyOptions (v1.36) */
function* runProxy(invocation: Invocation): Process<void> {
  const { flags, factory, out, context } = invocation;
  const filter = yield* filterOf(invocation);
  const socket = flags.string('unix-socket');
  if (socket !== '' && flags.int('port') !== defaultPort)
    throw new KubectlError('cannot set --unix-socket and --port at the same time');
  if (socket !== '') throw new KubectlError('there are no unix sockets here to listen on: use --port');
  const directory = flags.string('www');
  yield* checkDirectory(invocation, directory);
  const { rest } = factory;
  const options = {
    rest,
    filter,
    apiPrefix: withSlash(flags.string('api-prefix')),
    file: staticFiles(context, directory, withSlash(flags.string('www-prefix'))),
  };
  const listener = yield* opened(invocation);
  yield* out.line(`Starting to serve on ${flags.string('address')}:${listener.address.port}`);
  yield* serveConnections(listener, (connection) => serveApiProxy(connection, options));
}

function* checkDirectory(invocation: Invocation, directory: string): Process<void> {
  const kind = directory === '' ? 'directory' : pathKind(invocation.context, directory);
  if (kind === 'file') yield* warn(invocation, 'proxy.go:202', `Static file directory ${directory} is not a directory`);
  if (kind !== 'none') return;
  const why = `stat ${directory}: no such file or directory`;
  yield* warn(invocation, 'proxy.go:200', `Failed to stat static file directory ${directory}: ${why}`);
}

function* opened(invocation: Invocation): ReturnType<typeof listen> {
  const { flags } = invocation;
  const [ip, port] = [flags.string('address'), flags.int('port')];
  try {
    return yield* listen(invocation, port, ip);
  } catch (error) {
    throw new KubectlError(`listen tcp ${ip}:${port}: ${errorText(error)}`);
  }
}

function* filterOf(invocation: Invocation): Process<RequestFilter | undefined> {
  const { flags } = invocation;
  if (flags.bool('disable-filter')) {
    const text = 'Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious';
    if (flags.string('unix-socket') === '') yield* warn(invocation, 'proxy.go:177', text);
    return undefined;
  }
  const expressions = (flag: string): RegExp[] => {
    try {
      return makeRegexpArray(flags.string(flag));
    } catch (error) {
      throw new KubectlError(`Error compiling re: ${errorText(error)}`);
    }
  };
  return {
    acceptPaths: expressions('accept-paths'),
    rejectPaths: expressions('reject-paths'),
    acceptHosts: expressions('accept-hosts'),
    rejectMethods: expressions('reject-methods'),
  };
}

function* warn({ context, err }: Invocation, file: string, text: string): Process<void> {
  yield* err.print(new ClientLog(context, 0, '').line('W', file, text));
}
