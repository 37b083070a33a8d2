/** Puts machines, their kubelets and the network together: the part of the composition root that hollow clusters go without. */
import type { UserInfo, Transport } from '../protocol/rest.ts';
import type { FlowEvent, NodeSpec } from '../protocol/control.ts';
import type { ApiRequest, Exchange } from '../protocol/rest.ts';
import type { Components } from './cluster-components.ts';
import { componentUser } from './cluster-components.ts';
import { controlPlaneImages, controlPlanePods, systemImages } from './kube-system.ts';
import { NodeHosts } from './kubelet/node-host.ts';
import { startIngressController } from './network/ingress/ingress-controller.ts';
import { Network } from './network/network.ts';
import { type Machine, Machines } from './nodes/machines.ts';
import { programNamed } from './runtime/images/registry.ts';
import type { Latency } from './sim/latency.ts';
import type { Sim } from './sim/sim.ts';
import { Disks } from './storage/disks.ts';

export interface ClusterMachinesOptions {
  readonly sim: Sim;
  readonly latency: Latency;
  readonly components: Components;
  readonly transport: (user: UserInfo, name: string) => Transport;
  readonly systemPods: boolean;
  readonly report: (component: string, error: unknown, what: string) => void;
  readonly onFlow?: (flow: FlowEvent) => void;
}

/** The machine that the control plane's pods run on. */
export const controlPlaneName = 'control-plane';

export class ClusterMachines {
  readonly machines: Machines;
  readonly network: Network;
  readonly #hosts: NodeHosts;

  constructor(options: ClusterMachinesOptions) {
    const { sim, latency, components, systemPods, onFlow } = options;
    const random = sim.random.fork('machines');
    const context = components.context({
      name: 'network',
      user: componentUser('system:kube-proxy', 'system:masters'),
      agent: 'kube-proxy',
    });
    this.network = new Network({
      context,
      latency: latency.fork('network'),
      builtInDns: !systemPods,
      ...(onFlow ? { onFlow } : {}),
    });
    if (systemPods) components.onStop(startIngressController(context, this.network));
    context.informers.start();
    this.machines = new Machines(sim, random);
    this.#hosts = new NodeHosts({
      sim,
      random,
      latency,
      machines: this.machines,
      network: this.network,
      storage: new Disks(sim),
      programNamed,
      transport: options.transport,
      report: options.report,
      staticPods: (machine) => (machine.spec.controlPlane ? controlPlanePods(machine.spec.ip) : []),
      preloadedImages: (machine) => [...systemImages, ...(machine.spec.controlPlane ? controlPlaneImages : [])],
    });
    components.onStop(() => this.#hosts.stop());
  }

  /** The machine that the control plane's pods run on. */
  addControlPlane(): Machine {
    return this.machines.add({ name: controlPlaneName, controlPlane: true });
  }

  add(name: string, spec: NodeSpec): Machine {
    const { cpu, memory, pods, zone, labels } = spec;
    return this.machines.add({
      name,
      ...(cpu ? { cpu } : {}),
      ...(memory ? { memory } : {}),
      ...(pods ? { pods } : {}),
      ...(zone ? { zone } : {}),
      ...(labels ? { labels } : {}),
    });
  }

  /** Carries a request on to a kubelet. Gives false when the node cannot be reached. */
  handle(nodeName: string, request: ApiRequest, exchange: Exchange): boolean {
    return this.#hosts.handle(nodeName, request, exchange);
  }

  fault(name: string, fault: 'power-off' | 'power-on' | 'network-cut' | 'network-heal'): void {
    if (fault === 'power-off') this.machines.powerOff(name);
    else if (fault === 'power-on') this.machines.powerOn(name);
    else if (fault === 'network-cut') this.machines.cutNetwork(name);
    else this.machines.healNetwork(name);
  }
}
