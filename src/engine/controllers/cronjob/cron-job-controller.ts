/**
 * Starts a Job whenever a CronJob is due, and drops finished ones beyond the limits.
 *
 * Reads cron jobs and jobs through informers; writes jobs and the cron job's status.
 * Upstream: pkg/controller/cronjob/cronjob_controllerv2.go (v1.36)
 */
import type * as batchv1 from '../../../api/batch/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { cronJobs, jobs } from '../../../api/resources.ts';
import { type CronSchedule, parseCronSchedule } from '../../../apimachinery/cron-schedule.ts';
import { errorText } from '../../../apimachinery/error-text.ts';
import { loadLocation } from '../../../apimachinery/time-zone.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { compareStrings } from '../../../apimachinery/go-format.ts';
import {
  getControllerOf,
  isControlledBy,
  metaNamespaceKey,
  newControllerRef,
} from '../../../apimachinery/object-meta.ts';
import { isAlreadyExists, isNotFound } from '../../../apimachinery/status-error.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import { objectReference } from '../../../client/event-recorder.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { timeOf } from '../shared/api-time.ts';
import { compact } from '../shared/compact.ts';
import { ConsistencyStore } from '../shared/consistency.ts';
import { isNamespaceTerminating } from '../shared/pod-control.ts';
import { mostRecentScheduleTime, nextScheduleTimeDuration } from './schedule-times.ts';

const scheduledTimestampAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
const staleViewMs = 100;

export const cronJobController = defineController({ name: 'cronjob-controller', start });

function finishedCondition(job: batchv1.Job): 'Complete' | 'Failed' | undefined {
  const found = job.status?.conditions?.find(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
  return found?.type as 'Complete' | 'Failed' | undefined;
}

function start(run: ControllerRun): void {
  const cronJobInformer = run.informer(cronJobs);
  const jobInformer = run.informer(jobs);
  const queue = run.queue();
  const recorder = run.recorder('cronjob-controller');
  const consistency = new ConsistencyStore(() => run.now());

  const enqueueOwner = (job: batchv1.Job) => {
    const ref = getControllerOf(job);
    if (ref?.kind !== 'CronJob') return;
    const key = `${job.metadata.namespace}/${ref.name}`;
    if (cronJobInformer.store.get(key)?.metadata.uid === ref.uid) queue.add(key);
  };
  run.watch(jobInformer, {
    add: enqueueOwner,
    update: (old, job) => {
      if (!deepEqual(getControllerOf(old), getControllerOf(job))) enqueueOwner(old);
      enqueueOwner(job);
    },
    delete: enqueueOwner,
  });
  run.watch(cronJobInformer, {
    add: (cronJob) => queue.add(metaNamespaceKey(cronJob)),
    update: (_, cronJob) => queue.add(metaNamespaceKey(cronJob)),
    delete: (cronJob) => queue.add(metaNamespaceKey(cronJob)),
  });

  function* reconcile(key: string): Process<void> {
    const cronJob = cronJobInformer.store.get(key);
    if (!cronJob) return consistency.clear(key);
    if (!consistency.isReady(key)) return queue.addAfter(key, staleViewMs);
    const owned = jobInformer.store
      .list(cronJob.metadata.namespace ?? '')
      .filter((job) => getControllerOf(job)?.uid === cronJob.metadata.uid);
    const sync = new CronJobSync(run, cronJob, owned, {
      event: (type, reason, message) => recorder.event(cronJob, type, reason, message),
      created: (job) => consistency.wroteAt(key, jobInformer, metaNamespaceKey(job), job),
    });
    let failure: { readonly error: unknown } | undefined;
    let requeueMs: number | undefined;
    yield* sync.cleanupFinishedJobs();
    try {
      requeueMs = yield* sync.sync();
    } catch (error) {
      failure = { error };
    }
    const updated = yield* sync.writeStatus();
    if (updated) consistency.wroteAt(key, cronJobInformer, key, updated);
    if (requeueMs !== undefined) queue.addAfter(key, requeueMs, { background: true });
    else if (failure) throw failure.error;
  }
  run.work({ queue, reconcile, informers: [cronJobInformer, jobInformer] });
}

interface Reports {
  event(type: 'Normal' | 'Warning', reason: string, message: string): void;
  created(job: batchv1.Job): void;
}

/** One look at one CronJob. */
class CronJobSync {
  readonly #run: ControllerRun;
  readonly #cronJob: batchv1.CronJob;
  readonly #jobs: readonly batchv1.Job[];
  readonly #reports: Reports;
  #active: readonly corev1.ObjectReference[];
  #lastScheduleTime: string | undefined;
  #lastSuccessfulTime: string | undefined;

  constructor(run: ControllerRun, cronJob: batchv1.CronJob, owned: readonly batchv1.Job[], reports: Reports) {
    this.#run = run;
    this.#cronJob = cronJob;
    this.#jobs = owned;
    this.#reports = reports;
    this.#active = cronJob.status?.active ?? [];
    this.#lastScheduleTime = cronJob.status?.lastScheduleTime;
    this.#lastSuccessfulTime = cronJob.status?.lastSuccessfulTime;
  }

  get #resource() {
    return this.#run.client.resource(jobs, this.#cronJob.metadata.namespace);
  }

  /** Upstream: syncCronJob (v1.36). Gives when to look again. */
  *sync(): Process<number | undefined> {
    const { spec, metadata } = this.#cronJob;
    this.#reconcileActive();
    yield* this.#forgetMissing();
    if (metadata.deletionTimestamp !== undefined || !spec) return undefined;
    if (!this.#timeZoneIsKnown(spec.timeZone) || spec.suspend) return undefined;
    let schedule: CronSchedule;
    try {
      schedule = parseCronSchedule(spec.schedule, spec.timeZone);
    } catch (error) {
      const message = `unparseable schedule: ${JSON.stringify(spec.schedule)} : ${errorText(error)}`;
      this.#reports.event('Warning', 'UnparseableSchedule', message);
      return undefined;
    }
    return yield* this.#startDue(spec, schedule);
  }

  #reconcileActive(): void {
    for (const job of this.#jobs) {
      const { uid, name = '' } = job.metadata;
      const active = this.#active.some((ref) => ref.uid === uid);
      const finished = finishedCondition(job);
      if (!finished) {
        if (active) continue;
        const message = `Saw a job that the controller did not create or forgot: ${name}`;
        this.#reports.event('Warning', 'UnexpectedJob', message);
        continue;
      }
      if (active) {
        this.#active = this.#active.filter((ref) => ref.uid !== uid);
        const message = `Saw completed job: ${name}, condition: ${finished}`;
        this.#reports.event('Normal', 'SawCompletedJob', message);
      }
      const completed = job.status?.completionTime;
      const later = (timeOf(completed) ?? 0) > (timeOf(this.#lastSuccessfulTime) ?? 0);
      if (finished === 'Complete' && completed && later) this.#lastSuccessfulTime = completed;
    }
  }
  *#forgetMissing(): Process<void> {
    const known = new Set(this.#jobs.map((job) => job.metadata.uid));
    for (const { uid, name = '' } of this.#active) {
      if (known.has(uid)) continue;
      try {
        yield* this.#resource.get(name);
      } catch (error) {
        if (!isNotFound(error)) throw error;
        this.#reports.event('Normal', 'MissingJob', `Active job went missing: ${name}`);
        this.#active = this.#active.filter((ref) => ref.uid !== uid);
      }
    }
  }
  #timeZoneIsKnown(timeZone: string | undefined): boolean {
    try {
      loadLocation(timeZone ?? '');
      return true;
    } catch {
      const message = `invalid timeZone: "${timeZone}": unknown time zone ${timeZone}`;
      this.#reports.event('Warning', 'UnknownTimeZone', message);
      return false;
    }
  }

  *#startDue(spec: batchv1.CronJobSpec, schedule: CronSchedule): Process<number | undefined> {
    const now = this.#run.now();
    const { mostRecentMs, missed, error } = mostRecentScheduleTime(this.#cronJob, now, schedule, true);
    if (error !== undefined) {
      this.#reports.event('Warning', 'InvalidSchedule', `invalid schedule: ${spec.schedule} : ${error}`);
      return undefined;
    }
    const next = () => nextScheduleTimeDuration(this.#current(), now, schedule);
    if (mostRecentMs === undefined || mostRecentMs > now) return next();
    if (missed === 'many') {
      const message = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew';
      this.#reports.event('Warning', 'TooManyMissedTimes', message);
    }
    const deadline = spec.startingDeadlineSeconds;
    if (deadline !== undefined && mostRecentMs + deadline * 1000 < now) {
      const message = `Missed scheduled time to start a job: ${rfc1123z(mostRecentMs)}`;
      this.#reports.event('Warning', 'MissSchedule', message);
      return next();
    }
    const name = `${this.#cronJob.metadata.name ?? ''}-${Math.floor(mostRecentMs / 60_000)}`;
    const started = this.#active.some((ref) => ref.name === name) || timeOf(this.#lastScheduleTime) === mostRecentMs;
    if (started) return next();
    if (spec.concurrencyPolicy === 'Forbid' && this.#active.length > 0) {
      const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
      this.#reports.event('Normal', 'JobAlreadyActive', message);
      return next();
    }
    if (spec.concurrencyPolicy === 'Replace') yield* this.#replaceActive();
    const job = yield* this.#createJob(name, mostRecentMs);
    if (!job) return undefined;
    this.#active = [...this.#active, objectReference(job)];
    this.#lastScheduleTime = formatTime(mostRecentMs);
    return next();
  }
  *#replaceActive(): Process<void> {
    for (const { name = '' } of this.#active) {
      let job: batchv1.Job;
      try {
        job = yield* this.#resource.get(name);
      } catch (error) {
        this.#reports.event('Warning', 'FailedGet', `Get job: ${errorText(error)}`);
        throw error;
      }
      yield* this.#deleteJob(job);
    }
  }
  /** Gives undefined when another object has the name, or the job is known already. */
  *#createJob(name: string, scheduledMs: number): Process<batchv1.Job | undefined> {
    const { metadata, spec } = this.#cronJob;
    const template = spec?.jobTemplate;
    const annotations = {
      ...template?.metadata?.annotations,
      [scheduledTimestampAnnotation]: rfc3339(scheduledMs, spec?.timeZone),
    };
    const { labels } = template?.metadata ?? {};
    try {
      const job = yield* this.#resource.create({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: {
          name,
          namespace: metadata.namespace ?? '',
          ...(labels ? { labels } : {}),
          annotations,
          ownerReferences: [newControllerRef(this.#cronJob, cronJobs)],
        },
        ...(template?.spec ? { spec: template.spec } : {}),
      });
      this.#reports.created(job);
      this.#reports.event('Normal', 'SuccessfulCreate', `Created job ${name}`);
      return job;
    } catch (error) {
      if (isAlreadyExists(error)) {
        const existing = yield* this.#resource.get(name);
        const known = this.#active.some((ref) => ref.uid === existing.metadata.uid);
        return isControlledBy(existing, this.#cronJob) && !known ? existing : undefined;
      }
      if (!isNamespaceTerminating(error)) {
        this.#reports.event('Warning', 'FailedCreate', `Error creating job: ${errorText(error)}`);
      }
      throw error;
    }
  }

  *cleanupFinishedJobs(): Process<void> {
    const { failedJobsHistoryLimit, successfulJobsHistoryLimit } = this.#cronJob.spec ?? {};
    const ofType = (type: string) => this.#jobs.filter((job) => finishedCondition(job) === type);
    yield* this.#removeOldestJobs(ofType('Complete'), successfulJobsHistoryLimit);
    yield* this.#removeOldestJobs(ofType('Failed'), failedJobsHistoryLimit);
  }
  *#removeOldestJobs(list: readonly batchv1.Job[], limit: number | undefined): Process<void> {
    if (limit === undefined) return;
    const started = (job: batchv1.Job) => timeOf(job.status?.startTime) ?? Number.MAX_SAFE_INTEGER;
    const oldest = [...list].sort(
      (a, b) => started(a) - started(b) || compareStrings(a.metadata.name ?? '', b.metadata.name ?? ''),
    );
    for (const job of oldest.slice(0, Math.max(0, list.length - limit))) {
      if (job.metadata.deletionTimestamp === undefined) yield* this.#deleteJob(job);
    }
  }
  *#deleteJob(job: batchv1.Job): Process<void> {
    const name = job.metadata.name ?? '';
    try {
      yield* this.#resource.delete(name, { propagationPolicy: 'Background' });
    } catch (error) {
      this.#reports.event('Warning', 'FailedDelete', `Deleted job: ${errorText(error)}`);
      return;
    }
    this.#active = this.#active.filter((ref) => ref.uid !== job.metadata.uid);
    this.#reports.event('Normal', 'SuccessfulDelete', `Deleted job ${name}`);
  }

  /** The CronJob with what this look changed. */
  #current(): batchv1.CronJob {
    const status = compact<batchv1.CronJobStatus>({
      active: this.#active,
      lastScheduleTime: this.#lastScheduleTime,
      lastSuccessfulTime: this.#lastSuccessfulTime,
    });
    return { ...this.#cronJob, status };
  }
  *writeStatus(): Process<batchv1.CronJob | undefined> {
    const current = this.#current();
    if (deepEqual(current.status ?? {}, this.#cronJob.status ?? {})) return undefined;
    return yield* this.#run.client.resource(cronJobs, this.#cronJob.metadata.namespace).updateStatus(current);
  }
}

function rfc3339(ms: number, timeZone: string | undefined): string {
  const offset = loadLocation(timeZone ?? '')(ms);
  const wall = new Date(ms + offset).toISOString().slice(0, 19);
  if (offset === 0) return `${wall}Z`;
  const minutes = Math.abs(offset) / 60_000;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${wall}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

const rfc1123z = (ms: number) => new Date(ms).toUTCString().replace('GMT', '+0000');
