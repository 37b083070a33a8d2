import { NetworkError } from '../../shell/network-stack.ts';
import ipaddr from 'ipaddr.js';
import type { NodeProxyRules } from './kube-proxy.ts';
import { NetworkNamespace } from './namespace.ts';
import { PodAddresses } from './pod-addresses.ts';

export interface HostPortTarget {
  readonly namespace: NetworkNamespace;
  readonly containerPort: number;
}

/** One machine's part of the network: its address, its pods' addresses, its rules, the ports it publishes for pods. */
export class NodeNetwork {
  readonly name: string;
  readonly ip: string;
  readonly zone: string;
  readonly rules: NodeProxyRules;
  readonly host: NetworkNamespace;
  readonly isUp: () => boolean;
  readonly isConnected: () => boolean;
  readonly #hostPorts = new Map<string, HostPortTarget>();
  #cidr: string | undefined;
  #addresses: PodAddresses | undefined;

  constructor(
    name: string,
    attachment: {
      readonly ip: string;
      readonly zone: string;
      readonly isUp: () => boolean;
      readonly isConnected: () => boolean;
    },
    rules: NodeProxyRules,
  ) {
    this.name = name;
    this.ip = attachment.ip;
    this.zone = attachment.zone;
    this.isUp = attachment.isUp;
    this.isConnected = attachment.isConnected;
    this.rules = rules;
    this.host = new NetworkNamespace({
      id: `node/${name}`,
      endpoint: { kind: 'node', namespace: '', name },
      nodeName: name,
      ips: [attachment.ip],
    });
  }

  /** The first CIDR stays: a Node's podCIDR cannot change. */
  setPodCidr(cidr: string | undefined): void {
    if (!cidr || this.#cidr) return;
    this.#cidr = cidr;
    this.#addresses = new PodAddresses(cidr);
  }
  /** @throws NetworkError without a CIDR, or when it is used up */
  allocate(): string {
    if (!this.#addresses)
      throw new NetworkError(
        'ENETUNREACH',
        `plugin type="bridge" failed (add): node "${this.name}" pod cidr not assigned`,
      );
    const ip = this.#addresses.allocate();
    if (!ip)
      throw new NetworkError(
        'ENETUNREACH',
        `plugin type="host-local" failed (add): failed to allocate for range 0: no IP addresses available in range set: ${this.#cidr}`,
      );
    return ip;
  }
  release(ip: string): void {
    this.#addresses?.release(ip);
  }
  contains(ip: string): boolean {
    if (!this.#cidr || !ipaddr.IPv4.isValidFourPartDecimal(ip)) return false;
    return ipaddr.IPv4.parse(ip).match(ipaddr.IPv4.parseCIDR(this.#cidr));
  }
  /** Publishes a pod's host ports; gives what takes them back. */
  publish(
    ports: readonly { readonly protocol: string; readonly hostPort: number; readonly containerPort: number }[],
    namespace: NetworkNamespace,
  ): () => void {
    const keys = ports
      .filter((port) => port.hostPort > 0)
      .map((port) => ({ key: `${port.protocol}/${port.hostPort}`, port }));
    for (const { key, port } of keys) this.#hostPorts.set(key, { namespace, containerPort: port.containerPort });
    return () => {
      for (const { key } of keys) if (this.#hostPorts.get(key)?.namespace === namespace) this.#hostPorts.delete(key);
    };
  }
  published(protocol: string, port: number): HostPortTarget | undefined {
    return this.#hostPorts.get(`${protocol}/${port}`);
  }
}
