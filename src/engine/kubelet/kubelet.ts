/**
 * The kubelet of one node: registers the node, keeps it alive in the API, runs the pods that are bound to it.
 *
 * It reads the Pods of its node, its Node, Services, and the ConfigMaps and Secrets that its pods name; it writes Node and Pod status,
 * a Lease, events and mirror pods. `NodeHost` starts it when its machine has power and stops it when the power goes.
 *
 * Upstream: pkg/kubelet/kubelet.go (v1.36)
 */
import type * as corev1 from '../../api/core/v1.ts';
import { nodes, pods, services } from '../../api/resources.ts';
import { deepEqual } from '../../apimachinery/deep-equal.ts';
import type { Informer } from '../../client/informer.ts';
import type { Process } from '../../process/process.ts';
import type { MemoryFileSystem } from '../../shell/memory-file-system.ts';
import type { ComponentContext } from '../component.ts';
import type { Machine } from '../nodes/machines.ts';
import type { ImageService, RuntimeService, SandboxNetwork } from '../runtime/runtime-service.ts';
import type { Latency } from '../sim/latency.ts';
import { canAdmitPod } from './admission.ts';
import { AllocationManager } from './allocation.ts';
import { ConfigSource } from './config-source.ts';
import { EvictionManager } from './eviction.ts';
import { type KubeletHost, recordPodEvent } from './kubelet-host.ts';
import { KubeRuntime } from './kuberuntime/kube-runtime.ts';
import { NodeHeartbeat } from './node-heartbeat.ts';
import { podPhaseIsTerminal } from './pod-phase.ts';
import { getPodQOS } from './pod-resources.ts';
import { PodWorker } from './pod-worker.ts';
import { ProbeManager } from './prober/probe-manager.ts';
import { ReasonCache } from './reason-cache.ts';
import { isMirrorPod, podFullName, reconcileMirrorPod, staticPod } from './static-pods.ts';
import type { PodEnd } from './status/pod-status.ts';
import { StatusManager } from './status/status-manager.ts';
import { deadlineExceeded } from './active-deadline.ts';
import type { PersistentStorage } from './volumes/mounted-volume.ts';
import { VolumeManager } from './volumes/volume-manager.ts';

export interface KubeletOptions {
  readonly context: ComponentContext;
  readonly machine: Machine;
  readonly runtime: RuntimeService;
  readonly images: ImageService;
  readonly network: SandboxNetwork;
  readonly storage: PersistentStorage;
  readonly latency: Latency;
  /** The DNS service's address; 10.96.0.10 by default. */
  readonly clusterDNS?: readonly string[];
  readonly clusterDomain?: string;
  /** Manifests of the node's own. */
  readonly staticPods?: readonly corev1.Pod[];
  /** Taints that the node is registered with. */
  readonly taints?: readonly corev1.Taint[];
}

const networkNotReady =
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

export class Kubelet {
  readonly host: KubeletHost;
  readonly kubeRuntime: KubeRuntime;
  readonly status: StatusManager;
  readonly #options: KubeletOptions;
  readonly #config: ConfigSource;
  readonly #volumes: VolumeManager;
  readonly #probes: ProbeManager;
  readonly #reasons = new ReasonCache();
  readonly #heartbeat: NodeHeartbeat;
  readonly #eviction: EvictionManager;
  readonly #allocation: AllocationManager;
  readonly #nodeInformer: Informer<corev1.Node>;
  readonly #podInformer: Informer<corev1.Pod>;
  readonly #serviceInformer: Informer<corev1.Service>;
  readonly #workers = new Map<string, PodWorker>();
  /** Pods of the API by uid, mirrors not among them. */
  readonly #apiPods = new Map<string, corev1.Pod>();
  readonly #staticPods = new Map<string, corev1.Pod>();
  readonly #mirrors = new Map<string, corev1.Pod>();
  readonly #additions: corev1.Pod[] = [];
  readonly #disposers: (() => void)[] = [];
  #stopped = false;

  constructor(options: KubeletOptions) {
    const { context, machine } = options;
    this.#options = options;
    this.host = makeHost(options);
    const fieldSelector = `spec.nodeName=${machine.spec.name}`;
    this.#nodeInformer = context.informers.informer(nodes, { fieldSelector: `metadata.name=${machine.spec.name}` });
    this.#podInformer = context.informers.informer(pods, { fieldSelector });
    this.#serviceInformer = context.informers.informer(services);
    const { host } = this;
    this.#config = new ConfigSource(host.client, () => host.sim.now());
    this.#volumes = new VolumeManager({
      host,
      config: this.#config,
      nodeFs: machine.disk,
      storage: options.storage,
      node: () => this.node,
      pod: (uid) => this.#workers.get(uid)?.pod,
      addresses: (uid) => ({ hostIPs: [host.nodeIP], podIPs: this.#podIPs(uid) }),
      allocatable: () => this.node?.status?.allocatable ?? {},
    });
    this.status = new StatusManager({
      host,
      apiPod: (uid) => this.#apiPod(uid),
      couldHaveRunningContainers: (uid) => this.#workers.get(uid)?.couldHaveRunningContainers ?? false,
    });
    this.#probes = new ProbeManager({
      host,
      pod: (uid) => this.#workers.get(uid)?.pod,
      status: (uid) => this.status.get(uid),
      readinessChanged: (uid, id, ready) =>
        this.#withPod(uid, (pod) => this.status.setContainerReadiness(pod, id, ready)),
      startupChanged: (uid, id, started) =>
        this.#withPod(uid, (pod) => this.status.setContainerStartup(pod, id, started)),
      podChanged: (uid) => this.#workers.get(uid)?.requestSync(),
    });
    this.kubeRuntime = new KubeRuntime({
      host,
      config: this.#config,
      volumes: this.#volumes,
      liveness: this.#probes.liveness,
      startup: this.#probes.startup,
      services: () => this.#serviceInformer.store.list(),
      allocatable: () => this.node?.status?.allocatable ?? {},
      resizeFailed: (pod, message) => this.#allocation.resizeFailed(pod, message),
    });
    this.#eviction = new EvictionManager({
      host,
      machine,
      activePods: () => this.#activePods(),
      volumesOf: (podUid) => this.#volumes.volumesOf(podUid),
      evict: (pod, options) => this.#workers.get(pod.metadata.uid ?? '')?.kill(options),
      pressureChanged: () => this.#heartbeat.update(),
    });
    this.#allocation = new AllocationManager({ host, node: () => this.node, activePods: () => this.#activePods() });
    this.#heartbeat = new NodeHeartbeat({
      host,
      machine,
      taints: options.taints ?? [],
      node: () => this.node,
      networkError: () => (this.node?.spec?.podCIDR ? undefined : networkNotReady),
      pressure: () => this.#eviction.pressure,
      volumesInUse: () => this.#volumes.volumesInUse(),
    });
  }

  /** The machine's own files. */
  get disk(): MemoryFileSystem {
    return this.#options.machine.disk;
  }

  /** The node as the watch has it. */
  get node(): corev1.Node | undefined {
    return this.#nodeInformer.store.get(this.host.nodeName);
  }

  start(): void {
    const { sim, runtime } = this.host;
    this.#heartbeat.start();
    this.#eviction.start();
    this.#disposers.push(
      runtime.onEvent(({ podUid, type }) => this.#onRuntimeEvent(podUid, type)),
      this.#nodeInformer.addEventHandler({
        add: () => this.#heartbeat.update(),
        update: (old, node) => {
          if (old.spec?.podCIDR !== node.spec?.podCIDR) this.#onNetworkReady();
          this.#volumes.nodeChanged();
        },
      }),
    );
    this.#options.context.informers.start();
    for (const manifest of this.#options.staticPods ?? []) this.#addStaticPod(manifest);
    sim.spawn(this.#handlePods(), 'kubelet pods');
  }

  /** The kubelet ends; containers go on. */
  stop(): void {
    this.#stopped = true;
    for (const dispose of this.#disposers.splice(0)) dispose();
    for (const worker of this.#workers.values()) worker.stop();
    this.#workers.clear();
    this.#probes.stop();
    this.status.stop();
    this.#heartbeat.stop();
    this.#eviction.stop();
    this.#options.context.informers.stop();
    this.host.recorder.stop();
  }

  /** A pod of this node by its API name. */
  getPodByName(namespace: string, name: string): corev1.Pod | undefined {
    for (const worker of this.#workers.values()) {
      const { metadata } = worker.pod;
      if (metadata.name === name && metadata.namespace === namespace) return worker.pod;
    }
    return this.#podInformer.store.get(`${namespace}/${name}`);
  }

  /** All pods that the kubelet knows. */
  pods(): readonly corev1.Pod[] {
    return [...this.#workers.values()].map(({ pod }) => pod);
  }

  *#handlePods(): Process<void> {
    yield* this.#nodeInformer.waitForSync();
    yield* this.#serviceInformer.waitForSync();
    if (this.#stopped) return;
    const dispose = this.#podInformer.addEventHandler({
      add: (pod) => this.#onAdd(pod),
      update: (old, pod) => this.#onUpdate(old, pod),
      delete: (pod) => this.#onDelete(pod),
    });
    this.#disposers.push(dispose);
    yield* this.#podInformer.waitForSync();
    yield* this.#removeOrphans();
  }

  /** What the runtime still has of pods that are gone from the API. */
  *#removeOrphans(): Process<void> {
    const { runtime } = this.host;
    for (const { id, config } of runtime.listPodSandboxes()) {
      if (this.#stopped || this.#apiPods.has(config.uid) || this.#staticPods.has(config.uid)) continue;
      yield* runtime.stopPodSandbox(id);
      runtime.removePodSandbox(id);
    }
  }

  #onAdd(pod: corev1.Pod): void {
    if (isMirrorPod(pod)) return this.#onMirror(pod);
    this.#apiPods.set(pod.metadata.uid ?? '', pod);
    this.#additions.push(pod);
    if (this.#additions.length === 1) this.host.sim.defer(() => this.#handleAdditions());
  }

  /** Pods that come together are admitted in the order in which they were made. */
  #handleAdditions(): void {
    const added = this.#additions.splice(0);
    if (added.length > 1)
      added.sort((a, b) => (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''));
    for (const pod of added) {
      const current = this.#apiPods.get(pod.metadata.uid ?? '');
      if (current && !this.#stopped) this.#addPod(current);
    }
  }

  #addPod(pod: corev1.Pod): void {
    const uid = pod.metadata.uid ?? '';
    if (this.#workers.has(uid)) return;
    if (podPhaseIsTerminal(pod)) {
      const hasSandbox = this.host.runtime.listPodSandboxes(uid).length > 0;
      if (!hasSandbox && pod.metadata.deletionTimestamp === undefined) return;
    } else if (pod.metadata.deletionTimestamp === undefined) {
      const rejection = canAdmitPod(pod, this.node, this.#activePods()) ?? this.#eviction.admit(pod);
      if (rejection) return this.#rejectPod(pod, rejection);
    }
    this.#allocation.addPod(pod);
    this.#startWorker(pod);
  }

  #rejectPod(pod: corev1.Pod, { reason, message }: PodEnd): void {
    recordPodEvent(this.host, pod, 'Warning', reason, message);
    this.status.setPodStatus(pod, {
      ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
      qosClass: getPodQOS(pod),
      phase: 'Failed',
      reason,
      message: `Pod was rejected: ${message}`,
    });
  }

  #startWorker(pod: corev1.Pod): void {
    const uid = pod.metadata.uid ?? '';
    const worker = new PodWorker(
      {
        host: this.host,
        kubeRuntime: this.kubeRuntime,
        status: this.status,
        probes: this.#probes,
        volumes: this.#volumes,
        reasons: this.#reasons,
        networkError: () => (this.node?.spec?.podCIDR ? undefined : `network is not ready: ${networkNotReady}`),
        shouldEvict: (each) => deadlineExceeded(each, this.status.get(each.metadata.uid ?? ''), this.host.sim.now()),
        resizeConditions: (each, runtimeStatus) => this.#allocation.resizeConditions(each, runtimeStatus),
        reconcileMirror: (each) => this.#reconcileMirror(each),
        onFinished: () => {
          this.#retryPendingResizes();
          if (!this.#apiPods.has(uid) && !this.#staticPods.has(uid)) this.#cleanUp(uid);
        },
      },
      pod,
    );
    this.#workers.set(uid, worker);
  }

  #onUpdate(old: corev1.Pod, pod: corev1.Pod): void {
    if (isMirrorPod(pod)) return this.#onMirror(pod);
    const uid = pod.metadata.uid ?? '';
    if (old.metadata.uid !== pod.metadata.uid) {
      this.#onDelete(old);
      return this.#onAdd(pod);
    }
    this.#apiPods.set(uid, pod);
    const worker = this.#workers.get(uid);
    if (!worker) {
      if (pod.metadata.deletionTimestamp !== undefined && !this.#additions.includes(pod)) this.#addPod(pod);
    } else if (isPodUpdate(old, pod)) this.#updateWorker(worker, pod);
    else worker.observe(this.#allocation.allocatedPod(pod));
    this.status.reconcile(uid);
  }

  #updateWorker(worker: PodWorker, pod: corev1.Pod): void {
    if (!worker.isTerminationRequested) this.#allocation.handleResize(pod);
    worker.update(this.#allocation.allocatedPod(pod));
  }

  /** A pod has left: others may grow now. */
  #retryPendingResizes(): void {
    if (!this.#allocation.hasPendingResizes) return;
    for (const [uid, worker] of this.#workers) {
      const pod = this.#apiPods.get(uid);
      if (pod && !worker.isTerminationRequested) this.#updateWorker(worker, pod);
    }
  }

  #onDelete(pod: corev1.Pod): void {
    const uid = pod.metadata.uid ?? '';
    if (isMirrorPod(pod)) {
      this.#mirrors.delete(podFullName(pod));
      this.#workerOfMirror(pod)?.requestSync();
      return;
    }
    this.#apiPods.delete(uid);
    const worker = this.#workers.get(uid);
    if (!worker || worker.isFinished) this.#cleanUp(uid);
    else {
      worker.observe(pod);
      worker.kill();
    }
  }

  /** Nothing of the pod is needed any more: logs and ended containers go too. */
  #cleanUp(uid: string): void {
    const { runtime } = this.host;
    this.#workers.delete(uid);
    this.#allocation.forget(uid);
    this.#probes.removePod(uid);
    this.#volumes.unmountPod(uid);
    this.#reasons.forget(uid);
    this.kubeRuntime.forget(uid);
    this.status.forget(uid);
    for (const { id } of runtime.listPodSandboxes(uid)) runtime.removePodSandbox(id);
  }

  #onMirror(mirror: corev1.Pod): void {
    this.#mirrors.set(podFullName(mirror), mirror);
    const worker = this.#workerOfMirror(mirror);
    if (!worker) return;
    if (mirror.metadata.deletionTimestamp) worker.requestSync();
    this.status.reconcile(worker.pod.metadata.uid ?? '');
  }

  #workerOfMirror(mirror: corev1.Pod): PodWorker | undefined {
    const name = podFullName(mirror);
    for (const [uid, pod] of this.#staticPods) if (podFullName(pod) === name) return this.#workers.get(uid);
    return undefined;
  }

  #addStaticPod(manifest: corev1.Pod): void {
    const pod = staticPod(this.host, manifest);
    this.#staticPods.set(pod.metadata.uid ?? '', pod);
    this.#startWorker(pod);
  }

  *#reconcileMirror(pod: corev1.Pod): Process<void> {
    if (!this.#staticPods.has(pod.metadata.uid ?? '')) return;
    try {
      yield* reconcileMirrorPod(this.host, pod, this.#mirrors.get(podFullName(pod)), this.node);
    } catch (error) {
      this.host.report(error, `mirror of pod ${pod.metadata.name ?? ''}`);
    }
  }

  #apiPod(uid: string): corev1.Pod | undefined {
    const own = this.#staticPods.get(uid);
    return own ? this.#mirrors.get(podFullName(own)) : this.#apiPods.get(uid);
  }

  #withPod(uid: string, action: (pod: corev1.Pod) => void): void {
    const worker = this.#workers.get(uid);
    if (worker) action(worker.pod);
  }

  #podIPs(uid: string): readonly string[] {
    const worker = this.#workers.get(uid);
    if (worker?.pod.spec?.hostNetwork) return [this.host.nodeIP];
    const [latest] = this.host.runtime.listPodSandboxes(uid);
    return latest?.state === 'ready' ? latest.ips : [];
  }

  /** Pods that use the node's resources. */
  #activePods(): readonly corev1.Pod[] {
    return [...this.#workers.values()].filter((worker) => worker.couldHaveRunningContainers).map(({ pod }) => pod);
  }

  /** The generator of pod lifecycle events takes a while to see that a container ended. */
  #onRuntimeEvent(podUid: string, type: string): void {
    const worker = this.#workers.get(podUid);
    if (!worker || type === 'container-started') return;
    const delayMs = this.host.latency.ms('kubeletRelist');
    if (delayMs <= 0) return worker.requestSync();
    this.host.sim.foreground(() => this.host.sim.setTimer(delayMs, () => worker.requestSync()));
  }

  #onNetworkReady(): void {
    this.#heartbeat.update();
    for (const worker of this.#workers.values()) worker.requestSync();
  }
}

/** Whether more than the status changed. */
function isPodUpdate(old: corev1.Pod, pod: corev1.Pod): boolean {
  const a = old.metadata;
  const b = pod.metadata;
  return (
    a.deletionTimestamp !== b.deletionTimestamp ||
    a.deletionGracePeriodSeconds !== b.deletionGracePeriodSeconds ||
    (!podPhaseIsTerminal(old) && podPhaseIsTerminal(pod)) ||
    !same(old.spec, pod.spec) ||
    !same(a.labels, b.labels) ||
    !same(a.annotations, b.annotations)
  );
}

const same = (a: unknown, b: unknown): boolean => a === b || deepEqual(a, b);

function makeHost(options: KubeletOptions): KubeletHost {
  const { context, machine, runtime, images, network, latency } = options;
  const { name, ip } = machine.spec;
  return {
    nodeName: name,
    nodeIP: ip,
    sim: context.sim,
    client: context.client,
    recorder: context.recorder('kubelet', name),
    runtime,
    images,
    network: network.hostStack(name),
    latency,
    random: context.random,
    clusterDomain: options.clusterDomain ?? 'cluster.local',
    clusterDNS: options.clusterDNS ?? ['10.96.0.10'],
    report: (error, what) => context.report(error, `kubelet ${name}: ${what}`),
  };
}
