/**
 * The machines of a cluster: how large they are, where they stand, whether they have power and a network.
 *
 * The composition root adds and removes them and passes faults on; kubelets, runtimes and the network listen. No Kubernetes in here.
 */
import { parseQuantity } from '../../apimachinery/quantity.ts';
import { shellFiles, userFiles, utilityFiles } from '../../shell/base-files.ts';
import { capabilitySet } from '../../shell/capabilities.ts';
import type { ProcessInfo } from '../../shell/context.ts';
import { createLayer, type Layer } from '../../shell/inode.ts';
import { type KernelFacts, mountKernelFiles } from '../../shell/kernel-files.ts';
import { createFileSystem, type MemoryFileSystem } from '../../shell/memory-file-system.ts';
import { encode } from '../../shell/text.ts';
import type { Random } from '../sim/random.ts';
import type { Sim } from '../sim/sim.ts';

export interface MachineSpec {
  readonly name: string;
  /** Quantities, as a Node's capacity shows them. */
  readonly cpu: string;
  readonly memory: string;
  readonly ephemeralStorage: string;
  readonly pods: number;
  readonly ip: string;
  readonly zone: string;
  readonly region: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly controlPlane: boolean;
}

export type MachineChange = 'added' | 'removed' | 'power-off' | 'power-on' | 'network-cut' | 'network-heal';

/** One machine. Its disk outlasts its power. */
export class Machine {
  readonly spec: MachineSpec;
  readonly disk: MemoryFileSystem;
  readonly machineId: string;
  /** Another one after each boot. */
  bootId: string;
  isOn = true;
  isConnected = true;

  /** What runs there beside containers. */
  readonly processes: readonly ProcessInfo[];

  constructor(spec: MachineSpec, sim: Sim, random: Random, layer: Layer) {
    this.spec = spec;
    this.processes = systemProcesses(sim.now());
    this.machineId = random.uid().replaceAll('-', '');
    this.bootId = random.uid();
    this.disk = createFileSystem({ now: () => sim.now(), type: 'ext4', layer });
    prepareDisk(this.disk, spec);
    mountKernelFiles(this.disk, this.#kernelFacts(sim));
  }

  #kernelFacts(sim: Sim): KernelFacts {
    return {
      processes: () => this.processes,
      now: () => sim.now(),
      bootedAt: sim.now(),
      cpus: parseQuantity(this.spec.cpu).value(),
      memoryBytes: parseQuantity(this.spec.memory).value(),
      limits: () => ({}),
      usage: () => ({ cpuMilli: 0, memoryBytes: 0 }),
      capabilities: capabilitySet({}, true),
      mountNamespace: firstMountNamespace,
    };
  }

  /** Whether others can reach it. */
  get isReachable(): boolean {
    return this.isOn && this.isConnected;
  }
}

/** The number of the mount namespace that the kernel makes at its start. */
const firstMountNamespace = 4026531841;

/** What a machine's disk is installed with. */
const installed = (): Layer =>
  createLayer([userFiles(), utilityFiles(), shellFiles('dash'), shellFiles('bash'), { '/usr/bin/kubelet': '' }]);

function systemProcesses(startedAt: number): readonly ProcessInfo[] {
  const process = (pid: number, argv: readonly string[], megabytes: number): ProcessInfo => {
    const memoryBytes = megabytes * 1024 * 1024;
    return { pid, ppid: pid === 1 ? 0 : 1, argv, user: 'root', startedAt, group: pid, memoryBytes, cpuMilli: 0 };
  };
  return [
    process(1, ['/sbin/init'], 12),
    process(212, ['/usr/bin/containerd'], 60),
    process(340, ['/usr/bin/kubelet', '--config=/var/lib/kubelet/config.yaml'], 80),
  ];
}

const directories = [
  '/etc',
  '/home',
  '/mnt',
  '/opt',
  '/proc',
  '/root',
  '/run',
  '/sys',
  '/tmp',
  '/usr',
  '/var/lib/kubelet',
  '/var/log/pods',
];

function prepareDisk(disk: MemoryFileSystem, spec: MachineSpec): void {
  for (const path of directories) disk.mkdir(path, { parents: true });
  disk.mknod('/run/containerd/containerd.sock', 0o660, 'socket');
  disk.chmod('/tmp', 0o1777);
  disk.writeFile('/etc/hostname', encode(`${spec.name}\n`));
  disk.writeFile('/etc/hosts', encode(`127.0.0.1\tlocalhost\n${spec.ip}\t${spec.name}\n`));
  disk.writeFile('/etc/os-release', encode('NAME="Tabernetes"\nID=tabernetes\nPRETTY_NAME="Tabernetes"\n'));
  disk.writeFile('/etc/resolv.conf', encode('nameserver 10.0.0.2\n'));
}

export class Machines {
  readonly #sim: Sim;
  readonly #random: Random;
  readonly #machines = new Map<string, Machine>();
  readonly #listeners = new Set<(machine: Machine, change: MachineChange) => void>();
  #count = 0;
  #installed: Layer | undefined;

  constructor(sim: Sim, random: Random) {
    this.#sim = sim;
    this.#random = random;
  }

  /** Adds a machine and switches it on; what is not said is usual. @throws Error when the name is taken */
  add(spec: Partial<MachineSpec> & { readonly name: string }): Machine {
    if (this.#machines.has(spec.name)) throw new Error(`a machine named ${spec.name} is there already`);
    const number = ++this.#count;
    const zone = spec.zone ?? `zone-${((number - 1) % 3) + 1}`;
    const complete: MachineSpec = {
      cpu: '4',
      memory: '8Gi',
      ephemeralStorage: '100Gi',
      pods: 110,
      ip: nodeAddress(number),
      zone,
      region: 'region-1',
      labels: {},
      controlPlane: false,
      ...spec,
    };
    this.#installed ??= installed();
    const machine = new Machine(complete, this.#sim, this.#random.fork(spec.name), this.#installed);
    this.#machines.set(spec.name, machine);
    this.#tell(machine, 'added');
    return machine;
  }

  get(name: string): Machine | undefined {
    return this.#machines.get(name);
  }

  list(): readonly Machine[] {
    return [...this.#machines.values()];
  }

  /** The machine is gone for ever, disk and all. */
  remove(name: string): void {
    const machine = this.#machines.get(name);
    if (!machine) return;
    if (machine.isOn) this.powerOff(name);
    this.#machines.delete(name);
    this.#tell(machine, 'removed');
  }

  /** Everything that runs on it is gone at once. */
  powerOff(name: string): void {
    this.#change(name, 'power-off', (machine) => {
      if (!machine.isOn) return false;
      machine.isOn = false;
      return true;
    });
  }

  powerOn(name: string): void {
    this.#change(name, 'power-on', (machine) => {
      if (machine.isOn) return false;
      machine.isOn = true;
      machine.bootId = this.#random.fork(`${name}/boot/${this.#sim.elapsed}`).uid();
      return true;
    });
  }

  /** Takes the cable out: what runs goes on, alone. */
  cutNetwork(name: string): void {
    this.#change(name, 'network-cut', (machine) => {
      const changed = machine.isConnected;
      machine.isConnected = false;
      return changed;
    });
  }

  healNetwork(name: string): void {
    this.#change(name, 'network-heal', (machine) => {
      const changed = !machine.isConnected;
      machine.isConnected = true;
      return changed;
    });
  }

  /** Hears of changes after they were made; gives a function that removes the listener. */
  onChange(listener: (machine: Machine, change: MachineChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #change(name: string, change: MachineChange, apply: (machine: Machine) => boolean): void {
    const machine = this.#machines.get(name);
    if (!machine) throw new Error(`there is no machine named ${name}`);
    if (!apply(machine)) return;
    const cause = this.#sim.newCause(`${name}: ${change}`, { actor: 'machine' });
    this.#sim.withCause(cause, () => this.#tell(machine, change));
  }

  #tell(machine: Machine, change: MachineChange): void {
    for (const listener of this.#listeners) listener(machine, change);
  }
}

/** 172.18.0.2 and on. */
function nodeAddress(number: number): string {
  const host = number + 1;
  return `172.18.${Math.floor(host / 256)}.${host % 256}`;
}
