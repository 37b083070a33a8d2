/** Thrown when bytes are not protobuf. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** Reads protobuf's wire format from front to back. */
export class WireReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }
  tag(): { readonly number: number; readonly wire: number } {
    const key = this.integer();
    return { number: key >>> 3, wire: key & 7 };
  }
  /** A varint as a signed 64-bit integer. Beyond 2^53 it loses precision, as JSON numbers do. */
  integer(): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined || shift > 63) throw new WireError('unexpected EOF');
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) break;
    }
    return (high | 0) * 4_294_967_296 + (low >>> 0);
  }
  double(): number {
    this.#need(8);
    const value = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#at, 8).getFloat64(0, true);
    this.#at += 8;
    return value;
  }
  bytes(): Uint8Array {
    const length = this.integer();
    if (length < 0) throw new WireError('negative length');
    this.#need(length);
    const found = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return found;
  }
  text(): string {
    return new TextDecoder().decode(this.bytes());
  }
  skip(wire: number): void {
    if (wire === 0) this.integer();
    else if (wire === 1) this.#advance(8);
    else if (wire === 2) this.bytes();
    else if (wire === 5) this.#advance(4);
    else throw new WireError(`illegal wireType ${wire}`);
  }
  #advance(count: number): void {
    this.#need(count);
    this.#at += count;
  }
  #need(count: number): void {
    if (this.#at + count > this.#bytes.length) throw new WireError('unexpected EOF');
  }
}
