/**
 * One pod's life on its node: syncing, terminating, terminated; one step at a time.
 *
 * Upstream: pkg/kubelet/pod_workers.go podWorkerLoop, kubelet.go SyncPod, SyncTerminatingPod, SyncTerminatedPod (v1.36)
 */
import type * as corev1 from '../../api/core/v1.ts';
import { parseTime } from '../../apimachinery/time.ts';
import { race } from '../../process/combinators.ts';
import { type Process, sleep, suspend } from '../../process/process.ts';
import type { Task } from '../../process/task.ts';
import { type KubeletHost, recordPodEvent } from './kubelet-host.ts';
import type { KubeRuntime, PodSyncResult } from './kuberuntime/kube-runtime.ts';
import { podPhaseIsTerminal } from './pod-phase.ts';
import type { ProbeManager } from './prober/probe-manager.ts';
import type { ReasonCache } from './reason-cache.ts';
import { readPodStatus, type RuntimePodStatus } from './runtime-pod.ts';
import { generateAPIPodStatus, type PodEnd } from './status/pod-status.ts';
import type { StatusManager } from './status/status-manager.ts';
import { terminationMessage } from './termination-message.ts';
import { UnmountedVolumesError, type VolumeManager } from './volumes/volume-manager.ts';

export interface PodWorkerOptions {
  readonly host: KubeletHost;
  readonly kubeRuntime: KubeRuntime;
  readonly status: StatusManager;
  readonly probes: ProbeManager;
  readonly volumes: VolumeManager;
  readonly reasons: ReasonCache;
  /** Why pods cannot get a network now. */
  readonly networkError: () => string | undefined;
  /** Whether the kubelet itself must end the pod. */
  readonly shouldEvict: (pod: corev1.Pod) => PodEnd | undefined;
  readonly resizeConditions: (pod: corev1.Pod, runtimeStatus: RuntimePodStatus) => readonly corev1.PodCondition[];
  /** Makes the mirror of a static pod. */
  readonly reconcileMirror: (pod: corev1.Pod) => Process<void>;
  /** The worker has nothing more to do. */
  readonly onFinished: () => void;
}

export interface KillOptions {
  readonly gracePeriodSeconds?: number;
  /** What the status says of the end. */
  readonly status?: { readonly phase: 'Failed'; readonly reason: string; readonly message: string };
  readonly conditions?: readonly corev1.PodCondition[];
}

type Phase = 'syncing' | 'terminating' | 'terminated' | 'finished';

const resyncMs = 60_000;
const resyncJitter = 0.5;
const errorBackoffMs = 10_000;
const networkBackoffMs = 1_000;
const volumeRefreshMs = 45_000;
/** Failures in a row that keep the cluster from counting as idle, and the longest wait that does. */
const busyFailures = 3;
const busyWaitMs = 45_000;

export class PodWorker {
  readonly #options: PodWorkerOptions;
  readonly #task: Task<void>;
  #pod: corev1.Pod;
  #phase: Phase = 'syncing';
  #dirty = true;
  #kill: KillOptions | undefined;
  #gracePeriod = 0;
  #wake: (() => void) | undefined;
  #onTerminating: (() => void) | undefined;
  #failures = 0;
  #volumesAtMs = 0;
  #cancelDeadline: (() => void) | undefined;
  #deadlineSeconds: number | undefined;

  constructor(options: PodWorkerOptions, pod: corev1.Pod) {
    this.#options = options;
    this.#pod = pod;
    if (this.#isToTerminate(pod)) this.#beginTerminating();
    this.#task = options.host.sim.spawn(this.#run(), `pod ${pod.metadata.name ?? ''}`);
  }

  get pod(): corev1.Pod {
    return this.#pod;
  }
  get isTerminationRequested(): boolean {
    return this.#phase !== 'syncing';
  }
  get couldHaveRunningContainers(): boolean {
    return this.#phase === 'syncing' || this.#phase === 'terminating';
  }
  get isFinished(): boolean {
    return this.#phase === 'finished';
  }

  /** Takes the pod as it is now. */
  update(pod: corev1.Pod): void {
    this.#pod = pod;
    this.#volumesAtMs = Number.NEGATIVE_INFINITY;
    if (this.#phase === 'syncing' && this.#isToTerminate(pod)) this.#beginTerminating();
    this.requestSync();
  }

  /** Takes a pod of which only the status is new. */
  observe(pod: corev1.Pod): void {
    this.#pod = pod;
    if (pod.spec?.readinessGates?.length) this.requestSync();
  }

  /** Ends the pod: it was removed, evicted, or preempted. */
  kill(options: KillOptions = {}): void {
    this.#kill = options;
    if (this.#phase === 'syncing') this.#beginTerminating();
    this.requestSync();
  }

  /** Looks at the pod again soon. */
  requestSync(): void {
    this.#dirty = true;
    this.#wake?.();
  }

  /** The kubelet stops; what runs goes on running. */
  stop(): void {
    this.#cancelDeadline?.();
    this.#task.kill('kubelet stopped');
  }

  #isToTerminate(pod: corev1.Pod): boolean {
    return pod.metadata.deletionTimestamp !== undefined || podPhaseIsTerminal(pod);
  }

  #beginTerminating(): void {
    this.#phase = 'terminating';
    this.#onTerminating?.();
  }

  *#run(): Process<void> {
    while (this.#phase !== 'finished') {
      this.#dirty = false;
      const delayMs = this.#options.host.latency.ms('kubeletSync');
      if (delayMs > 0) yield* sleep(delayMs);
      const waitMs = yield* this.#step();
      if (waitMs !== undefined && !this.isFinished) yield* this.#waitForWork(waitMs);
    }
    this.#cancelDeadline?.();
    this.#options.onFinished();
  }

  /** Does one step; gives how long to wait until the next, undefined for no time at all. */
  *#step(): Process<number | undefined> {
    try {
      if (this.#phase === 'syncing') return yield* this.#syncPod();
      if (this.#phase === 'terminating') return yield* this.#syncTerminatingPod();
      yield* this.#syncTerminatedPod();
      return undefined;
    } catch (error) {
      this.#options.host.report(error, `pod ${this.#pod.metadata.name ?? ''}`);
      return errorBackoffMs;
    }
  }

  *#waitForWork(ms: number): Process<void> {
    if (this.#dirty) return;
    const { sim } = this.#options.host;
    const background = this.#failures === 0 || this.#failures > busyFailures || ms > busyWaitMs;
    yield* suspend<void>((resume) => {
      const cancel = sim.setTimer(ms, () => resume(), { background });
      this.#wake = () => {
        cancel();
        resume();
      };
      return cancel;
    });
    this.#wake = undefined;
  }

  *#syncPod(): Process<number | undefined> {
    const { host, status, probes, kubeRuntime, reasons } = this.#options;
    const pod = this.#pod;
    const uid = pod.metadata.uid ?? '';
    const runtimeStatus = readPodStatus(host.runtime, uid);
    const apiStatus = this.#generate(pod, runtimeStatus, false);
    status.setPodStatus(pod, apiStatus);
    if (apiStatus.phase === 'Succeeded' || apiStatus.phase === 'Failed') {
      this.#beginTerminating();
      return undefined;
    }
    this.#watchDeadline(pod);
    const networkError = this.#options.networkError();
    if (networkError !== undefined && !pod.spec?.hostNetwork) {
      recordPodEvent(host, pod, 'Warning', 'NetworkNotReady', networkError);
      return this.#afterError(networkBackoffMs);
    }
    yield* this.#options.reconcileMirror(pod);
    if (!(yield* this.#mountVolumes(pod))) return this.#isSyncing() ? this.#afterError(errorBackoffMs) : undefined;
    if (!this.#isSyncing()) return undefined;
    probes.addPod(pod);
    const result = yield* kubeRuntime.syncPod(pod, apiStatus, runtimeStatus, () => this.#publish(pod));
    reasons.update(uid, result.starts);
    return this.#afterSync(result);
  }

  #isSyncing(): boolean {
    return this.#phase === 'syncing';
  }

  /** Gives whether all volumes are there. Ends early when the pod is to end. */
  *#mountVolumes(pod: corev1.Pod): Process<boolean> {
    const { host, volumes } = this.#options;
    if ((pod.spec?.volumes?.length ?? 0) === 0) return true;
    try {
      if (!volumes.isReady(pod)) yield* race([volumes.waitForAttachAndMount(pod), this.#untilTerminating()]);
      else if (host.sim.now() - this.#volumesAtMs > volumeRefreshMs) yield* volumes.updateVolumes(pod);
      else return true;
      this.#volumesAtMs = host.sim.now();
      return this.#isSyncing();
    } catch (error) {
      if (!(error instanceof UnmountedVolumesError)) throw error;
      if (!error.isTimeout) {
        recordPodEvent(host, pod, 'Warning', 'FailedMount', `Unable to attach or mount volumes: ${error.message}`);
      }
      return false;
    }
  }

  *#untilTerminating(): Process<void> {
    if (!this.#isSyncing()) return;
    yield* suspend<void>((resume) => {
      this.#onTerminating = resume;
      return () => {
        this.#onTerminating = undefined;
      };
    });
  }

  #afterSync(result: PodSyncResult): number | undefined {
    const failures = [...result.starts.values()].filter((error) => error !== undefined);
    if (result.acted && failures.length < result.starts.size) this.#dirty = true;
    if (result.acted && result.starts.size === 0 && !result.error) this.#dirty = true;
    if (!result.error && failures.length === 0) {
      this.#failures = 0;
      return resyncMs * (1 + this.#options.host.random.float() * resyncJitter);
    }
    const untilMs = failures.map((error) => error.backoffUntilMs).filter((ms) => ms !== undefined);
    const now = this.#options.host.sim.now();
    const waitMs = untilMs.length > 0 ? Math.min(Math.max(0, Math.min(...untilMs) - now), resyncMs) : errorBackoffMs;
    return this.#afterError(waitMs);
  }

  #afterError(ms: number): number {
    this.#failures++;
    return ms * (1 + this.#options.host.random.float() * resyncJitter);
  }

  /** Writes the status between two steps of one sync. */
  #publish(pod: corev1.Pod): void {
    const { host, status } = this.#options;
    status.setPodStatus(pod, this.#generate(pod, readPodStatus(host.runtime, pod.metadata.uid ?? ''), false));
    this.#dirty = true;
  }

  #generate(pod: corev1.Pod, runtimeStatus: RuntimePodStatus, podIsTerminal: boolean): corev1.PodStatus {
    const { host, status, probes, reasons, shouldEvict, resizeConditions } = this.#options;
    const uid = pod.metadata.uid ?? '';
    const made = generateAPIPodStatus({
      pod,
      runtimeStatus,
      previous: status.get(uid) ?? pod.status ?? {},
      podIsTerminal,
      hostIPs: [host.nodeIP],
      probes,
      startFailure: (name) => reasons.get(uid, name),
      terminationMessage: (run) => terminationMessage(host.runtime, pod, run),
      resizeConditions: podIsTerminal ? [] : resizeConditions(pod, runtimeStatus),
      end: shouldEvict(pod),
    });
    const { conditions, status: end } = this.#kill ?? {};
    if (!end) return made;
    return { ...made, ...end, conditions: [...(made.conditions ?? []), ...(conditions ?? [])] };
  }

  *#syncTerminatingPod(): Process<undefined> {
    const { host, status, probes, kubeRuntime } = this.#options;
    const pod = this.#pod;
    const uid = pod.metadata.uid ?? '';
    const before = readPodStatus(host.runtime, uid);
    status.setPodStatus(pod, this.#generate(pod, before, false));
    probes.stopLivenessAndStartup(pod);
    yield* kubeRuntime.killPod(pod, before, this.#effectiveGracePeriod(pod));
    probes.removePod(uid);
    const stopped = { ...readPodStatus(host.runtime, uid), ips: before.ips };
    status.setPodStatus(this.#pod, this.#generate(this.#pod, stopped, true));
    this.#phase = 'terminated';
    return undefined;
  }

  /** Upstream: calculateEffectiveGracePeriod */
  #effectiveGracePeriod(pod: corev1.Pod): number {
    const asked = [pod.metadata.deletionGracePeriodSeconds, this.#kill?.gracePeriodSeconds];
    for (const seconds of asked) {
      if (seconds !== undefined && (this.#gracePeriod === 0 || seconds < this.#gracePeriod))
        this.#gracePeriod = seconds;
    }
    const none = asked.every((seconds) => seconds === undefined);
    if (none && this.#gracePeriod === 0) this.#gracePeriod = pod.spec?.terminationGracePeriodSeconds ?? 0;
    this.#gracePeriod = Math.max(1, this.#gracePeriod);
    return this.#gracePeriod;
  }

  *#syncTerminatedPod(): Process<void> {
    const { status, volumes, reasons } = this.#options;
    const uid = this.#pod.metadata.uid ?? '';
    volumes.unmountPod(uid);
    reasons.forget(uid);
    this.#phase = 'finished';
    status.terminatePod(this.#pod);
  }

  /** Looks again when the pod's time is over. */
  #watchDeadline(pod: corev1.Pod): void {
    const seconds = pod.spec?.activeDeadlineSeconds;
    if (seconds === this.#deadlineSeconds) return;
    this.#deadlineSeconds = seconds;
    this.#cancelDeadline?.();
    if (seconds === undefined) return;
    const { host, status } = this.#options;
    const startTime = status.get(pod.metadata.uid ?? '')?.startTime;
    const leftMs = (startTime ? parseTime(startTime) : host.sim.now()) + seconds * 1000 - host.sim.now();
    const background = leftMs > busyWaitMs * 4;
    this.#cancelDeadline = host.sim.setTimer(Math.max(0, leftMs) + 1, () => this.requestSync(), { background });
  }
}
