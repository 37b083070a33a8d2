/**
 * CoreDNS's container: holds port 53, reports health and readiness, logs as CoreDNS does. The answers come from the cluster network's
 * own name service, which asks that a CoreDNS pod can be reached before it gives any.
 */
import type { Process } from '../../../process/process.ts';
import type { ProgramContext } from '../../../shell/context.ts';
import { serveHttp } from '../../../shell/http-server.ts';
import { runService } from '../../../shell/service.ts';
import { writeText } from '../../../shell/streams.ts';
import { distrolessBase } from './bases.ts';
import type { ImageDefinition } from './image.ts';

const text = (body: string) =>
  function* (): Process<{ status: number; body: string }> {
    return { status: 200, body };
  };

function* coredns(context: ProgramContext): Process<number> {
  const { network } = context;
  if (!network) return 1;
  const udp = network.udp(53);
  context.use?.({ cpuMilli: 2, memoryBytes: 14 * 1024 * 1024 });
  yield* writeText(context.stdout, '.:53\nCoreDNS-1.14.1\nlinux/amd64, go1.26, simulated\n');
  try {
    return yield* runService(context, {
      parts: [
        serveHttp({ network, port: 8080, handler: text('OK') }),
        serveHttp({ network, port: 8181, handler: text('OK') }),
        serveHttp({ network, port: 9153, handler: text('coredns_build_info{version="1.14.1"} 1\n') }),
      ],
    });
  } finally {
    udp.close();
  }
}

export const corednsImage: ImageDefinition = {
  matches: ['*/coredns/coredns', '*/coredns'],
  programs: { coredns },
  build: () => ({
    entrypoint: ['/coredns'],
    user: '65532:65532',
    layers: [...distrolessBase, { '/coredns': { program: 'coredns' } }],
    sizeBytes: 22_600_000,
  }),
};
