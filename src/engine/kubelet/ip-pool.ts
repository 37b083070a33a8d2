/** IPv4 addresses of one CIDR, handed out lowest first after those never used; starts at the second host address, as kwok does. */
export class IpPool {
  readonly #base: number;
  readonly #used = new Set<string>();
  readonly #released: string[] = [];
  #next = 1;

  constructor(cidr: string) {
    this.#base = parseIPv4(cidr.split('/')[0] ?? '10.0.0.0');
  }

  /** An address nobody has. */
  get(): string {
    for (let ip = this.#released.shift(); ip !== undefined; ip = this.#released.shift()) {
      if (this.#take(ip)) return ip;
    }
    for (;;) {
      const ip = formatIPv4(this.#base + this.#next++);
      if (this.#take(ip)) return ip;
    }
  }

  /** Marks an address as used; for pods that had one before this pool began. */
  mark(ip: string): void {
    this.#used.add(ip);
  }

  release(ip: string): void {
    if (this.#used.delete(ip)) this.#released.push(ip);
  }

  #take(ip: string): boolean {
    if (this.#used.has(ip)) return false;
    this.#used.add(ip);
    return true;
  }
}

function parseIPv4(text: string): number {
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function formatIPv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}
