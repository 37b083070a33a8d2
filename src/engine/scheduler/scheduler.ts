/**
 * The scheduler: gives each pod that has no node one.
 *
 * Reads pods, nodes and what its plugins need through informers; writes bindings, the pods' PodScheduled condition and nominated node,
 * volume claims that wait for a node, and events. One pod at a time is decided on (a scheduling cycle, one task of the loop); binding
 * goes on beside. Started by the composition root with `startScheduler`.
 *
 * Upstream: pkg/scheduler/scheduler.go, schedule_one.go (v1.36)
 */
import { podReference } from '../../client/event-recorder.ts';
import type * as corev1 from '../../api/core/v1.ts';
import { pods } from '../../api/resources.ts';
import { metaNamespaceKey } from '../../apimachinery/object-meta.ts';
import { type Process, sleep, suspend, yieldNow } from '../../process/process.ts';
import type { SchedulingExplanation } from '../../protocol/scheduling.ts';
import type { ComponentContext } from '../component.ts';
import { BindingCycle } from './binding-cycle.ts';
import { SchedulerCache } from './cache.ts';
import {
  createPlugins,
  defaultSchedulerName,
  type ProfileConfiguration,
  type SchedulerConfiguration,
} from './configuration.ts';
import { CycleState } from './cycle-state.ts';
import { addAllEventHandlers } from './event-handlers.ts';
import { Explanations } from './explanation.ts';
import { FailureHandler, type SchedulingFailure } from './failure-handler.ts';
import { HttpExtender } from './extender.ts';
import { FitError, rejectedOn } from './fit-error.ts';
import { type Handle, podInformerOptions, type PostFilterResult } from './framework.ts';
import { Framework } from './framework-runtime.ts';
import { listedNodes, type NodeSelection } from './node-selection.ts';
import { Nominator } from './nominator.ts';
import { PodInfo } from './pod-info.ts';
import type { QueuedPodInfo } from './queued-pod-info.ts';
import { type ScheduleFailure, type ScheduleResult, SchedulingAlgorithm } from './schedule-pod.ts';
import { type QueueName, SchedulingQueue } from './scheduling-queue.ts';
import { errorStatus, type Status } from './status.ts';
import { WaitingPods } from './waiting-pods.ts';

/** Where a pod stands that has no node yet. */
export interface PendingPod {
  readonly queue: QueueName;
  readonly attempts: number;
  /** The plugins that refused it last. */
  readonly plugins: readonly string[];
}

const noPods: readonly PodInfo[] = [];
const noNodes: NodeSelection = listedNodes([]);

export class Scheduler {
  readonly #context: ComponentContext;
  readonly #configuration: SchedulerConfiguration;
  readonly #cache = new SchedulerCache();
  readonly #queue: SchedulingQueue;
  readonly #nominator: Nominator;
  readonly #profiles = new Map<string, { readonly framework: Framework; readonly handle: Handle }>();
  readonly #algorithm: SchedulingAlgorithm;
  readonly #explanations = new Explanations();
  readonly #waitingPods = new WaitingPods();
  readonly #extenders: readonly HttpExtender[];
  readonly #binding: BindingCycle;
  readonly #failures: FailureHandler;
  readonly #removeHandlers: () => void;
  readonly #getPod: (key: string) => corev1.Pod | undefined;
  #wake: (() => void) | undefined;
  #stop: (() => void) | undefined;

  constructor(context: ComponentContext, configuration: SchedulerConfiguration = {}) {
    const { sim, informers, random } = context;
    this.#context = context;
    this.#configuration = configuration;
    const { store } = informers.informer(pods, podInformerOptions);
    this.#getPod = (key) => store.get(key);
    this.#nominator = new Nominator(this.#getPod);
    this.#extenders = newExtenders(configuration);
    for (const profile of configuration.profiles ?? [{}]) this.#addProfile(profile);
    const [first] = this.#profiles.values();
    const less = first?.framework.plugins.find((plugin) => plugin.less)?.less;
    if (!less) throw new Error('no queue sort plugin is enabled');
    this.#queue = new SchedulingQueue({
      now: () => sim.now(),
      setTimer: (ms, callback, options) => sim.setTimer(ms, () => sim.foreground(callback), options),
      context: () => sim.context,
      less,
      profile: (name) => this.#profiles.get(name)?.framework,
      profiles: [...this.#profiles.values()].map(({ framework }) => framework),
      nominator: this.#nominator,
      initialBackoffMs: (configuration.podInitialBackoffSeconds ?? 1) * 1000,
      maxBackoffMs: (configuration.podMaxBackoffSeconds ?? 10) * 1000,
      onReady: () => this.#wake?.(),
    });
    this.#algorithm = new SchedulingAlgorithm({
      lister: this.#cache,
      random,
      percentageOfNodesToScore: configuration.percentageOfNodesToScore ?? 0,
      extenders: this.#extenders,
    });
    this.#failures = new FailureHandler({ queue: this.#queue, nominator: this.#nominator, getPod: this.#getPod });
    this.#binding = new BindingCycle({ cache: this.#cache, queue: this.#queue, failures: this.#failures });
    this.#removeHandlers = addAllEventHandlers({
      informers,
      cache: this.#cache,
      queue: this.#queue,
      isResponsible: (pod) => this.#profiles.has(pod.spec?.schedulerName ?? ''),
      onAssumedGone: (uid) => this.#waitingPods.get(uid)?.reject('', 'removed'),
      onForget: (pod) => this.#explanations.delete(metaNamespaceKey(pod)),
    });
  }

  start(): void {
    const task = this.#context.sim.spawn(this.#run(), 'scheduler');
    this.#stop = () => task.kill('scheduler stopped');
  }
  /** No timer and no handler is left; bindings under way go on. */
  stop(): void {
    this.#stop?.();
    this.#waitingPods.rejectAll('the scheduler stops');
    this.#queue.close();
    this.#removeHandlers();
  }
  /** Where a pod (`namespace/name`) stands, and what became of the last attempts. */
  explain(podKey: string): SchedulingExplanation {
    const pending = this.pending(podKey);
    return { pod: podKey, ...(pending ? { pending } : {}), attempts: this.#explanations.explain(podKey) };
  }
  /** Where a pod waits; undefined when it does not. */
  pending(podKey: string): PendingPod | undefined {
    const found = this.#queue.whereIs(podKey);
    if (!found) return undefined;
    const { unschedulablePlugins, pendingPlugins, attempts } = found.info;
    return { queue: found.queue, attempts, plugins: [...unschedulablePlugins, ...pendingPlugins] };
  }

  #addProfile(profile: ProfileConfiguration): void {
    const profileName = profile.schedulerName ?? defaultSchedulerName;
    const { sim, client, informers, random } = this.#context;
    const made: { framework?: Framework } = {};
    const running = (): Framework => {
      if (!made.framework) throw new Error('the framework is not made yet');
      return made.framework;
    };
    const handle: Handle = {
      profileName,
      sim,
      client,
      informers,
      random,
      recorder: this.#context.recorder(profileName),
      lister: this.#cache,
      extenders: this.#extenders,
      compileDeviceSelector: this.#configuration.compileDeviceSelector ?? (() => () => false),
      getWaitingPod: (uid) => this.#waitingPods.get(uid),
      waitingPods: () => this.#waitingPods.list(),
      report: (error, what) => this.#context.report(error, what),
      nominatedPodsForNode: (nodeName) => this.#nominatedPodsForNode(nodeName),
      activate: (activated) => this.#queue.activate(activated),
      runFilterPluginsWithNominatedPods: (...args) => running().runFilterPluginsWithNominatedPods(...args),
      runAddPod: (...args) => running().runAddPod(...args),
      runRemovePod: (...args) => running().runRemovePod(...args),
    };
    const { percentageOfNodesToScore } = profile;
    const framework = new Framework({
      profileName,
      ...(percentageOfNodesToScore === undefined ? {} : { percentageOfNodesToScore }),
      plugins: createPlugins(profile, handle, this.#configuration.outOfTreePlugins),
      waitingPods: this.#waitingPods,
      setTimer: (ms, callback) => sim.setTimer(ms, callback),
      hasExtenders: this.#extenders.length > 0,
      nodeInfos: () => this.#cache.nodeInfos,
      nodeChanges: this.#cache.changes,
      hasNominatedPods: () => !this.#nominator.isEmpty,
      nominatedPodsForNode: (nodeName) => this.#nominatedPodsForNode(nodeName),
    });
    made.framework = framework;
    this.#profiles.set(profileName, { framework, handle });
  }
  #nominatedPodsForNode(nodeName: string): readonly PodInfo[] {
    if (this.#nominator.isEmpty) return noPods;
    const keys = this.#nominator.podsForNode(nodeName);
    if (!keys) return noPods;
    return [...keys].flatMap((key) => {
      const pod = this.#getPod(key);
      return this.#queue.whereIs(key)?.info.info ?? (pod ? new PodInfo(pod) : []);
    });
  }

  *#run(): Process<void> {
    const { sim, informers } = this.#context;
    yield* informers.waitForSync();
    for (;;) {
      const info = this.#queue.pop();
      if (!info) {
        yield* suspend<void>((resume) => {
          this.#wake = resume;
        });
        continue;
      }
      sim.context = sim.mergeContexts(info.contexts);
      info.contexts = [];
      const attemptMs = this.#configuration.attemptMs?.() ?? 0;
      if (attemptMs > 0) yield* sleep(attemptMs);
      yield* this.#scheduleOne(info);
      yield* yieldNow();
    }
  }

  *#scheduleOne(info: QueuedPodInfo): Process<void> {
    const profile = this.#profiles.get(info.pod.spec?.schedulerName ?? '');
    if (!profile || this.#skipPodSchedule(info.pod, profile.handle)) {
      this.#queue.done(info.info.uid);
      return;
    }
    const { framework, handle } = profile;
    const state = new CycleState();
    const result = yield* this.#schedulingCycle(framework, state, info.info);
    if (!('suggestedHost' in result)) {
      const failure = yield* this.#postFilter(framework, state, info, result);
      yield* this.#failures.handle(handle, info, failure);
      return;
    }
    const { suggestedHost } = result;
    const assumed = info.info.assignedTo(suggestedHost);
    this.#cache.assumePod(assumed);
    this.#nominator.delete(info.pod);
    const reserved = guarded(() => framework.runReservePlugins(state, assumed, suggestedHost));
    const status = reserved ?? guarded(() => framework.runPermitPlugins(state, assumed, suggestedHost));
    if (status && status.code !== 'Wait') {
      framework.runUnreservePlugins(state, assumed, suggestedHost);
      this.#cache.forgetPod(assumed.uid);
      const why = status.isRejected ? { fit: rejectedOn(suggestedHost, status) } : { status };
      yield* this.#failures.handle(handle, info, { ...why, nominatedNodeName: '' });
      return;
    }
    this.#record(framework, state, info, result);
    this.#context.sim.spawn(this.#binding.run(profile, state, info, assumed, suggestedHost), 'binding');
  }

  /** Upstream: skipPodSchedule */
  #skipPodSchedule(pod: corev1.Pod, { recorder }: Handle): boolean {
    if (pod.metadata.deletionTimestamp === undefined) return this.#cache.isAssumed(pod.metadata.uid ?? '');
    const text = `skip schedule deleting pod: ${metaNamespaceKey(pod)}`;
    recorder.event(podReference(pod), 'Warning', 'FailedScheduling', text, { action: 'Scheduling' });
    return true;
  }
  *#schedulingCycle(framework: Framework, state: CycleState, pod: PodInfo): Process<ScheduleResult | ScheduleFailure> {
    try {
      return yield* this.#algorithm.schedulePod(framework, state, pod);
    } catch (error) {
      return { status: errorStatus(error) };
    }
  }
  /** When the pod fits nowhere, plugins may make room for it. */
  *#postFilter(
    framework: Framework,
    state: CycleState,
    info: QueuedPodInfo,
    failure: ScheduleFailure,
  ): Process<SchedulingFailure> {
    if (!('fit' in failure)) {
      this.#record(framework, state, info, failure);
      return { status: failure.status, nominatedNodeName: '' };
    }
    const { fit } = failure;
    let result: PostFilterResult;
    try {
      result = yield* framework.runPostFilterPlugins(state, info.info, fit.diagnosis.nodeToStatus);
    } catch (error) {
      result = { nominatedNodeName: undefined, status: errorStatus(error) };
    }
    fit.diagnosis.postFilterMessage = result.status?.message ?? '';
    this.#record(framework, state, info, failure, result);
    return { fit, nominatedNodeName: result.nominatedNodeName };
  }
  /** Keeps what was found out anyway: nothing is copied, nothing made readable before somebody asks. */
  #record(
    framework: Framework,
    state: CycleState,
    info: QueuedPodInfo,
    result: ScheduleResult | ScheduleFailure,
    post?: PostFilterResult,
  ): void {
    if (this.#configuration.explain === false) return;
    const fit = 'fit' in result ? result.fit : undefined;
    const diagnosis = 'diagnosis' in result ? result.diagnosis : fit?.diagnosis;
    const scheduled = 'suggestedHost' in result ? result : undefined;
    this.#explanations.add({
      key: info.key,
      atMs: this.#context.sim.now(),
      attempt: info.attempts,
      profile: framework.profileName,
      outcome: scheduled ? 'scheduled' : fit ? 'unschedulable' : 'error',
      nodeName: scheduled?.suggestedHost ?? post?.nominatedNodeName ?? '',
      message: fit instanceof FitError ? fit.message : 'status' in result ? result.status.message : '',
      preFilter: diagnosis && diagnosis.preFilterMessage !== '' ? diagnosis.nodeToStatus.absent : undefined,
      filters: framework.filterNames,
      skipped: state.skipFilter,
      refused: diagnosis?.nodeToStatus.explicit ?? noRefusals,
      feasible: scheduled?.feasible ?? noNodes,
      scores: scheduled?.scores,
      numAllNodes: this.#cache.nodeInfos.length,
      preemption: post && { candidates: post.candidates ?? [], message: post.status?.message ?? '' },
    });
  }
}

/** Upstream: scheduler.go buildExtenders (v1.36). @throws Error for what cannot be */
function newExtenders({ extenders = [], callExtender }: SchedulerConfiguration): readonly HttpExtender[] {
  if (extenders.length === 0) return [];
  if (!callExtender) throw new Error('extenders cannot be reached from here');
  return extenders.map((extender) => new HttpExtender(extender, callExtender));
}

const noRefusals: ReadonlyMap<string, Status> = new Map();

/** What a plugin throws is a verdict too. */
function guarded<T>(action: () => T): T | Status {
  try {
    return action();
  } catch (error) {
    return errorStatus(error);
  }
}

/** Makes and starts a scheduler. The caller starts the informers. */
export function startScheduler(context: ComponentContext, configuration: SchedulerConfiguration = {}): Scheduler {
  const scheduler = new Scheduler(context, configuration);
  scheduler.start();
  return scheduler;
}
