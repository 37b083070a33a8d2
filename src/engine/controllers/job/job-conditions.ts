import type * as batchv1 from '../../../api/batch/v1.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { getCondition } from '../shared/conditions.ts';
import { OrderedIntervals } from './ordered-intervals.ts';

type Condition = batchv1.JobCondition;

export function newJobCondition(
  type: string,
  status: 'True' | 'False',
  reason: string,
  message: string,
  nowMs: number,
): Condition {
  const time = formatTime(nowMs);
  return { type, status, lastProbeTime: time, lastTransitionTime: time, reason, message };
}

export function isJobFinished(job: batchv1.Job): boolean {
  return (job.status?.conditions ?? []).some(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
}

/** Adds or changes a condition; one that would only say False is not added. Upstream: ensureJobConditionStatus (v1.36) */
export function ensureJobConditionStatus(conditions: readonly Condition[], wanted: Condition): readonly Condition[] {
  const current = getCondition(conditions, wanted.type);
  if (!current) return wanted.status === 'False' ? conditions : [...conditions, wanted];
  const same =
    current.status === wanted.status && current.reason === wanted.reason && current.message === wanted.message;
  return same ? conditions : conditions.map((condition) => (condition === current ? wanted : condition));
}

/** The message of the first success rule that holds. Upstream: pkg/controller/job/success_policy.go (v1.36) */
export function matchSuccessPolicy(job: batchv1.Job, succeeded: OrderedIntervals): string | undefined {
  if (succeeded.total === 0) return undefined;
  for (const [index, rule] of (job.spec?.successPolicy?.rules ?? []).entries()) {
    const message = `Matched rules at index ${index}`;
    const { succeededIndexes, succeededCount } = rule;
    if (succeededIndexes === undefined) {
      if (succeededCount !== undefined && succeeded.total >= succeededCount) return message;
      continue;
    }
    const required = OrderedIntervals.parse(succeededIndexes, job.spec?.completions ?? 0);
    const overlap = required.overlap(succeeded);
    if (required.total === 0) continue;
    if (overlap === required.total || (succeededCount !== undefined && overlap >= succeededCount)) return message;
  }
  return undefined;
}
