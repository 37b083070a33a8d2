import type * as corev1 from '../../api/core/v1.ts';
import type { ContainerStatus, RuntimeService } from '../runtime/runtime-service.ts';
import { getContainerSpec } from './kubelet-host.ts';

const maxLogLines = 80;
const maxLogBytes = 2048;

/**
 * What an ended container said of its end: the file it wrote, or the end of its log when it may stand for it.
 *
 * Upstream: pkg/kubelet/kuberuntime/kuberuntime_container.go getTerminationMessage (v1.36)
 */
export function terminationMessage(runtime: RuntimeService, pod: corev1.Pod, run: ContainerStatus): string {
  const written = runtime.terminationMessage(run.id);
  if (written !== '') return written;
  const policy = getContainerSpec(pod, run.name)?.terminationMessagePolicy;
  if (policy !== 'FallbackToLogsOnError' || run.exitCode === 0 || run.reason === 'StartError') return '';
  return runtime.containerLog(run.id)?.tail(maxLogLines, maxLogBytes) ?? '';
}
