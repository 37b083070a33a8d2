/**
 * All probes of a kubelet: a worker for each probe of each container, and what their results mean for a pod's status.
 *
 * Upstream: pkg/kubelet/prober/prober_manager.go (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import type { KubeletHost } from '../kubelet-host.ts';
import { isRestartableInitContainer } from '../restart-policy.ts';
import { parseContainerId } from '../runtime-pod.ts';
import { ProbeResults } from './probe-results.ts';
import { type ProbeType, ProbeWorker } from './probe-worker.ts';

export interface ProbeManagerOptions {
  readonly host: KubeletHost;
  readonly pod: (uid: string) => corev1.Pod | undefined;
  readonly status: (uid: string) => corev1.PodStatus | undefined;
  /** A container became ready or unready. */
  readonly readinessChanged: (podUid: string, containerId: string, ready: boolean) => void;
  /** A container counts as started, or not. */
  readonly startupChanged: (podUid: string, containerId: string, started: boolean) => void;
  /** The pod's worker should look again: a container may have to be restarted. */
  readonly podChanged: (podUid: string) => void;
}

export class ProbeManager {
  readonly #options: ProbeManagerOptions;
  readonly #workers = new Map<string, Map<string, ProbeWorker>>();
  readonly readiness: ProbeResults;
  readonly liveness: ProbeResults;
  readonly startup: ProbeResults;

  constructor(options: ProbeManagerOptions) {
    this.#options = options;
    this.readiness = new ProbeResults((uid, id, result) => {
      options.readinessChanged(uid, id, result === 'success');
      options.podChanged(uid);
    });
    this.liveness = new ProbeResults((uid, _, result) => {
      if (result === 'failure') options.podChanged(uid);
    });
    this.startup = new ProbeResults((uid, id, result) => {
      options.startupChanged(uid, id, result === 'success');
      options.podChanged(uid);
    });
  }

  /** Starts the probes of a pod, once. */
  addPod(pod: corev1.Pod): void {
    const uid = pod.metadata.uid ?? '';
    const sidecars = (pod.spec?.initContainers ?? []).filter(isRestartableInitContainer);
    for (const container of [...(pod.spec?.containers ?? []), ...sidecars]) {
      this.#add(uid, container, 'Startup', container.startupProbe);
      this.#add(uid, container, 'Readiness', container.readinessProbe);
      this.#add(uid, container, 'Liveness', container.livenessProbe);
    }
  }

  /** A pod that ends is not restarted for its probes. */
  stopLivenessAndStartup(pod: corev1.Pod): void {
    const workers = this.#workers.get(pod.metadata.uid ?? '');
    for (const { name } of pod.spec?.containers ?? []) {
      for (const type of ['Liveness', 'Startup'] as const) {
        workers?.get(`${name}/${type}`)?.stop();
        workers?.delete(`${name}/${type}`);
      }
    }
  }

  removePod(uid: string): void {
    for (const worker of this.#workers.get(uid)?.values() ?? []) worker.stop();
    this.#workers.delete(uid);
  }

  stop(): void {
    for (const uid of [...this.#workers.keys()]) this.removePod(uid);
  }

  /** Fills in `started` and `ready` of regular containers. */
  updateStatuses(pod: corev1.Pod, statuses: readonly corev1.ContainerStatus[]): readonly corev1.ContainerStatus[] {
    return statuses.map((status) => this.#withReadiness(pod, status));
  }

  /** Fills in `started` and `ready` of init containers. */
  updateInitStatuses(pod: corev1.Pod, statuses: readonly corev1.ContainerStatus[]): readonly corev1.ContainerStatus[] {
    return statuses.map((status) => {
      const container = pod.spec?.initContainers?.find(({ name }) => name === status.name);
      if (!container || isRestartableInitContainer(container)) return this.#withReadiness(pod, status);
      const started = this.#isStarted(pod, status);
      return { ...status, started, ready: status.ready || status.state?.terminated?.exitCode === 0 };
    });
  }

  #withReadiness(pod: corev1.Pod, status: corev1.ContainerStatus): corev1.ContainerStatus {
    const started = this.#isStarted(pod, status);
    return Object.assign({}, status, { started, ready: started && this.#isReady(pod, status) });
  }

  #isStarted(pod: corev1.Pod, status: corev1.ContainerStatus): boolean {
    if (!status.state?.running || !status.containerID) return false;
    const result = this.startup.get(parseContainerId(status.containerID));
    if (result !== undefined) return result === 'success';
    return status.started === true || !this.#worker(pod, status.name, 'Startup');
  }

  #isReady(pod: corev1.Pod, status: corev1.ContainerStatus): boolean {
    if (!status.containerID) return false;
    if (this.readiness.get(parseContainerId(status.containerID)) === 'success') return true;
    const worker = this.#worker(pod, status.name, 'Readiness');
    worker?.trigger();
    return !worker;
  }

  #worker(pod: corev1.Pod, name: string, type: ProbeType): ProbeWorker | undefined {
    return this.#workers.get(pod.metadata.uid ?? '')?.get(`${name}/${type}`);
  }

  #add(podUid: string, container: corev1.Container, type: ProbeType, probe: corev1.Probe | undefined): void {
    if (!probe) return;
    const workers = this.#workers.get(podUid) ?? new Map<string, ProbeWorker>();
    this.#workers.set(podUid, workers);
    const key = `${container.name}/${type}`;
    if (workers.has(key)) return;
    const { host, pod, status } = this.#options;
    const results = { Startup: this.startup, Readiness: this.readiness, Liveness: this.liveness }[type];
    const worker = new ProbeWorker(
      {
        host,
        type,
        container,
        results,
        podUid,
        pod: () => pod(podUid),
        status: () => status(podUid),
        onEnd: () => workers.delete(key),
      },
      probe,
    );
    workers.set(key, worker);
  }
}
