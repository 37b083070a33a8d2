/** Rules of jobs' status. Upstream: pkg/apis/batch/validation/validation.go, pkg/registry/batch/job/strategy.go (v1.36) */
import type * as batchv1 from '../../../../../api/batch/v1.ts';
import { goValueOf } from '../../../../../api/go-value.ts';
import { semanticDeepEqual } from '../../../../../apimachinery/deep-equal.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError } from '../../../../../apimachinery/field-error.ts';
import { validateCounts } from '../../apps/validation/field-rules.ts';
import { type Complaints, complain, fieldImmutable } from '../../core/validation/complaints.ts';
import { countIndexes, findOverlap } from './job-indexes.ts';

type Job = batchv1.Job;
type Status = batchv1.JobStatus;

const path = field.newPath('status');

interface Conditions {
  readonly complete: boolean;
  readonly failed: boolean;
  readonly failureTarget: boolean;
  readonly successCriteriaMet: boolean;
  readonly suspended: boolean;
  readonly finished: boolean;
}

function conditionsOf({ conditions = [] }: Status): Conditions {
  const isTrue = (type: string): boolean => conditions.some((one) => one.type === type && one.status === 'True');
  const [complete, failed] = [isTrue('Complete'), isTrue('Failed')];
  return {
    complete,
    failed,
    failureTarget: isTrue('FailureTarget'),
    successCriteriaMet: isTrue('SuccessCriteriaMet'),
    suspended: isTrue('Suspended'),
    finished: complete || failed,
  };
}

function validateUncounted(errors: Complaints, pods: batchv1.UncountedTerminatedPods): void {
  const seen = new Set<string>();
  for (const name of ['succeeded', 'failed'] as const) {
    for (const [i, uid] of (pods[name] ?? []).entries()) {
      const at = path.child('uncountedTerminatedPods', name).index(i);
      if (uid === '') errors.push(field.invalid(at, uid, 'must not be empty'));
      else if (seen.has(uid)) errors.push(field.duplicate(at, uid));
      seen.add(uid);
    }
  }
}

/** One change of a status and what it was, with what differs. */
class Change {
  readonly errors: Complaints = [];
  readonly status: Status;
  readonly old: Status;
  readonly is: Conditions;
  readonly was: Conditions;
  readonly spec: batchv1.JobSpec;

  constructor(job: Job, old: Job) {
    this.status = job.status ?? {};
    this.old = old.status ?? {};
    this.is = conditionsOf(this.status);
    this.was = conditionsOf(this.old);
    this.spec = job.spec ?? ({} as batchv1.JobSpec);
  }

  /** Whether one of those differs. */
  changed(...names: readonly (keyof Status | keyof Conditions)[]): boolean {
    return names.some((name) =>
      name in this.is
        ? this.is[name as keyof Conditions] !== this.was[name as keyof Conditions]
        : !semanticDeepEqual(this.status[name as keyof Status], this.old[name as keyof Status]),
    );
  }

  conditions(wrong: boolean, why: string): void {
    if (wrong) this.errors.push(field.invalid(path.child('conditions'), field.omitValue, why));
  }

  wrong(wrong: boolean, name: keyof Status & string, why: string): void {
    if (!wrong) return;
    const value =
      name === 'uncountedTerminatedPods'
        ? goValueOf('batch/v1.UncountedTerminatedPods', this.status[name])
        : this.status[name];
    complain(this.errors, path, name, value, [why]);
  }

  required(wrong: boolean, name: string, why: string): void {
    if (wrong) this.errors.push(field.required(path.child(name), why));
  }
}

function checkFinish(change: Change): void {
  const { status, is, spec } = change;
  const completion = change.changed('complete', 'completionTime');
  const { startTime, completionTime } = status;
  change.conditions(
    change.changed('complete', 'failed') && is.complete && is.failed,
    'cannot set Complete=True and Failed=true conditions',
  );
  change.conditions(
    change.changed('complete', 'failureTarget') && is.complete && is.failureTarget,
    'cannot set Complete=True and FailureTarget=true conditions',
  );
  const early = 'cannot set completionTime when there is no Complete=True condition';
  change.wrong(completion && completionTime !== undefined && !is.complete, 'completionTime', early);
  const missing = 'completionTime is required for Complete jobs';
  change.required(completion && completionTime === undefined && is.complete, 'completionTime', missing);
  const reversed =
    startTime !== undefined && completionTime !== undefined && Date.parse(completionTime) < Date.parse(startTime);
  change.wrong(
    change.changed('startTime', 'completionTime') && reversed,
    'completionTime',
    'must be equal to or after `startTime`',
  );
  const noTarget = 'cannot set Failed=True condition without the FailureTarget=true condition';
  change.conditions(change.changed('failed', 'failedIndexes') && is.failed && !is.failureTarget, noTarget);
  const noCriteria = 'cannot set Complete=True condition without the SuccessCriteriaMet=true condition';
  change.conditions(
    change.changed('complete', 'successCriteriaMet') && is.complete && !is.successCriteriaMet,
    noCriteria,
  );
  const active = change.changed('finished', 'active') && (status.active ?? 0) > 0 && is.finished;
  change.wrong(active, 'active', 'active>0 is invalid for finished job');
  const nothingToDo = spec.suspend === true && spec.completions === 0;
  const noStart = change.changed('finished', 'startTime') && !nothingToDo && startTime === undefined && is.finished;
  change.required(noStart, 'startTime', 'startTime is required for finished job');
  const { failed = [], succeeded = [] } = status.uncountedTerminatedPods ?? {};
  const uncounted = change.changed('finished', 'uncountedTerminatedPods') && failed.length + succeeded.length > 0;
  change.wrong(is.finished && uncounted, 'uncountedTerminatedPods', 'must be empty for finished job');
}

function checkIndexes(change: Change): void {
  const { status, spec } = change;
  const { completions, backoffLimitPerIndex, completionMode } = spec;
  const { completedIndexes = '', failedIndexes } = status;
  const completedChanged = change.changed('completedIndexes');
  const failedChanged = change.changed('failedIndexes');
  if (completedChanged && completions !== undefined) {
    const why = countIndexes(completedIndexes, completions);
    change.wrong(typeof why === 'string', 'completedIndexes', `error parsing completedIndexes: ${why}`);
  }
  if (failedChanged && completions !== undefined && backoffLimitPerIndex !== undefined) {
    const why = countIndexes(failedIndexes ?? '', completions);
    change.wrong(typeof why === 'string', 'failedIndexes', `error parsing failedIndexes: ${why}`);
  }
  change.wrong(
    completedChanged && completedIndexes !== '' && completionMode !== 'Indexed',
    'completedIndexes',
    'cannot set non-empty completedIndexes when non-indexed completion mode',
  );
  change.wrong(
    failedChanged && backoffLimitPerIndex === undefined && failedIndexes !== undefined,
    'failedIndexes',
    'cannot set non-null failedIndexes when backoffLimitPerIndex is null',
  );
  if (!(completedChanged || failedChanged) || completions === undefined || !completedIndexes || !failedIndexes) return;
  const overlap = findOverlap(completedIndexes, failedIndexes, completions);
  const why = `failedIndexes and completedIndexes overlap at index: ${overlap}`;
  change.wrong(overlap !== undefined, 'failedIndexes', why);
}

function checkSuccess(change: Change): void {
  const { status, is, spec } = change;
  const terminating = change.changed('finished', 'terminating') && (status.terminating ?? 0) > 0 && is.finished;
  change.wrong(terminating, 'terminating', 'terminating>0 is invalid for finished job');
  const ready = change.changed('ready', 'active') && (status.ready ?? 0) > (status.active ?? 0);
  change.wrong(ready, 'ready', 'cannot set more ready pods than active');
  change.conditions(
    is.successCriteriaMet && is.failed,
    'cannot set SuccessCriteriaMet=True and Failed=true conditions',
  );
  change.conditions(
    is.successCriteriaMet && is.failureTarget,
    'cannot set SuccessCriteriaMet=True and FailureTarget=true conditions',
  );
  change.conditions(
    spec.successPolicy !== undefined && !is.successCriteriaMet && is.complete,
    'cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True',
  );
}

function checkTransition(change: Change): void {
  const { status, old, is, was, spec } = change;
  const terminal = [
    ['failed', 'Failed'],
    ['complete', 'Complete'],
    ['failureTarget', 'FailureTarget'],
  ] as const;
  for (const [key, type] of terminal) {
    change.conditions(was[key] && !is[key], `cannot disable the terminal ${type}=True condition`);
  }
  change.wrong((status.failed ?? 0) < (old.failed ?? 0), 'failed', 'cannot decrease the failed counter');
  const fixed = spec.completionMode !== 'Indexed' || spec.completions !== spec.parallelism;
  const fewer = fixed && (status.succeeded ?? 0) < (old.succeeded ?? 0);
  change.wrong(fewer, 'succeeded', 'cannot decrease the succeeded counter');
  const moved = status.completionTime !== undefined && old.completionTime !== undefined;
  change.wrong(moved && change.changed('completionTime'), 'completionTime', fieldImmutable);
  const resumes =
    was.suspended && (status.conditions ?? []).some((c) => c.type === 'Suspended' && c.status === 'False');
  const restarted = change.changed('startTime') && !resumes && old.startTime !== undefined && !spec.suspend;
  change.wrong(restarted, 'startTime', 'field is immutable for unsuspended job once set');
  change.conditions(
    was.successCriteriaMet && !is.successCriteriaMet,
    'cannot disable the SuccessCriteriaMet=True condition',
  );
  change.conditions(
    was.complete && !was.successCriteriaMet && is.successCriteriaMet,
    'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions',
  );
}

/** Complaints about a change of a job's status. Upstream: ValidateJobUpdateStatus */
export function validateJobStatusUpdate(job: Job, old: Job): FieldError[] {
  const change = new Change(job, old);
  const { errors, status } = change;
  validateCounts(errors, path, status, ['active', 'succeeded', 'failed', 'ready', 'terminating']);
  if (status.uncountedTerminatedPods) validateUncounted(errors, status.uncountedTerminatedPods);
  checkFinish(change);
  checkIndexes(change);
  checkSuccess(change);
  checkTransition(change);
  return errors;
}
