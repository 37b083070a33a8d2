import ipaddr from 'ipaddr.js';
import { type Process, sleep } from '../../process/process.ts';
import {
  type Address,
  type Connection,
  type Datagram,
  type DnsAnswer,
  type DnsQuestion,
  type DnsRecord,
  type DnsReply,
  type Listener,
  NetworkError,
  type NetworkErrorCode,
  type NetworkStack,
  type OpenSocket,
  type UdpSocket,
} from '../../shell/network-stack.ts';
import type { NetworkNamespace } from './namespace.ts';
import type { Network } from './network.ts';
import type { Route } from './route.ts';

/** What /etc/hosts and /etc/resolv.conf hold. */
export interface ResolverConfig {
  readonly hostname: string;
  /** Host name and domain, where the pod has a subdomain. */
  readonly fullName?: string;
  readonly hosts: readonly { readonly ip: string; readonly hostnames: readonly string[] }[];
  readonly dns: {
    readonly servers: readonly string[];
    readonly searches: readonly string[];
    readonly options: readonly string[];
  };
}

/** When a SYN without an answer is sent again. Source: tcp(7) tcp_syn_retries */
const synRetransmitsMs = [1_000, 3_000, 7_000, 15_000, 31_000, 63_000];
const dnsTimeoutMs = 5_000;
/** How many askers a UDP socket knows before it forgets them all. */
const maxHeard = 4096;
const dnsAttempts = 2;
const texts: Readonly<Partial<Record<NetworkErrorCode, string>>> = {
  ECONNREFUSED: 'Connection refused',
  ETIMEDOUT: 'Connection timed out',
  EHOSTUNREACH: 'No route to host',
};

/** The network as the processes of one namespace see it. */
export class SandboxStack implements NetworkStack {
  readonly #network: Network;
  readonly #namespace: NetworkNamespace;
  readonly #resolver: ResolverConfig;

  constructor(network: Network, namespace: NetworkNamespace, resolver: ResolverConfig) {
    this.#network = network;
    this.#namespace = namespace;
    this.#resolver = resolver;
  }

  get interfaces(): NetworkStack['interfaces'] {
    return [
      { name: 'lo', addresses: ['127.0.0.1'] },
      { name: 'eth0', addresses: this.#namespace.ips },
      ...[...this.#namespace.links].map((name) => ({ name, addresses: [] })),
    ];
  }
  setLink(name: string, present: boolean): boolean {
    const { links } = this.#namespace;
    if (!present) return links.delete(name);
    const isThere = links.has(name);
    links.add(name);
    return isThere;
  }

  *dial(host: string, port: number, options: { readonly timeoutMs?: number } = {}): Process<Connection> {
    const ip = isAddress(host) ? host : ((yield* this.lookup(host))[0] ?? host);
    const network = this.#network;
    const source = this.#namespace;
    const route = yield* this.#connect(ip, port, options.timeoutMs ?? Number.POSITIVE_INFINITY);
    const listener = route.kind === 'delivered' ? route.target.listenerFor(route.ip, route.port) : undefined;
    if (route.kind === 'failed' || !listener) {
      const code = route.kind === 'failed' ? route.code : 'ECONNREFUSED';
      if (route.kind === 'delivered' || route.code !== 'ETIMEDOUT') this.#tellFailure(route, ip, port);
      throw new NetworkError(code, `${host}:${port}: ${texts[code] ?? code}`);
    }
    const { target } = route;
    const client: Address = { ip: target === source ? '127.0.0.1' : source.primaryIp, port: source.ephemeralPort() };
    const link = network.link(
      source,
      target,
      { client, server: { ip: route.ip, port: route.port }, dialled: { ip, port } },
      route,
    );
    listener.offer(link.server);
    return link.client;
  }

  /** The handshake: a SYN that nobody answers is sent again, until connect(2) gives up or the caller does. */
  *#connect(ip: string, port: number, timeoutMs: number): Process<Route> {
    const network = this.#network;
    const source = this.#namespace;
    let route = network.route(source, 'TCP', ip, port);
    let waitedMs = 0;
    const waitUntil = function* (ms: number): Process<boolean> {
      const until = Math.min(ms, timeoutMs);
      yield* sleep(until - waitedMs);
      waitedMs = until;
      return until >= timeoutMs;
    };
    // Told at once: whoever waits for an answer may lose patience before connect(2) does.
    if (route.kind === 'failed' && route.code === 'ETIMEDOUT') this.#tellFailure(route, ip, port);
    for (const atMs of synRetransmitsMs) {
      if (route.kind === 'delivered' || route.code !== 'ETIMEDOUT') break;
      if (yield* waitUntil(Math.min(atMs, route.afterMs))) return route;
      route = network.routeAgain(source, 'TCP', ip, port, route);
    }
    if (route.kind === 'delivered') {
      yield* sleep(network.delayMs(source, route.target) * 2);
      return route;
    }
    const givesUp = yield* waitUntil(
      waitedMs + (route.code === 'ETIMEDOUT' ? route.afterMs - waitedMs : route.afterMs),
    );
    return givesUp
      ? { ...route, code: 'ETIMEDOUT', outcome: route.outcome === 'denied' ? 'denied' : 'timeout' }
      : route;
  }

  #tellFailure(route: Route, ip: string, port: number): void {
    const outcome = route.kind === 'failed' ? route.outcome : 'refused';
    this.#network.emitFlow({ hops: route.hops, outcome, summary: `tcp ${ip}:${port}`, protocol: 'tcp' });
  }

  sockets(): readonly OpenSocket[] {
    return this.#namespace.sockets();
  }

  listen(port: number, ip?: string): Listener {
    return this.#namespace.listen(port, ip);
  }

  udp(port?: number): UdpSocket {
    const bound = this.#namespace.bindUdp(port);
    const network = this.#network;
    const source = this.#namespace;
    /** Replies to a Service come back from the Service's address. */
    const translated = new Map<string, Address>();
    /** Who asked something here, by address and port: answers to them pass. */
    const heard = new Set<string>();
    return {
      address: bound.address,
      *send(to: Address, bytes: Uint8Array): Process<void> {
        const route = heard.has(`${to.ip}:${to.port}`)
          ? network.routeBack(source, to.ip, to.port)
          : network.route(source, 'UDP', to.ip, to.port);
        if (route.kind === 'failed') return;
        if (route.ip !== to.ip || route.port !== to.port) translated.set(`${route.ip}:${route.port}`, to);
        const from: Address = {
          ip: route.target === source ? '127.0.0.1' : source.primaryIp,
          port: bound.address.port,
        };
        network.sim.setTimer(network.delayMs(source, route.target), () =>
          route.target.udpPort(route.port)?.inbox.send({ from, bytes }),
        );
      },
      *receive(): Process<Datagram | undefined> {
        const datagram = yield* bound.inbox.receive();
        if (heard.size >= maxHeard) heard.clear();
        if (datagram) heard.add(`${datagram.from.ip}:${datagram.from.port}`);
        const dialled = datagram && translated.get(`${datagram.from.ip}:${datagram.from.port}`);
        return dialled ? { from: dialled, bytes: datagram.bytes } : datagram;
      },
      close: () => source.releaseUdp(bound.address.port),
    };
  }

  serveDns(port: number, answer: (question: DnsQuestion) => DnsReply): { close(): void } {
    return { close: this.#namespace.serveDns(port, answer) };
  }

  *lookup(name: string): Process<readonly string[]> {
    if (isAddress(name)) return [name];
    const known = this.#fromHosts(name);
    if (known.length > 0) return known;
    for (const candidate of this.#candidates(name)) {
      const answer = yield* this.query(candidate, 'A');
      if (answer.rcode === 'SERVFAIL')
        throw new NetworkError('EAI_AGAIN', `${name}: Temporary failure in name resolution`);
      const found = answer.records.flatMap((record) =>
        record.type === 'A' || record.type === 'AAAA' ? [record.address] : [],
      );
      if (found.length > 0) return found;
    }
    throw new NetworkError('ENOTFOUND', `${name}: Name or service not known`);
  }

  *query(name: string, type: DnsRecord['type'], server?: string): Process<DnsAnswer> {
    const servers = server ? [server] : this.#resolver.dns.servers;
    for (let attempt = 0; attempt < dnsAttempts; attempt++) {
      for (const address of servers) {
        const answer = this.#network.answerDns(this.#namespace, address, name, type);
        if (!answer) {
          yield* sleep(dnsTimeoutMs);
          continue;
        }
        yield* sleep(answer.delayMs);
        return { ...answer.result, server: address };
      }
    }
    return { rcode: 'SERVFAIL', records: [], server: servers[0] ?? '' };
  }

  *ping(ip: string): Process<number> {
    const route = this.#network.route(this.#namespace, 'TCP', ip, 0);
    if (route.kind === 'failed') {
      yield* sleep(Math.min(route.afterMs, 1000));
      throw new NetworkError(route.code, texts[route.code] ?? route.code);
    }
    const roundTrip = this.#network.delayMs(this.#namespace, route.target) * 2;
    yield* sleep(roundTrip);
    return roundTrip;
  }

  #fromHosts(name: string): string[] {
    if (name === 'localhost') return ['127.0.0.1'];
    if (name === this.#resolver.hostname || name === this.#resolver.fullName) return [this.#namespace.primaryIp];
    return this.#resolver.hosts.filter((entry) => entry.hostnames.includes(name)).map((entry) => entry.ip);
  }

  /** The names that are asked for, in order: with fewer dots than `ndots` the search list comes first. */
  #candidates(name: string): string[] {
    if (name.endsWith('.')) return [name];
    const option = this.#resolver.dns.options.find((one) => one.startsWith('ndots:'));
    const ndots = option ? Number(option.slice(6)) : 1;
    const searched = this.#resolver.dns.searches.map((domain) => `${name}.${domain}`);
    return name.split('.').length - 1 >= ndots ? [name, ...searched] : [...searched, name];
  }
}

const isAddress = (host: string): boolean =>
  ipaddr.IPv4.isValidFourPartDecimal(host) || (host.includes(':') && ipaddr.IPv6.isValid(host));
