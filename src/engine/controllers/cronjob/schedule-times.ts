import type * as batchv1 from '../../../api/batch/v1.ts';
import type { CronSchedule } from '../../../apimachinery/cron-schedule.ts';
import { timeOf } from '../shared/api-time.ts';

const nextScheduleDeltaMs = 100;

export interface RecentSchedule {
  readonly earliestMs: number;
  /** The last time that was due; undefined when none was. */
  readonly mostRecentMs?: number;
  readonly missed: 'none' | 'few' | 'many';
  /** Set when the schedule makes no sense. */
  readonly error?: string;
}

/** Upstream: pkg/controller/cronjob/utils.go mostRecentScheduleTime (v1.36) */
export function mostRecentScheduleTime(
  cronJob: batchv1.CronJob,
  nowMs: number,
  schedule: CronSchedule,
  includeStartingDeadline: boolean,
): RecentSchedule {
  let earliestMs = timeOf(cronJob.status?.lastScheduleTime) ?? timeOf(cronJob.metadata.creationTimestamp) ?? nowMs;
  const deadline = cronJob.spec?.startingDeadlineSeconds;
  if (includeStartingDeadline && deadline !== undefined) earliestMs = Math.max(earliestMs, nowMs - deadline * 1000);
  const first = schedule.next(earliestMs);
  const second = schedule.next(first);
  if (nowMs < first) return { earliestMs, missed: 'none' };
  if (nowMs < second) return { earliestMs, mostRecentMs: first, missed: 'none' };
  const betweenSeconds = Math.round((second - first) / 1000);
  if (betweenSeconds < 1) {
    return { earliestMs, missed: 'none', error: 'time difference between two schedules is less than 1 second' };
  }
  const count = Math.floor(Math.floor((nowMs - first) / 1000) / betweenSeconds) + 1;
  let mostRecentMs: number | undefined;
  const from = first + (count - 2) * betweenSeconds * 1000;
  for (let time = schedule.next(from); time <= nowMs && time > from; time = schedule.next(time)) mostRecentMs = time;
  const missed = count > 100 ? 'many' : 'few';
  return { earliestMs, missed, ...(mostRecentMs === undefined ? {} : { mostRecentMs }) };
}

/** Milliseconds until the next time is due. Upstream: nextScheduleTimeDuration (v1.36) */
export function nextScheduleTimeDuration(cronJob: batchv1.CronJob, nowMs: number, schedule: CronSchedule): number {
  const { earliestMs, mostRecentMs, missed, error } = mostRecentScheduleTime(cronJob, nowMs, schedule, false);
  const from = error !== undefined ? nowMs : (mostRecentMs ?? (missed === 'none' ? earliestMs : nowMs));
  return schedule.next(from) + nextScheduleDeltaMs - nowMs;
}
