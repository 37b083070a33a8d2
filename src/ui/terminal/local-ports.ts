import { Channel } from '../../process/channel.ts';
import { Pipe } from '../../process/pipe.ts';
import { type Address, type Connection, type Listener, NetworkError } from '../../shell/network-stack.ts';

export interface LocalPort {
  readonly address: Address;
  readonly waiting: Channel<Connection>;
}

const firstEphemeral = 40_000;
const isAny = (ip: string): boolean => ip === '0.0.0.0' || ip === '::';

/** Ports of one machine, for programs that run on it. */
export class LocalPorts {
  #listening: LocalPort[] = [];
  #lastEphemeral = firstEphemeral;

  open(): readonly LocalPort[] {
    return this.#listening;
  }

  /** @throws NetworkError EADDRINUSE */
  listen(asked: number, ip: string): Listener {
    const port = asked === 0 ? this.#free() : asked;
    const taken = this.#listening.some(({ address }) => address.port === port && meets(address.ip, ip));
    if (taken) throw new NetworkError('EADDRINUSE', `${ip}:${port}: Address in use`);
    const one: LocalPort = { address: { ip, port }, waiting: new Channel() };
    this.#listening.push(one);
    return {
      address: one.address,
      accept: () => one.waiting.receive(),
      close: () => {
        this.#listening = this.#listening.filter((each) => each !== one);
        one.waiting.close();
      },
    };
  }

  /** @throws NetworkError ECONNREFUSED */
  dial(host: string, port: number): Connection {
    const ips = host === 'localhost' ? ['127.0.0.1', '::1'] : [host];
    const found = ips
      .map((ip) => this.#listening.find(({ address }) => address.port === port && meets(address.ip, ip)))
      .find((each) => each !== undefined);
    if (!found) throw new NetworkError('ECONNREFUSED', `${host}:${port}: Connection refused`);
    const [there, back] = [new Pipe(), new Pipe()];
    const client: Address = { ip: '127.0.0.1', port: this.#free() };
    const server: Address = { ip: ips[0] ?? host, port };
    found.waiting.send(endOf(back, there, server, client));
    return endOf(there, back, client, server);
  }

  #free(): number {
    do this.#lastEphemeral = this.#lastEphemeral >= 65_535 ? firstEphemeral : this.#lastEphemeral + 1;
    while (this.#listening.some(({ address }) => address.port === this.#lastEphemeral));
    return this.#lastEphemeral;
  }
}

const meets = (listening: string, ip: string): boolean => isAny(listening) || isAny(ip) || listening === ip;

/** One end of a connection: what is written goes `out`. */
function endOf(out: Pipe, incoming: Pipe, local: Address, remote: Address): Connection {
  return {
    local,
    remote,
    reader: incoming.reader,
    writer: out.writer,
    close: () => {
      out.close();
      incoming.closeRead();
    },
    annotate: () => {},
  };
}
