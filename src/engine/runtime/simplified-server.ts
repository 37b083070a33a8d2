import type { Process } from '../../process/process.ts';
import { suspend } from '../../process/process.ts';
import type { Program, ProgramContext } from '../../shell/context.ts';
import { grpcHandler } from '../../shell/grpc.ts';
import type { HttpHandler } from '../../shell/http-server.ts';
import { serveHttp } from '../../shell/http-server.ts';
import { NetworkError } from '../../shell/network-stack.ts';
import type { ServedPort } from './runtime-service.ts';
import { runService } from '../../shell/service.ts';

const healthy = grpcHandler({}, () => 'SERVING');
/** What a small server uses. */
const usage = { cpuMilli: 2, memoryBytes: 8 * 1024 * 1024 };
const certificate = '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n';

/**
 * What stands for a program that nobody wrote: it listens on the ports that its container declares, answers HTTP with 200 and gRPC
 * health checks with SERVING, and ends when it is asked to. Everything about it is healthy.
 */
export function simplifiedServer(image: string, ports: readonly ServedPort[]): Program {
  const handler: HttpHandler = function* (request) {
    if (request.headers.get('content-type')?.startsWith('application/grpc')) return yield* healthy(request);
    return { status: 200, body: `This stands for ${image}: what it really does is not simulated.\n` };
  };
  return function* (context: ProgramContext): Process<number> {
    context.use?.(usage);
    const parts = ports.map((port) => serve(context, port, handler));
    return yield* runService(context, { parts, signals: ['SIGTERM', 'SIGINT', 'SIGQUIT'] });
  };
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
