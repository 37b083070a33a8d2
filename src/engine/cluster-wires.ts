/** The API server's wires into the cluster's network: its own address for pods, and its calls to Services and pods. */
import { errorText } from '../apimachinery/error-text.ts';
import type { ApiHandler, ApiRequest, Exchange, Frame, ResponseHead } from '../protocol/rest.ts';
import { type Connection, NetworkError, type NetworkStack } from '../shell/network-stack.ts';
import { Channel } from '../process/channel.ts';
import { TimeoutError, withTimeout } from '../process/combinators.ts';
import { sleep, suspend, type Process } from '../process/process.ts';
import { fork } from '../process/task.ts';
import { type HttpCall, httpRequest } from '../shell/http-client.ts';
import type { HttpHeaders, HttpRequest, HttpResponse } from '../shell/http.ts';
import { serveHttp } from '../shell/http-server.ts';
import { TlsError } from '../shell/tls.ts';
import type {
  OutwardAnswer,
  OutwardReceiver,
  OutwardTarget,
  OutwardTls,
  ServiceResolver,
} from './apiserver/outward.ts';
import { certificateDistrust, isStandIn } from './certificates/verify-certificate.ts';
import type { Network } from './network/network.ts';
import type { CallExtender } from './scheduler/extender.ts';
import type { Sim } from './sim/sim.ts';

/** The certificate that stands for the cluster's own: TLS is not encrypted inside the simulation, but who serves is told. */
export const clusterCertificate = '-----BEGIN CERTIFICATE-----\nkube-apiserver\n-----END CERTIFICATE-----\n';

const securePort = 6443;
const callTimeoutMs = 30_000;
/** Frames that a reader may be behind before no more is read for it. */
const maxBacklog = 1000;
const backlogPauseMs = 10;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Serves the API on the control-plane machine's address, so that pods reach it through `kubernetes.default`. Runs until killed. */
export function serveApiInCluster(
  network: Network,
  nodeName: string,
  handler: ApiHandler,
  certificate: string,
): Process<void> {
  return serveHttp({
    network: network.hostStack(nodeName),
    port: securePort,
    certificate,
    handler: (request) => answer(handler, request),
  });
}

function* answer(handler: ApiHandler, request: HttpRequest): Process<HttpResponse> {
  const headers = Object.fromEntries(
    [...request.headers.entries()].map(([name, value]) => [name.toLowerCase(), value]),
  );
  const asked: ApiRequest = {
    method: request.method,
    path: request.target,
    headers,
    ...(request.body.length > 0 ? { body: request.body } : {}),
  };
  return yield* suspend<HttpResponse>((resume) => {
    let head: ResponseHead = { status: 500, headers: {} };
    let body = '';
    let abort = () => {};
    const exchange: Exchange = {
      head: (given) => {
        head = given;
      },
      frame: (frame) => {
        body += textOfFrame(frame);
      },
      end: () => resume({ status: head.status, headers: head.headers, body }),
      onAbort: (callback) => {
        abort = callback;
      },
      onData: () => {},
      backlog: 0,
    };
    handler.handle(asked, exchange);
    return () => abort();
  });
}

function textOfFrame(frame: Frame): string {
  if (typeof frame === 'string') return frame;
  return frame instanceof Uint8Array ? decoder.decode(frame) : `${JSON.stringify(frame)}\n`;
}

/** Calls Services and pods from the control plane: webhooks, aggregated APIs, the proxy subresources. */
export function serviceResolver(network: () => Network | undefined, nodeName: string, sim: Sim): ServiceResolver {
  return {
    request: (target, request, done, failed) => {
      const task = sim.spawn(
        perform(network(), nodeName, target, request, () => sim.now()),
        'outward call',
      );
      task.onSettled((outcome) => {
        if (outcome.kind === 'returned') done(outcome.value);
        else if (outcome.kind === 'threw') failed(whyNot(outcome.error, addressOf(network(), target)));
      });
      return () => task.kill();
    },
    open: (target, request, receiver) => {
      const said = new Channel<Uint8Array>();
      const task = sim.spawn(
        converse(network(), nodeName, target, request, { receiver, said, nowMs: () => sim.now() }),
        'outward conversation',
      );
      task.onSettled((outcome) => {
        if (outcome.kind === 'returned') receiver.end();
        else if (outcome.kind === 'threw') receiver.failed(whyNot(outcome.error, addressOf(network(), target)));
      });
      return {
        abort: () => task.kill(),
        send: (bytes) => (bytes ? said.send(bytes) : said.close()),
      };
    },
  };
}

/** Posts to scheduler extenders from the control plane's machine; `NAME.NAMESPACE.svc` is a Service of the cluster. */
export function extenderCaller(services: ServiceResolver): CallExtender {
  return function* ({ url, body, timeoutMs, tls }) {
    const { pathname, search, hostname, port, protocol } = new URL(url);
    const [, name, namespace] = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?\.?$/.exec(hostname) ?? [];
    const secure: { tls?: OutwardTls } =
      protocol === 'https:'
        ? {
            tls: {
              serverName: tls?.serverName ?? hostname,
              insecure: tls?.insecure ?? false,
              ...(tls?.caData ? { caBundle: atob(tls.caData) } : {}),
            },
          }
        : {};
    const target: OutwardTarget =
      name !== undefined && namespace !== undefined
        ? { kind: 'service', namespace, name, port: Number(port || (protocol === 'https:' ? 443 : 80)), ...secure }
        : { kind: 'url', url, ...secure };
    const request: ApiRequest = {
      method: 'POST',
      path: `${pathname}${search}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    try {
      return yield* withTimeout(
        timeoutMs,
        suspend<OutwardAnswer>((resume, fail) =>
          services.request(target, request, resume, (message) =>
            fail(new Error(`Post ${JSON.stringify(url)}: ${message}`)),
          ),
        ),
      );
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      const text = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
      throw new Error(`Post ${JSON.stringify(url)}: ${text}`, { cause: error });
    }
  };
}

interface Destination {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
}

function addressOf(network: Network | undefined, target: OutwardTarget): Destination | undefined {
  if (target.kind === 'url') {
    const url = new URL(target.url);
    return {
      scheme: url.protocol.slice(0, -1),
      host: url.hostname,
      port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
    };
  }
  if (target.kind === 'pod') return { scheme: target.tls ? 'https' : 'http', host: target.ip, port: target.port };
  const endpoint = network?.dialService(target.namespace, target.name, target.port);
  return endpoint && { scheme: target.tls ? 'https' : 'http', host: endpoint.ip, port: endpoint.port };
}

function* perform(
  network: Network | undefined,
  nodeName: string,
  target: OutwardTarget,
  request: ApiRequest,
  nowMs: () => number,
): Process<OutwardAnswer> {
  const { stack, call } = outwardCall(network, nodeName, target, request, nowMs);
  const { status, headers, body } = yield* httpRequest(stack, { ...call, timeoutMs: callTimeoutMs });
  return { status, headers: plainHeaders(headers), body: decoder.decode(body) };
}

interface Conversation {
  readonly receiver: OutwardReceiver;
  /** What the asking side says once it was let. */
  readonly said: Channel<Uint8Array>;
  readonly nowMs: () => number;
}

function* converse(
  network: Network | undefined,
  nodeName: string,
  target: OutwardTarget,
  request: ApiRequest,
  { receiver, said, nowMs }: Conversation,
): Process<void> {
  const { stack, call } = outwardCall(network, nodeName, target, request, nowMs);
  const pass = function* (bytes: Uint8Array): Process<void> {
    while (receiver.backlog > maxBacklog) yield* sleep(backlogPauseMs);
    receiver.bytes(bytes);
  };
  yield* httpRequest(stack, {
    ...call,
    connectTimeoutMs: callTimeoutMs,
    onHead: function* ({ status, headers }) {
      receiver.head({ status, headers: plainHeaders(headers) });
    },
    onBody: pass,
    onUpgrade: function* (connection, reader) {
      const speaking = yield* fork(speak(said, connection));
      try {
        for (let bytes = yield* reader.some(); bytes; bytes = yield* reader.some()) yield* pass(bytes);
      } finally {
        speaking.kill();
      }
    },
  });
}

function* speak(said: Channel<Uint8Array>, { writer }: Connection): Process<void> {
  for (let bytes = yield* said.receive(); bytes; bytes = yield* said.receive()) yield* writer.write(bytes);
  writer.close();
}

const plainHeaders = (headers: HttpHeaders): Record<string, string> =>
  Object.fromEntries(headers.entries().map(([name, value]) => [name.toLowerCase(), value]));

/** @throws Error when there is no way to the target */
function outwardCall(
  network: Network | undefined,
  nodeName: string,
  target: OutwardTarget,
  request: ApiRequest,
  nowMs: () => number,
): { readonly stack: NetworkStack; readonly call: HttpCall } {
  const destination = addressOf(network, target);
  if (!network || !destination)
    throw new Error(
      target.kind === 'service' ? `no endpoints available for service "${target.name}"` : 'no route to host',
    );
  const { scheme, host, port } = destination;
  const body =
    typeof request.body === 'object' && !(request.body instanceof Uint8Array)
      ? JSON.stringify(request.body)
      : request.body;
  const { tls } = target;
  const call: HttpCall = {
    url: `${scheme}://${tls?.serverName ?? host}:${port}${request.path}`,
    method: request.method,
    headers: request.headers,
    ...(tls ? { connectTo: { host, port }, verify: (certificate) => verifyServer(certificate, tls, nowMs()) } : {}),
    ...(body === undefined ? {} : { body: typeof body === 'string' ? encoder.encode(body) : body }),
  };
  return { stack: hostStack(network, nodeName), call };
}

/** The control plane's own stack. @throws NetworkError when its machine has none */
function hostStack(network: Network, nodeName: string): NetworkStack {
  try {
    return network.hostStack(nodeName);
  } catch (error) {
    // Without a machine of its own, nothing listens where the control plane could reach it.
    if (error instanceof NetworkError) throw new NetworkError('ECONNREFUSED', error.message);
    throw error;
  }
}

/** Upstream: crypto/x509. Differs: a stand-in, which is no certificate of X.509, is vouched for by whatever authority is named. */
function verifyServer(certificate: string | undefined, tls: OutwardTls, nowMs: number): void {
  if (certificate === undefined) throw new TlsError('EOF');
  const { insecure = false, serverName, caBundle } = tls;
  if (insecure || (caBundle !== undefined && isStandIn(certificate))) return;
  const why = certificateDistrust(certificate, { serverName, authorities: caBundle ?? '', nowMs });
  if (why !== undefined) throw new TlsError(`tls: failed to verify certificate: ${why}`);
}

const goTexts: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  ETIMEDOUT: 'i/o timeout',
  EHOSTUNREACH: 'connect: no route to host',
};

function whyNot(error: unknown, destination: Destination | undefined): string {
  if (error instanceof NetworkError && destination)
    return `dial tcp ${destination.host}:${destination.port}: ${goTexts[error.code] ?? error.message}`;
  return errorText(error);
}
