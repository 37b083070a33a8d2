/** The network as a process in a container sees it: its own addresses, names, TCP and UDP. Bytes really travel. */
import type { Process } from '../process/process.ts';
import type { Reader, Writer } from '../process/pipe.ts';

export type NetworkErrorCode =
  | 'ECONNREFUSED'
  | 'ETIMEDOUT'
  | 'EHOSTUNREACH'
  | 'ENETUNREACH'
  | 'ECONNRESET'
  | 'EADDRINUSE'
  | 'EACCES'
  | 'ENOTFOUND'
  | 'EAI_AGAIN';

/** What a network operation failed with; the code is that of the system call. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly code: NetworkErrorCode;
  constructor(code: NetworkErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Address {
  readonly ip: string;
  readonly port: number;
}

export interface Connection {
  readonly local: Address;
  readonly remote: Address;
  readonly reader: Reader;
  readonly writer: Writer;
  /** Both directions. */
  close(): void;
  /** Says what passed, for whoever watches the network (`GET /cart → 200`). */
  annotate(summary: string): void;
}

export interface Listener {
  readonly address: Address;
  /** Waits for the next connection; undefined once closed. */
  accept(): Process<Connection | undefined>;
  close(): void;
}

export interface Datagram {
  readonly from: Address;
  readonly bytes: Uint8Array;
}

export interface UdpSocket {
  readonly address: Address;
  send(to: Address, bytes: Uint8Array): Process<void>;
  receive(): Process<Datagram | undefined>;
  close(): void;
}

export type DnsRecord =
  | { readonly type: 'A' | 'AAAA'; readonly name: string; readonly ttl: number; readonly address: string }
  | { readonly type: 'CNAME' | 'PTR'; readonly name: string; readonly ttl: number; readonly target: string }
  | {
      readonly type: 'SRV';
      readonly name: string;
      readonly ttl: number;
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: string;
    };

export interface DnsAnswer {
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED';
  readonly records: readonly DnsRecord[];
  /** The server that answered. */
  readonly server: string;
}

/** What is asked of a name server. */
export interface DnsQuestion {
  readonly name: string;
  readonly type: DnsRecord['type'];
  readonly from: Address;
  /** What the cluster itself knows of its names. */
  cluster(name: string, type: DnsRecord['type']): Omit<DnsAnswer, 'server'>;
}

/** What a name server says: an answer, or which servers know (none: those of the world outside), and by which name it asks them. */
export type DnsReply = Omit<DnsAnswer, 'server'> | { readonly forwardTo: readonly string[]; readonly asking?: string };

/** A socket that waits for others: a TCP listener, or a UDP port. */
export interface OpenSocket {
  readonly protocol: 'tcp' | 'udp';
  readonly address: Address;
}

export interface NetworkStack {
  /** Name and addresses: `lo` 127.0.0.1, `eth0` the pod's. */
  readonly interfaces: readonly { readonly name: string; readonly addresses: readonly string[] }[];
  /** @throws NetworkError ENOTFOUND, ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH. `host` is a name or an address. */
  dial(host: string, port: number, options?: { readonly timeoutMs?: number }): Process<Connection>;
  /** Port 0 chooses one. `ip` defaults to all addresses. @throws NetworkError EADDRINUSE */
  listen(port: number, ip?: string): Listener;
  udp(port?: number): UdpSocket;
  /** Addresses for a name, as getaddrinfo: /etc/hosts, then the search list of /etc/resolv.conf. @throws NetworkError ENOTFOUND */
  lookup(name: string): Process<readonly string[]>;
  /** One DNS question for exactly that name (no search list). */
  query(name: string, type: DnsRecord['type'], server?: string): Process<DnsAnswer>;
  /** Answers questions that come to a UDP port. Absent where nobody could ask. */
  serveDns?(port: number, answer: (question: DnsQuestion) => DnsReply): { close(): void };
  /** Adds an interface without addresses, or takes one such away; gives whether there was one. */
  setLink(name: string, present: boolean): boolean;
  /** What listens in this network namespace, TCP before UDP, by port. */
  sockets(): readonly OpenSocket[];
  /** Whether an address answers (ping). Gives the round trip in ms. @throws NetworkError */
  ping(ip: string): Process<number>;
}
