import type * as batchv1 from '../../api/batch/v1.ts';
import { humanDuration } from '../../apimachinery/duration.ts';
import { type LabelSelector, labelSelectorAsSelector } from '../../apimachinery/labels.ts';
import { goBoolPointer, printLabelsAndAnnotations, printNames, rfc1123z } from './describe-parts.ts';
import type { PrefixWriter } from './describe-writer.ts';
import { describePodTemplate } from './pod-template.ts';
import { plain } from './session.ts';
import { printController } from './workloads.ts';

const softLimit = 50;

const selectorText = (selector: LabelSelector | undefined): string => labelSelectorAsSelector(selector).toString();

/** Upstream: kubectl/pkg/describe/describe.go describeJob (v1.36) */
export const describeJob = plain<batchv1.Job>((w, { metadata, spec, status }) => {
  printNames(w, metadata);
  w.write(0, `Selector:\t${selectorText(spec?.selector)}\n`);
  printLabelsAndAnnotations(w, metadata);
  printController(w, metadata);
  if (spec?.parallelism !== undefined) w.write(0, `Parallelism:\t${spec.parallelism}\n`);
  w.write(0, `Completions:\t${spec?.completions ?? '<unset>'}\n`);
  if (spec?.completionMode !== undefined) w.write(0, `Completion Mode:\t${spec.completionMode}\n`);
  if (spec?.suspend !== undefined) w.write(0, `Suspend:\t${spec.suspend}\n`);
  if (spec?.backoffLimit !== undefined) w.write(0, `Backoff Limit:\t${spec.backoffLimit}\n`);
  if (spec?.ttlSecondsAfterFinished !== undefined) {
    w.write(0, `TTL Seconds After Finished:\t${spec.ttlSecondsAfterFinished}\n`);
  }
  printJobTimes(w, status);
  if (spec?.activeDeadlineSeconds !== undefined) {
    w.write(0, `Active Deadline Seconds:\t${spec.activeDeadlineSeconds}s\n`);
  }
  const ready = status?.ready === undefined ? '' : ` (${status.ready} Ready)`;
  w.write(
    0,
    `Pods Statuses:\t${status?.active ?? 0} Active${ready} / ${status?.succeeded ?? 0} Succeeded / ${status?.failed ?? 0} Failed\n`,
  );
  if (spec?.completionMode === 'Indexed') {
    w.write(0, `Completed Indexes:\t${capIndexes(status?.completedIndexes ?? '')}\n`);
  }
  describePodTemplate(w, spec?.template);
});

function printJobTimes(w: PrefixWriter, status: batchv1.JobStatus | undefined): void {
  const { startTime, completionTime } = status ?? {};
  if (startTime) w.write(0, `Start Time:\t${rfc1123z(startTime)}\n`);
  if (completionTime) w.write(0, `Completed At:\t${rfc1123z(completionTime)}\n`);
  if (!startTime || !completionTime) return;
  w.write(0, `Duration:\t${humanDuration(Date.parse(completionTime) - Date.parse(startTime))}\n`);
}

/** Cut at the first comma past the limit. Upstream: describe.go capIndexesListOrNone (v1.36) */
function capIndexes(indexes: string): string {
  if (indexes === '') return '<none>';
  const comma = indexes.indexOf(',', softLimit);
  return comma < 0 ? indexes : `${indexes.slice(0, comma + 1)}...`;
}

/** Upstream: kubectl/pkg/describe/describe.go describeCronJob (v1.36) */
export const describeCronJob = plain<batchv1.CronJob>((w, { metadata, spec, status }) => {
  printNames(w, metadata);
  printLabelsAndAnnotations(w, metadata);
  w.write(0, `Schedule:\t${spec?.schedule ?? ''}\n`);
  w.write(0, `Concurrency Policy:\t${spec?.concurrencyPolicy ?? ''}\n`);
  w.write(0, `Suspend:\t${goBoolPointer(spec?.suspend)}\n`);
  w.write(0, `Time Zone:\t${spec?.timeZone ?? '<unset>'}\n`);
  w.write(0, `Successful Job History Limit:\t${spec?.successfulJobsHistoryLimit ?? '<unset>'}\n`);
  w.write(0, `Failed Job History Limit:\t${spec?.failedJobsHistoryLimit ?? '<unset>'}\n`);
  const deadline = spec?.startingDeadlineSeconds;
  w.write(0, `Starting Deadline Seconds:\t${deadline === undefined ? '<unset>' : `${deadline}s`}\n`);
  printJobTemplate(w, spec?.jobTemplate);
  w.write(0, `Last Schedule Time:\t${status?.lastScheduleTime ? rfc1123z(status.lastScheduleTime) : '<unset>'}\n`);
  const active = (status?.active ?? []).map(({ name }) => name ?? '').join(', ');
  w.write(0, `Active Jobs:\t${status?.active?.length ? active : '<none>'}\n`);
});

function printJobTemplate(w: PrefixWriter, template: batchv1.JobTemplateSpec | undefined): void {
  const spec = template?.spec;
  w.write(0, `Selector:\t${spec?.selector ? selectorText(spec.selector) : '<unset>'}\n`);
  w.write(0, `Parallelism:\t${spec?.parallelism ?? '<unset>'}\n`);
  w.write(0, `Completions:\t${spec?.completions ?? '<unset>'}\n`);
  if (spec?.activeDeadlineSeconds !== undefined) {
    w.write(0, `Active Deadline Seconds:\t${spec.activeDeadlineSeconds}s\n`);
  }
  describePodTemplate(w, spec?.template);
}
