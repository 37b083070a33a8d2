import type * as batchv1 from '../../../api/batch/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { timeOf } from '../shared/api-time.ts';
import { getPodCondition } from '../shared/pod-status.ts';

type Job = batchv1.Job;

export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';
export const completionIndexAnnotation = 'batch.kubernetes.io/job-completion-index';
const indexFailureCountAnnotation = 'batch.kubernetes.io/job-index-failure-count';
const indexIgnoredFailureCountAnnotation = 'batch.kubernetes.io/job-index-ignored-failure-count';

export const hasTrackingFinalizer = (pod: corev1.Pod): boolean =>
  pod.metadata.finalizers?.includes(trackingFinalizer) === true;
export const isIndexedJob = (job: Job): boolean => job.spec?.completionMode === 'Indexed';
export const hasBackoffLimitPerIndex = (job: Job): boolean => job.spec?.backoffLimitPerIndex !== undefined;
/** Whether a pod that is on its way out still counts as active for replacement. */
export const onlyReplaceFailedPods = (job: Job): boolean =>
  job.spec?.podReplacementPolicy === 'Failed' || job.spec?.podFailurePolicy !== undefined;

export function getCompletionIndex(pod: corev1.Pod): number | undefined {
  const text = pod.metadata.annotations?.[completionIndexAnnotation];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Upstream: pkg/controller/job/job_controller.go isPodFailed (v1.36) */
export function isPodFailed(pod: corev1.Pod, job: Job): boolean {
  if (pod.status?.phase === 'Failed') return true;
  if (onlyReplaceFailedPods(job)) return false;
  return pod.metadata.deletionTimestamp !== undefined && pod.status?.phase !== 'Succeeded';
}

/** What the failure policy says of a failed pod. */
export interface FailureVerdict {
  /** Set when the whole Job fails for it. */
  readonly failJobMessage?: string;
  readonly countFailed: boolean;
  readonly action?: string;
}

function matchOnExitCodes(
  pod: corev1.Pod,
  requirement: batchv1.PodFailurePolicyOnExitCodesRequirement,
): corev1.ContainerStatus | undefined {
  const all = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  return all.find(({ name, state }) => {
    const exitCode = state?.terminated?.exitCode;
    if (exitCode === undefined || exitCode === 0) return false;
    if (requirement.containerName !== undefined && requirement.containerName !== name) return false;
    return requirement.values.includes(exitCode) === (requirement.operator === 'In');
  });
}

/** Upstream: pkg/controller/job/pod_failure_policy.go matchPodFailurePolicy (v1.36) */
export function matchPodFailurePolicy(job: Job, pod: corev1.Pod): FailureVerdict {
  const { namespace = '', name = '' } = pod.metadata;
  for (const [index, rule] of (job.spec?.podFailurePolicy?.rules ?? []).entries()) {
    const { action, onExitCodes, onPodConditions = [] } = rule;
    const container = onExitCodes && matchOnExitCodes(pod, onExitCodes);
    const condition = onExitCodes
      ? undefined
      : pod.status?.conditions?.find((one) =>
          onPodConditions.some((pattern) => pattern.type === one.type && pattern.status === one.status),
        );
    if (!container && !condition) continue;
    if (action !== 'FailJob') return { countFailed: action !== 'Ignore', action };
    const what = container
      ? `Container ${container.name} for pod ${namespace}/${name} failed with exit code ${container.state?.terminated?.exitCode ?? 0}`
      : `Pod ${namespace}/${name} has condition ${condition?.type ?? ''}`;
    return { failJobMessage: `${what} matching ${action} rule at index ${index}`, countFailed: true, action };
  }
  return { countFailed: true };
}

const countOf = (pod: corev1.Pod | undefined, annotation: string): number => {
  const text = pod?.metadata.annotations?.[annotation] ?? '';
  return /^\d+$/.test(text) ? Number(text) : 0;
};
export const getIndexFailureCount = (pod: corev1.Pod | undefined): number => countOf(pod, indexFailureCountAnnotation);
export const getIndexAbsoluteFailureCount = (pod: corev1.Pod): number =>
  getIndexFailureCount(pod) + countOf(pod, indexIgnoredFailureCountAnnotation);

/** The counts a replacement of a failed pod carries on. Upstream: getNewIndexFailureCounts (v1.36) */
export function failureCountAnnotations(job: Job, replaced: corev1.Pod | undefined): Readonly<Record<string, string>> {
  let failures = getIndexFailureCount(replaced);
  let ignored = countOf(replaced, indexIgnoredFailureCountAnnotation);
  if (replaced) {
    if (matchPodFailurePolicy(job, replaced).countFailed) failures++;
    else ignored++;
  }
  return {
    [indexFailureCountAnnotation]: String(failures),
    ...(ignored > 0 ? { [indexIgnoredFailureCountAnnotation]: String(ignored) } : {}),
  };
}

/** Whether an index has failed for good with this pod. Upstream: isIndexFailed (v1.36) */
export function isIndexFailed(job: Job, pod: corev1.Pod): boolean {
  if (!isPodFailed(pod, job)) return false;
  const { action, countFailed } = matchPodFailurePolicy(job, pod);
  if (action === 'FailIndex') return true;
  return countFailed && getIndexFailureCount(pod) >= (job.spec?.backoffLimitPerIndex ?? 0);
}

/** When a pod ended, in ms. Upstream: pkg/controller/job/backoff_utils.go getFinishedTime (v1.36) */
export function getFinishedTime(pod: corev1.Pod): number {
  const sidecars = new Set(
    (pod.spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map((container) => container.name),
  );
  const statuses = [
    ...(pod.status?.containerStatuses ?? []),
    ...(pod.status?.initContainerStatuses ?? []).filter((status) => sidecars.has(status.name)),
  ];
  const times = statuses.map((status) => timeOf(status.state?.terminated?.finishedAt));
  if (times.length > 0 && times.every((time) => time !== undefined)) return Math.max(...times);
  const ready = getPodCondition(pod, 'Ready');
  const sinceNotReady = ready?.status === 'False' ? timeOf(ready.lastTransitionTime) : undefined;
  if (sinceNotReady !== undefined) return sinceNotReady;
  const deleted = timeOf(pod.metadata.deletionTimestamp);
  if (deleted !== undefined) return deleted - (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  return timeOf(pod.metadata.creationTimestamp) ?? 0;
}
