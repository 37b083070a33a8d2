import type { Driver, Process } from '../../process/process.ts';
import { suspend } from '../../process/process.ts';
import { Pipe, type Reader } from '../../process/pipe.ts';
import type { Signal } from '../../process/signal.ts';
import { type ChildProcess, type Credentials, type ExitStatus, type Program, SpawnError } from '../../shell/context.ts';
import { capabilitySet } from '../../shell/capabilities.ts';
import { addDevices } from '../../shell/base-files.ts';
import { mountKernelFiles } from '../../shell/kernel-files.ts';
import { createFileSystem, type MemoryFileSystem } from '../../shell/memory-file-system.ts';
import { ContainerProcesses, type ProcessEnvironment } from '../../shell/process-table.ts';
import { decode } from '../../shell/text.ts';
import { homeOf, resolveUser } from '../../shell/users.ts';
import { ContainerLog } from './container-log.ts';
import { ContainerOutput } from './container-output.ts';
import { CpuAccount } from './cpu-account.ts';
import type { StoredImage } from './image-store.ts';
import { Pty } from '../../shell/pty.ts';
import {
  type ContainerConfig,
  type ContainerResources,
  type ContainerStatus,
  RuntimeError,
} from './runtime-service.ts';
import type { Sandbox } from './sandbox.ts';
import { simplifiedServer, simplifiedTask } from './simplified-server.ts';

const maxTerminationMessageBytes = 4096;
/** Any but the machine's own. */
const containerMountNamespace = 4026532500;

export interface ContainerOptions {
  readonly id: string;
  readonly driver: Driver;
  readonly random: () => number;
  readonly programNamed: (name: string) => Program | undefined;
  readonly sandbox: Sandbox;
  readonly config: ContainerConfig;
  readonly image: StoredImage;
  readonly powers?: ReadonlyMap<string, unknown>;
}

/** One container: its files, its processes, its output and what became of it. */
export class Container {
  readonly id: string;
  readonly sandbox: Sandbox;
  readonly config: ContainerConfig;
  readonly log: ContainerLog;
  readonly output: ContainerOutput;
  readonly createdAtMs: number;
  state: ContainerStatus['state'] = 'created';
  startedAtMs = 0;
  finishedAtMs = 0;
  exitCode = 0;
  reason = '';
  message = '';
  resources: ContainerResources;
  terminationMessage = '';
  readonly user: Credentials;
  readonly fs: MemoryFileSystem;
  readonly env: ReadonlyMap<string, string>;
  readonly processes: ContainerProcesses;
  readonly environment: ProcessEnvironment;
  readonly #options: ContainerOptions;
  readonly #stdin: Pipe | undefined;
  readonly #pty: Pty | undefined;
  readonly #cpu: CpuAccount;
  #init: ChildProcess | undefined;
  #outOfMemory = false;
  readonly #endListeners: (() => void)[] = [];

  /** @throws RuntimeError when the user or a mount is not there */
  constructor(options: ContainerOptions) {
    const { driver, config, sandbox, image } = options;
    this.#options = options;
    this.id = options.id;
    this.sandbox = sandbox;
    this.config = config;
    this.resources = config.resources;
    this.createdAtMs = driver.now();
    this.#cpu = new CpuAccount(() => driver.now());
    this.log = new ContainerLog(() => driver.now());
    this.output = new ContainerOutput(this.log);
    this.fs = createFileSystem({
      now: () => driver.now(),
      layer: image.layer,
      readOnly: config.readOnlyRootFilesystem,
    });
    this.#mountDevices();
    this.user = this.#resolveUser(image.image.user);
    this.#mount();
    this.env = this.#environmentVariables();
    this.environment = {
      fs: this.fs,
      hostname: sandbox.config.hostname,
      network: sandbox.network.stack,
      ...(options.powers ? { powers: options.powers } : {}),
    };
    this.processes = sandbox.processes ?? this.#newProcesses();
    this.#mountKernelFiles();
    this.#pty = config.tty
      ? new Pty(
          (bytes) => this.output.write('stdout', bytes),
          (signal, group) => this.#signalGroup(signal, group),
        )
      : undefined;
    this.#stdin = config.stdin && !config.tty ? new Pipe() : undefined;
  }

  get status(): ContainerStatus {
    const { uid, gid, groups } = this.user;
    const { status } = this.#options.image;
    return {
      id: this.id,
      sandboxId: this.sandbox.id,
      name: this.config.name,
      attempt: this.config.attempt,
      state: this.state,
      createdAtMs: this.createdAtMs,
      startedAtMs: this.startedAtMs,
      finishedAtMs: this.finishedAtMs,
      exitCode: this.exitCode,
      reason: this.reason,
      message: this.message,
      image: status.reference,
      imageRef: status.imageRef,
      hash: this.config.hash,
      resources: this.resources,
      user: { uid, gid, supplementalGroups: groups },
    };
  }

  /** Starts the first process. @throws RuntimeError when the command cannot be run; the container has then ended */
  start(): void {
    const { driver, image } = this.#options;
    const options = {
      argv: this.#commandLine(),
      env: this.env,
      cwd: this.#workingDirectory(),
      user: this.user,
      stdin: this.#pty?.stdin ?? this.#stdin?.reader ?? emptyInput(),
      stdout: this.#pty?.stdout ?? this.output.writer('stdout'),
      stderr: this.#pty?.stdout ?? this.output.writer('stderr'),
      ...(this.#pty ? { tty: this.#pty } : {}),
    };
    try {
      this.#init = this.#runsItself()
        ? this.processes.startFunction(options, this.#standIn())
        : this.processes.start(options, this.environment);
    } catch (error) {
      if (!(error instanceof SpawnError)) throw error;
      if (!image.image.simplified || error.code !== 'ENOENT') return this.#failToStart(error);
      this.#init = this.processes.startFunction(options, this.#standIn());
    }
    this.startedAtMs = driver.now();
    this.state = 'running';
  }

  /** What stands for a program that nobody wrote. */
  #standIn(): Program {
    const { image, ports, runsToEnd } = this.config;
    return runsToEnd ? simplifiedTask : simplifiedServer(image, ports);
  }

  /** An image that nobody wrote, with its own command: a server stands for it. */
  #runsItself(): boolean {
    return this.#options.image.image.simplified && this.config.command.length === 0;
  }

  /** Whether commands that the image lacks are taken to succeed: nobody wrote what is in it. */
  get isSimplified(): boolean {
    return this.#options.image.image.simplified;
  }

  /** Waits until the first process has ended. */
  *waitForInit(): Process<ExitStatus> {
    return this.#init ? yield* this.#init.wait() : { code: this.exitCode };
  }

  /** Notes the end. */
  finish(exitCode: number, reason?: string): void {
    if (this.state === 'exited') return;
    this.state = 'exited';
    this.exitCode = exitCode;
    this.reason = reason ?? (this.#outOfMemory ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error');
    this.finishedAtMs = this.#options.driver.now();
    this.terminationMessage = this.#readTerminationMessage();
    this.log.close();
    this.fs.release();
    for (const listener of this.#endListeners.splice(0)) listener();
  }

  /** Waits until the end is noted. */
  *waitForEnd(): Process<void> {
    if (this.state === 'exited') return;
    yield* suspend<void>((resume) => {
      this.#endListeners.push(resume);
      return () => {
        const at = this.#endListeners.indexOf(resume);
        if (at >= 0) this.#endListeners.splice(at, 1);
      };
    });
  }

  /** Signals the first process from outside. */
  signal(signal: Signal): void {
    this.#init?.kill(signal);
  }

  #signalGroup(signal: Signal, group: number | undefined): void {
    if (group === undefined) this.signal(signal);
    else this.processes.kill(-group, signal);
  }

  /** Ends all processes at once. */
  killAll(): void {
    if (this.sandbox.processes) this.#init?.kill('SIGKILL');
    else this.processes.killAll();
  }

  /** What is typed into an attached container. */
  input(bytes: Uint8Array): void {
    if (this.#pty) this.#pty.type(bytes);
    else this.#stdin?.push(bytes);
  }

  closeInput(): void {
    if (this.#pty) this.#pty.hangUp();
    else this.#stdin?.close();
  }

  resize(columns: number, rows: number): void {
    this.#pty?.resize(columns, rows);
  }

  usage(): { readonly cpuMilli: number; readonly memoryBytes: number; readonly usageCoreNanoSeconds: number } {
    const { memoryBytes } = this.processes.usage();
    return { cpuMilli: this.#cpuMilli(), memoryBytes, usageCoreNanoSeconds: this.#cpu.usageCoreNanoSeconds };
  }

  /** What the kernel lets it use. */
  #cpuMilli(): number {
    const { cpuMilli } = this.processes.usage();
    return Math.min(cpuMilli, this.resources.cpuLimitMilli ?? cpuMilli);
  }

  /** Other limits hold from now on. */
  updateResources(resources: ContainerResources): void {
    this.resources = resources;
    this.#cpu.set(this.#cpuMilli());
  }

  /** The image's command line, with the pod's command and arguments over it. */
  #commandLine(): readonly string[] {
    const { command, args } = this.config;
    const { entrypoint, cmd } = this.#options.image.image;
    const argv = command.length > 0 ? [...command, ...args] : [...entrypoint, ...(args.length > 0 ? args : cmd)];
    if (argv.length === 0) throw new RuntimeError('Unknown', 'failed to generate container spec: no command specified');
    return argv;
  }

  #failToStart(error: SpawnError): void {
    const { driver } = this.#options;
    // What the kernel refuses after the container was made is the container's own end.
    if (!error.message.startsWith('exec:')) {
      this.startedAtMs = driver.now();
      this.output.write('stderr', new TextEncoder().encode(`${error.message}\n`));
      this.finish(255);
      return;
    }
    this.message = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${error.message}: unknown`;
    this.finish(128, 'StartError');
    throw new RuntimeError('Unknown', this.message);
  }

  #workingDirectory(): string {
    const path = this.config.workingDir || this.#options.image.image.workingDir || '/';
    if (!this.fs.exists(path) && !this.config.readOnlyRootFilesystem) this.fs.mkdir(path, { parents: true });
    return path;
  }

  #resolveUser(imageUser: string): Credentials {
    const { runAsUser, runAsGroup, supplementalGroups, strictGroups = false } = this.config;
    const name = runAsUser === undefined ? imageUser : String(runAsUser);
    const user = resolveUser(this.fs, name, {
      ...(runAsGroup === undefined ? {} : { gid: runAsGroup }),
      groups: supplementalGroups,
      strict: strictGroups,
    });
    if (user) return user;
    throw new RuntimeError(
      'Unknown',
      `failed to generate container "${this.id}" spec: failed to generate spec: unable to find user ${name}: no matching entries in passwd file`,
    );
  }

  /** `/dev` of its own: it can be written even when the root cannot. */
  #mountDevices(): void {
    if (!this.config.readOnlyRootFilesystem) return addDevices(this.fs);
    const devices = createFileSystem({ now: () => this.#options.driver.now(), type: 'tmpfs' });
    addDevices(devices);
    this.fs.mount('/dev', devices, { subPath: '/dev' });
  }

  /** `/proc` and the cgroup's files, which tell the limits that hold now. */
  #mountKernelFiles(): void {
    mountKernelFiles(this.fs, {
      processes: () => this.processes.list(),
      now: () => this.#options.driver.now(),
      bootedAt: this.createdAtMs,
      cpus: 4,
      memoryBytes: 8 * 2 ** 30,
      limits: () => {
        const { cpuLimitMilli, cpuRequestMilli, memoryLimitBytes } = this.resources;
        return {
          ...(cpuLimitMilli === undefined ? {} : { cpuMilli: cpuLimitMilli }),
          ...(cpuRequestMilli === undefined ? {} : { cpuRequestMilli }),
          ...(memoryLimitBytes === undefined ? {} : { memoryBytes: memoryLimitBytes }),
        };
      },
      usage: () => this.processes.usage(),
      capabilities: capabilitySet(this.config.capabilities ?? {}, this.config.privileged),
      noNewPrivileges: this.config.noNewPrivileges ?? false,
      seccomp: this.config.seccomp ?? false,
      sysctls: this.sandbox.config.sysctls ?? {},
      mayChangeKernel: this.config.privileged ?? false,
      mountNamespace: containerMountNamespace,
      oomScoreAdjust: this.config.oomScoreAdjust ?? 0,
    });
  }

  #mount(): void {
    const { etc } = this.sandbox;
    for (const file of ['/etc/hostname', '/etc/resolv.conf']) this.fs.mount(file, etc, { subPath: file });
    const { terminationMessagePath, mounts } = this.config;
    for (const path of this.#options.image.image.volumes) {
      if (mounts.some(({ containerPath }) => containerPath === path)) continue;
      const volume = createFileSystem({ now: () => this.#options.driver.now(), type: 'ext4' });
      volume.chmod('/', 0o1777);
      this.fs.mount(path, volume);
    }
    const ordered = [...mounts].sort((a, b) => a.containerPath.length - b.containerPath.length);
    for (const { containerPath, source, subPath, readOnly, type, propagation } of ordered) {
      this.fs.mount(containerPath, source, {
        readOnly,
        ...(subPath === undefined ? {} : { subPath }),
        ...(type === undefined ? {} : { type }),
        ...(propagation === undefined ? {} : { propagation }),
      });
    }
    if (!terminationMessagePath) return;
    const messages = createFileSystem({ now: () => this.#options.driver.now(), type: 'ext4' });
    messages.writeFile('/message', new Uint8Array(0), { mode: 0o666 });
    this.fs.mount(terminationMessagePath, messages, { subPath: '/message' });
  }

  #environmentVariables(): ReadonlyMap<string, string> {
    const env = new Map(Object.entries(this.#options.image.image.env));
    env.set('HOSTNAME', this.sandbox.config.hostname);
    if (this.config.tty) env.set('TERM', 'xterm');
    for (const [name, value] of this.config.env) env.set(name, value);
    if (!env.has('HOME')) env.set('HOME', homeOf(this.fs, this.user));
    return env;
  }

  #newProcesses(): ContainerProcesses {
    const { driver, programNamed, random } = this.#options;
    return new ContainerProcesses({
      driver,
      environment: this.environment,
      programNamed,
      random,
      onUsage: () => {
        this.#cpu.set(this.#cpuMilli());
        this.#checkMemory();
      },
    });
  }

  /** The kernel ends all processes of a container that passes its memory limit. */
  #checkMemory(): void {
    const limit = this.resources.memoryLimitBytes;
    if (limit === undefined || this.#outOfMemory || this.state === 'exited') return;
    if (this.processes.usage().memoryBytes <= limit) return;
    this.#outOfMemory = true;
    this.#options.driver.defer(() => this.killAll());
  }

  #readTerminationMessage(): string {
    const path = this.config.terminationMessagePath;
    if (!path) return '';
    try {
      return decode(this.fs.readFile(path).slice(-maxTerminationMessageBytes));
    } catch {
      return '';
    }
  }
}

function emptyInput(): Reader {
  const pipe = new Pipe();
  pipe.close();
  return pipe.reader;
}
