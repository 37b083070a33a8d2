import { expect, it } from 'vitest';
import type * as batchv1 from '../../../api/batch/v1.ts';
import { parseCronSchedule } from '../../../apimachinery/cron-schedule.ts';
import { mostRecentScheduleTime, nextScheduleTimeDuration } from './schedule-times.ts';

const minute = 60_000;
const hour = 60 * minute;
/** A Thursday. */
const top = Date.parse('2016-05-19T10:00:00Z');
const text = (ms: number) => new Date(top + ms).toISOString().replace('.000', '');

interface Row {
  readonly name: string;
  readonly schedule: string;
  /** All in ms after the top of the hour. */
  readonly created?: number;
  readonly last?: number;
  readonly now: number;
  readonly deadline?: number;
  readonly withDeadline?: boolean;
  readonly earliest: number;
  readonly recent?: number;
  readonly missed?: 'few' | 'many';
}
const cronJob = ({ schedule, created = 0, last, deadline }: Row): batchv1.CronJob => ({
  metadata: { creationTimestamp: text(created) },
  spec: { schedule, jobTemplate: {}, ...(deadline === undefined ? {} : { startingDeadlineSeconds: deadline }) },
  status: last === undefined ? {} : { lastScheduleTime: text(last) },
});

// Upstream: pkg/controller/cronjob/utils_test.go TestMostRecentScheduleTime (v1.36)
it.each<Row>([
  { name: 'now before next schedule', schedule: '0 * * * *', now: 30_000, earliest: 0 },
  { name: 'now just after next schedule', schedule: '0 * * * *', now: 61 * minute, earliest: 0, recent: hour },
  {
    name: 'missed 5 schedules',
    schedule: '0 * * * *',
    created: 10_000,
    now: 301 * minute,
    earliest: 10_000,
    recent: 300 * minute,
    missed: 'few',
  },
  {
    name: 'complex schedule',
    schedule: '30 6-16/4 * * 1-5',
    last: 30 * minute,
    now: 24 * hour + 31 * minute,
    earliest: 30 * minute,
    recent: 24 * hour + 30 * minute,
    missed: 'few',
  },
  {
    name: 'another complex schedule',
    schedule: '30 10,11,12 * * 1-5',
    last: 30 * minute,
    now: 30 * hour + 30 * minute,
    earliest: 30 * minute,
    missed: 'few',
  },
  {
    name: 'complex schedule with longer diff between executions',
    schedule: '30 6-16/4 * * 1-5',
    last: 30 * minute,
    now: 96 * hour + 31 * minute,
    earliest: 30 * minute,
    recent: 96 * hour + 30 * minute,
    missed: 'few',
  },
  {
    name: 'complex schedule with shorter diff between executions',
    schedule: '30 6-16/4 * * 1-5',
    now: 24 * hour + 31 * minute,
    earliest: 0,
    recent: 24 * hour + 30 * minute,
    missed: 'few',
  },
  {
    name: '@every schedule',
    schedule: '@every 1h',
    created: -59 * minute,
    last: minute,
    deadline: 10,
    now: 7 * 24 * hour,
    earliest: minute,
    recent: 6 * 24 * hour + 23 * hour + minute,
    missed: 'many',
  },
  {
    name: 'earliestTime being CreationTimestamp and LastScheduleTime',
    schedule: '0 * * * *',
    last: 0,
    now: 30_000,
    earliest: 0,
  },
  {
    name: 'earliestTime being LastScheduleTime',
    schedule: '*/5 * * * *',
    last: 30 * minute,
    now: 31 * minute,
    earliest: 30 * minute,
  },
  {
    name: 'earliestTime being LastScheduleTime (within StartingDeadlineSeconds)',
    schedule: '*/5 * * * *',
    last: 30 * minute,
    deadline: 60,
    now: 31 * minute,
    earliest: 30 * minute,
  },
  {
    name: 'earliestTime being LastScheduleTime (outside StartingDeadlineSeconds)',
    schedule: '*/5 * * * *',
    last: 30 * minute,
    deadline: 60,
    withDeadline: true,
    now: 32 * minute,
    earliest: 31 * minute,
  },
])('mostRecentScheduleTime: $name', (row) => {
  const schedule = parseCronSchedule(row.schedule);
  const { earliestMs, mostRecentMs, missed } = mostRecentScheduleTime(
    cronJob(row),
    top + row.now,
    schedule,
    row.withDeadline ?? false,
  );
  expect({
    earliest: earliestMs - top,
    recent: mostRecentMs === undefined ? undefined : mostRecentMs - top,
    missed,
  }).toEqual({
    earliest: row.earliest,
    recent: row.recent,
    missed: row.missed ?? 'none',
  });
});

it('mostRecentScheduleTime: rogue cronjob', () => {
  const row: Row = { name: '', schedule: '59 23 31 2 *', created: 10_000, now: hour, earliest: 0 };
  expect(mostRecentScheduleTime(cronJob(row), top + hour, parseCronSchedule(row.schedule), false).error).toBe(
    'time difference between two schedules is less than 1 second',
  );
});

// Upstream: TestNextScheduleTimeDuration
it.each([
  {
    name: 'complex schedule skipping weekend',
    schedule: '30 6-16/4 * * 1-5',
    last: 36 * hour,
    now: 44 * hour,
    expected: 76.5 * hour - 8 * hour + 24 * hour,
  },
  { name: 'no previous run of a cronjob', schedule: '0 * * * *', last: undefined, now: 30 * minute, expected: hour },
  { name: 'one is due', schedule: '0 * * * *', last: 0, now: 61 * minute, expected: 2 * hour },
])('nextScheduleTimeDuration: $name', ({ schedule, last, now, expected }) => {
  const row: Row = { name: '', schedule, now, earliest: 0, ...(last === undefined ? {} : { last }) };
  const duration = nextScheduleTimeDuration(cronJob(row), top + now, parseCronSchedule(schedule));
  expect(now + duration - 100).toBe(expected);
});
