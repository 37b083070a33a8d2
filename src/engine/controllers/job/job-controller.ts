/**
 * Runs Jobs: creates their pods, counts how they end, and says when a Job is over.
 *
 * Reads jobs and pods through informers; writes pods, their tracking finalizers and the job's status. Changes of pods are looked at
 * in batches, a second at a time. Upstream: pkg/controller/job/job_controller.go (v1.36)
 */
import type * as batchv1 from '../../../api/batch/v1.ts';
import type * as corev1 from '../../../api/core/v1.ts';
import { jobs, pods } from '../../../api/resources.ts';
import { deepEqual } from '../../../apimachinery/deep-equal.ts';
import { labelSelectorAsSelector } from '../../../apimachinery/labels.ts';
import { getControllerOf, metaNamespaceKey } from '../../../apimachinery/object-meta.ts';
import { isConflict, isNotFound } from '../../../apimachinery/status-error.ts';
import type { EventRecorder } from '../../../client/event-recorder.ts';
import type { Informer } from '../../../client/informer.ts';
import type { RateLimitingQueue } from '../../../client/rate-limiting-queue.ts';
import { BucketRateLimiter, ExponentialFailureRateLimiter, MaxOfRateLimiter } from '../../../client/rate-limiters.ts';
import type { Process } from '../../../process/process.ts';
import { type ControllerRun, defineController } from '../define-controller.ts';
import { ConsistencyStore } from '../shared/consistency.ts';
import { claim } from '../shared/controller-ref-manager.ts';
import { ControllerExpectations } from '../shared/expectations.ts';
import { PodControl, podControllerIndex, podControllerKey } from '../shared/pod-control.ts';
import type { BackoffRecord } from './backoff-record.ts';
import { isJobFinished } from './job-conditions.ts';
import { JobSync, removeTrackingFinalizer } from './job-sync.ts';
import { hasTrackingFinalizer, trackingFinalizer } from './pod-failure.ts';

const syncJobBatchMs = 1000;
const staleViewMs = 100;
const ownName = 'kubernetes.io/job-controller';

export const jobController = defineController({
  name: 'job-controller',
  start: (run) => new JobController(run).start(),
});

class JobController {
  readonly #run: ControllerRun;
  readonly #jobs: Informer<batchv1.Job>;
  readonly #pods: Informer<corev1.Pod>;
  readonly #queue: RateLimitingQueue;
  readonly #orphans: RateLimitingQueue;
  readonly #recorder: EventRecorder;
  readonly #podControl: PodControl;
  readonly #expectations: ControllerExpectations;
  readonly #consistency: ConsistencyStore;
  /** Uids of pods whose finalizers are being removed, by job key. */
  readonly #finalizers = new Map<string, Set<string>>();
  readonly #backoffs = new Map<string, BackoffRecord>();
  /** Jobs that are over, though the view may not show it yet. */
  readonly #finished = new Set<string>();

  constructor(run: ControllerRun) {
    this.#run = run;
    this.#jobs = run.informer(jobs);
    this.#pods = run.informer(pods, podControllerIndex);
    const limiters = [new ExponentialFailureRateLimiter(1000, 60_000), new BucketRateLimiter(() => run.now(), 10, 100)];
    this.#queue = run.queue(new MaxOfRateLimiter(limiters));
    this.#orphans = run.queue();
    this.#recorder = run.recorder('job-controller');
    this.#podControl = new PodControl(run.client, this.#recorder);
    this.#expectations = new ControllerExpectations(() => run.now());
    this.#consistency = new ConsistencyStore(() => run.now());
  }

  start(): void {
    const run = this.#run;
    run.watch(this.#jobs, {
      add: (job) => this.#queue.add(metaNamespaceKey(job)),
      update: (old, job) => this.#updateJob(old, job),
      delete: (job) => {
        const key = metaNamespaceKey(job);
        this.#forget(key);
        this.#finished.delete(job.metadata.uid ?? '');
        this.#enqueueOrphansOf(job);
      },
    });
    run.watch(this.#pods, {
      add: (pod) => this.#addPod(pod),
      update: (old, pod) => this.#updatePod(old, pod),
      delete: (pod) => this.#deletePod(pod, true),
    });
    const informers = [this.#jobs, this.#pods];
    run.work({ queue: this.#queue, informers, reconcile: (key) => this.#sync(key) });
    run.work({ queue: this.#orphans, informers, workers: 1, reconcile: (key) => this.#syncOrphan(key) });
  }

  #forget(key: string): void {
    this.#expectations.deleteExpectations(key);
    this.#consistency.clear(key);
    this.#finalizers.delete(key);
    this.#backoffs.delete(key);
  }
  #later(key: string): void {
    this.#queue.addAfter(key, syncJobBatchMs);
  }
  #resolve(pod: corev1.Pod): batchv1.Job | undefined {
    const ref = getControllerOf(pod);
    if (ref?.kind !== 'Job') return undefined;
    const job = this.#jobs.store.get(`${pod.metadata.namespace}/${ref.name}`);
    return job?.metadata.uid === ref.uid ? job : undefined;
  }
  #updateJob(old: batchv1.Job, job: batchv1.Job): void {
    const key = metaNamespaceKey(job);
    if (isJobFinished(job)) {
      this.#enqueueOrphansOf(job);
      return;
    }
    if (old.metadata.generation === job.metadata.generation) this.#later(key);
    else this.#queue.add(key);
  }
  #enqueueOrphansOf(job: batchv1.Job): void {
    const { namespace = '', uid } = job.metadata;
    for (const pod of this.#pods.store.byIndex('podController', podControllerKey(namespace, uid))) {
      if (hasTrackingFinalizer(pod)) this.#orphans.add(metaNamespaceKey(pod));
    }
  }
  #enqueueMatching(pod: corev1.Pod): void {
    if (Object.keys(pod.metadata.labels ?? {}).length === 0) return;
    for (const job of this.#jobs.store.list(pod.metadata.namespace ?? '')) {
      const selector = labelSelectorAsSelector(job.spec?.selector);
      if (!selector.isEmpty && selector.matches(pod.metadata.labels)) this.#later(metaNamespaceKey(job));
    }
  }
  #addPod(pod: corev1.Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) return this.#deletePod(pod, false);
    if (!getControllerOf(pod)) {
      if (hasTrackingFinalizer(pod)) this.#orphans.add(metaNamespaceKey(pod));
      return this.#enqueueMatching(pod);
    }
    const job = this.#resolve(pod);
    if (!job) {
      if (getControllerOf(pod)?.kind === 'Job' && hasTrackingFinalizer(pod)) this.#orphans.add(metaNamespaceKey(pod));
      return;
    }
    this.#expectations.creationObserved(metaNamespaceKey(job));
    this.#later(metaNamespaceKey(job));
  }
  #updatePod(old: corev1.Pod, pod: corev1.Pod): void {
    if (old.metadata.resourceVersion === pod.metadata.resourceVersion) return;
    if (pod.metadata.deletionTimestamp !== undefined) return this.#deletePod(pod, false);
    const uid = pod.metadata.uid ?? '';
    const finalizerRemoved = !hasTrackingFinalizer(pod);
    const refChanged = !deepEqual(getControllerOf(old), getControllerOf(pod));
    for (const one of refChanged ? [old, pod] : [pod]) {
      const job = this.#resolve(one);
      if (!job) continue;
      const key = metaNamespaceKey(job);
      if (finalizerRemoved) this.#finalizers.get(key)?.delete(uid);
      this.#later(key);
    }
    if (getControllerOf(pod)) return;
    if (!finalizerRemoved) this.#orphans.add(metaNamespaceKey(pod));
    if (refChanged || !deepEqual(old.metadata.labels, pod.metadata.labels)) this.#enqueueMatching(pod);
  }
  #deletePod(pod: corev1.Pod, final: boolean): void {
    const tracked = hasTrackingFinalizer(pod);
    const job = this.#resolve(pod);
    if (!job || isJobFinished(job)) {
      const ours = !getControllerOf(pod) || getControllerOf(pod)?.kind === 'Job';
      if (tracked && ours && !final) this.#orphans.add(metaNamespaceKey(pod));
      return;
    }
    const key = metaNamespaceKey(job);
    this.#expectations.deletionObserved(key, metaNamespaceKey(pod));
    if (final || !tracked) this.#finalizers.get(key)?.delete(pod.metadata.uid ?? '');
    this.#later(key);
  }

  *#sync(key: string): Process<void> {
    const job = this.#jobs.store.get(key);
    if (!job) return this.#forget(key);
    if (!this.#consistency.isReady(key)) return this.#queue.addAfter(key, staleViewMs);
    const { managedBy } = job.spec ?? {};
    if (managedBy !== undefined && managedBy !== ownName) return;
    const uid = job.metadata.uid ?? '';
    if (isJobFinished(job)) {
      this.#forget(key);
      this.#finished.delete(uid);
      return;
    }
    if (this.#finished.has(uid)) return;
    const owned = yield* this.#getPodsForJob(job);
    const satisfied = this.#expectations.satisfiedExpectations(key);
    try {
      yield* new JobSync(this.#contextFor(key, satisfied), job, owned).sync();
    } catch (error) {
      // Somebody was faster: the next look sees it.
      if (!isConflict(error)) throw error;
      this.#later(key);
    }
  }
  *#getPodsForJob(job: batchv1.Job): Process<readonly corev1.Pod[]> {
    const { client } = this.#run;
    const { namespace = '', name = '', uid } = job.metadata;
    const store = this.#pods.store;
    const candidates = [
      ...store.byIndex('podController', podControllerKey(namespace, uid)),
      ...store.byIndex('podController', podControllerKey(namespace, undefined)),
    ];
    return yield* claim(
      {
        client,
        ref: pods,
        owner: job,
        ownerKind: jobs,
        selector: labelSelectorAsSelector(job.spec?.selector),
        fresh: () => client.resource(jobs, namespace).get(name),
        finalizers: [trackingFinalizer],
      },
      candidates,
    );
  }
  #contextFor(key: string, satisfiedExpectations: boolean) {
    const pending = this.#finalizers.get(key) ?? new Set<string>();
    this.#finalizers.set(key, pending);
    return {
      client: this.#run.client,
      recorder: this.#recorder,
      podControl: this.#podControl,
      satisfiedExpectations,
      expectedFinalizerRemovals: new Set(pending),
      now: () => this.#run.now(),
      requeue: (afterMs: number) => this.#queue.addAfter(key, afterMs),
      expectCreations: (count: number) => this.#expectations.expectCreations(key, count),
      creationObserved: () => this.#expectations.creationObserved(key),
      expectDeletions: (list: readonly corev1.Pod[]) =>
        this.#expectations.expectDeletions(key, list.map(metaNamespaceKey)),
      deletionObserved: (pod: corev1.Pod) => this.#expectations.deletionObserved(key, metaNamespaceKey(pod)),
      expectFinalizerRemovals: (list: readonly corev1.Pod[]) => {
        for (const pod of list) pending.add(pod.metadata.uid ?? '');
      },
      finalizerRemovalObserved: (uid: string) => void pending.delete(uid),
      wrote: (job: batchv1.Job) => this.#consistency.wroteAt(key, this.#jobs, key, job),
      finished: (uid: string) => void this.#finished.add(uid),
      getBackoff: () => this.#backoffs.get(key),
      setBackoff: (record: BackoffRecord) => void this.#backoffs.set(key, record),
    };
  }

  /** Frees pods whose Job is gone or over. */
  *#syncOrphan(key: string): Process<void> {
    const pod = this.#pods.store.get(key);
    if (!pod || !hasTrackingFinalizer(pod)) return;
    const job = this.#resolve(pod);
    const managedElsewhere = job?.spec?.managedBy !== undefined && job.spec.managedBy !== ownName;
    if (job && (!isJobFinished(job) || managedElsewhere)) return;
    try {
      yield* removeTrackingFinalizer(this.#run.client, pod);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
