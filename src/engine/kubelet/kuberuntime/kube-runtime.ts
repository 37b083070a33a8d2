/**
 * Brings what runs of a pod towards its spec: sandbox, init containers, containers, ephemeral containers.
 *
 * Upstream: pkg/kubelet/kuberuntime/kuberuntime_manager.go SyncPod, kuberuntime_container.go startContainer (v1.36)
 */
import type * as corev1 from '../../../api/core/v1.ts';
import { runtimeClasses } from '../../../api/resources.ts';
import { formatDuration } from '../../../apimachinery/duration.ts';
import { StatusError } from '../../../apimachinery/status-error.ts';
import type { Process } from '../../../process/process.ts';
import { NetworkError } from '../../../shell/network-stack.ts';
import { type ContainerStatus, RuntimeError } from '../../runtime/runtime-service.ts';
import { Backoff } from '../backoff.ts';
import type { ConfigSource } from '../config-source.ts';
import { formatPod, type KubeletHost, recordContainerEvent, recordPodEvent } from '../kubelet-host.ts';
import type { ProbeResults } from '../prober/probe-results.ts';
import { isRestartingAllContainers } from '../restart-all.ts';
import { isRestartableInitContainer } from '../restart-policy.ts';
import { findContainerStatusByName, type RuntimePodStatus } from '../runtime-pod.ts';
import type { VolumeManager } from '../volumes/volume-manager.ts';
import { generateContainerConfig } from './container-config.ts';
import { memoryResizeProblem } from './container-resources.ts';
import { ImageManager } from './image-manager.ts';
import { killContainer, killPod } from './kill-pod.ts';
import { HookError, runHook } from './lifecycle-hook.ts';
import { hashContainer, type PodActions } from './action-plan.ts';
import { computePodActions } from './pod-actions.ts';
import { fullNameOf, podDNS, podHostPorts, podSysctls, sandboxHostname } from './pod-network.ts';
import { getPullSecretsForPod } from './pull-secrets.ts';
import { StartError } from './start-error.ts';

export interface KubeRuntimeOptions {
  readonly host: KubeletHost;
  readonly config: ConfigSource;
  readonly volumes: VolumeManager;
  readonly liveness: ProbeResults;
  readonly startup: ProbeResults;
  readonly services: () => readonly corev1.Service[];
  readonly allocatable: () => Readonly<Record<string, string>>;
  /** A resize cannot be carried out (now). */
  readonly resizeFailed: (pod: corev1.Pod, message: string) => void;
}

/** What a sync did. */
export interface PodSyncResult {
  /** Containers it tried to start, with why that failed. */
  readonly starts: ReadonlyMap<string, StartError | undefined>;
  /** Something else that failed: the sandbox. */
  readonly error: Error | undefined;
  /** Whether anything was done at all. */
  readonly acted: boolean;
}

const crashLoopInitialMs = 10_000;
const crashLoopMaxMs = 300_000;
const crashLoopExpiresMs = 600_000;

interface StartContext {
  readonly pod: corev1.Pod;
  readonly runtimeStatus: RuntimePodStatus;
  readonly sandboxId: string;
  readonly podIPs: readonly string[];
  readonly pullSecrets: readonly corev1.Secret[];
}

export class KubeRuntime {
  readonly images: ImageManager;
  readonly #options: KubeRuntimeOptions;
  readonly #crashLoop: Backoff;

  constructor(options: KubeRuntimeOptions) {
    this.#options = options;
    this.images = new ImageManager(options.host);
    this.#crashLoop = new Backoff({
      initialMs: crashLoopInitialMs,
      maxMs: crashLoopMaxMs,
      expiresMs: crashLoopExpiresMs,
      now: () => options.host.sim.now(),
    });
  }

  /** Does what is to be done now. `sandboxReady` is told before images are pulled. */
  *syncPod(
    pod: corev1.Pod,
    apiStatus: corev1.PodStatus,
    runtimeStatus: RuntimePodStatus,
    sandboxReady: () => void,
  ): Process<PodSyncResult> {
    const { host, config, liveness, startup } = this.#options;
    const pullSecrets = yield* getPullSecretsForPod(host, config, pod);
    const restartAll = isRestartingAllContainers(apiStatus);
    const actions = computePodActions({ pod, runtimeStatus, liveness, startup, restartAll });
    const starts = new Map<string, StartError | undefined>();
    const result = (error?: Error): PodSyncResult => ({ starts, error, acted: acts(actions) || starts.size > 0 });
    if (actions.createSandbox && actions.sandboxId !== '')
      recordPodEvent(host, pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
    const resizeError = yield* this.#remove(pod, runtimeStatus, actions);
    let podIPs = runtimeStatus.ips;
    let { sandboxId } = actions;
    if (actions.createSandbox) {
      const created = yield* this.#createSandbox(pod, actions.attempt);
      if (created instanceof Error) return result(created);
      sandboxId = created.id;
      podIPs = created.ips;
      sandboxReady();
    }
    const addresses = pod.spec?.hostNetwork ? [host.nodeIP] : podIPs;
    yield* this.#startAll(actions, { pod, runtimeStatus, sandboxId, podIPs: addresses, pullSecrets }, starts);
    return result(resizeError);
  }

  /** Ends everything that runs of a pod. */
  killPod(pod: corev1.Pod, runtimeStatus: RuntimePodStatus, gracePeriod?: number): Process<void> {
    return killPod(this.#options.host, pod, runtimeStatus, gracePeriod);
  }

  /** Forgets the back-offs of a pod that is gone. */
  forget(podUid: string): void {
    this.#crashLoop.forget(`${podUid}_`);
    this.images.forget(podUid);
  }

  /** Ends and changes what runs; gives why a resize could not be carried out. */
  *#remove(pod: corev1.Pod, runtimeStatus: RuntimePodStatus, actions: PodActions): Process<Error | undefined> {
    const { host } = this.#options;
    if (actions.killPod) {
      yield* killPod(host, pod, runtimeStatus);
      if (actions.createSandbox) this.#purgeInitContainers(pod, runtimeStatus);
      return undefined;
    }
    const podIP = runtimeStatus.ips[0] ?? '';
    for (const kill of actions.containersToKill) yield* killContainer(host, { pod, podIP, ...kill });
    const problem = memoryResizeProblem(actions.containersToUpdate, runtimeStatus.containers, host.runtime.usage());
    if (problem !== undefined) this.#options.resizeFailed(pod, problem);
    else {
      for (const { containerId, resources } of actions.containersToUpdate)
        host.runtime.updateContainerResources(containerId, resources);
    }
    for (const { container, run } of actions.containersToReset) {
      const kill = { message: 'killing', reason: '', gracePeriodOverride: 0 } as const;
      if (run.state === 'running') yield* killContainer(host, { pod, podIP, container, containerId: run.id, ...kill });
      host.runtime.removeContainer(run.id);
    }
    this.#pruneContainers(runtimeStatus);
    return problem === undefined ? undefined : new Error(problem);
  }

  /** Init containers of an old sandbox are forgotten: they run again. */
  #purgeInitContainers(pod: corev1.Pod, runtimeStatus: RuntimePodStatus): void {
    const names = new Set((pod.spec?.initContainers ?? []).map(({ name }) => name));
    for (const status of runtimeStatus.containers)
      if (names.has(status.name)) this.#options.host.runtime.removeContainer(status.id);
  }

  /** Of the ended runs of a container the latest two are kept. */
  #pruneContainers(runtimeStatus: RuntimePodStatus): void {
    const seen = new Map<string, number>();
    for (const { id, name, state } of runtimeStatus.containers) {
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      if (count > 2 && state === 'exited') this.#options.host.runtime.removeContainer(id);
    }
  }

  *#createSandbox(
    pod: corev1.Pod,
    attempt: number,
  ): Process<{ readonly id: string; readonly ips: readonly string[] } | Error> {
    const { host } = this.#options;
    const { namespace = '', name = '', uid = '' } = pod.metadata;
    try {
      const id = yield* host.runtime.runPodSandbox({
        namespace,
        name,
        uid,
        attempt,
        runtimeHandler: yield* lookupRuntimeHandler(host, pod.spec?.runtimeClassName),
        hostname: sandboxHostname(host, pod),
        ...fullNameOf(host, pod),
        hostNetwork: pod.spec?.hostNetwork ?? false,
        shareProcessNamespace: pod.spec?.shareProcessNamespace ?? false,
        hostPID: pod.spec?.hostPID ?? false,
        sysctls: podSysctls(pod),
        dns: podDNS(host, pod),
        hosts: (pod.spec?.hostAliases ?? []).map(({ ip, hostnames = [] }) => ({ ip, hostnames })),
        hostPorts: podHostPorts(pod),
      });
      return { id, ips: host.runtime.podSandboxStatus(id)?.ips ?? [] };
    } catch (error) {
      const text = sandboxErrorText(error);
      recordPodEvent(host, pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${text}`);
      return new Error(`failed to "CreatePodSandbox" for "${formatPod(pod)}": ${text}`);
    }
  }

  *#startAll(actions: PodActions, context: StartContext, starts: Map<string, StartError | undefined>): Process<void> {
    for (const container of actions.ephemeralContainersToStart) yield* this.#start(container, context, starts);
    for (const container of actions.initContainersToStart) {
      const started = yield* this.#start(container, context, starts);
      if (!started && !isRestartableInitContainer(container)) return;
    }
    for (const container of actions.containersToStart) yield* this.#start(container, context, starts);
  }

  *#start(
    container: corev1.Container,
    context: StartContext,
    starts: Map<string, StartError | undefined>,
  ): Process<boolean> {
    try {
      this.#doBackOff(container, context);
      yield* this.#startContainer(container, context);
      starts.set(container.name, undefined);
      return true;
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      starts.set(container.name, error);
      return false;
    }
  }

  /** @throws StartError CrashLoopBackOff while a container that ended has to wait */
  #doBackOff(container: corev1.Container, { pod, runtimeStatus }: StartContext): void {
    const { host } = this.#options;
    const ended = runtimeStatus.containers.find(({ name, state }) => name === container.name && state === 'exited');
    if (!ended) return;
    const key = `${pod.metadata.uid ?? ''}_${container.name}_${hashContainer(container)}`;
    if (!this.#crashLoop.isInBackOffSince(key, ended.finishedAtMs)) {
      this.#crashLoop.next(key, ended.finishedAtMs);
      return;
    }
    const where = formatPod(pod);
    const event = `Back-off restarting failed container ${container.name} in pod ${where}`;
    recordContainerEvent(host, { pod, containerName: container.name }, 'Warning', 'BackOff', event);
    const backoffMs = this.#crashLoop.get(key);
    const message = `back-off ${formatDuration(backoffMs)} restarting failed container=${container.name} pod=${where}`;
    throw new StartError('CrashLoopBackOff', message, ended.finishedAtMs + backoffMs);
  }

  /** Pulls, creates, starts, and runs the postStart hook. @throws StartError */
  *#startContainer(container: corev1.Container, context: StartContext): Process<void> {
    const { pod, runtimeStatus, sandboxId } = context;
    const { host } = this.#options;
    yield* this.#failing(pod, container, this.#ensureImage(container, context));
    const previous = findContainerStatusByName(runtimeStatus, container.name);
    const config = yield* this.#failing(
      pod,
      container,
      this.#generateConfig(container, context, attemptAfter(previous, pod, container)),
    );
    const id = yield* this.#failing(
      pod,
      container,
      refusing('CreateContainerError', host.runtime.createContainer(sandboxId, config)),
    );
    const about = { pod, containerName: container.name };
    recordContainerEvent(host, about, 'Normal', 'Created', 'Container created');
    yield* this.#failing(pod, container, refusing('RunContainerError', host.runtime.startContainer(id)));
    recordContainerEvent(host, about, 'Normal', 'Started', 'Container started');
    if (container.lifecycle?.postStart) yield* this.#postStart(container, id, context);
  }

  /** Tells of a failure in an event. */
  *#failing<T>(pod: corev1.Pod, container: corev1.Container, step: Process<T>): Process<T> {
    try {
      return yield* step;
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      const text = imageReasons.has(error.reason) ? error.reason : error.message;
      recordContainerEvent(
        this.#options.host,
        { pod, containerName: container.name },
        'Warning',
        'Failed',
        `Error: ${text}`,
      );
      throw error;
    }
  }

  *#ensureImage(container: corev1.Container, { pod, pullSecrets }: StartContext): Process<void> {
    const { image = '', imagePullPolicy = 'IfNotPresent', name } = container;
    yield* this.images.ensureImageExists({ pod, containerName: name, image, pullPolicy: imagePullPolicy, pullSecrets });
    const mounted = new Set((container.volumeMounts ?? []).map((mount) => mount.name));
    for (const volume of pod.spec?.volumes ?? []) {
      if (!volume.image || !mounted.has(volume.name)) continue;
      const { reference = '', pullPolicy = 'IfNotPresent' } = volume.image;
      yield* this.images.ensureImageExists({ pod, image: reference, pullPolicy, pullSecrets });
    }
  }

  *#generateConfig(container: corev1.Container, { pod, podIPs }: StartContext, attempt: number) {
    const { host, config, volumes, services, allocatable } = this.#options;
    try {
      return yield* generateContainerConfig({
        host,
        pod,
        container,
        attempt,
        addresses: { hostIPs: [host.nodeIP], podIPs },
        config,
        services,
        allocatable,
        volumes: volumes.volumesOf(pod.metadata.uid ?? ''),
      });
    } catch (error) {
      if (error instanceof Error) throw new StartError('CreateContainerConfigError', error.message);
      throw error;
    }
  }

  *#postStart(container: corev1.Container, containerId: string, { pod, podIPs }: StartContext): Process<void> {
    const { host } = this.#options;
    const podIP = podIPs[0] ?? '';
    const hook = container.lifecycle?.postStart;
    try {
      if (hook) yield* runHook(host, hook, { pod, container, containerId, podIP });
    } catch (error) {
      if (!(error instanceof HookError)) throw error;
      const about = { pod, containerName: container.name };
      recordContainerEvent(host, about, 'Warning', 'FailedPostStartHook', 'PostStartHook failed');
      const kill = { message: 'FailedPostStartHook', reason: 'FailedPostStartHook' } as const;
      yield* killContainer(host, { pod, container, containerId, podIP, ...kill });
      throw new StartError('PostStartHookError', error.message);
    }
  }
}

const imageReasons: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
]);

function acts(actions: PodActions): boolean {
  return (
    actions.killPod ||
    actions.createSandbox ||
    actions.containersToKill.length > 0 ||
    actions.containersToUpdate.length > 0 ||
    actions.containersToReset.length > 0
  );
}

/** The number of the next run; what the API remembers counts when the runtime has forgotten. */
function attemptAfter(previous: ContainerStatus | undefined, pod: corev1.Pod, container: corev1.Container): number {
  if (previous) return previous.attempt + 1;
  const known = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].find(
    ({ name, containerID }) => name === container.name && containerID,
  );
  return known ? known.restartCount + 1 : 0;
}

/** An error of the runtime as the reason that a container is not started. */
function* refusing<T>(reason: string, call: Process<T>): Process<T> {
  try {
    return yield* call;
  } catch (error) {
    if (error instanceof RuntimeError) throw new StartError(reason, error.message);
    if (error instanceof Error && reason === 'CreateContainerError') throw new StartError(reason, error.message);
    throw error;
  }
}

/** Upstream: pkg/kubelet/runtimeclass/runtimeclass_manager.go LookupRuntimeHandler (v1.36) @throws StatusError */
function* lookupRuntimeHandler({ client }: KubeletHost, runtimeClassName = ''): Process<string> {
  if (runtimeClassName === '') return '';
  return (yield* client.resource(runtimeClasses).get(runtimeClassName)).handler;
}

function sandboxErrorText(error: unknown): string {
  if (error instanceof StatusError) return error.message;
  if (error instanceof RuntimeError) return error.text;
  if (!(error instanceof NetworkError)) throw error;
  return `rpc error: code = Unknown desc = failed to setup network for sandbox: plugin type="bridge" failed (add): ${error.message}`;
}
