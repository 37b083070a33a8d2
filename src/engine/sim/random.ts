/** Seeded chance (xoshiro128**). Forked by name, so that a new consumer does not shift another's draws. */
export class Random {
  readonly #name: string;
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  readonly #codes: number[] = Array.from({ length: 36 }, () => dash);

  constructor(seed: string) {
    this.#name = seed;
    [this.#a, this.#b, this.#c, this.#d] = seedState(seed);
  }

  /** A generator of its own for a component; depends on the seed and the name only, not on draws made before. */
  fork(name: string): Random {
    return new Random(`${this.#name}/${name}`);
  }

  /** An unsigned 32-bit integer. */
  uint32(): number {
    const result = Math.imul(rotl(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = rotl(this.#d, 11);
    return result;
  }

  /** In [0, 1). */
  float(): number {
    return this.uint32() / 4_294_967_296;
  }

  /** An integer in [0, n). */
  int(n: number): number {
    return Math.floor(this.float() * n);
  }

  /** In [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.float();
  }

  /** Bytes, for keys and salts. */
  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.uint32() & 0xff);
  }

  /** A version 4 UUID. */
  uid(): string {
    this.#hex(this.uint32(), 0, 8);
    const b = (this.uint32() & ~0xf000) | 0x4000;
    this.#hex(b >>> 16, 9, 4);
    this.#hex(b & 0xffff, 14, 4);
    const c = (this.uint32() & 0x3fffffff) | 0x80000000;
    this.#hex(c >>> 16, 19, 4);
    this.#hex(c & 0xffff, 24, 4);
    this.#hex(this.uint32(), 28, 8);
    // Made at once, not joined of pieces: a joined string keeps its pieces.
    return String.fromCharCode(...this.#codes);
  }
  #hex(word: number, at: number, digits: number): void {
    for (let i = digits - 1, rest = word; i >= 0; i--, rest >>>= 4)
      this.#codes[at + i] = hexDigits.charCodeAt(rest & 15);
  }

  /** Letters as in generated names. Upstream: apimachinery/pkg/util/rand String. */
  suffix(length = 5): string {
    let out = '';
    for (let i = 0; i < length; i++) out += alphanums[this.int(alphanums.length)];
    return out;
  }
}

const alphanums = 'bcdfghjklmnpqrstvwxz2456789';

const hexDigits = '0123456789abcdef';
const dash = 45;

const rotl = (x: number, k: number) => (x << k) | (x >>> (32 - k));

function seedState(seed: string): [number, number, number, number] {
  let h = 2_166_136_261;
  for (let i = 0; i < seed.length; i++) h = Math.imul(h ^ seed.charCodeAt(i), 16_777_619);
  const next = () => {
    h = (h + 0x9e3779b9) | 0;
    let z = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) | 0;
  };
  return [next(), next(), next(), next() | 1];
}
