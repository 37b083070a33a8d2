/** Rules of CronJobs. Upstream: pkg/apis/batch/validation/validation.go (v1.36) */
import type * as batchv1 from '../../../../../api/batch/v1.ts';
import { CronParseError, parseCronSchedule } from '../../../../../apimachinery/cron-schedule.ts';
import { loadLocation, TimeZoneError } from '../../../../../apimachinery/time-zone.ts';
import * as field from '../../../../../apimachinery/field-error.ts';
import type { FieldError } from '../../../../../apimachinery/field-error.ts';
import { byteLength } from '../../../../../apimachinery/validation.ts';
import { validateCounts } from '../../apps/validation/field-rules.ts';
import { nameWarnings } from '../../apps/validation/workload-template.ts';
import { type Complaints, complain, require, requiredOneOf } from '../../core/validation/complaints.ts';
import { getValidationOptionsFromPodTemplate } from '../../core/validation/pod-options.ts';
import { validateJobSpec, warningsForJobSpec } from './job.ts';

type CronJob = batchv1.CronJob;
type Spec = batchv1.CronJobSpec;

const specPath = field.newPath('spec');
const jobPath = specPath.child('jobTemplate', 'spec');
const maxNameLength = 52;
const zonePart = /^[A-Za-z.\-_0-9+]{1,14}$/;

/** The message of the error that reading throws; undefined when it succeeds. */
function complaintOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof CronParseError || error instanceof TimeZoneError) return error.message;
    throw error;
  }
}

function validateSchedule(errors: Complaints, spec: Spec, old: Spec | undefined): void {
  const { schedule, timeZone } = spec;
  if (!require(errors, specPath, 'schedule', schedule)) return;
  const why = complaintOf(() => parseCronSchedule(schedule));
  if (why !== undefined) complain(errors, specPath, 'schedule', schedule, [why]);
  if (!schedule.includes('TZ')) return;
  if (!old?.schedule.includes('TZ')) {
    complain(errors, specPath, 'schedule', schedule, [
      'cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
    ]);
  } else if (timeZone !== undefined) {
    complain(errors, specPath, 'schedule', schedule, ['cannot use both timeZone field and TZ or CRON_TZ in schedule']);
  }
}

function validateTimeZone(errors: Complaints, zone: string): void {
  const wrong = (why: string): void => complain(errors, specPath, 'timeZone', zone, [why]);
  if (zone === '') wrong('timeZone must be nil or non-empty string');
  else if (
    zone.split('/').some((part) => part === '.' || part === '..' || part.startsWith('-') || !zonePart.test(part))
  ) {
    wrong(`unknown time zone ${zone}`);
  } else {
    if (zone.toLowerCase() === 'local') {
      wrong('timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones');
    }
    const why = complaintOf(() => loadLocation(zone));
    if (why !== undefined) wrong(why);
  }
}

/** Complaints about a cron job, given what it was. */
export function validateCronJob({ metadata, spec }: CronJob, old?: CronJob): FieldError[] {
  const errors: Complaints = [];
  if (!spec) return errors;
  validateSchedule(errors, spec, old?.spec);
  validateCounts(errors, specPath, spec, ['startingDeadlineSeconds']);
  if (spec.timeZone !== undefined && spec.timeZone !== old?.spec?.timeZone) validateTimeZone(errors, spec.timeZone);
  requiredOneOf(errors, specPath, 'concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']);
  const job = spec.jobTemplate?.spec ?? ({} as batchv1.JobSpec);
  const options = getValidationOptionsFromPodTemplate(job.template, old?.spec?.jobTemplate?.spec?.template);
  validateJobSpec(errors, jobPath, job, options);
  if (job.selector) complain(errors, jobPath, 'selector', job.selector, ['`selector` will be auto-generated']);
  if (job.manualSelector) errors.push(field.notSupported(jobPath.child('manualSelector'), true, ['nil', 'false']));
  validateCounts(errors, specPath, spec, ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit']);
  const name = metadata.name ?? '';
  if (!old && byteLength(name) > maxNameLength) {
    complain(errors, field.newPath('metadata'), 'name', name, [`must be no more than ${maxNameLength} characters`]);
  }
  return errors;
}

/** Warnings about a cron job. Upstream: pkg/registry/batch/cronjob/strategy.go (v1.36) */
export function cronJobWarnings(object: CronJob, old: CronJob | undefined): string[] {
  const warnings = old ? [] : nameWarnings(object);
  const job = object.spec?.jobTemplate?.spec;
  if (job && old?.metadata.generation !== object.metadata.generation)
    warnings.push(...warningsForJobSpec(jobPath, job));
  if (old && object.spec?.schedule.includes('TZ')) {
    warnings.push(
      'cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details',
    );
  }
  return warnings;
}
