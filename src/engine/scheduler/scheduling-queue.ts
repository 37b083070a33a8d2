/**
 * The scheduling queue: pods to try now (active), pods to try later (back-off), and pods for which something must happen first
 * (unschedulable, gated ones among them).
 *
 * An event of the cluster moves an unschedulable pod on when a plugin that rejected it says that the event may help. Events that come
 * while a pod is being tried are kept until its fate is known.
 *
 * Upstream: pkg/scheduler/backend/queue/scheduling_queue.go (v1.36)
 */
import type * as corev1 from '../../api/core/v1.ts';
import { metaNamespaceKey } from '../../apimachinery/object-meta.ts';
import { BackoffQueue, backoffWindowMs } from './backoff-queue.ts';
import {
  type ClusterEvent,
  forceActivate,
  isWildCard,
  matchesClusterEvent,
  type QueueingHintFunction,
  unschedulableTimeout,
} from './cluster-event.ts';
import { Heap } from './heap.ts';
import { InFlight } from './in-flight.ts';
import type { Nominator } from './nominator.ts';
import { QueuedPodInfo } from './queued-pod-info.ts';
import type { Verdict } from './status.ts';

export const podMaxInUnschedulablePodsMs = 5 * 60_000;
const flushIntervalMs = 30_000;

export interface QueueingHintRegistration {
  readonly plugin: string;
  readonly event: ClusterEvent;
  readonly hint?: QueueingHintFunction;
}

/** What the queue needs of a profile. */
export interface QueueProfile {
  readonly hints: readonly QueueingHintRegistration[];
  /** Runs one PreEnqueue plugin, or all in order when none is named; gives the first refusal and its plugin. */
  preEnqueue(pod: corev1.Pod, plugin?: string): Verdict;
}

export interface SchedulingQueueOptions {
  now(): number;
  /** Calls back after `ms`; `background` when it need not keep the cluster from being idle. */
  setTimer(ms: number, callback: () => void, options: { readonly background: boolean }): () => void;
  /** The ambient context (the cause of what happens now). */
  context(): unknown;
  less(a: QueuedPodInfo, b: QueuedPodInfo): boolean;
  profile(schedulerName: string): QueueProfile | undefined;
  readonly profiles: readonly QueueProfile[];
  readonly nominator: Nominator;
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
  /** There is a pod to pop. */
  onReady(): void;
}

type Strategy = 'skip' | 'afterBackoff' | 'immediately';
export type QueueName = 'active' | 'backoff' | 'unschedulable' | 'gated' | 'in-flight';

export class SchedulingQueue {
  readonly #options: SchedulingQueueOptions;
  readonly #active: Heap<QueuedPodInfo>;
  readonly #backoff: BackoffQueue;
  readonly #unschedulable = new Map<string, QueuedPodInfo>();
  readonly #inFlight: InFlight;
  #sequence = 0;
  #cancelBackoffTimer: (() => void) | undefined;
  #cancelFlushTimer: (() => void) | undefined;

  constructor(options: SchedulingQueueOptions) {
    this.#options = options;
    this.#active = new Heap((info) => info.key, options.less);
    this.#inFlight = new InFlight(() => options.context());
    this.#backoff = new BackoffQueue({
      initialMs: options.initialBackoffMs,
      maxMs: options.maxBackoffMs,
      now: () => options.now(),
      less: options.less,
    });
  }

  /** Whether events of the cluster can change anything: some pod waits for one, or is being tried. */
  get isWaitingForEvents(): boolean {
    return this.#unschedulable.size > 0 || this.#inFlight.size > 0;
  }
  /** How many pods wait where. Upstream: PendingPods */
  get counts(): { readonly active: number; readonly backoff: number; readonly unschedulable: number } {
    return { active: this.#active.size, backoff: this.#backoff.size, unschedulable: this.#unschedulable.size };
  }
  /** Where a pod waits, by `namespace/name`. */
  whereIs(key: string): { readonly queue: QueueName; readonly info: QueuedPodInfo } | undefined {
    const active = this.#active.get(key);
    if (active) return { queue: 'active', info: active };
    const backoff = this.#backoff.get(key);
    if (backoff) return { queue: 'backoff', info: backoff };
    const info = this.#unschedulable.get(key);
    return info && { queue: info.gated ? 'gated' : 'unschedulable', info };
  }

  /** A new pod without a node. */
  add(pod: corev1.Pod): void {
    this.#moveToActive(this.#newInfo(pod), true);
  }
  /** The next pod to try, if any. The caller must end with `addUnschedulableIfNotPresent` or `done`. */
  pop(): QueuedPodInfo | undefined {
    const info = this.#active.pop() ?? this.#backoff.popEarly();
    if (!info) return undefined;
    info.attempts++;
    this.#inFlight.add(info.pod);
    return info;
  }
  /** Nothing more is to be done for a pod that was popped. */
  done(uid: string): void {
    this.#inFlight.done(uid);
  }
  /** Puts a pod back that could not be scheduled. */
  addUnschedulableIfNotPresent(info: QueuedPodInfo): void {
    const uid = info.pod.metadata.uid ?? '';
    if (this.whereIs(info.key)) {
      this.done(uid);
      return;
    }
    if (info.isRejected) {
      info.unschedulableCount++;
      info.consecutiveErrorsCount = 0;
    } else info.consecutiveErrorsCount++;
    this.#stamp(info);
    info.backoffExpiration = 0;
    info.contexts = [];
    const strategy = this.#hintForInFlight(info);
    this.done(uid);
    this.#requeue(info, strategy);
  }
  update(old: corev1.Pod, pod: corev1.Pod, events: readonly ClusterEvent[]): void {
    if (this.#inFlight.addEventsOf(old, pod, events)) return;
    const key = metaNamespaceKey(pod);
    const queued = this.#active.get(key) ?? this.#backoff.get(key);
    if (queued) {
      queued.update(pod);
      this.#options.nominator.update(old, pod);
      return;
    }
    const info = this.#unschedulable.get(key);
    if (!info) {
      this.#moveToActive(this.#newInfo(pod), true);
      return;
    }
    info.update(pod);
    this.#options.nominator.update(old, pod);
    for (const event of events) {
      const strategy = this.#worthRequeuing(info, event, old, pod);
      if (strategy !== 'skip' && this.#requeue(info, strategy) !== 'unschedulable') break;
    }
  }
  delete(pod: corev1.Pod): void {
    this.#options.nominator.delete(pod);
    const key = metaNamespaceKey(pod);
    if (!this.#active.delete(key) && !this.#backoff.delete(key)) this.#unschedulable.delete(key);
    this.#setFlushTimer();
  }
  /** Tries pods again at once. Upstream: Activate */
  activate(pods: readonly corev1.Pod[]): void {
    for (const pod of pods) {
      const key = metaNamespaceKey(pod);
      const info = this.#unschedulable.get(key) ?? this.#backoff.delete(key);
      if (info) this.#moveToActive(info);
      else this.#inFlight.addEventsOf(undefined, pod, [forceActivate]);
    }
  }
  /** Something happened: moves on the pods that it may help. `old` is absent for an add, `object` for a delete. */
  moveAllToActiveOrBackoffQueue(
    event: ClusterEvent,
    old: unknown,
    object: unknown,
    preCheck?: (pod: corev1.Pod) => boolean,
  ): void {
    if (!this.isWaitingForEvents || !this.#isEventOfInterest(event)) return;
    const waiting = [...this.#unschedulable.values()].filter((info) => !preCheck || preCheck(info.pod));
    this.#movePods(waiting, event, old, object);
  }
  /** No timer is left. */
  close(): void {
    this.#cancelBackoffTimer?.();
    this.#cancelFlushTimer?.();
  }

  #newInfo(pod: corev1.Pod): QueuedPodInfo {
    return new QueuedPodInfo(pod, this.#options.now(), ++this.#sequence);
  }
  #stamp(info: QueuedPodInfo): void {
    info.timestamp = this.#options.now();
    info.sequence = ++this.#sequence;
  }
  #movePods(infos: readonly QueuedPodInfo[], event: ClusterEvent, old: unknown, object: unknown): void {
    for (const info of infos) {
      if (info.gated && !info.gatingPluginEvents.some((wanted) => matchesClusterEvent(wanted, event))) continue;
      const strategy = this.#worthRequeuing(info, event, old, object);
      if (strategy === 'skip') continue;
      this.#unschedulable.delete(info.key);
      this.#requeue(info, strategy);
    }
    this.#inFlight.addEvent(event, old, object);
  }
  #isEventOfInterest(event: ClusterEvent): boolean {
    if (isWildCard(event)) return true;
    return this.#options.profiles.some((profile) =>
      profile.hints.some((hint) => matchesClusterEvent(hint.event, event)),
    );
  }
  /** Upstream: isPodWorthRequeuing */
  #worthRequeuing(info: QueuedPodInfo, event: ClusterEvent, old: unknown, object: unknown): Strategy {
    if (!info.isRejected) return 'afterBackoff';
    const { pod } = info;
    if (isWildCard(event)) {
      if (object === undefined) return 'afterBackoff';
      return (object as corev1.Pod).metadata.uid === pod.metadata.uid ? 'afterBackoff' : 'skip';
    }
    const profile = this.#options.profile(pod.spec?.schedulerName ?? '');
    if (!profile) return 'afterBackoff';
    let strategy: Strategy = 'skip';
    for (const { plugin, event: wanted, hint } of profile.hints) {
      const isPending = info.pendingPlugins.has(plugin);
      if (!isPending && !info.unschedulablePlugins.has(plugin)) continue;
      if (!matchesClusterEvent(wanted, event)) continue;
      if (hint && hint(pod, old, object) === 'QueueSkip') continue;
      if (isPending) return 'immediately';
      strategy = 'afterBackoff';
      if (info.pendingPlugins.size === 0) return strategy;
    }
    return strategy;
  }
  /** Upstream: determineSchedulingHintForInFlightPod */
  #hintForInFlight(info: QueuedPodInfo): Strategy {
    if (!info.isRejected) return 'afterBackoff';
    let strategy: Strategy = 'skip';
    for (const { event, old, object, context } of this.#inFlight.eventsFor(info.pod.metadata.uid ?? '')) {
      const found = this.#worthRequeuing(info, event, old, object);
      if (found === 'skip') continue;
      info.contexts.push(context);
      if (found === 'immediately') return found;
      strategy = found;
      if (info.pendingPlugins.size === 0) break;
    }
    return strategy;
  }
  #requeue(info: QueuedPodInfo, strategy: Strategy): QueueName {
    if (strategy === 'skip') {
      this.#unschedulable.set(info.key, info);
      this.#setFlushTimer();
      return 'unschedulable';
    }
    if (strategy === 'afterBackoff' && this.#backoff.isBackingOff(info)) return this.#moveToBackoff(info);
    return this.#moveToActive(info) ? 'active' : 'unschedulable';
  }
  #moveToBackoff(info: QueuedPodInfo): QueueName {
    this.#runPreEnqueue(info);
    if (info.gated) {
      this.#unschedulable.set(info.key, info);
      return 'unschedulable';
    }
    this.#unschedulable.delete(info.key);
    info.contexts.push(this.#options.context());
    this.#backoff.add(info);
    this.#setBackoffTimer();
    // An idle scheduler does not let a rejected pod wait for the end of its back-off.
    if (info.isRejected) this.#options.onReady();
    return 'backoff';
  }
  /** Gives false when a PreEnqueue plugin holds it back. */
  #moveToActive(info: QueuedPodInfo, isNew = false, fromBackoff = false): boolean {
    if (!fromBackoff) this.#runPreEnqueue(info);
    if (info.gated) {
      this.#unschedulable.set(info.key, info);
      return false;
    }
    info.initialAttemptTimestamp ??= this.#options.now();
    this.#unschedulable.delete(info.key);
    this.#backoff.delete(info.key);
    info.contexts.push(this.#options.context());
    this.#active.put(info);
    if (isNew) this.#options.nominator.add(info.pod, undefined);
    this.#options.onReady();
    return true;
  }
  #runPreEnqueue(info: QueuedPodInfo): void {
    const profile = this.#options.profile(info.pod.spec?.schedulerName ?? '');
    const refused =
      (info.gatingPlugin && profile?.preEnqueue(info.pod, info.gatingPlugin)) || profile?.preEnqueue(info.pod);
    info.gatingPlugin = refused ? refused.plugin : '';
    if (!refused) return;
    info.unschedulablePlugins.add(refused.plugin);
    info.gatingPluginEvents = (profile?.hints ?? [])
      .filter((hint) => hint.plugin === refused.plugin)
      .map((hint) => hint.event);
  }
  /** Upstream: flushBackoffQCompleted, once a second */
  #setBackoffTimer(): void {
    if (this.#cancelBackoffTimer || this.#backoff.size === 0) return;
    const ms = backoffWindowMs - (this.#options.now() % backoffWindowMs);
    const flush = () => {
      this.#cancelBackoffTimer = undefined;
      for (const info of this.#backoff.popCompleted()) this.#moveToActive(info, false, true);
      this.#setBackoffTimer();
    };
    this.#cancelBackoffTimer = this.#options.setTimer(ms, flush, { background: false });
  }
  /** Upstream: flushUnschedulablePodsLeftover, every 30 s */
  #setFlushTimer(): void {
    if (this.#unschedulable.size === 0) {
      this.#cancelFlushTimer?.();
      this.#cancelFlushTimer = undefined;
    } else
      this.#cancelFlushTimer ??= this.#options.setTimer(flushIntervalMs, () => this.#flush(), { background: true });
  }
  #flush(): void {
    this.#cancelFlushTimer = undefined;
    const before = this.#options.now() - podMaxInUnschedulablePodsMs;
    const stale = [...this.#unschedulable.values()].filter((info) => info.timestamp < before);
    if (stale.length > 0) this.#movePods(stale, unschedulableTimeout, undefined, undefined);
    this.#setFlushTimer();
  }
}
