import type * as corev1 from '../../api/core/v1.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { PodEnd } from './status/pod-status.ts';

/**
 * Whether a pod has been active longer than it may.
 *
 * Upstream: pkg/kubelet/active_deadline.go (v1.36)
 */
export function deadlineExceeded(
  pod: corev1.Pod,
  status: corev1.PodStatus | undefined,
  nowMs: number,
): PodEnd | undefined {
  const seconds = pod.spec?.activeDeadlineSeconds;
  const startTime = status?.startTime ?? pod.status?.startTime;
  if (seconds === undefined || startTime === undefined) return undefined;
  if (nowMs - parseTime(startTime) < seconds * 1000) return undefined;
  return {
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
  };
}
