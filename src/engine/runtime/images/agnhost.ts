/** agnhost: one program with a subcommand for each thing that Kubernetes' tests ask of a container. */
import { TimeoutError, withTimeout } from '../../../process/combinators.ts';
import { type Process, sleep, suspend } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { NetworkError, type NetworkStack } from '../../../shell/network-stack.ts';
import { writeText } from '../../../shell/streams.ts';
import { decode, encode } from '../../../shell/text.ts';
import { shellFiles, userFiles } from '../../../shell/base-files.ts';
import { agnhostGuestbook } from './agnhost-guestbook.ts';
import { mounttest } from './agnhost-mounttest.ts';
import { netexec } from './agnhost-netexec.ts';
import {
  fakeRegistryServer,
  grpcHealthChecking,
  liveness,
  nettest,
  porter,
  serveHostname,
  testWebserver,
} from './agnhost-servers.ts';
import { issuerDiscovery } from './agnhost-oidc.ts';
import { conversionWebhook, webhook } from './agnhost-webhook.ts';
import { portForwardTester } from './agnhost-port-forward-tester.ts';
import { alpineBase, busyboxBase, distrolessBase } from './bases.ts';
import { coredns } from './coredns.ts';
import { klogLine, parseGoDuration, parseGoFlags } from './go-program.ts';
import type { ImageDefinition } from './image.ts';

type Subcommand = (context: ProgramContext, words: readonly string[]) => Process<number>;

function* pause(context: ProgramContext): Process<number> {
  yield* writeText(context.stdout, 'Paused\n');
  return yield* suspend<number>((resume) => {
    context.onSignal('SIGTERM', () => resume(0));
    context.onSignal('SIGINT', () => resume(0));
  });
}

function* entrypointTester(context: ProgramContext): Process<number> {
  yield* writeText(context.stdout, `[${context.argv.join(' ')}]\n`);
  return 0;
}

/** Says why a connection cannot be made, in one word. */
function* connect(context: ProgramContext, words: readonly string[]): Process<number> {
  const { values, args } = parseGoFlags(words);
  const match = /^(.+):(\d+)$/.exec(args[0] ?? '');
  const fail = function* (text: string): Process<number> {
    yield* writeText(context.stderr, `${text}\n`);
    return 1;
  };
  if (!match?.[1] || !context.network) return yield* fail(`UNKNOWN: address ${args[0] ?? ''}: missing port in address`);
  const protocol = values.get('protocol') || 'tcp';
  if (protocol !== 'tcp' && protocol !== 'udp') return yield* fail('Unsupported protocol');
  const timeoutMs = parseGoDuration(values.get('timeout') ?? '0') || 30_000;
  try {
    if (protocol === 'udp') {
      const asked = askByUdp(context.network, match[1], Number(match[2]), values.get('udp-data') ?? 'hostname');
      return (yield* withTimeout(timeoutMs, asked)) > 0
        ? 0
        : yield* fail('OTHER: No data received from the server. Cannot guarantee the server received the request.');
    }
    const connection = yield* context.network.dial(match[1], Number(match[2]), { timeoutMs });
    connection.close();
    return 0;
  } catch (error) {
    if (error instanceof TimeoutError) return yield* fail('TIMEOUT');
    if (!(error instanceof NetworkError)) throw error;
    if (error.code === 'ECONNREFUSED') return yield* fail('REFUSED');
    if (error.code === 'ENOTFOUND') return yield* fail(`DNS: lookup ${match[1]}: no such host`);
    return yield* fail(error.code === 'ETIMEDOUT' ? 'TIMEOUT' : `OTHER: ${error.message}`);
  }
}

/** Sends a datagram and waits for an answer; gives its length. */
function* askByUdp(network: NetworkStack, host: string, port: number, data: string): Process<number> {
  const [ip = host] = yield* network.lookup(host);
  const socket = network.udp();
  try {
    yield* socket.send({ ip, port }, encode(`${data}\n`));
    return (yield* socket.receive())?.bytes.length ?? 0;
  } finally {
    socket.close();
  }
}

const verbs = ['GET', 'PUT', 'POST'];
const namespaces = ['kube-system', 'default', 'ns'];
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

function* logsGenerator(context: ProgramContext, words: readonly string[]): Process<number> {
  const { values } = parseGoFlags(words);
  const total = Number(values.get('log-lines-total') ?? values.get('t') ?? 0);
  const durationMs = parseGoDuration(values.get('run-duration') ?? values.get('d') ?? '0') ?? 0;
  const pick = (list: readonly string[] | string) => list[Math.floor(context.random() * list.length)] ?? '';
  for (let id = 0; id < total; id++) {
    const pod = Array.from({ length: 3 + Math.floor(context.random() * 2) }, () => pick(letters)).join('');
    const line = `${id} ${pick(verbs)} /api/v1/namespaces/${pick(namespaces)}/pods/${pod} ${200 + Math.floor(context.random() * 400)}`;
    yield* writeText(context.stderr, klogLine(context.now(), 'I', 'logs_generator.go:76', line));
    yield* sleep(total === 0 ? 0 : durationMs / total);
  }
  return 0;
}

const resolvConf = (context: ProgramContext, keyword: string) =>
  decode(context.fs.readFile('/etc/resolv.conf'))
    .split('\n')
    .filter((line) => line.startsWith(keyword))
    .flatMap((line) => line.trim().split(/\s+/).slice(1))
    .join(',');

const printing = (text: (context: ProgramContext) => string): Subcommand =>
  function* (context) {
    yield* writeText(context.stdout, text(context));
    return 0;
  };

const subcommands: Readonly<Record<string, Subcommand>> = {
  pause,
  netexec,
  mounttest,
  liveness,
  porter,
  nettest,
  connect,
  webhook,
  'crd-conversion-webhook': conversionWebhook,
  'serve-hostname': serveHostname,
  'test-webserver': testWebserver,
  'entrypoint-tester': entrypointTester,
  'grpc-health-checking': grpcHealthChecking,
  'test-service-account-issuer-discovery': issuerDiscovery,
  'logs-generator': logsGenerator,
  'fake-registry-server': fakeRegistryServer,
  guestbook: agnhostGuestbook,
  'port-forward-tester': portForwardTester,
  'dns-suffix': printing((context) => `${resolvConf(context, 'search')}\n`),
  'dns-server-list': printing((context) => `${resolvConf(context, 'nameserver')}\n`),
  'etc-hosts': printing((context) => decode(context.fs.readFile('/etc/hosts'))),
  help: printing(() => `Usage:\n  app [command]\n`),
};

function* agnhost(context: ProgramContext): Process<number> {
  const [, name = 'help', ...words] = context.argv;
  if (name === '--version' || name === '-v') {
    yield* writeText(context.stdout, 'agnhost version 2.63.0\n');
    return 0;
  }
  const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (!subcommand) {
    yield* writeText(context.stderr, `Error: unknown command "${name}" for "app"\n`);
    return 1;
  }
  return yield* subcommand(context, words);
}

/** An image whose program is one of agnhost's, as older test images are. */
const alone = (subcommand: Subcommand) =>
  function* (context: ProgramContext): Process<number> {
    return yield* subcommand(context, context.argv.slice(1));
  };

export const agnhostImage: ImageDefinition = {
  matches: ['*/agnhost', '*/e2e-test-images/agnhost-*'],
  programs: { agnhost, coredns },
  build: () => ({
    entrypoint: ['/agnhost'],
    cmd: ['pause'],
    exposedPorts: ['80/tcp', '8080/tcp', '8081/tcp', '9376/tcp', '5000/tcp'],
    layers: [
      ...alpineBase('curl', 'dig', 'host', 'nslookup', 'ss'),
      shellFiles('bash'),
      userFiles(['user-defined-in-image:1000:1000:/home/user-defined-in-image:/bin/sh'], '/root', [
        'group-defined-in-image:50000:user-defined-in-image',
      ]),
      {
        '/agnhost': { program: 'agnhost' },
        '/agnhost-2': { symlink: 'agnhost' },
        '/coredns': { program: 'coredns' },
        '/uploads': { directory: true },
        '/localhost.crt': '-',
        '/localhost.key': '-',
      },
    ],
    sizeBytes: 54_000_000,
  }),
};

const singles: Readonly<
  Record<string, { readonly program: string; readonly subcommand: Subcommand; readonly shell: boolean }>
> = {
  'test-webserver': { program: 'test-webserver', subcommand: testWebserver, shell: false },
  serve_hostname: { program: 'serve-hostname', subcommand: serveHostname, shell: false },
  'serve-hostname': { program: 'serve-hostname', subcommand: serveHostname, shell: false },
  liveness: { program: 'liveness', subcommand: liveness, shell: true },
  mounttest: { program: 'mounttest', subcommand: mounttest, shell: false },
  netexec: { program: 'netexec', subcommand: netexec, shell: true },
};

export const agnhostSinglesImage: ImageDefinition = {
  matches: Object.keys(singles).map((name) => `*/${name}`),
  programs: Object.fromEntries(Object.values(singles).map((each) => [each.program, alone(each.subcommand)])),
  build: (reference) => {
    const name = reference.repository.slice(reference.repository.lastIndexOf('/') + 1);
    const single = singles[name];
    const file = `/${single?.program ?? name}`;
    return {
      entrypoint: [file],
      layers: [...(single?.shell ? busyboxBase : distrolessBase), { [file]: { program: single?.program ?? name } }],
      sizeBytes: 5_000_000,
    };
  },
};
