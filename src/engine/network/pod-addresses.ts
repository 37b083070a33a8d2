import ipaddr from 'ipaddr.js';

/** Hands out the addresses of a node's pod CIDR, in order, and takes them back. The first one is the bridge's. */
export class PodAddresses {
  readonly #base: number;
  readonly #size: number;
  readonly #taken = new Set<number>();
  #next = 2;

  /** @throws Error when it is not an IPv4 CIDR */
  constructor(cidr: string) {
    const [address, bits] = ipaddr.IPv4.parseCIDR(cidr);
    this.#base = address.toByteArray().reduce((sum, byte) => sum * 256 + byte, 0);
    this.#size = 2 ** (32 - bits);
  }
  /** Undefined when all are taken. */
  allocate(): string | undefined {
    for (let tried = 0; tried < this.#size; tried++) {
      const offset = this.#next;
      this.#next = this.#next + 1 >= this.#size - 1 ? 2 : this.#next + 1;
      if (this.#taken.has(offset)) continue;
      this.#taken.add(offset);
      return text(this.#base + offset);
    }
    return undefined;
  }
  release(ip: string): void {
    this.#taken.delete(
      ipaddr.IPv4.parse(ip)
        .toByteArray()
        .reduce((sum, byte) => sum * 256 + byte, 0) - this.#base,
    );
  }
}

const text = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
