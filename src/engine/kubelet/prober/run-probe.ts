import type * as corev1 from '../../../api/core/v1.ts';
import { TimeoutError, withTimeout } from '../../../process/combinators.ts';
import type { Process } from '../../../process/process.ts';
import { checkGrpcHealth, GrpcError } from '../../../shell/grpc.ts';
import { NetworkError } from '../../../shell/network-stack.ts';
import { formatDuration } from '../../../apimachinery/duration.ts';
import { RuntimeError } from '../../runtime/runtime-service.ts';
import { expandStatic } from '../environment/expansion.ts';
import type { KubeletHost } from '../kubelet-host.ts';
import { resolveContainerPort } from './container-port.ts';
import { dialErrorText, HttpGetError, httpGet, newRequestForHTTPGetAction } from './http-get.ts';

/** What one run of a probe found; `error` is a probe that could not be run. */
export interface ProbeOutcome {
  readonly result: 'success' | 'warning' | 'failure' | 'unknown';
  readonly output: string;
  readonly error?: string;
}

export interface ProbeTarget {
  readonly container: corev1.Container;
  /** The runtime's id. */
  readonly containerId: string;
  readonly podIP: string;
}

const failure = (output: string): ProbeOutcome => ({ result: 'failure', output });

/**
 * Runs a probe once.
 *
 * Upstream: pkg/kubelet/prober/prober.go runProbe (v1.36)
 */
export function* runProbe(host: KubeletHost, probe: corev1.Probe, target: ProbeTarget): Process<ProbeOutcome> {
  const timeoutMs = (probe.timeoutSeconds || 1) * 1000;
  try {
    if (probe.exec) return yield* execProbe(host, probe.exec, target, timeoutMs);
    if (probe.httpGet) return yield* httpProbe(host, probe.httpGet, target, timeoutMs);
    if (probe.tcpSocket) return yield* tcpProbe(host, probe.tcpSocket, target, timeoutMs);
    if (probe.grpc) return yield* grpcProbe(host, probe.grpc, target, timeoutMs);
    return { result: 'unknown', output: '', error: `missing probe handler for ${target.container.name}` };
  } catch (error) {
    if (error instanceof Error) return { result: 'unknown', output: '', error: error.message };
    throw error;
  }
}

function* execProbe(
  host: KubeletHost,
  action: corev1.ExecAction,
  { container, containerId }: ProbeTarget,
  timeoutMs: number,
): Process<ProbeOutcome> {
  const command = expandStatic(action.command ?? [], container.env ?? []);
  try {
    const { exitCode, output } = yield* host.runtime.execSync(containerId, command, timeoutMs);
    const text = output.slice(0, 10_240);
    return exitCode === 0 ? { result: 'success', output: text } : failure(text);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    if (error.code === 'DeadlineExceeded') return failure(error.message);
    return { result: 'unknown', output: '', error: error.text };
  }
}

function* httpProbe(
  host: KubeletHost,
  action: corev1.HTTPGetAction,
  { container, podIP }: ProbeTarget,
  timeoutMs: number,
): Process<ProbeOutcome> {
  const request = newRequestForHTTPGetAction(action, container, { podIP, purpose: 'probe' });
  try {
    const { statusCode, body } = yield* httpGet(host.network, request, timeoutMs);
    if (statusCode >= 300 && statusCode < 400)
      return { result: 'warning', output: `Probe terminated redirects, Response body: ${body}` };
    if (statusCode >= 200 && statusCode < 400) return { result: 'success', output: '' };
    return failure(`HTTP probe failed with statuscode: ${statusCode}`);
  } catch (error) {
    if (error instanceof HttpGetError) return failure(error.message);
    throw error;
  }
}

function* tcpProbe(
  host: KubeletHost,
  action: corev1.TCPSocketAction,
  { container, podIP }: ProbeTarget,
  timeoutMs: number,
): Process<ProbeOutcome> {
  const port = resolveContainerPort(action.port, container);
  const address = action.host || podIP;
  try {
    const connection = yield* withTimeout(timeoutMs, host.network.dial(address, port));
    connection.close();
    return { result: 'success', output: '' };
  } catch (error) {
    if (error instanceof TimeoutError) return failure(`dial tcp ${address}:${port}: i/o timeout`);
    if (error instanceof NetworkError) return failure(dialErrorText(error, address, port));
    throw error;
  }
}

/** Upstream: pkg/probe/grpc/grpc.go Probe (v1.36) */
function* grpcProbe(
  host: KubeletHost,
  action: corev1.GRPCAction,
  { podIP }: ProbeTarget,
  timeoutMs: number,
): Process<ProbeOutcome> {
  const address = `${podIP}:${action.port}`;
  const timeout = formatDuration(timeoutMs);
  try {
    const status = yield* checkGrpcHealth(host.network, address, action.service ?? '', timeoutMs);
    if (status === 'SERVING') return { result: 'success', output: 'service healthy' };
    return failure(`service unhealthy (responded with "${status}")`);
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error;
    if (error.code === grpcUnimplemented)
      return failure(
        `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${error.detail}`,
      );
    if (error.code === grpcUnavailable)
      return failure(`timeout: failed to connect service "${address}" within ${timeout}: context deadline exceeded`);
    if (error.code === grpcDeadlineExceeded) return failure(`timeout: health rpc did not complete within ${timeout}`);
    return failure(`error: health rpc probe failed: ${error.message}`);
  }
}

const grpcDeadlineExceeded = 4;
const grpcUnimplemented = 12;
const grpcUnavailable = 14;
