/** A network of a few hosts, for tests of what talks: names are given, bytes pass through pipes. */
import { Channel } from '../process/channel.ts';
import { Pipe } from '../process/pipe.ts';
import type { Process } from '../process/process.ts';
import {
  type Connection,
  type Datagram,
  type DnsAnswer,
  type DnsRecord,
  type Listener,
  NetworkError,
  type NetworkStack,
  type OpenSocket,
  type UdpSocket,
} from './network-stack.ts';

/** A network for tests: listeners by port, names by table. */
export class TestNetwork {
  /** Addresses by name. */
  readonly names = new Map<string, string>();
  readonly #listeners = new Map<string, Channel<Connection>>();
  readonly #sockets = new Map<string, Channel<Datagram>>();
  #nextPort = 40_000;

  /** The stack of a host. */
  stack(ip: string): NetworkStack {
    return {
      interfaces: [
        { name: 'lo', addresses: ['127.0.0.1'] },
        { name: 'eth0', addresses: [ip] },
      ],
      dial: (host, port) => this.#dial(ip, host, port),
      listen: (port) => this.#listen(ip, port),
      udp: (port) => this.#udp(ip, port ?? this.#nextPort++),
      lookup: (name) => this.#lookup(name),
      query: (name, type) => this.#query(name, type),
      setLink: () => false,
      sockets: () => [...this.#openPorts(this.#listeners, ip, 'tcp'), ...this.#openPorts(this.#sockets, ip, 'udp')],
      *ping(target) {
        if (target.startsWith('203.')) throw new NetworkError('ETIMEDOUT', 'no answer');
        return 0.05;
      },
    };
  }
  #openPorts(known: ReadonlyMap<string, unknown>, ip: string, protocol: OpenSocket['protocol']): readonly OpenSocket[] {
    return [...known.keys()]
      .filter((key) => key.startsWith(`${ip}:`))
      .map((key) => ({ protocol, address: { ip: '0.0.0.0', port: Number(key.slice(ip.length + 1)) } }));
  }
  *#lookup(name: string): Process<readonly string[]> {
    if (/^[\d.]+$/.test(name)) return [name];
    const ip = name === 'localhost' ? '127.0.0.1' : this.names.get(name);
    if (ip === undefined) throw new NetworkError('ENOTFOUND', name);
    return [ip];
  }
  *#query(name: string, type: DnsRecord['type']): Process<DnsAnswer> {
    const ip = this.names.get(name);
    const records: DnsRecord[] = ip === undefined || type !== 'A' ? [] : [{ type: 'A', name, ttl: 30, address: ip }];
    return { rcode: ip === undefined ? 'NXDOMAIN' : 'NOERROR', records, server: '10.96.0.10' };
  }
  *#dial(from: string, host: string, port: number): Process<Connection> {
    const [found = ''] = yield* this.#lookup(host);
    const ip = found === '127.0.0.1' ? from : found;
    const listener = this.#listeners.get(`${ip}:${port}`);
    if (!listener) throw new NetworkError('ECONNREFUSED', `connect ${ip}:${port}`);
    const [up, down] = [new Pipe(), new Pipe()];
    const local = { ip: from, port: this.#nextPort++ };
    const remote = { ip, port };
    const close = () => {
      up.close();
      down.close();
    };
    const annotate = () => undefined;
    listener.send({ local: remote, remote: local, reader: up.reader, writer: down.writer, close, annotate });
    return { local, remote, reader: down.reader, writer: up.writer, close, annotate };
  }
  #listen(ip: string, wanted: number): Listener {
    const port = wanted === 0 ? this.#nextPort++ : wanted;
    const key = `${ip}:${port}`;
    if (this.#listeners.has(key)) throw new NetworkError('EADDRINUSE', `bind 0.0.0.0:${port}: address already in use`);
    const channel = new Channel<Connection>();
    this.#listeners.set(key, channel);
    return {
      address: { ip, port },
      accept: () => channel.receive(),
      close: () => {
        this.#listeners.delete(key);
        channel.close();
      },
    };
  }
  #udp(ip: string, port: number): UdpSocket {
    const channel = new Channel<Datagram>();
    const key = `${ip}:${port}`;
    this.#sockets.set(key, channel);
    const sockets = this.#sockets;
    return {
      address: { ip, port },
      *send(to, bytes) {
        const target = to.ip === '127.0.0.1' ? ip : to.ip;
        sockets.get(`${target}:${to.port}`)?.send({ from: { ip, port }, bytes });
      },
      receive: () => channel.receive(),
      close: () => {
        sockets.delete(key);
        channel.close();
      },
    };
  }
}
