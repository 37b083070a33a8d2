import type * as corev1 from '../../api/core/v1.ts';

/** Whether the API says that a pod has ended. */
export function podPhaseIsTerminal(pod: corev1.Pod): boolean {
  return pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';
}
