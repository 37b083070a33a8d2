import { Channel } from '../../process/channel.ts';
import type { Process } from '../../process/process.ts';
import {
  type Address,
  type Connection,
  type Datagram,
  type DnsQuestion,
  type DnsReply,
  type Listener,
  NetworkError,
  type OpenSocket,
} from '../../shell/network-stack.ts';

/** Who stands behind a network namespace, for flows and policies. */
export interface Endpoint {
  readonly kind: 'pod' | 'node' | 'external';
  readonly namespace: string;
  readonly name: string;
}

const firstEphemeralPort = 32_768;
const lastEphemeralPort = 60_999;

/** A listening TCP socket. */
export class ListeningSocket implements Listener {
  readonly address: Address;
  readonly #queue = new Channel<Connection>();
  readonly #onClose: () => void;

  constructor(address: Address, onClose: () => void) {
    this.address = address;
    this.#onClose = onClose;
  }
  accept(): Process<Connection | undefined> {
    return this.#queue.receive();
  }
  offer(connection: Connection): void {
    this.#queue.send(connection);
  }
  close(): void {
    if (this.#queue.closed) return;
    this.#queue.close();
    this.#onClose();
  }
}

/** A bound UDP port's inbox. */
export interface UdpPort {
  readonly address: Address;
  readonly inbox: Channel<Datagram>;
}

/** One network namespace: the addresses, listening sockets and connections of a pod, of a node, or of the world outside. */
export class NetworkNamespace {
  readonly id: string;
  readonly endpoint: Endpoint;
  readonly nodeName: string;
  readonly ips: readonly string[];
  readonly #tcp = new Map<string, ListeningSocket>();
  readonly #udp = new Map<number, UdpPort>();
  readonly #dns = new Map<number, (question: DnsQuestion) => DnsReply>();
  readonly #resets = new Set<() => void>();
  /** Interfaces that somebody added, without addresses. */
  readonly links = new Set<string>();
  #nextPort = firstEphemeralPort;

  constructor(options: {
    readonly id: string;
    readonly endpoint: Endpoint;
    readonly nodeName: string;
    readonly ips: readonly string[];
  }) {
    this.id = options.id;
    this.endpoint = options.endpoint;
    this.nodeName = options.nodeName;
    this.ips = options.ips;
  }

  get primaryIp(): string {
    return this.ips[0] ?? '127.0.0.1';
  }
  owns(ip: string): boolean {
    return ip.startsWith('127.') || ip === '::1' || this.ips.includes(ip);
  }
  /** @throws NetworkError EADDRINUSE */
  listen(port: number, ip = '0.0.0.0'): ListeningSocket {
    const chosen = port === 0 ? this.ephemeralPort() : port;
    const key = `${ip}:${chosen}`;
    if (
      this.#tcp.has(key) ||
      (ip === '0.0.0.0'
        ? [...this.#tcp.keys()].some((other) => other.endsWith(`:${chosen}`))
        : this.#tcp.has(`0.0.0.0:${chosen}`))
    )
      throw new NetworkError('EADDRINUSE', `bind: address already in use: ${ip}:${chosen}`);
    const socket = new ListeningSocket({ ip, port: chosen }, () => this.#tcp.delete(key));
    this.#tcp.set(key, socket);
    return socket;
  }
  /** The socket that takes a connection to an address of this namespace. */
  listenerFor(ip: string, port: number): ListeningSocket | undefined {
    return this.#tcp.get(`0.0.0.0:${port}`) ?? this.#tcp.get(`${ip}:${port}`);
  }
  listening(): readonly Address[] {
    return [...this.#tcp.values()].map((socket) => socket.address);
  }
  /** What listens, TCP before UDP, by port. */
  sockets(): readonly OpenSocket[] {
    const tcp = this.listening().map((address) => ({ protocol: 'tcp' as const, address }));
    const udp = [...this.#udp.keys()].map((port) => ({ protocol: 'udp' as const, address: { ip: '0.0.0.0', port } }));
    const byPort = (a: OpenSocket, b: OpenSocket) => a.address.port - b.address.port;
    return [...tcp.sort(byPort), ...udp.sort(byPort)];
  }
  /** @throws NetworkError EADDRINUSE */
  bindUdp(port = 0): UdpPort {
    const chosen = port === 0 ? this.ephemeralPort() : port;
    if (this.#udp.has(chosen)) throw new NetworkError('EADDRINUSE', `bind: address already in use: 0.0.0.0:${chosen}`);
    const bound: UdpPort = { address: { ip: this.primaryIp, port: chosen }, inbox: new Channel<Datagram>() };
    this.#udp.set(chosen, bound);
    return bound;
  }
  udpPort(port: number): UdpPort | undefined {
    return this.#udp.get(port);
  }
  releaseUdp(port: number): void {
    this.#udp.get(port)?.inbox.close();
    this.#udp.delete(port);
  }
  /** Answers questions that come to a UDP port; gives what ends it. */
  serveDns(port: number, answer: (question: DnsQuestion) => DnsReply): () => void {
    this.#dns.set(port, answer);
    return () => {
      if (this.#dns.get(port) === answer) this.#dns.delete(port);
    };
  }
  dnsServer(port: number): ((question: DnsQuestion) => DnsReply) | undefined {
    return this.#udp.has(port) ? this.#dns.get(port) : undefined;
  }
  ephemeralPort(): number {
    const port = this.#nextPort;
    this.#nextPort = port >= lastEphemeralPort ? firstEphemeralPort : port + 1;
    return port;
  }
  /** Remembers how to reset a connection when the namespace goes. */
  track(reset: () => void): () => void {
    this.#resets.add(reset);
    return () => this.#resets.delete(reset);
  }
  /** Closes every socket and resets every connection. */
  destroy(): void {
    for (const socket of [...this.#tcp.values()]) socket.close();
    for (const port of [...this.#udp.keys()]) this.releaseUdp(port);
    for (const reset of [...this.#resets]) reset();
    this.#resets.clear();
  }
}
