import type * as batchv1 from '../../../api/batch/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { jobs, pods as podRef } from '../../../api/resources.ts';
import { newControllerRef } from '../../../apimachinery/object-meta.ts';
import { isNotFound } from '../../../apimachinery/status-error.ts';
import { formatTime } from '../../../apimachinery/time.ts';
import type { Client } from '../../../client/client.ts';
import type { EventRecorder } from '../../../client/event-recorder.ts';
import type { Process } from '../../../process/process.ts';
import { getCondition } from '../shared/conditions.ts';
import { getPodFromTemplate, isNamespaceTerminating, type PodControl } from '../shared/pod-control.ts';
import { isPodActive, isPodReady, isPodTerminating } from '../shared/pod-status.ts';
import { runAll, slowStartBatch } from '../shared/slow-start-batch.ts';
import { type BackoffRecord, getRemainingTime, newBackoffRecord } from './backoff-record.ts';
import { indexedTemplate, podGenerateNameWithIndex } from './indexed-template.ts';
import { decideFinish, failedIndexesFinish } from './job-finish.ts';
import { activePodsForRemoval, firstPendingIndexes, latestFailureOfEachIndex } from './job-indexes.ts';
import { ensureJobConditionStatus, matchSuccessPolicy, newJobCondition } from './job-conditions.ts';
import { OrderedIntervals } from './ordered-intervals.ts';
import {
  getCompletionIndex,
  getFinishedTime,
  getIndexAbsoluteFailureCount,
  hasBackoffLimitPerIndex,
  hasTrackingFinalizer,
  isIndexedJob,
  isIndexFailed,
  isPodFailed,
  matchPodFailurePolicy,
  onlyReplaceFailedPods,
  trackingFinalizer,
} from './pod-failure.ts';

type Job = batchv1.Job;

const maxPodCreateDeletePerSync = 500;
const maxUncountedPods = 500;

/** What a look at a Job needs of its controller. */
export interface JobSyncContext {
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly podControl: PodControl;
  /** Whether all pods that were created or deleted are in the view. */
  readonly satisfiedExpectations: boolean;
  /** Pods whose finalizer was removed, though the view does not show it yet. */
  readonly expectedFinalizerRemovals: ReadonlySet<string>;
  now(): number;
  requeue(afterMs: number): void;
  expectCreations(count: number): void;
  creationObserved(): void;
  expectDeletions(pods: readonly corev1.Pod[]): void;
  deletionObserved(pod: corev1.Pod): void;
  expectFinalizerRemovals(pods: readonly corev1.Pod[]): void;
  finalizerRemovalObserved(uid: string): void;
  wrote(job: Job): void;
  finished(uid: string): void;
  getBackoff(): BackoffRecord | undefined;
  setBackoff(record: BackoffRecord): void;
}

type Uncounted = { succeeded: readonly string[]; failed: readonly string[] };

/** One look at one Job. Upstream: pkg/controller/job/job_controller.go syncJob (v1.36) */
export class JobSync {
  readonly #context: JobSyncContext;
  readonly #pods: readonly corev1.Pod[];
  readonly #activePods: readonly corev1.Pod[];
  readonly #spec: batchv1.JobSpec;
  #job: Job;
  #status: batchv1.JobStatus;
  #uncounted: Uncounted;
  #finished: batchv1.JobCondition | undefined;
  #succeeded = 0;
  #failed = 0;
  #active: number;
  #ready: number;
  #terminating: number;
  #previousSucceeded = new OrderedIntervals();
  #succeededIndexes = new OrderedIntervals();
  #failedIndexes: OrderedIntervals | undefined;
  #delayedPods = new Map<number, corev1.Pod>();
  #backoff: BackoffRecord = { failures: 0 };

  constructor(context: JobSyncContext, job: Job, pods: readonly corev1.Pod[]) {
    this.#context = context;
    this.#job = job;
    this.#spec = job.spec ?? { template: {} };
    this.#status = job.status ?? {};
    const { succeeded = [], failed = [] } = job.status?.uncountedTerminatedPods ?? {};
    this.#uncounted = { succeeded, failed };
    this.#pods = isIndexedJob(job)
      ? [...pods].sort((a, b) => (getCompletionIndex(a) ?? -1) - (getCompletionIndex(b) ?? -1))
      : pods;
    this.#activePods = this.#pods.filter(isPodActive);
    this.#active = this.#activePods.length;
    this.#ready = this.#activePods.filter(isPodReady).length;
    this.#terminating = this.#pods.filter(isPodTerminating).length;
  }

  *sync(): Process<void> {
    const job = this.#job;
    const now = this.#context.now();
    this.#count();
    const { startTime } = this.#status;
    if (!startTime && !this.#spec.suspend) this.#status = { ...this.#status, startTime: formatTime(now) };
    this.#decideFinish();
    if (isIndexedJob(job)) this.#decideIndexes();
    const suspendChanged: { value: boolean } = { value: false };
    let failure: { readonly error: unknown } | undefined;
    if (this.#finished) failure = yield* this.#endActivePods();
    else failure = yield* this.#manageAndComplete(suspendChanged);
    const old = job.status ?? {};
    const needsFlush =
      suspendChanged.value ||
      this.#active !== (old.active ?? 0) ||
      this.#ready !== old.ready ||
      this.#terminating !== old.terminating;
    yield* this.#trackJobStatusAndRemoveFinalizers(needsFlush);
    if (failure) throw failure.error;
  }

  // Counting.

  #valid(pod: corev1.Pod, counted: readonly string[]): boolean {
    const uid = pod.metadata.uid ?? '';
    if (!hasTrackingFinalizer(pod) || counted.includes(uid)) return false;
    if (this.#context.expectedFinalizerRemovals.has(uid)) return false;
    if (!isIndexedJob(this.#job)) return true;
    const index = getCompletionIndex(pod);
    return index !== undefined && index < (this.#spec.completions ?? 0);
  }
  #count(): void {
    const { succeeded, failed } = this.#uncounted;
    const newSucceeded = this.#pods.filter((pod) => pod.status?.phase === 'Succeeded' && this.#valid(pod, succeeded));
    const newFailed = this.#pods.filter((pod) => isPodFailed(pod, this.#job) && this.#valid(pod, failed));
    const counted = newFailed.filter((pod) => matchPodFailurePolicy(this.#job, pod).countFailed);
    this.#succeeded = (this.#status.succeeded ?? 0) + newSucceeded.length + succeeded.length;
    this.#failed = (this.#status.failed ?? 0) + counted.length + failed.length;
    this.#backoff = newBackoffRecord(this.#context.getBackoff(), newSucceeded, newFailed);
  }

  // Whether the Job is over.

  #decideFinish(): void {
    const figures = { failed: this.#failed, nowMs: this.#context.now() };
    const { condition, deadlineInMs } = decideFinish(this.#job, this.#status, this.#pods, figures);
    this.#finished = condition;
    if (deadlineInMs !== undefined) this.#context.requeue(deadlineInMs);
  }

  #decideIndexes(): void {
    const job = this.#job;
    const completions = this.#spec.completions ?? 0;
    this.#previousSucceeded = OrderedIntervals.parse(this.#status.completedIndexes ?? '', completions);
    const indexOf = (pod: corev1.Pod) => {
      const index = getCompletionIndex(pod);
      return index !== undefined && index < completions && hasTrackingFinalizer(pod) ? [index] : [];
    };
    const done = this.#pods.filter((pod) => pod.status?.phase === 'Succeeded').flatMap(indexOf);
    this.#succeededIndexes = this.#previousSucceeded.with(done);
    this.#succeeded = this.#succeededIndexes.total;
    if (hasBackoffLimitPerIndex(job)) {
      const before = OrderedIntervals.parse(this.#status.failedIndexes ?? '', completions);
      const failed = before.with(this.#pods.filter((pod) => isIndexFailed(job, pod)).flatMap(indexOf));
      this.#failedIndexes = failed;
      const figures = { failed: failed.total, succeeded: this.#succeeded, nowMs: this.#context.now() };
      this.#finished ??= failedIndexesFinish(this.#spec, figures);
      this.#delayedPods = this.#podsWithDelayedDeletion();
    }
    if (this.#finished) return;
    const message = matchSuccessPolicy(job, this.#succeededIndexes);
    if (message === undefined) return;
    this.#finished = newJobCondition('SuccessCriteriaMet', 'True', 'SuccessPolicy', message, this.#context.now());
  }
  /** The failed pod of each index that waits for its replacement. */
  #podsWithDelayedDeletion(): Map<number, corev1.Pod> {
    const active = new Set(this.#activePods.map(getCompletionIndex));
    const isOver = (index: number) => this.#succeededIndexes.has(index) || this.#failedIndexes?.has(index) === true;
    const waiting = this.#pods.filter((pod) => {
      const index = getCompletionIndex(pod);
      if (index === undefined || !this.#valid(pod, []) || !isPodFailed(pod, this.#job)) return false;
      return !isOver(index) && !active.has(index);
    });
    return latestFailureOfEachIndex(waiting);
  }

  // Pods.

  *#endActivePods(): Process<{ readonly error: unknown } | undefined> {
    const job = this.#job;
    const control = this.#context.podControl;
    const { errors } = yield* runAll(
      this.#activePods.map(function* (pod) {
        try {
          yield* control.deletePod(job, pod.metadata.name ?? '');
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      }),
    );
    const deleted = this.#activePods.length - errors.length;
    if (deleted !== this.#active || !this.#context.satisfiedExpectations) this.#finished = undefined;
    this.#active -= deleted;
    this.#terminating += deleted;
    this.#ready = 0;
    return errors.length > 0 ? { error: errors[0] } : undefined;
  }

  *#manageAndComplete(suspendChanged: { value: boolean }): Process<{ readonly error: unknown } | undefined> {
    let failure: { readonly error: unknown } | undefined;
    const manage = this.#context.satisfiedExpectations && this.#job.metadata.deletionTimestamp === undefined;
    if (manage) failure = yield* this.#manageJob();
    const { completions, suspend } = this.#spec;
    const complete =
      this.#active === 0 && (completions === undefined ? this.#succeeded > 0 : this.#succeeded >= completions);
    if (complete) {
      const message = 'Reached expected number of succeeded pods';
      this.#finished = newJobCondition(
        'SuccessCriteriaMet',
        'True',
        'CompletionsReached',
        message,
        this.#context.now(),
      );
    } else if (manage) suspendChanged.value = this.#writeSuspended(suspend === true);
    return failure;
  }
  #writeSuspended(suspended: boolean): boolean {
    const now = this.#context.now();
    const wanted = suspended
      ? newJobCondition('Suspended', 'True', 'JobSuspended', 'Job suspended', now)
      : newJobCondition('Suspended', 'False', 'JobResumed', 'Job resumed', now);
    const before = this.#status.conditions ?? [];
    const conditions = ensureJobConditionStatus(before, wanted);
    if (conditions === before) return false;
    this.#context.recorder.event(this.#job, 'Normal', suspended ? 'Suspended' : 'Resumed', wanted.message ?? '');
    const { startTime: _, ...rest } = this.#status;
    this.#status = suspended ? { ...rest, conditions } : { ...rest, conditions, startTime: formatTime(now) };
    return true;
  }

  /** Upstream: manageJob (v1.36) */
  *#manageJob(): Process<{ readonly error: unknown } | undefined> {
    const { parallelism = 1, completions, suspend } = this.#spec;
    if (suspend) return yield* this.#deleteJobPods(activePodsForRemoval(this.#job, this.#activePods, this.#active));
    const wantActive =
      completions === undefined
        ? this.#succeeded > 0
          ? this.#active
          : parallelism
        : Math.max(0, Math.min(completions - this.#succeeded, parallelism));
    const surplus = activePodsForRemoval(this.#job, this.#activePods, Math.max(0, this.#active - wantActive));
    if (surplus.length > 0) return yield* this.#deleteJobPods(surplus.slice(0, maxPodCreateDeletePerSync));
    const terminating = onlyReplaceFailedPods(this.#job) ? this.#terminating : 0;
    const missing = wantActive - terminating - this.#active;
    return missing > 0 ? yield* this.#createJobPods(Math.min(missing, maxPodCreateDeletePerSync)) : undefined;
  }

  *#deleteJobPods(victims: readonly corev1.Pod[]): Process<{ readonly error: unknown } | undefined> {
    const context = this.#context;
    const job = this.#job;
    context.expectDeletions(victims);
    const { errors } = yield* runAll(
      victims.map(function* (pod) {
        try {
          yield* removeTrackingFinalizer(context.client, pod);
          yield* context.podControl.deletePod(job, pod.metadata.name ?? '');
        } catch (error) {
          context.deletionObserved(pod);
          if (!isNotFound(error)) throw error;
        }
      }),
    );
    const removed = victims.length - errors.length;
    this.#active -= removed;
    this.#terminating += removed;
    this.#ready -= victims.filter(isPodReady).length;
    return errors.length > 0 ? { error: errors[0] } : undefined;
  }

  *#createJobPods(wanted: number): Process<{ readonly error: unknown } | undefined> {
    const context = this.#context;
    const job = this.#job;
    const perIndex = hasBackoffLimitPerIndex(job);
    const wait = perIndex ? 0 : getRemainingTime(this.#backoff, context.now());
    if (wait > 0) {
      context.requeue(wait);
      return undefined;
    }
    const indexes = isIndexedJob(job) ? this.#indexesToAdd(wanted) : undefined;
    const count = indexes ? indexes.length : wanted;
    if (count === 0) return undefined;
    context.expectCreations(count);
    const ref = newControllerRef(job, jobs);
    const delayed = this.#delayedPods;
    const template = this.#spec.template;
    const { successes, error } = yield* slowStartBatch(count, 1, function* (i) {
      const index = indexes?.[i];
      const used = index === undefined ? template : indexedTemplate(job, template, index, delayed.get(index));
      const pod = getPodFromTemplate(used, job, ref);
      const finalizers = [...new Set([...(pod.metadata.finalizers ?? []), trackingFinalizer])];
      const generateName =
        index === undefined
          ? (pod.metadata.generateName ?? '')
          : podGenerateNameWithIndex(job.metadata.name ?? '', index);
      try {
        yield* context.podControl.createPod(job, { ...pod, metadata: { ...pod.metadata, finalizers, generateName } });
      } catch (error) {
        if (!isNamespaceTerminating(error)) throw error;
      }
    });
    for (let i = successes; i < count; i++) context.creationObserved();
    this.#active += successes;
    return error === undefined ? undefined : { error };
  }
  #indexesToAdd(count: number): readonly number[] {
    const pending = this.#firstPendingIndexes(count);
    if (!hasBackoffLimitPerIndex(this.#job)) return pending;
    const now = this.#context.now();
    const waits = pending.map((index) => {
      const pod = this.#delayedPods.get(index);
      if (!pod) return 0;
      const failures = getIndexAbsoluteFailureCount(pod) + 1;
      return getRemainingTime({ failures, lastFailureMs: getFinishedTime(pod) }, now);
    });
    const ready = pending.filter((_, i) => waits[i] === 0);
    if (ready.length === 0 && waits.length > 0) this.#context.requeue(Math.min(...waits));
    return ready;
  }
  #firstPendingIndexes(count: number): readonly number[] {
    const indexesOf = (pods: readonly corev1.Pod[]) => pods.flatMap((pod) => getCompletionIndex(pod) ?? []);
    let taken = this.#succeededIndexes.with(indexesOf(this.#activePods));
    if (onlyReplaceFailedPods(this.#job)) taken = taken.with(indexesOf(this.#pods.filter(isPodTerminating)));
    if (this.#failedIndexes) taken = taken.merge(this.#failedIndexes);
    return firstPendingIndexes(taken, this.#spec.completions ?? 0, count);
  }

  // Status and finalizers.

  /**
   * Counts ended pods in two steps, so that none is lost or counted twice: first their uids go into the status, then their
   * finalizers are removed, then the counters take them in.
   */
  *#trackJobStatusAndRemoveFinalizers(flush: boolean): Process<void> {
    const removals = this.#context.expectedFinalizerRemovals;
    const tracked = this.#pods.filter((pod) => hasTrackingFinalizer(pod) && !removals.has(pod.metadata.uid ?? ''));
    const withFinalizer = new Set(tracked.map((pod) => pod.metadata.uid ?? ''));
    let needsFlush = this.#cleanUncounted(withFinalizer) || flush;
    const { toRemove, changed } = this.#countTracked(tracked);
    if (changed) needsFlush = true;
    if (this.#announceFinish()) needsFlush = true;
    if (needsFlush) {
      yield* this.#writeStatus();
      this.#context.setBackoff(this.#backoff);
      needsFlush = false;
    }
    const failure = yield* this.#removeFinalizers(toRemove, withFinalizer);
    if (this.#cleanUncounted(withFinalizer)) needsFlush = true;
    if (failure) {
      if (needsFlush) yield* this.#writeStatus();
      throw failure.error;
    }
    const finished = this.#enactJobFinished();
    if (!finished && !needsFlush) return;
    yield* this.#writeStatus();
    if (finished) this.#recordJobFinished(finished);
  }

  #cleanUncounted(withFinalizer: ReadonlySet<string>): boolean {
    const { succeeded, failed } = this.#uncounted;
    const left = {
      succeeded: succeeded.filter((uid) => withFinalizer.has(uid)),
      failed: failed.filter((uid) => withFinalizer.has(uid)),
    };
    const doneSucceeded = succeeded.length - left.succeeded.length;
    const doneFailed = failed.length - left.failed.length;
    if (doneSucceeded + doneFailed === 0) return false;
    this.#uncounted = left;
    this.#status = {
      ...this.#status,
      succeeded: (this.#status.succeeded ?? 0) + doneSucceeded,
      failed: (this.#status.failed ?? 0) + doneFailed,
    };
    return true;
  }

  #countTracked(tracked: readonly corev1.Pod[]): { readonly toRemove: corev1.Pod[]; readonly changed: boolean } {
    const toRemove: corev1.Pod[] = [];
    const newIndexes: number[] = [];
    const uncounted = { succeeded: [...this.#uncounted.succeeded], failed: [...this.#uncounted.failed] };
    const before = uncounted.succeeded.length + uncounted.failed.length;
    const indexed = isIndexedJob(this.#job);
    for (const pod of tracked) {
      const failed = isPodFailed(pod, this.#job);
      if (!this.#canRemoveFinalizer(pod, failed)) continue;
      toRemove.push(pod);
      const uid = pod.metadata.uid ?? '';
      const index = getCompletionIndex(pod);
      const validIndex = index !== undefined && index < (this.#spec.completions ?? 0);
      if (pod.status?.phase === 'Succeeded' && !this.#uncounted.failed.includes(uid)) {
        if (!indexed) {
          if (!this.#uncounted.succeeded.includes(uid)) uncounted.succeeded.push(uid);
        } else if (validIndex && !this.#previousSucceeded.has(index)) newIndexes.push(index);
      } else if (failed || (this.#finished && this.#finished.type !== 'SuccessCriteriaMet')) {
        const known = this.#uncounted.failed.includes(uid) || (indexed && !validIndex);
        if (!known && matchPodFailurePolicy(this.#job, pod).countFailed) uncounted.failed.push(uid);
      }
      if (newIndexes.length + uncounted.succeeded.length + uncounted.failed.length >= maxUncountedPods) break;
    }
    let changed = newIndexes.length > 0 || uncounted.succeeded.length + uncounted.failed.length !== before;
    this.#uncounted = uncounted;
    if (indexed) changed = this.#writeIndexes(newIndexes) || changed;
    return { toRemove, changed };
  }
  #canRemoveFinalizer(pod: corev1.Pod, failed: boolean): boolean {
    if (this.#job.metadata.deletionTimestamp !== undefined || this.#finished) return true;
    if (pod.status?.phase === 'Succeeded') return true;
    if (!failed) return false;
    const index = getCompletionIndex(pod);
    return index === undefined || this.#delayedPods.get(index)?.metadata.uid !== pod.metadata.uid;
  }
  #writeIndexes(newIndexes: readonly number[]): boolean {
    this.#succeededIndexes = this.#succeededIndexes.with(newIndexes);
    const completedIndexes = this.#succeededIndexes.toString();
    const failedIndexes = this.#failedIndexes?.toString();
    const changed =
      completedIndexes !== (this.#status.completedIndexes ?? '') || failedIndexes !== this.#status.failedIndexes;
    const { completedIndexes: _, failedIndexes: __, ...rest } = this.#status;
    this.#status = {
      ...rest,
      succeeded: this.#succeededIndexes.total,
      ...(completedIndexes ? { completedIndexes } : {}),
      ...(failedIndexes === undefined ? {} : { failedIndexes }),
    };
    return changed;
  }

  /** Writes what the Job is heading for; the last condition follows when all pods are gone. */
  #announceFinish(): boolean {
    const finished = this.#finished;
    const now = this.#context.now();
    const conditions = this.#status.conditions ?? [];
    if (finished?.type === 'FailureTarget') {
      this.#status = { ...this.#status, conditions: [...conditions, finished] };
      this.#finished = newJobCondition('Failed', 'True', finished.reason ?? '', finished.message ?? '', now);
      return true;
    }
    if (finished?.type !== 'SuccessCriteriaMet') return false;
    const announced = getCondition(conditions, 'SuccessCriteriaMet')?.status === 'True';
    if (!announced) this.#status = { ...this.#status, conditions: [...conditions, finished] };
    this.#finished = newJobCondition('Complete', 'True', finished.reason ?? '', finished.message ?? '', now);
    return !announced;
  }

  *#removeFinalizers(
    toRemove: readonly corev1.Pod[],
    withFinalizer: Set<string>,
  ): Process<{ readonly error: unknown } | undefined> {
    if (toRemove.length === 0) return undefined;
    const context = this.#context;
    context.expectFinalizerRemovals(toRemove);
    const { errors } = yield* runAll(
      toRemove.map(function* (pod) {
        const uid = pod.metadata.uid ?? '';
        try {
          yield* removeTrackingFinalizer(context.client, pod);
        } catch (error) {
          context.finalizerRemovalObserved(uid);
          if (!isNotFound(error)) throw error;
        }
        withFinalizer.delete(uid);
      }),
    );
    return errors.length > 0 ? { error: errors[0] } : undefined;
  }

  #enactJobFinished(): batchv1.JobCondition | undefined {
    const finished = this.#finished;
    if (!finished || this.#terminating > 0) return undefined;
    if (this.#uncounted.succeeded.length + this.#uncounted.failed.length > 0) return undefined;
    const time = formatTime(this.#context.now());
    const condition = { ...finished, lastProbeTime: time, lastTransitionTime: time };
    const conditions = ensureJobConditionStatus(this.#status.conditions ?? [], condition);
    const completionTime = finished.lastTransitionTime;
    const completed = finished.type === 'Complete' && completionTime ? { completionTime } : {};
    this.#status = { ...this.#status, conditions, ...completed };
    return finished;
  }
  #recordJobFinished(finished: batchv1.JobCondition): void {
    const { recorder } = this.#context;
    const job = this.#job;
    this.#context.finished(job.metadata.uid ?? '');
    if (finished.type !== 'Complete') {
      return recorder.event(job, 'Warning', finished.reason ?? '', finished.message ?? '');
    }
    const { completions } = this.#spec;
    if (completions !== undefined && (this.#status.succeeded ?? 0) > completions) {
      const message = 'Too many succeeded pods running after completion count reached';
      recorder.event(job, 'Warning', 'TooManySucceededPods', message);
    }
    recorder.event(job, 'Normal', 'Completed', 'Job completed');
  }

  *#writeStatus(): Process<void> {
    const { succeeded, failed } = this.#uncounted;
    const { active: _, succeeded: doneSucceeded = 0, failed: doneFailed = 0, ...rest } = this.#status;
    const status: batchv1.JobStatus = {
      ...rest,
      ...(this.#active > 0 ? { active: this.#active } : {}),
      ...(doneSucceeded > 0 ? { succeeded: doneSucceeded } : {}),
      ...(doneFailed > 0 ? { failed: doneFailed } : {}),
      terminating: this.#terminating,
      ready: this.#ready,
      uncountedTerminatedPods: {
        ...(succeeded.length > 0 ? { succeeded } : {}),
        ...(failed.length > 0 ? { failed } : {}),
      },
    };
    const resource = this.#context.client.resource(jobs, this.#job.metadata.namespace);
    this.#job = yield* resource.updateStatus({ ...this.#job, status });
    this.#context.wrote(this.#job);
  }
}

/** Lets a pod go. */
export function* removeTrackingFinalizer(client: Client, pod: corev1.Pod): Process<void> {
  if (!hasTrackingFinalizer(pod)) return;
  const resource = client.resource(podRef, pod.metadata.namespace);
  const metadata = { '$deleteFromPrimitiveList/finalizers': [trackingFinalizer], uid: pod.metadata.uid };
  yield* resource.patch(pod.metadata.name ?? '', 'strategic', { metadata });
}
