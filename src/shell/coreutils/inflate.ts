/** DEFLATE's reading half. Source: RFC 1951 */
const lengthBases = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBases = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const distanceExtra = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const maxBits = 15;

/** The bytes are no DEFLATE stream. */
export class InflateError extends Error {
  override readonly name = 'InflateError';
}

class BitReader {
  readonly #bytes: Uint8Array;
  at: number;
  #held = 0;
  #count = 0;
  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }
  bits(count: number): number {
    while (this.#count < count) {
      const byte = this.#bytes[this.at++];
      if (byte === undefined) throw new InflateError('unexpected end of file');
      this.#held |= byte << this.#count;
      this.#count += 8;
    }
    const value = this.#held & ((1 << count) - 1);
    this.#held >>>= count;
    this.#count -= count;
    return value;
  }
  align(): void {
    this.#held = 0;
    this.#count = 0;
  }
}

/** A canonical Huffman code: how many codes have each length, and their symbols in order. */
interface Huffman {
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
}

function huffman(lengths: readonly number[]): Huffman {
  const counts = Array.from({ length: maxBits + 1 }, (_, bits) => lengths.filter((length) => length === bits).length);
  const symbols = lengths
    .map((length, symbol) => ({ length, symbol }))
    .filter(({ length }) => length > 0)
    .sort((a, b) => a.length - b.length || a.symbol - b.symbol)
    .map(({ symbol }) => symbol);
  return { counts, symbols };
}

function decodeSymbol(reader: BitReader, { counts, symbols }: Huffman): number {
  let code = 0;
  let first = 0;
  let index = 0;
  for (let bits = 1; bits <= maxBits; bits++) {
    code |= reader.bits(1);
    const count = counts[bits] ?? 0;
    if (code - count < first) return symbols[index + code - first] ?? 0;
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  throw new InflateError('invalid compressed data');
}

const fixedLiterals = huffman(Array.from({ length: 288 }, (_, n) => (n < 144 ? 8 : n < 256 ? 9 : n < 280 ? 7 : 8)));
const fixedDistances = huffman(Array.from({ length: 30 }, () => 5));

function dynamicCodes(reader: BitReader): readonly [Huffman, Huffman] {
  const literals = reader.bits(5) + 257;
  const distances = reader.bits(5) + 1;
  const lengths: number[] = Array.from({ length: 19 }, () => 0);
  const given = reader.bits(4) + 4;
  for (const symbol of codeLengthOrder.slice(0, given)) lengths[symbol] = reader.bits(3);
  const code = huffman(lengths);
  const all: number[] = [];
  while (all.length < literals + distances) {
    const symbol = decodeSymbol(reader, code);
    if (symbol < 16) all.push(symbol);
    else {
      const value = symbol === 16 ? (all.at(-1) ?? 0) : 0;
      const times = symbol === 16 ? 3 + reader.bits(2) : symbol === 17 ? 3 + reader.bits(3) : 11 + reader.bits(7);
      for (let count = 0; count < times; count++) all.push(value);
    }
  }
  return [huffman(all.slice(0, literals)), huffman(all.slice(literals, literals + distances))];
}

function block(reader: BitReader, out: number[], literals: Huffman, distances: Huffman): void {
  for (;;) {
    const symbol = decodeSymbol(reader, literals);
    if (symbol === 256) return;
    if (symbol < 256) {
      out.push(symbol);
      continue;
    }
    const length = (lengthBases[symbol - 257] ?? 0) + reader.bits(lengthExtra[symbol - 257] ?? 0);
    const code = decodeSymbol(reader, distances);
    const distance = (distanceBases[code] ?? 0) + reader.bits(distanceExtra[code] ?? 0);
    if (distance > out.length) throw new InflateError('invalid compressed data');
    for (let count = 0; count < length; count++) out.push(out[out.length - distance] ?? 0);
  }
}

/** What a stream that begins at `start` holds, and where it ends. @throws InflateError */
export function inflate(bytes: Uint8Array, start: number): { readonly data: Uint8Array; readonly end: number } {
  const reader = new BitReader(bytes, start);
  const out: number[] = [];
  for (let last = false; !last; ) {
    last = reader.bits(1) === 1;
    const kind = reader.bits(2);
    if (kind === 0) {
      reader.align();
      const size = reader.bits(16);
      reader.bits(16);
      for (let count = 0; count < size; count++) out.push(reader.bits(8));
    } else if (kind === 1) block(reader, out, fixedLiterals, fixedDistances);
    else if (kind === 2) block(reader, out, ...dynamicCodes(reader));
    else throw new InflateError('invalid compressed data');
  }
  return { data: Uint8Array.from(out), end: reader.at };
}
