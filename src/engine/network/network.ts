/**
 * The cluster's network: pod addresses, wires between machines, Services and names. One per cluster.
 *
 * It reads Nodes (pod CIDRs), Services and EndpointSlices and writes nothing. The composition root starts it, attaches nodes and
 * hands it to the runtimes (as their `SandboxNetwork`), the API server (calls to Services) and the page (flows).
 */
import type * as corev1 from '../../api/core/v1.ts';
import { nodes } from '../../api/resources.ts';
import type { Informer } from '../../client/informer.ts';
import type { FlowEvent, FlowHop } from '../../protocol/control.ts';
import { NetworkError, type NetworkStack } from '../../shell/network-stack.ts';
import type { ComponentContext } from '../component.ts';
import type { Latency } from '../sim/latency.ts';
import type { Random } from '../sim/random.ts';
import type { Sim } from '../sim/sim.ts';
import { CoreDns, type DnsResult } from './core-dns.ts';
import { Internet } from './internet.ts';
import { type HostPortTarget, NodeNetwork } from './node-network.ts';
import { KubeProxies, type ProxyVerdict } from './kube-proxy.ts';
import { type Link, connect } from './link.ts';
import { type Endpoint, NetworkNamespace } from './namespace.ts';
import type { PolicyVerdict } from './network-policy.ts';
import { NetworkPolicies } from './network-policy.ts';
import { ProxyServers } from './proxy-servers.ts';
import type { Route } from './route.ts';
import { type ResolverConfig, SandboxStack } from './sandbox-stack.ts';
import type { DnsRecord } from '../../shell/network-stack.ts';

/** What a SYN is repeated for before connect(2) gives up, and what ARP takes to find nobody. */
const connectTimeoutMs = 130_000;
const noRouteMs = 3_060;
const clusterDnsIp = '10.96.0.10';
/** How often a question is handed on before it is taken to go in a circle, and how long CoreDNS waits for whom it asks. */
const maxDnsHops = 8;
const forwardTimeoutMs = 2_000;

interface DnsOutcome {
  readonly result: DnsResult;
  readonly delayMs: number;
}

export interface NetworkOptions {
  readonly context: ComponentContext;
  readonly latency: Latency;
  /** Names are answered without CoreDNS pods: for clusters without kube-system. */
  readonly builtInDns: boolean;
  readonly onFlow?: (flow: FlowEvent) => void;
}

export interface NodeAttachment {
  readonly ip: string;
  readonly zone: string;
  /** The machine has power. */
  readonly isUp: () => boolean;
  /** Its cable is in. */
  readonly isConnected: () => boolean;
}

/** What the runtime says of a sandbox that needs a network. */
export interface SandboxRequest extends ResolverConfig {
  readonly id: string;
  readonly nodeName: string;
  readonly namespace: string;
  readonly name: string;
  readonly hostname: string;
  readonly hostNetwork: boolean;
  readonly hostPorts: readonly {
    readonly protocol: 'TCP' | 'UDP' | 'SCTP';
    readonly hostIP: string;
    readonly hostPort: number;
    readonly containerPort: number;
  }[];
}

export class Network {
  readonly sim: Sim;
  readonly latency: Latency;
  readonly random: Random;
  readonly dns: CoreDns;
  readonly #proxies: KubeProxies;
  readonly #policies: NetworkPolicies;
  readonly #builtInDns: boolean;
  readonly #nodes = new Map<string, NodeNetwork>();
  readonly #nodeByIp = new Map<string, NodeNetwork>();
  readonly #podByIp = new Map<string, NetworkNamespace>();
  readonly #sandboxes = new Map<string, { readonly namespace: NetworkNamespace; readonly release: () => void }>();
  readonly #proxyServers = new Map<string, ProxyServers>();
  readonly #nodeInformer: Informer<corev1.Node>;
  readonly #outside: NetworkNamespace;
  readonly #internet: Internet;
  readonly #flowListeners = new Set<(flow: FlowEvent) => void>();
  #flows = 0;

  constructor(options: NetworkOptions) {
    const { context, latency } = options;
    this.sim = context.sim;
    this.random = context.random;
    this.latency = latency;
    this.#builtInDns = options.builtInDns;
    this.#proxies = new KubeProxies(context, latency);
    this.#policies = new NetworkPolicies(context);
    this.#internet = new Internet(this.sim, (namespace) => new SandboxStack(this, namespace, hostResolver));
    this.dns = new CoreDns(context, (name, type) => this.#internet.answer(name, type));
    this.#outside = new NetworkNamespace({
      id: 'outside',
      endpoint: { kind: 'external', namespace: '', name: 'external' },
      nodeName: '',
      ips: ['192.168.1.10'],
    });
    if (options.onFlow) this.#flowListeners.add(options.onFlow);
    const seen = (node: corev1.Node) => this.#nodes.get(node.metadata.name ?? '')?.setPodCidr(node.spec?.podCIDR);
    this.#nodeInformer = context.informers.informer(nodes);
    this.#nodeInformer.addEventHandler({ add: seen, update: (_, node) => seen(node) });
  }

  /** Connects a machine. Its pods get addresses once the Node has a podCIDR. */
  attachNode(name: string, attachment: NodeAttachment): void {
    const rules = this.#proxies.attachNode(name, attachment.zone, attachment.isUp, (key, programmed) =>
      this.#proxyServers.get(name)?.programmed(key, programmed),
    );
    const node = new NodeNetwork(name, attachment, rules);
    this.#nodes.set(name, node);
    this.#nodeByIp.set(attachment.ip, node);
    const { sim } = this;
    const stack = this.hostStack(name);
    this.#proxyServers.set(
      name,
      new ProxyServers({ sim, nodeName: name, stack, node: () => this.#nodeInformer.store.get(name) }),
    );
  }
  detachNode(name: string): void {
    const node = this.#nodes.get(name);
    if (!node) return;
    this.#proxies.detachNode(name);
    this.#proxyServers.get(name)?.close();
    this.#proxyServers.delete(name);
    for (const [id, { namespace }] of this.#sandboxes) if (namespace.nodeName === name) this.teardownSandbox(id);
    node.host.destroy();
    this.#nodes.delete(name);
    this.#nodeByIp.delete(node.ip);
  }
  /** A machine came back: its kube-proxy programs everything anew. */
  nodeBooted(name: string): void {
    this.#proxies.resync(name);
  }

  /** Gives a sandbox its address and its stack. @throws NetworkError when the node has no pod CIDR or no free address */
  setupSandbox(request: SandboxRequest): { readonly ips: readonly string[]; readonly stack: NetworkStack } {
    const node = this.#nodes.get(request.nodeName);
    if (!node) throw new NetworkError('ENETUNREACH', `node "${request.nodeName}" has no network`);
    if (request.hostNetwork) return { ips: [], stack: new SandboxStack(this, node.host, request) };
    const ip = node.allocate();
    const endpoint: Endpoint = { kind: 'pod', namespace: request.namespace, name: request.name };
    const namespace = new NetworkNamespace({ id: request.id, endpoint, nodeName: request.nodeName, ips: [ip] });
    this.#podByIp.set(ip, namespace);
    const releasePorts = node.publish(request.hostPorts, namespace);
    this.#sandboxes.set(request.id, {
      namespace,
      release: () => {
        releasePorts();
        node.release(ip);
        this.#podByIp.delete(ip);
      },
    });
    return { ips: [ip], stack: new SandboxStack(this, namespace, request) };
  }
  teardownSandbox(id: string): void {
    const sandbox = this.#sandboxes.get(id);
    if (!sandbox) return;
    this.#sandboxes.delete(id);
    sandbox.release();
    sandbox.namespace.destroy();
  }
  /** The node's own stack: probes, host-network pods. @throws NetworkError when there is no such node */
  hostStack(nodeName: string): NetworkStack {
    const node = this.#nodes.get(nodeName);
    if (!node) throw new NetworkError('ENETUNREACH', `node "${nodeName}" has no network`);
    return new SandboxStack(this, node.host, hostResolver);
  }
  /** A client outside the cluster: reaches node ports and load balancers. */
  externalStack(): NetworkStack {
    return new SandboxStack(this, this.#outside, externalResolver);
  }
  /** A machine beside the cluster with an address of its own, such as a load balancer: what pods and outsiders dial is served there. */
  attachAppliance(name: string, ip: string): NetworkStack {
    const endpoint: Endpoint = { kind: 'external', namespace: '', name };
    const namespace = new NetworkNamespace({ id: `appliance/${name}`, endpoint, nodeName: '', ips: [ip] });
    this.#podByIp.set(ip, namespace);
    return new SandboxStack(this, namespace, hostResolver);
  }
  onFlow(listener: (flow: FlowEvent) => void): () => void {
    this.#flowListeners.add(listener);
    return () => this.#flowListeners.delete(listener);
  }

  /** Decides where a packet goes. */
  route(source: NetworkNamespace, protocol: 'TCP' | 'UDP', ip: string, port: number): Route {
    const hops: FlowHop[] = [hopOf(source.endpoint)];
    const sourceNode = this.#nodes.get(source.nodeName);
    if (source.owns(ip)) {
      const forwarded =
        sourceNode?.host === source ? this.#forwarded(source, sourceNode, protocol, port, hops) : undefined;
      return forwarded ?? { kind: 'delivered', target: source, ip, port, hops };
    }
    if (sourceNode && !this.#carries(source, source)) return failed('ETIMEDOUT', connectTimeoutMs, hops, 'timeout');
    const at = sourceNode ?? this.#entryNode(protocol, ip, port);
    const external = sourceNode === undefined;
    const verdict =
      at?.rules.resolve(protocol, ip, port, { ip: source.primaryIp, external }, this.random, this.sim.now()) ??
      noVerdict;
    if (verdict.kind !== 'none') return this.#viaService(source, protocol, verdict, hops, external ? at : undefined);
    return this.#direct(source, protocol, ip, port, hops);
  }

  /** Where an answer to a datagram goes: back to who asked, whatever rules and policies say of those who ask first. */
  routeBack(source: NetworkNamespace, ip: string, port: number): Route {
    const hops: FlowHop[] = [hopOf(source.endpoint)];
    const target = source.owns(ip) ? source : (this.#nodeByIp.get(ip)?.host ?? this.#podByIp.get(ip));
    if (!target || !this.#carries(source, target)) return failed('ETIMEDOUT', connectTimeoutMs, hops, 'timeout');
    return { kind: 'delivered', target, ip, port, hops: [...hops, hopOf(target.endpoint)] };
  }

  /** Sends a packet again: a Service's choice of endpoint stays. */
  routeAgain(source: NetworkNamespace, protocol: 'TCP' | 'UDP', ip: string, port: number, last: Route): Route {
    if (last.kind !== 'failed' || !last.to) return this.route(source, protocol, ip, port);
    const { to } = last;
    const route = this.#direct(source, protocol, to.ip, to.port, to.via);
    return route.kind === 'failed' ? { ...route, to } : route;
  }

  /** Whether packets pass between two namespaces now: both machines have power, and no cut lies between them. */
  carries(from: NetworkNamespace, to: NetworkNamespace): boolean {
    return this.#carries(from, to);
  }

  /** One way, in virtual ms. */
  delayMs(from: NetworkNamespace, to: NetworkNamespace): number {
    if (from === to || from.nodeName === to.nodeName) return this.latency.ms('packetSameNode');
    const [a, b] = [this.#nodes.get(from.nodeName), this.#nodes.get(to.nodeName)];
    if (!a || !b) return this.latency.ms('packetExternal');
    return this.latency.ms(a.zone === b.zone ? 'packetSameZone' : 'packetOtherZone');
  }

  /** Whether policies let a connection through, both ways of asking. */
  policyVerdict(from: NetworkNamespace, to: NetworkNamespace, protocol: 'TCP' | 'UDP', port: number): PolicyVerdict {
    return this.#policies.allows(from, to, protocol, port);
  }

  /** Makes a connection whose far end is handed to whoever listens. */
  link(
    client: NetworkNamespace,
    server: NetworkNamespace,
    addresses: {
      readonly client: { ip: string; port: number };
      readonly server: { ip: string; port: number };
      readonly dialled: { ip: string; port: number };
    },
    flow: { readonly hops: readonly FlowHop[] },
  ): Link {
    let told = false;
    const untrack: (() => void)[] = [];
    const tell = (summary: string) => {
      if (told) return;
      told = true;
      this.emitFlow({ hops: flow.hops, outcome: 'ok', summary, protocol: summary.includes('→') ? 'http' : 'tcp' });
    };
    const link = connect({
      driver: this.sim,
      ...addresses,
      delayMs: () => this.delayMs(client, server),
      carries: () => this.#carries(client, server),
      onSummary: tell,
      onClose: () => {
        tell(`tcp ${addresses.dialled.ip}:${addresses.dialled.port}`);
        for (const stop of untrack.splice(0)) stop();
      },
    });
    untrack.push(
      client.track(() => link.reset('client')),
      server.track(() => link.reset('server')),
    );
    return link;
  }

  emitFlow(flow: Omit<FlowEvent, 'id' | 'atMs'>): void {
    if (this.#flowListeners.size === 0) return;
    const event: FlowEvent = { ...flow, id: ++this.#flows, atMs: this.sim.elapsed };
    for (const listener of this.#flowListeners) listener(event);
  }

  /** Answers a DNS question put to a server's address; undefined when nobody answers there. */
  answerDns(source: NetworkNamespace, server: string, name: string, type: DnsRecord['type']): DnsOutcome | undefined {
    const found = this.#askServer(source, server, name, type, 0);
    const last = found?.result.records.at(-1);
    if (!found || last?.type !== 'CNAME' || (type !== 'A' && type !== 'AAAA')) return found;
    // An alias that leads out of the zone: the server asks on.
    const meant = this.#askServer(source, server, last.target, type, 1);
    if (!meant || meant.result.rcode !== 'NOERROR') return found;
    const records = [...found.result.records, ...meant.result.records];
    return { result: { rcode: 'NOERROR', records }, delayMs: found.delayMs + meant.delayMs };
  }

  #askServer(
    source: NetworkNamespace,
    server: string,
    name: string,
    type: DnsRecord['type'],
    hops: number,
  ): DnsOutcome | undefined {
    const delayMs = this.latency.ms('dnsQuery');
    const cluster = (one: string, kind: DnsRecord['type']) => this.dns.answer(one, kind);
    if (source === this.#outside && server === externalDnsIp)
      return { result: this.#internet.answer(name, type), delayMs };
    if (this.#builtInDns && server === clusterDnsIp) return { result: cluster(name, type), delayMs };
    const route = this.route(source, 'UDP', server, 53);
    if (route.kind === 'failed') {
      const outside = hops > 0 && route.outcome === 'unreachable' && route.code === 'ETIMEDOUT';
      return outside ? { result: this.#internet.answer(name, type), delayMs } : undefined;
    }
    if (this.#internet.isNameServer(route.ip)) return { result: this.#internet.answer(name, type), delayMs };
    const answer = route.target.dnsServer(route.port);
    if (!answer) return undefined;
    const from = { ip: source.primaryIp, port: source.ephemeralPort() };
    const reply = answer({ name, type, from, cluster });
    if (!('forwardTo' in reply)) return { result: reply, delayMs };
    if (reply.forwardTo.length === 0) return { result: this.#internet.answer(name, type), delayMs };
    if (hops >= maxDnsHops) return { result: { rcode: 'SERVFAIL', records: [] }, delayMs };
    for (const next of reply.forwardTo) {
      const found = this.#askServer(route.target, next, reply.asking ?? name, type, hops + 1);
      if (found) return { result: found.result, delayMs: delayMs + found.delayMs };
    }
    return { result: { rcode: 'SERVFAIL', records: [] }, delayMs: delayMs + forwardTimeoutMs };
  }

  /** Where a ready endpoint of a Service's port stands: for calls that the control plane makes itself. */
  dialService(
    namespace: string,
    name: string,
    port: number | string,
  ): { readonly ip: string; readonly port: number } | undefined {
    const rules = this.#proxies.rulesOf(`${namespace}/${name}`);
    const rule =
      rules.find((one) => one.port === Number(port) || one.portName === port) ?? (port === '' ? rules[0] : undefined);
    const ready = rule?.endpoints.filter((one) => one.ready) ?? [];
    return ready[ready.length === 0 ? 0 : this.random.int(ready.length)];
  }

  #viaService(
    source: NetworkNamespace,
    protocol: 'TCP' | 'UDP',
    verdict: Exclude<ProxyVerdict, { kind: 'none' }>,
    hops: readonly FlowHop[],
    entry: NodeNetwork | undefined,
  ): Route {
    const { rule } = verdict;
    const through = entry ? [...hops, { kind: 'node' as const, name: entry.name }] : hops;
    const service: FlowHop = { kind: 'service', namespace: rule.namespace, name: rule.name };
    if (verdict.kind === 'reject')
      return failed('ECONNREFUSED', 0, [...through, { ...service, note: 'no endpoints' }], 'refused');
    if (verdict.kind === 'drop')
      return failed('ETIMEDOUT', connectTimeoutMs, [...through, { ...service, note: 'no local endpoints' }], 'timeout');
    const { endpoint, of } = verdict;
    const note = `${endpoint.ip}:${endpoint.port}, one of ${of} endpoint${of === 1 ? '' : 's'}`;
    const { ip, port } = endpoint;
    const via = [...through, { ...service, note }];
    const route = this.#direct(source, protocol, ip, port, via);
    return route.kind === 'failed' ? { ...route, to: { ip, port, via } } : route;
  }

  #direct(
    source: NetworkNamespace,
    protocol: 'TCP' | 'UDP',
    ip: string,
    port: number,
    hops: readonly FlowHop[],
  ): Route {
    const node = this.#nodeByIp.get(ip);
    if (node) return this.#toNode(source, node, protocol, port, hops);
    const target = this.#podByIp.get(ip) ?? this.#internet.hostAt(ip);
    if (!target)
      return failed(
        this.#isPodAddress(ip) ? 'EHOSTUNREACH' : 'ETIMEDOUT',
        this.#isPodAddress(ip) ? noRouteMs : connectTimeoutMs,
        hops,
        'unreachable',
      );
    const reached = [...hops, hopOf(target.endpoint)];
    if (!this.#carries(source, target)) return failed('ETIMEDOUT', connectTimeoutMs, reached, 'timeout');
    const policy = this.#policies.allows(source, target, protocol, port);
    if (!policy.allowed)
      return failed(
        'ETIMEDOUT',
        connectTimeoutMs,
        [...hops, { ...hopOf(target.endpoint), note: policy.reason }],
        'denied',
      );
    return { kind: 'delivered', target, ip, port, hops: reached };
  }

  #toNode(
    source: NetworkNamespace,
    node: NodeNetwork,
    protocol: 'TCP' | 'UDP',
    port: number,
    hops: readonly FlowHop[],
  ): Route {
    const reached = [...hops, hopOf(node.host.endpoint)];
    if (!this.#carries(source, node.host)) return failed('ETIMEDOUT', connectTimeoutMs, reached, 'timeout');
    return (
      this.#forwarded(source, node, protocol, port, reached) ?? {
        kind: 'delivered',
        target: node.host,
        ip: node.ip,
        port,
        hops: reached,
      }
    );
  }

  /** Where a port of a node leads that stands for something else: a Service's, or a pod's host port. */
  #forwarded(
    source: NetworkNamespace,
    node: NodeNetwork,
    protocol: 'TCP' | 'UDP',
    port: number,
    hops: readonly FlowHop[],
  ): Route | undefined {
    const verdict = node.rules.resolveNodePort(
      protocol,
      port,
      { ip: source.primaryIp, fromHere: source.nodeName === node.name },
      this.random,
      this.sim.now(),
    );
    if (verdict.kind !== 'none') return this.#viaService(source, protocol, verdict, hops, undefined);
    const published: HostPortTarget | undefined = node.published(protocol, port);
    if (!published) return undefined;
    return {
      kind: 'delivered',
      target: published.namespace,
      ip: published.namespace.primaryIp,
      port: published.containerPort,
      hops: [...hops, hopOf(published.namespace.endpoint)],
    };
  }

  /** The machine by which a packet from outside to a load balancer's address comes in. */
  #entryNode(protocol: string, ip: string, port: number): NodeNetwork | undefined {
    const able = [...this.#nodes.values()].filter(
      (node) => node.isUp() && node.isConnected() && node.rules.hasRuleFor(protocol, ip, port),
    );
    return able[able.length === 0 ? 0 : this.random.int(able.length)];
  }

  #carries(from: NetworkNamespace, to: NetworkNamespace): boolean {
    const [a, b] = [this.#nodes.get(from.nodeName), this.#nodes.get(to.nodeName)];
    if ((a && !a.isUp()) || (b && !b.isUp())) return false;
    if (from.nodeName === to.nodeName) return true;
    return (!a || a.isConnected()) && (!b || b.isConnected());
  }

  #isPodAddress(ip: string): boolean {
    return [...this.#nodes.values()].some((node) => node.contains(ip));
  }
}

const hostResolver: ResolverConfig = {
  hosts: [],
  dns: { servers: [clusterDnsIp], searches: [], options: [] },
  hostname: '',
};
/** The name server of those outside: it knows public names, and none of the cluster's. */
const externalDnsIp = '192.168.1.1';
const externalResolver: ResolverConfig = {
  hosts: [],
  dns: { servers: [externalDnsIp], searches: [], options: [] },
  hostname: '',
};
const noVerdict: ProxyVerdict = { kind: 'none' };

const failed = (
  code: 'ECONNREFUSED' | 'ETIMEDOUT' | 'EHOSTUNREACH',
  afterMs: number,
  hops: readonly FlowHop[],
  outcome: 'refused' | 'timeout' | 'denied' | 'unreachable',
): Route => ({ kind: 'failed', code, afterMs, hops, outcome });

function hopOf(endpoint: Endpoint): FlowHop {
  return endpoint.kind === 'pod'
    ? { kind: 'pod', namespace: endpoint.namespace, name: endpoint.name }
    : { kind: endpoint.kind, name: endpoint.name };
}
