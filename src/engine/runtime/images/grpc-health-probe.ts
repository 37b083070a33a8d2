import type { Process } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { checkGrpcHealth, GrpcError } from '../../../shell/grpc.ts';
import { writeText } from '../../../shell/streams.ts';
import { parseGoFlags } from './go-program.ts';

const timeoutMs = 1000;

/** `grpc_health_probe -addr=HOST:PORT`: how images let exec probes ask a gRPC server. Its exit codes are those of the original. */
export function* grpcHealthProbe(context: ProgramContext): Process<number> {
  const { network, stdout, stderr } = context;
  const flags = parseGoFlags(context.argv.slice(1)).values;
  const address = (flags.get('addr') ?? '').replace(/^:/, 'localhost:');
  if (!network || address === '') {
    yield* writeText(stderr, 'error: -addr not specified\n');
    return 1;
  }
  try {
    const status = yield* checkGrpcHealth(network, address, flags.get('service') ?? '', timeoutMs);
    if (status === 'SERVING') {
      yield* writeText(stdout, `status: ${status}\n`);
      return 0;
    }
    yield* writeText(stderr, `service unhealthy (responded with "${status}")\n`);
    return 4;
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error;
    const connects = error.code !== 4 && error.code !== 14;
    yield* writeText(
      stderr,
      connects
        ? `error: health rpc failed: ${error.message}\n`
        : `timeout: failed to connect service "${address}" within ${timeoutMs / 1000}s\n`,
    );
    return connects ? 3 : 2;
  }
}
