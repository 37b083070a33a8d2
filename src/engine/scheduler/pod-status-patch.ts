import type * as corev1 from '../../api/core/v1.ts';
import { pods } from '../../api/resources.ts';
import { isConflict, isInternalError, isServiceUnavailable } from '../../apimachinery/status-error.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { Client } from '../../client/client.ts';
import { type Process, sleep } from '../../process/process.ts';

export interface NewCondition {
  readonly type: 'PodScheduled' | 'DisruptionTarget';
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** The condition to write, or undefined when the pod says so already. Upstream: pkg/api/v1/pod/util.go UpdatePodCondition (v1.36) */
function updatedCondition(pod: corev1.Pod, condition: NewCondition, nowMs: number): corev1.PodCondition | undefined {
  const old = pod.status?.conditions?.find(({ type }) => type === condition.type);
  const sameStatus = old?.status === condition.status;
  if (sameStatus && old.reason === condition.reason && old.message === condition.message) return undefined;
  const lastTransitionTime = sameStatus && old.lastTransitionTime ? old.lastTransitionTime : formatTime(nowMs);
  const { generation } = pod.metadata;
  return { ...condition, lastTransitionTime, ...(generation === undefined ? {} : { observedGeneration: generation }) };
}

const retryDelaysMs = [10, 50, 250];

/** Upstream: pkg/scheduler/util/utils.go PatchPodStatus (v1.36) */
function* patchPodStatus(client: Client, pod: corev1.Pod, status: object): Process<void> {
  const resource = client.resource(pods, pod.metadata.namespace);
  for (const delayMs of [...retryDelaysMs, undefined]) {
    try {
      yield* resource.patch(pod.metadata.name ?? '', 'strategic', { status }, { subresource: 'status' });
      return;
    } catch (error) {
      const isRetriable = isInternalError(error) || isServiceUnavailable(error) || isConflict(error);
      if (!isRetriable || delayMs === undefined) throw error;
      yield* sleep(delayMs);
    }
  }
}

/** Sets a condition, unless the pod has it so. @throws StatusError */
export function* patchPodCondition(
  client: Client,
  pod: corev1.Pod,
  nowMs: number,
  condition: NewCondition,
): Process<void> {
  yield* updatePod(client, pod, nowMs, condition, undefined);
}

/**
 * Sets a condition and the nominated node (undefined leaves it, empty clears it), as far as they differ from what the pod says.
 *
 * Upstream: pkg/scheduler/schedule_one.go updatePod (v1.36)
 */
export function* updatePod(
  client: Client,
  pod: corev1.Pod,
  nowMs: number,
  condition: NewCondition | undefined,
  nominatedNodeName: string | undefined,
): Process<void> {
  const written = condition && updatedCondition(pod, condition, nowMs);
  const nominates = nominatedNodeName !== undefined && nominatedNodeName !== (pod.status?.nominatedNodeName ?? '');
  if (!written && !nominates) return;
  yield* patchPodStatus(client, pod, {
    ...(written ? { conditions: [written] } : {}),
    ...(nominates ? { nominatedNodeName: nominatedNodeName || null } : {}),
  });
}

/** @throws StatusError */
export function* clearNominatedNodeName(client: Client, pod: corev1.Pod): Process<void> {
  yield* updatePod(client, pod, 0, undefined, '');
}
