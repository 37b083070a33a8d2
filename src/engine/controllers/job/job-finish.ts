/** Whether a Job is over, by what is known of its pods. Upstream: pkg/controller/job/job_controller.go syncJob (v1.36) */
import type * as batchv1 from '../../../api/batch/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { timeOf } from '../shared/api-time.ts';
import { getCondition } from '../shared/conditions.ts';
import { newJobCondition } from './job-conditions.ts';
import { isPodFailed, matchPodFailurePolicy } from './pod-failure.ts';

/** What a Job is heading for. */
export interface JobFinish {
  /** `SuccessCriteriaMet` or `FailureTarget`, or `Failed` when the latter was announced before; undefined while it goes on. */
  readonly condition?: batchv1.JobCondition;
  /** When its deadline will be over, in ms from now. */
  readonly deadlineInMs?: number;
}

/** What the Job's status, its pods, the failures counted so far and the clock say, in this order. */
export function decideFinish(
  job: batchv1.Job,
  status: batchv1.JobStatus,
  pods: readonly corev1.Pod[],
  { failed, nowMs }: { readonly failed: number; readonly nowMs: number },
): JobFinish {
  const announced = announcedFinish(status.conditions ?? [], nowMs);
  if (announced) return { condition: announced };
  const { spec = { template: {} } } = job;
  for (const pod of spec.podFailurePolicy ? pods : []) {
    const message = isPodFailed(pod, job) ? matchPodFailurePolicy(job, pod).failJobMessage : undefined;
    if (message !== undefined) return { condition: failureTarget('PodFailurePolicy', message, nowMs) };
  }
  const { backoffLimit = 6, activeDeadlineSeconds, suspend } = spec;
  if (failed > backoffLimit || pastBackoffLimitOnFailure(spec, pods, backoffLimit)) {
    return { condition: failureTarget('BackoffLimitExceeded', 'Job has reached the specified backoff limit', nowMs) };
  }
  if (activeDeadlineSeconds === undefined || suspend) return {};
  const deadlineInMs = activeDeadlineSeconds * 1000 - (nowMs - (timeOf(status.startTime) ?? nowMs));
  if (deadlineInMs > 0) return { deadlineInMs };
  return { condition: failureTarget('DeadlineExceeded', 'Job was active longer than specified deadline', nowMs) };
}

/** The condition of a Job that is to fail. */
export function failureTarget(reason: string, message: string, nowMs: number): batchv1.JobCondition {
  return newJobCondition('FailureTarget', 'True', reason, message, nowMs);
}

/** The failure of a Job with a limit per index, if its indexes have come to one. */
export function failedIndexesFinish(
  { maxFailedIndexes, completions = 0 }: batchv1.JobSpec,
  { failed, succeeded, nowMs }: { readonly failed: number; readonly succeeded: number; readonly nowMs: number },
): batchv1.JobCondition | undefined {
  if (maxFailedIndexes !== undefined && failed > maxFailedIndexes) {
    const message = 'Job has exceeded the specified maximal number of failed indexes';
    return failureTarget('MaxFailedIndexesExceeded', message, nowMs);
  }
  const allEnded = failed > 0 && failed + succeeded >= completions;
  return allEnded ? failureTarget('FailedIndexes', 'Job has failed indexes', nowMs) : undefined;
}

function announcedFinish(conditions: readonly batchv1.JobCondition[], nowMs: number): batchv1.JobCondition | undefined {
  const met = getCondition(conditions, 'SuccessCriteriaMet');
  if (met?.status === 'True') return met;
  const target = getCondition(conditions, 'FailureTarget');
  if (target?.status !== 'True') return undefined;
  return newJobCondition('Failed', 'True', target.reason ?? '', target.message ?? '', nowMs);
}

/** Pods that restart in place do not fail: their restarts count instead. Upstream: pastBackoffLimitOnFailure */
function pastBackoffLimitOnFailure(spec: batchv1.JobSpec, pods: readonly corev1.Pod[], limit: number): boolean {
  if (spec.template.spec?.restartPolicy !== 'OnFailure') return false;
  let restarts = 0;
  for (const { status } of pods) {
    if (status?.phase !== 'Running' && status?.phase !== 'Pending') continue;
    for (const one of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) {
      restarts += one.restartCount;
    }
  }
  return limit === 0 ? restarts > 0 : restarts >= limit;
}
