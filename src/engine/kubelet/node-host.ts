/**
 * Machines with what runs on them: a container runtime that keeps its disk, and a kubelet that lives while there is power.
 *
 * The composition root makes one `NodeHosts` for a cluster; faults come in through `Machines`. It is also the API server's way to kubelets.
 */
import { buildVersion, userAgent } from '../../apimachinery/build-version.ts';
import type * as corev1 from '../../api/core/v1.ts';
import { nodes } from '../../api/resources.ts';
import { isNotFound } from '../../apimachinery/status-error.ts';
import { Client } from '../../client/client.ts';
import { EventRecorder } from '../../client/event-recorder.ts';
import { InformerFactory } from '../../client/informer.ts';
import { type Process, sleep } from '../../process/process.ts';
import type { Task } from '../../process/task.ts';
import type { ApiRequest, Exchange, Transport, UserInfo } from '../../protocol/rest.ts';
import type { Program } from '../../shell/context.ts';
import type { ComponentContext } from '../component.ts';
import type { Machine, MachineChange, Machines } from '../nodes/machines.ts';
import { ImageCatalog, ImageStore } from '../runtime/image-store.ts';
import { Runtime } from '../runtime/runtime.ts';
import type { SandboxNetwork } from '../runtime/runtime-service.ts';
import type { Latency } from '../sim/latency.ts';
import type { Random } from '../sim/random.ts';
import type { Sim } from '../sim/sim.ts';
import { Kubelet } from './kubelet.ts';
import { MachineTransport } from './machine-transport.ts';
import { KubeletServer } from './server/kubelet-server.ts';
import { serveKubelet } from './server/kubelet-listener.ts';
import type { PersistentStorage } from './volumes/mounted-volume.ts';

/** The cluster's network, as far as machines are concerned. */
export interface HostNetwork extends SandboxNetwork {
  attachNode(
    name: string,
    attachment: { readonly ip: string; readonly zone: string; isUp(): boolean; isConnected(): boolean },
  ): void;
  detachNode(name: string): void;
  nodeBooted(name: string): void;
}

export interface NodeHostsOptions {
  readonly sim: Sim;
  readonly random: Random;
  readonly latency: Latency;
  readonly machines: Machines;
  readonly network: HostNetwork;
  readonly storage: PersistentStorage;
  /** The program that a file of an image names. */
  readonly programNamed: (name: string) => Program | undefined;
  /** A way to the API server for somebody. */
  readonly transport: (user: UserInfo, name: string) => Transport;
  readonly report: (component: string, error: unknown, what: string) => void;
  /** Manifests of a machine's own: the control plane's. */
  readonly staticPods?: (machine: Machine) => readonly corev1.Pod[];
  /** Images that machines bring along. */
  readonly preloadedImages?: (machine: Machine) => readonly string[];
  readonly clusterDNS?: readonly string[];
}

const apiServerAddress = '10.96.0.1:443';
const administrator: UserInfo = { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };
const controlPlaneLabels = [
  'node-role.kubernetes.io/control-plane',
  'node.kubernetes.io/exclude-from-external-load-balancers',
];
const markRetryMs = 100;
const controlPlaneTaint: corev1.Taint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };

/** One machine's software. */
class NodeHost {
  readonly machine: Machine;
  readonly runtime: Runtime;
  readonly images: ImageStore;
  readonly #options: NodeHostsOptions;
  readonly #transport: MachineTransport;
  #kubelet: Kubelet | undefined;
  #server: KubeletServer | undefined;
  #cancelBoot: (() => void) | undefined;
  #listener: Task<void> | undefined;
  #boots = 0;

  constructor(machine: Machine, options: NodeHostsOptions, catalog: ImageCatalog) {
    const { sim, random, latency, network, programNamed, transport } = options;
    const { name } = machine.spec;
    this.machine = machine;
    this.#options = options;
    const own = latency.fork(`runtime/${name}`);
    this.images = new ImageStore({
      now: () => sim.now(),
      latency: own,
      catalog,
      network: () => network.hostStack(name),
    });
    for (const image of options.preloadedImages?.(machine) ?? []) this.images.preload(image);
    this.runtime = new Runtime({
      sim,
      random: random.fork(`runtime/${name}`),
      latency: own,
      nodeName: name,
      images: this.images,
      network,
      programNamed,
      node: { fs: machine.disk, processes: () => machine.processes },
    });
    const user = { username: `system:node:${name}`, groups: ['system:nodes', 'system:authenticated'] };
    this.#transport = new MachineTransport(transport(user, `kubelet/${name}`), {
      sim,
      isReachable: () => machine.isReachable,
      server: apiServerAddress,
    });
  }

  get kubelet(): Kubelet | undefined {
    return this.#kubelet;
  }

  /** The kubelet's interface, while it can be reached. */
  get server(): KubeletServer | undefined {
    return this.machine.isReachable ? this.#server : undefined;
  }

  start(): void {
    const { latency, network, storage, clusterDNS, staticPods } = this.#options;
    const { machine, runtime, images } = this;
    const { name, controlPlane } = machine.spec;
    this.#kubelet = new Kubelet({
      context: this.#context(),
      machine,
      runtime,
      images,
      network,
      storage,
      latency: latency.fork(`kubelet/${name}/${this.#boots}`),
      taints: controlPlane ? [controlPlaneTaint] : [],
      staticPods: staticPods?.(machine) ?? [],
      ...(clusterDNS ? { clusterDNS } : {}),
    });
    this.#server = new KubeletServer(this.#kubelet);
    this.#kubelet.start();
    this.#listener = this.#options.sim.spawn(serveKubelet(this.#kubelet.host, this.#server), 'kubelet server');
    if (controlPlane && this.#boots === 0) this.#options.sim.spawn(this.#markControlPlane(), 'mark control plane');
    this.#boots++;
  }

  /** The role that a kubelet may not give itself: whoever set up the cluster does. */
  *#markControlPlane(): Process<void> {
    const { transport } = this.#options;
    const client = new Client(transport(administrator, 'kubeadm'), {
      'user-agent': `kubeadm/${buildVersion.gitVersion}`,
    });
    const labels = Object.fromEntries(controlPlaneLabels.map((label) => [label, '']));
    for (let waitMs = markRetryMs; ; waitMs *= 2) {
      yield* sleep(waitMs);
      try {
        yield* client.resource(nodes).patch(this.machine.spec.name, 'merge', { metadata: { labels } });
        return;
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  }

  /** Everything is gone at once; the disk stays. */
  powerOff(): void {
    this.#cancelBoot?.();
    this.#listener?.kill('power off');
    this.#kubelet?.stop();
    this.#kubelet = undefined;
    this.#server = undefined;
    this.#transport.drop();
    this.runtime.powerOff();
  }

  /** The machine boots; its kubelet starts after a while. */
  powerOn(): void {
    const { sim, latency, network } = this.#options;
    const { name } = this.machine.spec;
    this.#cancelBoot = sim.setTimer(latency.ms('machineBoot'), () => {
      network.nodeBooted(name);
      this.start();
    });
  }

  cut(): void {
    this.#transport.cut();
  }

  heal(): void {
    this.#transport.heal();
  }

  /** A new context for each boot: nothing of the old one is left. */
  #context(): ComponentContext {
    const { sim, random, report } = this.#options;
    const name = `kubelet/${this.machine.spec.name}`;
    const client = new Client(this.#transport, {
      'user-agent': userAgent('kubelet'),
    });
    const own = random.fork(`${name}/${this.#boots}`);
    const chance = own.fork('reflectors');
    return {
      name,
      sim,
      client,
      informers: new InformerFactory(client, sim, { random: () => chance.float() }),
      random: own,
      recorder: (component, host) => new EventRecorder(client, sim, { component, ...(host ? { host } : {}) }),
      report: (error, what) => report(name, error, what),
    };
  }
}

export class NodeHosts {
  readonly #options: NodeHostsOptions;
  readonly #hosts = new Map<string, NodeHost>();
  readonly #catalog = new ImageCatalog();
  readonly #dispose: () => void;

  /** Begins with the machines that are there, and follows those that come and go. */
  constructor(options: NodeHostsOptions) {
    this.#options = options;
    for (const machine of options.machines.list()) this.#add(machine);
    this.#dispose = options.machines.onChange((machine, change) => this.#onChange(machine, change));
  }

  /** The API server's calls to kubelets (`NodeProxy`). Gives false when the node cannot be reached. */
  handle(nodeName: string, request: ApiRequest, exchange: Exchange): boolean {
    const server = this.#hosts.get(nodeName)?.server;
    if (!server) return false;
    server.handle(request, exchange);
    return true;
  }

  /** The kubelet of a machine that has power. */
  kubelet(nodeName: string): Kubelet | undefined {
    return this.#hosts.get(nodeName)?.kubelet;
  }

  stop(): void {
    this.#dispose();
    for (const host of this.#hosts.values()) host.powerOff();
  }

  #add(machine: Machine): void {
    const { name, ip, zone } = machine.spec;
    const attachment = { ip, zone, isUp: () => machine.isOn, isConnected: () => machine.isConnected };
    this.#options.network.attachNode(name, attachment);
    const host = new NodeHost(machine, this.#options, this.#catalog);
    this.#hosts.set(name, host);
    host.start();
  }

  #onChange(machine: Machine, change: MachineChange): void {
    const { name } = machine.spec;
    const host = this.#hosts.get(name);
    if (change === 'added') this.#add(machine);
    else if (change === 'power-off') host?.powerOff();
    else if (change === 'power-on') host?.powerOn();
    else if (change === 'network-cut') host?.cut();
    else if (change === 'network-heal') host?.heal();
    else {
      this.#hosts.delete(name);
      this.#options.network.detachNode(name);
    }
  }
}
