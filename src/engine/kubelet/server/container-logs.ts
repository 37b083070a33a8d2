/** `/containerLogs`. Upstream: pkg/kubelet/server/server.go getContainerLogs, kubelet_pods.go validateContainerLogStatus (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import { parseTime } from '../../../apimachinery/time.ts';
import { race } from '../../../process/combinators.ts';
import { type Process, sleep, suspend } from '../../../process/process.ts';
import type { Exchange } from '../../../protocol/rest.ts';
import type { LogOptions } from '../../runtime/container-log.ts';
import type { RuntimeService } from '../../runtime/runtime-service.ts';
import { parseContainerId } from '../runtime-pod.ts';

const backlogLimit = 256;

/** A log that cannot be read; the text is the answer's. */
export class LogError extends Error {
  override readonly name = 'LogError';
}

/**
 * The container whose log is meant.
 *
 * @throws LogError when there is none yet
 */
export function validateContainerLogStatus(
  podName: string,
  status: corev1.PodStatus,
  containerName: string,
  previous: boolean,
): string {
  const of = `container "${containerName}" in pod "${podName}"`;
  const all = [
    ...(status.containerStatuses ?? []),
    ...(status.initContainerStatuses ?? []),
    ...(status.ephemeralContainerStatuses ?? []),
  ];
  const found = all.find(({ name }) => name === containerName);
  if (!found) throw new LogError(`${of} is not available`);
  const { state, lastState } = found;
  const last = lastState?.terminated;
  if (previous) {
    if (last?.containerID) return last.containerID;
    throw new LogError(`previous terminated ${of} not found`);
  }
  if (state?.running) return found.containerID ?? '';
  if (state?.terminated || last) {
    const id = state?.terminated?.containerID || last?.containerID;
    if (id) return id;
    throw new LogError(`${of} is terminated`);
  }
  const reason = state?.waiting?.reason ?? '';
  if (reason === 'ErrImagePull') throw new LogError(`${of} is waiting to start: image can't be pulled`);
  if (reason === 'ImagePullBackOff') throw new LogError(`${of} is waiting to start: trying and failing to pull image`);
  throw new LogError(`${of} is waiting to start: ${reason}`);
}

/** What a query asks for. */
export function logOptions(query: URLSearchParams, nowMs: number): LogOptions {
  const number = (name: string) => (query.has(name) ? Number(query.get(name)) : undefined);
  const flag = (name: string) => ['1', 'true'].includes(query.get(name) ?? '');
  const sinceSeconds = number('sinceSeconds');
  const sinceTime = query.get('sinceTime');
  const sinceMs =
    sinceSeconds !== undefined ? nowMs - sinceSeconds * 1000 : sinceTime ? parseTime(sinceTime) : undefined;
  const tailLines = number('tailLines');
  const limitBytes = number('limitBytes');
  const stream = query.get('stream');
  return {
    follow: flag('follow'),
    timestamps: flag('timestamps'),
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(stream === 'Stdout' ? { stream: 'stdout' } : stream === 'Stderr' ? { stream: 'stderr' } : {}),
  };
}

/** Sends a log, and what is added to it while it is followed. */
export function* serveLog(
  runtime: RuntimeService,
  containerId: string,
  options: LogOptions,
  exchange: Exchange,
): Process<void> {
  const log = runtime.containerLog(parseContainerId(containerId));
  exchange.head({ status: 200, headers: { 'content-type': 'text/plain' } });
  let gone = false;
  let onGone: (() => void) | undefined;
  exchange.onAbort(() => {
    gone = true;
    onGone?.();
  });
  const emit = function* (bytes: Uint8Array): Process<void> {
    while (exchange.backlog > backlogLimit && !gone) yield* sleep(5);
    exchange.frame(bytes);
  };
  if (!log) exchange.frame(`unable to retrieve container logs for ${containerId}`);
  else {
    const untilGone = suspend<void>((resume) => {
      onGone = resume;
    });
    yield* race([log.read(options, emit), untilGone]);
  }
  if (!gone) exchange.end();
}
