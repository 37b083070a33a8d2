/**
 * The container runtime of one node: sandboxes and containers over virtual file systems, process tables and the cluster's network.
 *
 * The kubelet drives it through `RuntimeService`; containers run programs of `images/` and of the shell. It keeps what a disk keeps
 * (images, ended containers, logs) when the machine loses power. The composition root makes one for each machine.
 */
import { bytesToHex } from '@noble/hashes/utils.js';
import { type Process, sleep } from '../../process/process.ts';
import { spawn } from '../../process/task.ts';
import type { Program } from '../../shell/context.ts';
import { type NodePower, nodePower } from '../../shell/coreutils/namespaces.ts';
import type { Connection } from '../../shell/network-stack.ts';
import type { Latency } from '../sim/latency.ts';
import type { Random } from '../sim/random.ts';
import type { Sim } from '../sim/sim.ts';
import { Container } from './container.ts';
import type { ContainerLog } from './container-log.ts';
import { attachTo, execIn, execToEnd } from './exec.ts';
import type { ImageStore } from './image-store.ts';
import {
  type AttachSession,
  type ContainerConfig,
  type ContainerResources,
  type ContainerStatus,
  type ContainerUsage,
  type ExecOptions,
  type ExecResult,
  type ExecSession,
  RuntimeError,
  type RuntimeEvent,
  type RuntimeService,
  type SandboxConfig,
  type SandboxNetwork,
  type SandboxStatus,
} from './runtime-service.ts';
import { Sandbox } from './sandbox.ts';

/** Runtimes that are taken to be installed, by the names that their projects give them; here all of them run alike. */
const knownHandlers =
  /^$|^(runc|crun|youki|runsc|gvisor|kata(-\w+)*|nvidia|sysbox-runc|wasmtime|wasmedge|spin|slight|wws|lunatic|test-handler)$/;

export interface RuntimeOptions {
  readonly sim: Sim;
  readonly random: Random;
  readonly latency: Latency;
  readonly nodeName: string;
  readonly images: ImageStore;
  readonly network: SandboxNetwork;
  readonly programNamed: (name: string) => Program | undefined;
  /** The machine under it, for who may look at it. */
  readonly node?: Pick<NodePower, 'fs' | 'processes'>;
}

export class Runtime implements RuntimeService {
  readonly #options: RuntimeOptions;
  readonly #sandboxes = new Map<string, Sandbox>();
  readonly #containers = new Map<string, Container>();
  readonly #byPod = new Map<string, { readonly sandboxes: Sandbox[]; readonly containers: Container[] }>();
  readonly #listeners = new Set<(event: RuntimeEvent) => void>();
  /** The powers of containers that do not see the machine's processes, and of those that do. */
  readonly #powers: readonly ReadonlyMap<string, unknown>[];
  #removedCoreNanoSeconds = 0;

  constructor(options: RuntimeOptions) {
    this.#options = options;
    const { node } = options;
    this.#powers = [false, true].map((seesProcesses) => {
      const power: NodePower | undefined = node && { fs: node.fs, processes: node.processes, seesProcesses };
      return new Map(power ? [[nodePower, power]] : []);
    });
  }

  *runPodSandbox(config: SandboxConfig): Process<string> {
    const { sim, random, programNamed, nodeName, network } = this.#options;
    yield* this.#delay('sandboxCreate');
    const { runtimeHandler = '' } = config;
    if (!knownHandlers.test(runtimeHandler))
      throw new RuntimeError(
        'Unknown',
        `failed to get sandbox runtime: no runtime for ${JSON.stringify(runtimeHandler)} is configured`,
      );
    const id = this.#newId();
    const attached = network.setupSandbox({ ...config, id, nodeName });
    const sandbox = new Sandbox({
      id,
      driver: sim,
      random: () => random.float(),
      programNamed,
      config,
      network: attached,
    });
    this.#sandboxes.set(id, sandbox);
    this.#pod(config.uid).sandboxes.unshift(sandbox);
    return id;
  }

  *stopPodSandbox(id: string): Process<void> {
    const sandbox = this.#sandboxes.get(id);
    if (!sandbox || sandbox.state === 'not-ready') return;
    for (const container of this.#containersOf(sandbox)) container.killAll();
    yield* this.#delay('sandboxRemove');
    for (const container of this.#containersOf(sandbox)) yield* container.waitForEnd();
    if (sandbox.state !== 'ready') return;
    this.#takeDown(sandbox);
    this.#emit({ podUid: sandbox.config.uid, type: 'sandbox-changed' });
  }

  removePodSandbox(id: string): void {
    const sandbox = this.#sandboxes.get(id);
    if (!sandbox) return;
    if (sandbox.state === 'ready') this.#takeDown(sandbox);
    this.#sandboxes.delete(id);
    const pod = this.#pod(sandbox.config.uid);
    pod.sandboxes.splice(pod.sandboxes.indexOf(sandbox), 1);
    for (const container of this.#containersOf(sandbox)) this.removeContainer(container.id);
    if (pod.sandboxes.length === 0 && pod.containers.length === 0) this.#byPod.delete(sandbox.config.uid);
  }

  podSandboxStatus(id: string): SandboxStatus | undefined {
    return this.#sandboxes.get(id)?.status;
  }

  listPodSandboxes(podUid?: string): readonly SandboxStatus[] {
    const found =
      podUid === undefined ? [...this.#sandboxes.values()].reverse() : (this.#byPod.get(podUid)?.sandboxes ?? []);
    return found.map((sandbox) => sandbox.status);
  }

  *createContainer(sandboxId: string, config: ContainerConfig): Process<string> {
    const { sim, random, images, programNamed } = this.#options;
    yield* this.#delay('containerCreate');
    const sandbox = this.#sandboxes.get(sandboxId);
    if (sandbox?.state !== 'ready')
      throw new RuntimeError('NotFound', `failed to find sandbox id "${sandboxId}": not found`);
    const image = images.stored(config.image);
    if (!image)
      throw new RuntimeError('NotFound', `failed to get image from containerd "${config.image}": image not found`);
    const id = this.#newId();
    const container = new Container({
      id,
      driver: sim,
      random: () => random.float(),
      programNamed,
      sandbox,
      config,
      image,
      powers: this.#powers[sandbox.config.hostPID ? 1 : 0] ?? new Map<string, unknown>(),
    });
    this.#containers.set(id, container);
    this.#pod(sandbox.config.uid).containers.unshift(container);
    return id;
  }

  *startContainer(id: string): Process<void> {
    yield* this.#delay('containerStart');
    const container = this.#existing(id);
    if (container.state !== 'created') throw new RuntimeError('Unknown', `container is in ${container.state} state`);
    const podUid = container.sandbox.config.uid;
    container.start();
    if (container.status.state === 'exited') this.#emit({ podUid, containerId: id, type: 'container-stopped' });
    else spawn(this.#options.sim, this.#watch(container), `container ${container.config.name}`);
  }

  *stopContainer(id: string, graceSeconds: number): Process<void> {
    const container = this.#containers.get(id);
    if (container?.state !== 'running') return;
    const signal = container.config.stopSignal ?? this.#options.images.stored(container.config.image)?.image.stopSignal;
    container.signal(signal ?? 'SIGTERM');
    const cancel = this.#options.sim.setTimer(graceSeconds * 1000, () => container.killAll());
    try {
      yield* container.waitForEnd();
    } finally {
      cancel();
    }
  }

  removeContainer(id: string): void {
    const container = this.#containers.get(id);
    if (!container) return;
    if (container.state === 'running') container.killAll();
    this.#removedCoreNanoSeconds += container.usage().usageCoreNanoSeconds;
    this.#containers.delete(id);
    const pod = this.#byPod.get(container.sandbox.config.uid);
    const at = pod?.containers.indexOf(container) ?? -1;
    if (at >= 0) pod?.containers.splice(at, 1);
  }

  containerStatus(id: string): ContainerStatus | undefined {
    return this.#containers.get(id)?.status;
  }

  listContainers(podUid?: string): readonly ContainerStatus[] {
    const found =
      podUid === undefined ? [...this.#containers.values()].reverse() : (this.#byPod.get(podUid)?.containers ?? []);
    return found.map((container) => container.status);
  }

  updateContainerResources(id: string, resources: ContainerResources): void {
    const container = this.#existing(id);
    container.updateResources({ ...container.resources, ...resources });
  }

  containerLog(id: string): ContainerLog | undefined {
    return this.#containers.get(id)?.log;
  }

  terminationMessage(id: string): string {
    return this.#containers.get(id)?.terminationMessage ?? '';
  }

  *execSync(id: string, command: readonly string[], timeoutMs: number): Process<ExecResult> {
    yield* this.#delay('execStart');
    return yield* execToEnd(this.#running(id), command, timeoutMs);
  }

  *exec(id: string, options: ExecOptions): Process<ExecSession> {
    yield* this.#delay('execStart');
    return yield* execIn(this.#running(id), options, this.#newId());
  }

  attach(id: string, options: Omit<ExecOptions, 'command'>): AttachSession {
    return attachTo(this.#options.sim, this.#running(id), options);
  }

  *portForward(sandboxId: string, port: number): Process<Connection> {
    const sandbox = this.#sandboxes.get(sandboxId);
    if (sandbox?.state !== 'ready')
      throw new RuntimeError('NotFound', `sandbox container "${sandboxId}" is not running`);
    return yield* sandbox.network.stack.dial('127.0.0.1', port);
  }

  usage(): readonly ContainerUsage[] {
    return [...this.#containers.values()]
      .filter((container) => container.state === 'running')
      .map((container) => ({
        id: container.id,
        name: container.config.name,
        sandboxId: container.sandbox.id,
        ...container.usage(),
        startedAtMs: container.startedAtMs,
        rootfsBytes: container.fs.usedBytes,
        logBytes: container.log.bytes,
      }));
  }

  usageCoreNanoSeconds(): number {
    let total = this.#removedCoreNanoSeconds;
    for (const container of this.#containers.values()) total += container.usage().usageCoreNanoSeconds;
    return total;
  }

  onEvent(listener: (event: RuntimeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The machine lost power: every process is gone at once; images, logs and ended containers stay. Tells nobody. */
  powerOff(): void {
    for (const container of this.#containers.values()) {
      if (container.state === 'exited') continue;
      // Noted first, so that the processes' end finds the container ended.
      container.finish(255, 'Unknown');
      container.killAll();
    }
    for (const sandbox of this.#sandboxes.values()) if (sandbox.state === 'ready') this.#takeDown(sandbox);
  }

  *#watch(container: Container): Process<void> {
    const podUid = container.sandbox.config.uid;
    this.#emit({ podUid, containerId: container.id, type: 'container-started' });
    const status = yield* container.waitForInit();
    yield* this.#delay('containerExit');
    if (container.state === 'exited') return;
    container.finish(status.code);
    this.#emit({ podUid, containerId: container.id, type: 'container-stopped' });
  }

  #takeDown(sandbox: Sandbox): void {
    sandbox.state = 'not-ready';
    sandbox.processes?.killAll();
    this.#options.network.teardownSandbox(sandbox.id);
  }

  #containersOf(sandbox: Sandbox): readonly Container[] {
    return (this.#byPod.get(sandbox.config.uid)?.containers ?? []).filter((container) => container.sandbox === sandbox);
  }

  #pod(uid: string): { readonly sandboxes: Sandbox[]; readonly containers: Container[] } {
    const known = this.#byPod.get(uid);
    if (known) return known;
    const pod = { sandboxes: [], containers: [] };
    this.#byPod.set(uid, pod);
    return pod;
  }

  #existing(id: string): Container {
    const container = this.#containers.get(id);
    if (container) return container;
    throw new RuntimeError('NotFound', `an error occurred when try to find container "${id}": not found`);
  }

  #running(id: string): Container {
    const container = this.#existing(id);
    if (container.state === 'running') return container;
    const state = container.state === 'exited' ? 'CONTAINER_EXITED' : 'CONTAINER_CREATED';
    throw new RuntimeError('Unknown', `container is in ${state} state`);
  }

  #emit(event: RuntimeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  *#delay(name: Parameters<Latency['ms']>[0]): Process<void> {
    const ms = this.#options.latency.ms(name);
    if (ms > 0) yield* sleep(ms);
  }

  #newId(): string {
    return bytesToHex(this.#options.random.bytes(32));
  }
}
