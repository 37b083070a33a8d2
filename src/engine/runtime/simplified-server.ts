import type { Process } from '../../process/process.ts';
import { sleep, suspend } from '../../process/process.ts';
import type { Program, ProgramContext } from '../../shell/context.ts';
import { grpcHandler } from '../../shell/grpc.ts';
import type { HttpRequest } from '../../shell/http.ts';
import type { HttpHandler } from '../../shell/http-server.ts';
import { serveHttp } from '../../shell/http-server.ts';
import { NetworkError } from '../../shell/network-stack.ts';
import { isJsonObject } from '../../apimachinery/json-value.ts';
import type { ServedPort } from './runtime-service.ts';
import { runService } from '../../shell/service.ts';
import { decode } from '../../shell/text.ts';

const healthy = grpcHandler({}, () => 'SERVING');
/** What a small server uses. */
const usage = { cpuMilli: 2, memoryBytes: 8 * 1024 * 1024 };
const taskMs = 1000;
const certificate = '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n';

/**
 * What stands for a program that nobody wrote: it listens on the ports that its container declares, answers HTTP with 200 and gRPC
 * health checks with SERVING, allows what it is asked as an admission webhook, and ends when it is asked to. Everything about it is healthy.
 */
export function simplifiedServer(image: string, ports: readonly ServedPort[]): Program {
  const handler: HttpHandler = function* (request) {
    if (request.headers.get('content-type')?.startsWith('application/grpc')) return yield* healthy(request);
    const review = admissionReview(request);
    if (review) return json(review);
    const discovery = apiDiscovery(request);
    if (discovery) return json(discovery);
    return { status: 200, body: `This stands for ${image}: what it really does is not simulated.\n` };
  };
  return function* (context: ProgramContext): Process<number> {
    context.use?.(usage);
    const parts = ports.map((port) => serve(context, port, handler));
    return yield* runService(context, { parts, signals: ['SIGTERM', 'SIGINT', 'SIGQUIT'] });
  };
}

/** A webhook that nobody wrote allows what it is asked. */
function admissionReview({ method, body }: HttpRequest): object | undefined {
  if (method !== 'POST' || body.length === 0) return undefined;
  try {
    const { apiVersion, kind, request } = JSON.parse(decode(body)) as Readonly<Record<string, unknown>>;
    if (kind !== 'AdmissionReview' || !isJsonObject(request)) return undefined;
    return { apiVersion, kind, response: { uid: request['uid'], allowed: true } };
  } catch {
    return undefined;
  }
}

/** An API server that nobody wrote has no resources: so its group can be discovered, and namespaces can go. */
function apiDiscovery({ method, path }: HttpRequest): object | undefined {
  const [, groupVersion] = /^\/apis\/([^/]+\/v[^/]+)\/?$/.exec(path) ?? [];
  if (method !== 'GET' || groupVersion === undefined) return undefined;
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: [] };
}

const json = (value: object) => ({
  status: 200,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(value),
});

/** What stands for such a program where others wait for its end: it does nothing and succeeds. */
export function* simplifiedTask(context: ProgramContext): Process<number> {
  context.use?.(usage);
  yield* sleep(taskMs);
  return 0;
}

function* serve({ network }: ProgramContext, { port, tls }: ServedPort, handler: HttpHandler): Process<void> {
  if (!network) return;
  try {
    yield* serveHttp({ network, port, handler, ...(tls ? { certificate } : {}) });
  } catch (error) {
    // Ports that are taken already (by another container of the pod) are left to their owner.
    if (!(error instanceof NetworkError)) throw error;
    yield* suspend<void>(() => undefined);
  }
}
