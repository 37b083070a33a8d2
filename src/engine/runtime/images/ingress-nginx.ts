/**
 * ingress-nginx's controller as its manifests run it: its pod takes what comes on 80 and 443 to the cluster's own ingress
 * controller, which serves the Ingresses of that class, and allows what its webhook is asked.
 */
import type { Process } from '../../../process/process.ts';
import { fork } from '../../../process/task.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { serveConnections } from '../../../shell/http-server.ts';
import type { Connection, NetworkStack } from '../../../shell/network-stack.ts';
import { runService } from '../../../shell/service.ts';
import { writeText } from '../../../shell/streams.ts';
import { ingressAddress } from '../../../shell/well-known-addresses.ts';
import { simplifiedServer } from '../simplified-server.ts';
import { distrolessBase } from './bases.ts';
import { klogLine } from './go-program.ts';
import type { ImageDefinition } from './image.ts';

const healthPort = 10_254;
const webhookPort = 8443;
const webhookFlag = '--validating-webhook=';

/** Carries the bytes of each connection to the same port of the ingress controller. */
function* relay(network: NetworkStack, port: number): Process<void> {
  yield* serveConnections(network.listen(port), function* (client) {
    const server = yield* network.dial(ingressAddress, port);
    const answers = yield* fork(copy(server, client), 'answers');
    try {
      yield* copy(client, server);
      yield* answers.join();
    } finally {
      answers.kill('the connection has ended');
      server.close();
    }
  });
}

function* copy(from: Connection, to: Connection): Process<void> {
  for (let bytes = yield* from.reader.read(); bytes; bytes = yield* from.reader.read()) yield* to.writer.write(bytes);
  to.writer.close();
}

function* controller(context: ProgramContext): Process<number> {
  const { network } = context;
  if (!network) return 1;
  const hasWebhook = context.argv.some((word) => word.startsWith(webhookFlag));
  const ports = [{ port: healthPort, tls: false }, ...(hasWebhook ? [{ port: webhookPort, tls: true }] : [])];
  const rest = simplifiedServer('ingress-nginx', ports);
  const line = klogLine(context.now(), 'I', 'nginx.go:337', '"Starting NGINX process"');
  yield* writeText(context.stderr, line);
  return yield* runService(context, {
    parts: [
      relay(network, 80),
      relay(network, 443),
      (function* (): Process<void> {
        yield* rest(context);
      })(),
    ],
    signals: ['SIGTERM', 'SIGINT', 'SIGQUIT'],
  });
}

export const ingressNginxImage: ImageDefinition = {
  matches: ['*/ingress-nginx/controller', '*/ingress-nginx/controller-chroot'],
  programs: { 'nginx-ingress-controller': controller },
  build: () => ({
    entrypoint: ['/usr/bin/dumb-init', '--'],
    cmd: ['/nginx-ingress-controller'],
    user: '101',
    layers: [
      ...distrolessBase,
      {
        '/usr/bin/dumb-init': { program: 'nginx-ingress-controller' },
        '/nginx-ingress-controller': { program: 'nginx-ingress-controller' },
      },
    ],
    sizeBytes: 105_000_000,
  }),
};
