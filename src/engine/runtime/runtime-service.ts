/**
 * What a kubelet asks of a container runtime: the part of CRI that a cluster's behaviour hangs on, as processes and plain data.
 *
 * `Runtime` (runtime.ts) implements it over virtual process tables and file systems. Nothing in here knows the API.
 */
import type { CapabilityChange } from '../../shell/capabilities.ts';
import type { Process } from '../../process/process.ts';
import type { Reader, Writer } from '../../process/pipe.ts';
import type { Signal } from '../../process/signal.ts';
import type { MemoryFileSystem, MountOptions } from '../../shell/memory-file-system.ts';
import type { Connection, NetworkStack } from '../../shell/network-stack.ts';
import type { ContainerLog } from './container-log.ts';

/** An error of the runtime; the message is what the kubelet shows, as gRPC words it. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
  readonly code: 'Unknown' | 'NotFound' | 'InvalidArgument' | 'DeadlineExceeded' | 'Unavailable';
  constructor(code: RuntimeError['code'], description: string) {
    super(description);
    this.code = code;
  }
  /** With the prefix of a gRPC status. */
  get text(): string {
    return `rpc error: code = ${this.code} desc = ${this.message}`;
  }
}

export interface SandboxConfig {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly attempt: number;
  /** By which its containers run: a RuntimeClass's; empty or absent for the usual one. */
  readonly runtimeHandler?: string;
  readonly hostname: string;
  /** Host name and domain, where the pod has a subdomain. */
  readonly fullName?: string;
  readonly hostNetwork: boolean;
  /** PID namespace shared by the pod's containers. */
  readonly shareProcessNamespace: boolean;
  /** The machine's processes are seen. */
  readonly hostPID?: boolean;
  /** Kernel parameters of the pod's own, by name with dots. */
  readonly sysctls?: Readonly<Record<string, string>>;
  readonly dns: DnsConfig;
  /** Name to addresses, beside the pod's own (`hostAliases`). */
  readonly hosts: readonly HostEntry[];
  readonly hostPorts: readonly HostPort[];
}

export interface DnsConfig {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

export interface HostEntry {
  readonly ip: string;
  readonly hostnames: readonly string[];
}

export interface HostPort {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly hostIP: string;
  readonly hostPort: number;
  readonly containerPort: number;
}

export interface SandboxStatus {
  readonly id: string;
  readonly config: SandboxConfig;
  readonly state: 'ready' | 'not-ready';
  /** Empty on the host network. */
  readonly ips: readonly string[];
  readonly createdAtMs: number;
}

/** Limits and requests; absent is unlimited. */
export interface ContainerResources {
  readonly cpuRequestMilli?: number;
  readonly cpuLimitMilli?: number;
  readonly memoryRequestBytes?: number;
  readonly memoryLimitBytes?: number;
}

/** A directory or file of another file system, seen at a path of the container. */
export interface ContainerMount {
  readonly containerPath: string;
  readonly source: MemoryFileSystem;
  /** Inside the source; `/` by default. */
  readonly subPath?: string;
  readonly readOnly: boolean;
  /** What the mount table shows. */
  readonly type?: string;
  /** Whether mounts made later pass between the source and the container; they do not by default. */
  readonly propagation?: NonNullable<MountOptions['propagation']>;
}

/** A TCP port that a container is said to listen on. */
export interface ServedPort {
  readonly port: number;
  readonly tls: boolean;
}

export interface ContainerConfig {
  readonly name: string;
  readonly attempt: number;
  /** As the pod names it. */
  readonly image: string;
  /** Empty: the image's entrypoint. */
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly workingDir: string;
  readonly env: readonly (readonly [name: string, value: string])[];
  readonly mounts: readonly ContainerMount[];
  /** TCP ports that the pod says the container listens on: what stands for a program that nobody wrote does. */
  readonly ports: readonly ServedPort[];
  /** It is waited for to end: what stands for a program that nobody wrote does, at once and well. */
  readonly runsToEnd?: boolean;
  readonly stdin: boolean;
  readonly stdinOnce: boolean;
  readonly tty: boolean;
  readonly stopSignal?: Signal;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly supplementalGroups: readonly number[];
  /** Groups that the image gives the user are left out. */
  readonly strictGroups?: boolean;
  readonly readOnlyRootFilesystem: boolean;
  /** Programs get no more rights than their parent has, whatever their file says. */
  readonly noNewPrivileges?: boolean;
  readonly capabilities?: CapabilityChange;
  /** Everything is allowed. */
  readonly privileged?: boolean;
  /** System calls are filtered. */
  readonly seccomp?: boolean;
  readonly resources: ContainerResources;
  /** How soon its processes go when the machine's memory runs out: -1000 to 1000. */
  readonly oomScoreAdjust?: number;
  /** Of the spec it was made from: a change restarts the container. */
  readonly hash: string;
  readonly terminationMessagePath: string;
}

export interface ContainerStatus {
  readonly id: string;
  readonly sandboxId: string;
  readonly name: string;
  readonly attempt: number;
  readonly state: 'created' | 'running' | 'exited';
  readonly createdAtMs: number;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly exitCode: number;
  /** `Completed`, `Error`, `OOMKilled`, `StartError`, `Unknown`. */
  readonly reason: string;
  readonly message: string;
  /** `docker.io/library/nginx:1.25`. */
  readonly image: string;
  /** `docker.io/library/nginx@sha256:…`. */
  readonly imageRef: string;
  readonly hash: string;
  readonly resources: ContainerResources;
  readonly user: { readonly uid: number; readonly gid: number; readonly supplementalGroups: readonly number[] };
}

/** What happened in the runtime; told after it happened. */
export interface RuntimeEvent {
  readonly podUid: string;
  readonly containerId?: string;
  readonly type: 'container-started' | 'container-stopped' | 'sandbox-changed';
}

export interface ExecOptions {
  readonly command: readonly string[];
  readonly stdin?: Reader;
  readonly stdout?: Writer;
  readonly stderr?: Writer;
  readonly tty?: boolean;
}

/** A command that runs in a container. */
export interface ExecSession {
  /** Waits for the end. Gives the exit code. */
  wait(): Process<number>;
  resize(columns: number, rows: number): void;
  kill(signal: Signal): void;
}

/** A client that is attached to a running container. */
export interface AttachSession {
  /** Waits until the container ends or the session is closed. */
  wait(): Process<void>;
  resize(columns: number, rows: number): void;
  close(): void;
}

export interface ContainerUsage {
  readonly id: string;
  readonly name: string;
  readonly sandboxId: string;
  readonly cpuMilli: number;
  /** Since the container was made; never falls. */
  readonly usageCoreNanoSeconds: number;
  readonly memoryBytes: number;
  readonly startedAtMs: number;
  readonly rootfsBytes: number;
  readonly logBytes: number;
}

/** Sandboxes and containers of one node. Reads do not wait. */
export interface RuntimeService {
  /** Gives the id. @throws RuntimeError */
  runPodSandbox(config: SandboxConfig): Process<string>;
  /** Ends all its containers at once and takes its network away. */
  stopPodSandbox(id: string): Process<void>;
  removePodSandbox(id: string): void;
  podSandboxStatus(id: string): SandboxStatus | undefined;
  /** Newest first. */
  listPodSandboxes(podUid?: string): readonly SandboxStatus[];
  /** @throws RuntimeError */
  createContainer(sandboxId: string, config: ContainerConfig): Process<string>;
  /** @throws RuntimeError when the command cannot be run; the container is then exited with StartError */
  startContainer(id: string): Process<void>;
  /** Signals, waits for at most the grace period, kills. */
  stopContainer(id: string, graceSeconds: number): Process<void>;
  removeContainer(id: string, keepLog?: boolean): void;
  containerStatus(id: string): ContainerStatus | undefined;
  /** Newest first. */
  listContainers(podUid?: string): readonly ContainerStatus[];
  updateContainerResources(id: string, resources: ContainerResources): void;
  containerLog(id: string): ContainerLog | undefined;
  /** What the container wrote to its termination message path; at most 4096 bytes. */
  terminationMessage(id: string): string;
  /** Runs a command to its end. @throws RuntimeError DeadlineExceeded when it takes longer than the timeout, having killed it */
  execSync(id: string, command: readonly string[], timeoutMs: number): Process<ExecResult>;
  /** @throws RuntimeError when the container is not running or the command is not found */
  exec(id: string, options: ExecOptions): Process<ExecSession>;
  /** @throws RuntimeError when the container is not running */
  attach(id: string, options: Omit<ExecOptions, 'command'>): AttachSession;
  /** Dials a port inside the pod's network namespace. @throws NetworkError */
  portForward(sandboxId: string, port: number): Process<Connection>;
  usage(): readonly ContainerUsage[];
  /** What all containers used together, those that are gone too; never falls. */
  usageCoreNanoSeconds(): number;
  /** Gives a function that removes the listener. */
  onEvent(listener: (event: RuntimeEvent) => void): () => void;
}

export interface ExecResult {
  readonly exitCode: number;
  /** stdout, then stderr. */
  readonly output: string;
}

/** An image on a node. */
export interface ImageStatus {
  /** `docker.io/library/nginx:1.25`. */
  readonly reference: string;
  /** `docker.io/library/nginx@sha256:…`. */
  readonly imageRef: string;
  readonly sizeBytes: number;
  /** As in a Dockerfile. */
  readonly user: string;
  readonly lastUsedMs: number;
}

/** As whom a registry is asked. */
export interface RegistryAuth {
  readonly username: string;
  readonly password: string;
}

/** The images of one node. */
export interface ImageService {
  /** The image that a name stands for, when it is on the node. */
  imageStatus(name: string): ImageStatus | undefined;
  listImages(): readonly ImageStatus[];
  /** Fetches an image, as somebody where a name is given; those that are pulled by several wait in line. @throws RuntimeError as containerd words it */
  pullImage(name: string, auth?: RegistryAuth): Process<ImageStatus>;
  removeImage(reference: string): void;
  /** The files of an image, read-only: image volumes. */
  imageFileSystem(name: string): MemoryFileSystem | undefined;
}

/** How a sandbox gets its network: implemented by the cluster's network, behind the runtime. */
export interface SandboxNetwork {
  /** @throws RuntimeError when the node has no network (no pod CIDR, cut off) */
  setupSandbox(config: SandboxNetworkConfig): SandboxInterface;
  teardownSandbox(id: string): void;
  /** The node's own stack: probes, host-network pods. */
  hostStack(nodeName: string): NetworkStack;
}

export interface SandboxNetworkConfig {
  readonly id: string;
  readonly nodeName: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly hostname: string;
  readonly fullName?: string;
  readonly hostNetwork: boolean;
  readonly dns: DnsConfig;
  readonly hosts: readonly HostEntry[];
  readonly hostPorts: readonly HostPort[];
}

export interface SandboxInterface {
  /** Empty on the host network. */
  readonly ips: readonly string[];
  readonly stack: NetworkStack;
}
