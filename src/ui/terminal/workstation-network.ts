/**
 * The network of the machine that a person sits at: ports of its own, and beyond them the cluster as seen from outside (node ports,
 * load balancers, the ingress), which the worker reaches for it.
 */
import { answerOf, requestOnce } from '../../client/request.ts';
import { withTimeout, TimeoutError } from '../../process/combinators.ts';
import { Pipe } from '../../process/pipe.ts';
import { type Process, suspend } from '../../process/process.ts';
import type { ApiRequest, Transport } from '../../protocol/rest.ts';
import {
  type Address,
  type Connection,
  type DnsAnswer,
  type DnsRecord,
  type Listener,
  NetworkError,
  type NetworkErrorCode,
  type NetworkStack,
  type OpenSocket,
  type UdpSocket,
} from '../../shell/network-stack.ts';
import { LocalPorts, type LocalPort } from './local-ports.ts';

const isLocal = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '0.0.0.0' || /^127\.\d+\.\d+\.\d+$/.test(host);
const isAddress = (host: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':');

interface Refusal {
  readonly code: NetworkErrorCode;
  readonly message: string;
}

export class WorkstationNetwork implements NetworkStack {
  readonly interfaces = [{ name: 'lo', addresses: ['127.0.0.1'] }];
  readonly #transport: Transport;
  /** Lines of /etc/hosts. */
  readonly #hosts: () => string;
  readonly #ports = new LocalPorts();

  constructor(transport: Transport, hosts: () => string) {
    this.#transport = transport;
    this.#hosts = hosts;
  }

  *dial(host: string, port: number, options: { readonly timeoutMs?: number } = {}): Process<Connection> {
    const name = this.#known(host) ?? host;
    if (isLocal(name)) return this.#ports.dial(name, port);
    const dialling = connect(this.#transport, name, port);
    if (options.timeoutMs === undefined) return yield* dialling;
    try {
      return yield* withTimeout(options.timeoutMs, dialling);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      throw new NetworkError('ETIMEDOUT', `${host}:${port}: Connection timed out`);
    }
  }

  listen(port: number, ip = '0.0.0.0'): Listener {
    return this.#ports.listen(port, ip);
  }
  sockets(): readonly OpenSocket[] {
    return this.#ports.open().map(({ address }: LocalPort) => ({ protocol: 'tcp', address }));
  }

  *lookup(name: string): Process<readonly string[]> {
    if (isAddress(name)) return [name];
    if (name === 'localhost') return ['127.0.0.1', '::1'];
    const known = this.#known(name);
    return known === undefined ? yield* this.#ask<readonly string[]>('LOOKUP', name) : [known];
  }
  query(name: string, type: DnsRecord['type'], server?: string): Process<DnsAnswer> {
    return this.#ask('QUERY', name, server === undefined ? { type } : { type, server });
  }
  *ping(ip: string): Process<number> {
    return isLocal(ip) ? 0.05 : yield* this.#ask<number>('PING', ip);
  }
  udp(): UdpSocket {
    throw new NetworkError('ENETUNREACH', 'datagrams do not leave this machine');
  }
  setLink(): boolean {
    return false;
  }

  /** The address that /etc/hosts has for a name. */
  #known(name: string): string | undefined {
    for (const line of this.#hosts().split('\n')) {
      const [ip, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
      if (ip && names.includes(name)) return ip;
    }
    return undefined;
  }

  *#ask<T>(method: string, path: string, headers: ApiRequest['headers'] = {}): Process<T> {
    const answer = yield* requestOnce(this.#transport, { method, path, headers });
    const [body] = answer.frames;
    if (answer.status !== 200) throw refused(body as Refusal);
    return answerOf<{ readonly value: T }>(answer).value;
  }
}

const refused = ({ code, message }: Refusal) => new NetworkError(code, message);

/** Opens a connection that the worker holds. @throws NetworkError */
function* connect(transport: Transport, host: string, port: number): Process<Connection> {
  const incoming = new Pipe(Number.POSITIVE_INFINITY);
  let status = 0;
  let failure: Refusal | undefined;
  let settle: (() => void) | undefined;
  let isSettled = false;
  const done = () => {
    isSettled = true;
    settle?.();
  };
  const call = transport.request(
    { method: 'CONNECT', path: `${host}:${port}`, headers: {} },
    {
      head: (head) => {
        ({ status } = head);
        if (status === 200) done();
      },
      frame: (frame) => {
        if (frame instanceof Uint8Array) incoming.push(frame);
        else failure = frame as Refusal;
      },
      end: () => {
        incoming.close();
        done();
      },
      fail: (error) => {
        failure = { code: 'ENETUNREACH', message: error.message };
        incoming.close();
        done();
      },
    },
  );
  if (!isSettled) {
    yield* suspend<void>((resume) => {
      settle = resume;
      return () => call.abort();
    });
  }
  if (status !== 200) throw refused(failure ?? { code: 'ECONNRESET', message: `${host}:${port}: Connection reset` });
  const remote: Address = { ip: host, port };
  return {
    local: { ip: '192.168.1.10', port: 0 },
    remote,
    reader: incoming.reader,
    writer: {
      *write(bytes) {
        call.send(bytes);
      },
      close: () => call.closeSend(),
    },
    close: () => {
      call.abort();
      incoming.close();
    },
    annotate: () => {},
  };
}
