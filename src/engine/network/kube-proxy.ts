/**
 * kube-proxy: keeps each node's service rules in step with Services and EndpointSlices, each node in its own time, so that
 * the delay between a pod's end and the last request sent to it is as real as in life.
 */
import type * as corev1 from '../../api/core/v1.ts';
import type * as discoveryv1 from '../../api/discovery/v1.ts';
import { endpointSlices, services } from '../../api/resources.ts';
import type { Informer } from '../../client/informer.ts';
import type { ComponentContext } from '../component.ts';
import type { Latency } from '../sim/latency.ts';
import type { Random } from '../sim/random.ts';
import type { Sim } from '../sim/sim.ts';
import {
  type ProxyEndpoint,
  type ProxyNode,
  type ServicePortRule,
  serviceRules,
  usableEndpoints,
} from './service-rules.ts';

const serviceNameLabel = 'kubernetes.io/service-name';

/** What a node's rules do with a destination. */
export type ProxyVerdict =
  | { readonly kind: 'none' }
  | { readonly kind: 'reject'; readonly rule: ServicePortRule }
  /** There are endpoints, but none where the traffic policy allows them. */
  | { readonly kind: 'drop'; readonly rule: ServicePortRule }
  | {
      readonly kind: 'endpoint';
      readonly rule: ServicePortRule;
      readonly endpoint: ProxyEndpoint;
      readonly of: number;
    };

/** The rules of one node as they are programmed now. */
export class NodeProxyRules {
  readonly #node: ProxyNode;
  readonly #byAddress = new Map<string, ServicePortRule>();
  readonly #byNodePort = new Map<string, ServicePortRule>();
  readonly #keysOf = new Map<string, { readonly addresses: string[]; readonly nodePorts: string[] }>();
  readonly #affinity = new Map<string, { readonly endpoint: string; readonly untilMs: number }>();

  constructor(node: ProxyNode) {
    this.#node = node;
  }

  /** Replaces a Service's rules. */
  program(serviceKey: string, rules: readonly ServicePortRule[]): void {
    const before = this.#keysOf.get(serviceKey);
    for (const key of before?.addresses ?? []) this.#byAddress.delete(key);
    for (const key of before?.nodePorts ?? []) this.#byNodePort.delete(key);
    this.#keysOf.delete(serviceKey);
    if (rules.length === 0) return;
    const keys = { addresses: [] as string[], nodePorts: [] as string[] };
    for (const rule of rules) {
      for (const ip of [...rule.clusterIPs, ...rule.externalIPs]) {
        const key = `${rule.protocol}/${ip}:${rule.port}`;
        keys.addresses.push(key);
        this.#byAddress.set(key, rule);
      }
      if (rule.nodePort === 0) continue;
      keys.nodePorts.push(`${rule.protocol}/${rule.nodePort}`);
      this.#byNodePort.set(`${rule.protocol}/${rule.nodePort}`, rule);
    }
    this.#keysOf.set(serviceKey, keys);
  }

  /** Decides on a connection to a Service's address. */
  resolve(
    protocol: string,
    ip: string,
    port: number,
    source: { readonly ip: string; readonly external: boolean },
    random: Random,
    nowMs: number,
  ): ProxyVerdict {
    const rule = this.#byAddress.get(`${protocol}/${ip}:${port}`);
    if (!rule) return { kind: 'none' };
    const local = rule.clusterIPs.includes(ip) ? rule.internalLocal : rule.externalLocal && source.external;
    return this.#choose(rule, local, source.ip, random, nowMs);
  }
  /** Decides on a connection to a port of the node itself; `fromHere`: from the node or one of its pods, which no policy keeps local. */
  resolveNodePort(
    protocol: string,
    port: number,
    source: { readonly ip: string; readonly fromHere: boolean },
    random: Random,
    nowMs: number,
  ): ProxyVerdict {
    const rule = this.#byNodePort.get(`${protocol}/${port}`);
    if (!rule) return { kind: 'none' };
    return this.#choose(rule, rule.externalLocal && !source.fromHere, source.ip, random, nowMs);
  }
  hasRuleFor(protocol: string, ip: string, port: number): boolean {
    return this.#byAddress.has(`${protocol}/${ip}:${port}`);
  }

  #choose(rule: ServicePortRule, local: boolean, sourceIp: string, random: Random, nowMs: number): ProxyVerdict {
    const usable = usableEndpoints(rule, this.#node, local);
    if (usable.length === 0) {
      const isElsewhere = local && usableEndpoints(rule, this.#node, false).length > 0;
      return { kind: isElsewhere ? 'drop' : 'reject', rule };
    }
    const key = `${rule.namespace}/${rule.name}:${rule.portName} ${sourceIp}`;
    const kept = rule.affinitySeconds > 0 ? this.#affinity.get(key) : undefined;
    const sticky =
      kept && kept.untilMs > nowMs
        ? usable.find((endpoint) => `${endpoint.ip}:${endpoint.port}` === kept.endpoint)
        : undefined;
    const endpoint = sticky ?? (usable[random.int(usable.length)] as ProxyEndpoint);
    if (rule.affinitySeconds > 0)
      this.#affinity.set(key, {
        endpoint: `${endpoint.ip}:${endpoint.port}`,
        untilMs: nowMs + rule.affinitySeconds * 1000,
      });
    return { kind: 'endpoint', rule, endpoint, of: usable.length };
  }
}

interface ProxiedNode {
  readonly rules: NodeProxyRules;
  readonly isUp: () => boolean;
  readonly programmed: (serviceKey: string, rules: readonly ServicePortRule[]) => void;
  dirty: Set<string>;
  scheduled: boolean;
}

export class KubeProxies {
  readonly #sim: Sim;
  readonly #latency: Latency;
  readonly #services: Informer<corev1.Service>;
  readonly #slices: Informer<discoveryv1.EndpointSlice>;
  readonly #nodes = new Map<string, ProxiedNode>();
  readonly #current = new Map<string, readonly ServicePortRule[]>();

  constructor(context: ComponentContext, latency: Latency) {
    this.#sim = context.sim;
    this.#latency = latency;
    this.#services = context.informers.informer(services);
    this.#slices = context.informers.informer(endpointSlices, {
      indexers: { service: (slice) => [serviceKeyOf(slice)] },
    });
    const serviceChanged = (service: corev1.Service) =>
      this.#changed(`${service.metadata.namespace}/${service.metadata.name}`);
    this.#services.addEventHandler({
      add: serviceChanged,
      update: (_, service) => serviceChanged(service),
      delete: serviceChanged,
    });
    const sliceChanged = (slice: discoveryv1.EndpointSlice) => this.#changed(serviceKeyOf(slice));
    this.#slices.addEventHandler({
      add: sliceChanged,
      update: (old, slice) => {
        if (serviceKeyOf(old) !== serviceKeyOf(slice)) sliceChanged(old);
        sliceChanged(slice);
      },
      delete: sliceChanged,
    });
  }

  /** Starts a node's kube-proxy: it programs what there is and then what changes, while the node is up, and tells each Service it has programmed. */
  attachNode(
    nodeName: string,
    zone: string,
    isUp: () => boolean,
    programmed: (serviceKey: string, rules: readonly ServicePortRule[]) => void,
  ): NodeProxyRules {
    const node: ProxiedNode = {
      rules: new NodeProxyRules({ name: nodeName, zone }),
      isUp,
      programmed,
      dirty: new Set(),
      scheduled: false,
    };
    this.#nodes.set(nodeName, node);
    this.resync(nodeName);
    return node.rules;
  }
  detachNode(nodeName: string): void {
    this.#nodes.delete(nodeName);
  }
  /** Programs everything anew, as after a start of kube-proxy. */
  resync(nodeName: string): void {
    const node = this.#nodes.get(nodeName);
    if (!node) return;
    for (const key of this.#current.keys()) node.dirty.add(key);
    this.#schedule(node);
  }
  /** The newest rules, before any node has programmed them. */
  rulesOf(serviceKey: string): readonly ServicePortRule[] {
    return this.#current.get(serviceKey) ?? [];
  }

  #changed(key: string): void {
    if (key === '') return;
    const service = this.#services.store.get(key);
    const rules = service ? serviceRules(service, this.#slices.store.byIndex('service', key)) : [];
    const before = this.#current.get(key);
    if (JSON.stringify(before ?? []) === JSON.stringify(rules)) return;
    if (service) this.#current.set(key, rules);
    else this.#current.delete(key);
    for (const node of this.#nodes.values()) {
      node.dirty.add(key);
      this.#schedule(node);
    }
  }
  #schedule(node: ProxiedNode): void {
    if (node.scheduled || node.dirty.size === 0) return;
    node.scheduled = true;
    this.#sim.setTimer(this.#latency.ms('kubeProxySync'), () => {
      node.scheduled = false;
      if (!node.isUp()) return;
      for (const key of node.dirty) {
        node.rules.program(key, this.rulesOf(key));
        node.programmed(key, this.rulesOf(key));
      }
      node.dirty.clear();
    });
  }
}

function serviceKeyOf(slice: discoveryv1.EndpointSlice): string {
  const name = slice.metadata.labels?.[serviceNameLabel];
  return name ? `${slice.metadata.namespace}/${name}` : '';
}
