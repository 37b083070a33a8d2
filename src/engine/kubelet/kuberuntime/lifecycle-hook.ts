import type * as corev1 from '../../../api/core/v1.ts';
import { quote } from '../../../apimachinery/go-format.ts';
import { type Process, sleep } from '../../../process/process.ts';
import { RuntimeError } from '../../runtime/runtime-service.ts';
import { formatPod, type KubeletHost } from '../kubelet-host.ts';
import { HttpGetError, httpGet, newRequestForHTTPGetAction } from '../prober/http-get.ts';

/** A hook that did not succeed; the message is what the API shows. */
export class HookError extends Error {
  override readonly name = 'HookError';
}

export interface HookTarget {
  readonly pod: corev1.Pod;
  readonly container: corev1.Container;
  readonly containerId: string;
  readonly podIP: string;
}

const noTimeoutMs = 0;
const httpTimeoutMs = 86_400_000;

/**
 * Runs a postStart or preStop hook.
 *
 * @throws HookError
 *
 * Upstream: pkg/kubelet/lifecycle/handlers.go Run (v1.36)
 */
export function* runHook(host: KubeletHost, handler: corev1.LifecycleHandler, target: HookTarget): Process<void> {
  const { pod, container } = target;
  const where = `for Container ${quote(container.name)} in Pod ${quote(formatPod(pod))} failed - error:`;
  if (handler.exec) return yield* runExec(host, handler.exec.command ?? [], target, where);
  if (handler.httpGet) return yield* runHttp(host, handler.httpGet, target, where);
  if (handler.sleep) return yield* sleep(handler.sleep.seconds * 1000);
  // A TCP hook is accepted by the API and does nothing but fail.
  throw new HookError('Cannot run handler: invalid handler');
}

function* runExec(
  host: KubeletHost,
  command: readonly string[],
  { containerId }: HookTarget,
  where: string,
): Process<void> {
  const what = `Exec lifecycle hook ([${command.join(' ')}]) ${where}`;
  try {
    const { exitCode, output } = yield* host.runtime.execSync(containerId, command, noTimeoutMs);
    if (exitCode === 0) return;
    throw new HookError(
      `${what} command '${command.join(' ')}' exited with ${exitCode}: ${output}, message: ${quote(output)}`,
    );
  } catch (error) {
    if (error instanceof RuntimeError) throw new HookError(`${what} ${error.text}, message: ""`);
    throw error;
  }
}

function* runHttp(
  host: KubeletHost,
  action: corev1.HTTPGetAction,
  { container, podIP }: HookTarget,
  where: string,
): Process<void> {
  try {
    const request = newRequestForHTTPGetAction(action, container, { podIP, purpose: 'lifecycle' });
    yield* httpGet(host.network, request, httpTimeoutMs);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof HookError) throw error;
    const text = error instanceof HttpGetError ? error.message : `invalid request: ${error.message}`;
    throw new HookError(`HTTP lifecycle hook (${action.path ?? ''}) ${where} ${text}`);
  }
}
