/** One probe of one container, from the pod's start to its end. Upstream: pkg/kubelet/prober/worker.go (v1.36) */
import type * as corev1 from '../../../api/core/v1.ts';
import { parseTime } from '../../../apimachinery/time.ts';
import { type Process, suspend } from '../../../process/process.ts';
import type { Task } from '../../../process/task.ts';
import { type KubeletHost, recordContainerEvent } from '../kubelet-host.ts';
import { containerShouldRestart, isRestartableInitContainer } from '../restart-policy.ts';
import { parseContainerId } from '../runtime-pod.ts';
import type { ProbeResult, ProbeResults } from './probe-results.ts';
import { runProbe } from './run-probe.ts';

export type ProbeType = 'Startup' | 'Readiness' | 'Liveness';

export interface ProbeWorkerOptions {
  readonly host: KubeletHost;
  readonly type: ProbeType;
  readonly container: corev1.Container;
  readonly results: ProbeResults;
  /** The pod as it is now. */
  readonly pod: () => corev1.Pod | undefined;
  /** The status that the kubelet keeps of it. */
  readonly status: () => corev1.PodStatus | undefined;
  readonly podUid: string;
  /** The worker has ended by itself. */
  readonly onEnd: () => void;
}

const initialResults: Readonly<Record<ProbeType, ProbeResult>> = {
  Startup: 'unknown',
  Readiness: 'failure',
  Liveness: 'success',
};
const maxProbeRetries = 3;
/** How long a container that is not ready yet keeps the cluster from counting as idle. */
const settlingMs = 120_000;

export class ProbeWorker {
  readonly #options: ProbeWorkerOptions;
  readonly #probe: corev1.Probe;
  readonly #task: Task<void>;
  #containerId = '';
  #lastResult: ProbeResult | undefined;
  #resultRun = 0;
  #onHold = false;
  #trigger: (() => void) | undefined;

  constructor(options: ProbeWorkerOptions, probe: corev1.Probe) {
    this.#options = options;
    this.#probe = probe;
    this.#task = options.host.sim.spawn(this.#run(), `${options.type} probe`);
  }

  stop(): void {
    this.#task.kill('probe stopped');
    if (this.#containerId) this.#options.results.delete(this.#containerId);
  }

  /** Probes at once, and then in the usual rhythm from now. */
  trigger(): void {
    this.#trigger?.();
  }

  *#run(): Process<void> {
    while (yield* this.#doProbe()) yield* this.#waitForTick();
    if (this.#containerId) this.#options.results.delete(this.#containerId);
    this.#options.onEnd();
  }

  *#waitForTick(): Process<void> {
    const { sim } = this.#options.host;
    const periodMs = (this.#probe.periodSeconds || 10) * 1000;
    const background = this.#isSettled();
    yield* suspend<void>((resume) => {
      const cancel = sim.setTimer(periodMs, () => resume(), { background });
      this.#trigger = () => {
        cancel();
        resume();
      };
      return cancel;
    });
    this.#trigger = undefined;
  }

  /** Whether nothing is expected to change: further probes are housekeeping. */
  #isSettled(): boolean {
    const { type, results, host } = this.#options;
    if (type === 'Liveness' || this.#onHold) return true;
    if (results.get(this.#containerId) === 'success') return true;
    const startedAt = this.#containerStatus()?.state?.running?.startedAt;
    return startedAt === undefined || host.sim.now() - parseTime(startedAt) > settlingMs;
  }

  #containerStatus(): corev1.ContainerStatus | undefined {
    const status = this.#options.status();
    const { name } = this.#options.container;
    const find = (list: readonly corev1.ContainerStatus[] | undefined) =>
      list?.find((each) => each.name === name && each.containerID);
    return find(status?.containerStatuses) ?? find(status?.initContainerStatuses);
  }

  /** Probes when it is time to; gives whether there is more to do. */
  *#doProbe(): Process<boolean> {
    const status = this.#options.status();
    const pod = this.#options.pod();
    if (!status || !pod) return true;
    if (status.phase === 'Failed' || status.phase === 'Succeeded') return false;
    const container = this.#containerStatus();
    if (!container?.containerID) return true;
    this.#follow(parseContainerId(container.containerID), container);
    if (this.#onHold) return true;
    if (!container.state?.running) return this.#notRunning(pod, container);
    if (pod.metadata.deletionTimestamp !== undefined && this.#options.type !== 'Readiness') {
      this.#set('success');
      return false;
    }
    if (!this.#isDue(container, container.state.running.startedAt)) return true;
    const result = yield* this.#probeOnce(pod, status);
    if (result) this.#take(result);
    return true;
  }

  /** A new run of the container starts the counting again. */
  #follow(containerId: string, container: corev1.ContainerStatus): void {
    const { results, type, container: spec } = this.#options;
    if (this.#containerId === containerId) return;
    if (this.#containerId) results.delete(this.#containerId);
    this.#containerId = containerId;
    const seeded = type === 'Startup' && isRestartableInitContainer(spec) && container.started;
    this.#set(seeded ? 'success' : initialResults[type]);
    this.#onHold = false;
  }

  #notRunning(pod: corev1.Pod, container: corev1.ContainerStatus): boolean {
    this.#set('failure');
    const ended = container.state?.terminated;
    return !ended || !pod.spec || containerShouldRestart(this.#options.container, pod.spec, ended.exitCode);
  }

  #isDue(container: corev1.ContainerStatus, startedAt: string | undefined): boolean {
    const age = this.#options.host.sim.now() - (startedAt ? parseTime(startedAt) : 0);
    if (Math.floor(age / 1000) < (this.#probe.initialDelaySeconds ?? 0)) return false;
    return container.started ? this.#options.type !== 'Startup' : this.#options.type === 'Startup';
  }

  *#probeOnce(pod: corev1.Pod, status: corev1.PodStatus): Process<ProbeResult | undefined> {
    const { host, container, type } = this.#options;
    const target = { container, containerId: this.#containerId, podIP: status.podIP ?? '' };
    let outcome = yield* runProbe(host, this.#probe, target);
    for (let i = 1; i < maxProbeRetries && outcome.error !== undefined; i++)
      outcome = yield* runProbe(host, this.#probe, target);
    const about = { pod, containerName: container.name };
    if (outcome.error !== undefined) {
      const text = `${type} probe errored and resulted in ${outcome.result} state: ${outcome.error}`;
      recordContainerEvent(host, about, 'Warning', 'Unhealthy', text);
      return undefined;
    }
    if (outcome.result === 'warning')
      recordContainerEvent(host, about, 'Warning', 'ProbeWarning', `${type} probe warning: ${outcome.output}`);
    if (outcome.result === 'failure')
      recordContainerEvent(host, about, 'Warning', 'Unhealthy', `${type} probe failed: ${outcome.output}`);
    return outcome.result === 'success' || outcome.result === 'warning' ? 'success' : 'failure';
  }

  /** Counts a result; what has come often enough is the new state. */
  #take(result: ProbeResult): void {
    const { type } = this.#options;
    this.#resultRun = this.#lastResult === result ? this.#resultRun + 1 : 1;
    this.#lastResult = result;
    const threshold = result === 'failure' ? this.#probe.failureThreshold || 3 : this.#probe.successThreshold || 1;
    if (this.#resultRun < threshold) return;
    this.#set(result);
    if ((type === 'Liveness' && result === 'failure') || type === 'Startup') {
      this.#onHold = true;
      this.#resultRun = 0;
    }
  }

  #set(result: ProbeResult): void {
    const { host, results, podUid } = this.#options;
    host.sim.foreground(() => results.set(this.#containerId, result, podUid));
  }
}
