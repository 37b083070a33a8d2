/**
 * Reads ASN.1 as Go's encoding/asn1 does, with its errors: members of a structure one after the other.
 *
 * Upstream: Go's encoding/asn1/asn1.go parseField
 */

/** @param kind what Go calls it: `structure error` or `syntax error` */
export class Asn1Error extends Error {
  constructor(kind: 'structure' | 'syntax', why: string) {
    super(`asn1: ${kind} error: ${why}`);
  }
}

/** What a member must be. */
interface Wanted {
  /** The Go type's name, for errors. */
  readonly name: string;
  readonly tag: number;
  readonly isCompound: boolean;
  readonly optional?: boolean;
  /** The member carries this context-specific tag instead of its own. */
  readonly contextTag?: number;
}

export interface Element {
  readonly class: number;
  readonly tag: number;
  readonly isCompound: boolean;
  readonly contents: Uint8Array;
  /** With the tag and the length. */
  readonly bytes: Uint8Array;
}

const universal = { integer: 2, bitString: 3, octetString: 4, oid: 6, sequence: 16, set: 17 } as const;

/** Members of one structure, or elements of one list. */
export class Asn1Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Whether the next element has this class and this (low) tag. */
  peek(kind: number, tag: number): boolean {
    const byte = this.#bytes[this.#at];
    return byte !== undefined && byte >> 6 === kind && (byte & 0x1f) === tag;
  }

  /** Any element. */
  any(): Element {
    if (this.done) throw new Asn1Error('syntax', 'sequence truncated');
    const start = this.#at;
    const head = this.#head();
    return this.#take(start, head, 'data truncated');
  }

  /** Any element; undefined at the end. */
  optionalAny(): Element | undefined {
    return this.done ? undefined : this.any();
  }

  struct(name: string): Element {
    return this.#member({ name, tag: universal.sequence, isCompound: true });
  }

  /** A SEQUENCE OF or SET OF. */
  list(options: { readonly set?: boolean; readonly contextTag?: number } = {}): Element {
    const { set = false, ...rest } = options;
    return this.#member({ name: '', tag: set ? universal.set : universal.sequence, isCompound: true, ...rest });
  }

  int(): number {
    return readInt(this.#member({ name: 'int', tag: universal.integer, isCompound: false }).contents);
  }

  bitString(): Uint8Array {
    return readBitString(this.#member({ name: 'BitString', tag: universal.bitString, isCompound: false }).contents);
  }

  octetString(): Uint8Array {
    return this.#member({ name: '', tag: universal.octetString, isCompound: false }).contents;
  }

  oid(): string {
    return readOid(this.#member({ name: 'ObjectIdentifier', tag: universal.oid, isCompound: false }).contents);
  }

  /** False when the next element is no BOOLEAN. */
  optionalBool(): boolean {
    if (this.done || this.#bytes[this.#at] !== 1) return false;
    const { contents } = this.any();
    if (contents.length !== 1) throw new Asn1Error('syntax', 'invalid boolean');
    if (contents[0] !== 0 && contents[0] !== 0xff) throw new Asn1Error('syntax', 'invalid boolean');
    return contents[0] === 0xff;
  }

  #member(wanted: Wanted): Element {
    if (this.done) throw new Asn1Error('syntax', 'sequence truncated');
    const start = this.#at;
    const head = this.#head();
    const isContext = wanted.contextTag !== undefined;
    const tag = wanted.contextTag ?? wanted.tag;
    if (head.class !== (isContext ? 2 : 0) || head.tag !== tag || head.isCompound !== wanted.isCompound) {
      throw new Asn1Error('structure', mismatch(wanted, tag, head, this.#at));
    }
    return this.#take(start, head, 'data truncated');
  }

  #take(start: number, head: Head, truncated: string): Element {
    const end = this.#at + head.length;
    if (end > this.#bytes.length) throw new Asn1Error('syntax', truncated);
    const contents = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return {
      class: head.class,
      tag: head.tag,
      isCompound: head.isCompound,
      contents,
      bytes: this.#bytes.subarray(start, end),
    };
  }

  #next(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new Asn1Error('syntax', 'truncated tag or length');
    return byte;
  }

  #head(): Head {
    const first = this.#next();
    const isCompound = (first & 0x20) !== 0;
    let tag = first & 0x1f;
    if (tag === 0x1f) {
      const { value, next } = readBase128(this.#bytes, this.#at);
      this.#at = next;
      tag = value;
      if (tag < 0x1f) throw new Asn1Error('syntax', 'non-minimal tag');
    }
    return { class: first >> 6, tag, isCompound, length: this.#length() };
  }

  #length(): number {
    const first = this.#next();
    if ((first & 0x80) === 0) return first;
    const count = first & 0x7f;
    if (count === 0) throw new Asn1Error('syntax', 'indefinite length found (not DER)');
    let length = 0;
    for (let i = 0; i < count; i++) {
      const byte = this.#next();
      if (length >= 1 << 23) throw new Asn1Error('structure', 'length too large');
      length = length * 256 + byte;
      if (length === 0) throw new Asn1Error('structure', 'superfluous leading zeros in length');
    }
    if (length < 0x80) throw new Asn1Error('structure', 'non-minimal length');
    return length;
  }
}

interface Head {
  readonly class: number;
  readonly tag: number;
  readonly isCompound: boolean;
  readonly length: number;
}

function mismatch(wanted: Wanted, tag: number, head: Head, at: number): string {
  const found = `{class:${head.class} tag:${head.tag} length:${head.length} isCompound:${head.isCompound}}`;
  const own = wanted.contextTag === undefined ? '<nil>' : '0xc000010000';
  const parameters = `{optional:${wanted.optional ?? false} explicit:false application:false private:false defaultValue:<nil> tag:${own} stringType:0 timeType:0 set:false omitEmpty:false}`;
  return `tags don't match (${tag} vs ${found}) ${parameters} ${wanted.name} @${at}`;
}

/** The elements of a list, each of them a compound of one tag. */
export function readList(contents: Uint8Array, tag: 'sequence' | 'set'): Element[] {
  const reader = new Asn1Reader(contents);
  const elements: Element[] = [];
  while (!reader.done) {
    const element = reader.any();
    if (element.class !== 0 || !element.isCompound || element.tag !== universal[tag]) {
      throw new Asn1Error('structure', 'sequence tag mismatch');
    }
    elements.push(element);
  }
  return elements;
}

function readInt(bytes: Uint8Array): number {
  const [first = 0, second = 0] = bytes;
  if (bytes.length === 0) throw new Asn1Error('structure', 'empty integer');
  const isPadded = bytes.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  if (isPadded) throw new Asn1Error('structure', 'integer not minimally-encoded');
  if (bytes.length > 8) throw new Asn1Error('structure', 'integer too large');
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0) - (first >= 0x80 ? 256 ** bytes.length : 0);
}

function readBitString(bytes: Uint8Array): Uint8Array {
  const [padding] = bytes;
  if (padding === undefined) throw new Asn1Error('syntax', 'zero length BIT STRING');
  const isWrong =
    padding > 7 || (bytes.length === 1 && padding > 0) || ((bytes.at(-1) ?? 0) & ((1 << padding) - 1)) !== 0;
  if (isWrong) throw new Asn1Error('syntax', 'invalid padding bits in BIT STRING');
  return bytes.subarray(1);
}

function readBase128(bytes: Uint8Array, from: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (at - from === 5) throw new Asn1Error('structure', 'base 128 integer too large');
    if (at === from && byte === 0x80) throw new Asn1Error('syntax', 'integer is not minimally encoded');
    value = value * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    if (value > 0x7fffffff) throw new Asn1Error('structure', 'base 128 integer too large');
    return { value, next: at + 1 };
  }
  throw new Asn1Error('syntax', 'truncated base 128 integer');
}

function readOid(bytes: Uint8Array): string {
  if (bytes.length === 0) throw new Asn1Error('syntax', 'zero length OBJECT IDENTIFIER');
  const arcs: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { value, next } = readBase128(bytes, at);
    if (arcs.length > 0) arcs.push(value);
    else if (value < 80) arcs.push(Math.floor(value / 40), value % 40);
    else arcs.push(2, value - 80);
    at = next;
  }
  return arcs.join('.');
}
