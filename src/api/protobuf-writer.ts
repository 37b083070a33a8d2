const encoder = new TextEncoder();

/** Writes protobuf's wire format from front to back. Empty text and false are left out, as proto3 does. */
export class WireWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** What was written so far: a view, valid until more is written. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
  text(field: number, value: string): void {
    if (value !== '') this.bytes(field, encoder.encode(value));
  }
  flag(field: number, value: boolean): void {
    if (value) this.integer(field, 1);
  }
  integer(field: number, value: number): void {
    this.#varint(field << 3);
    this.#varint(value);
  }
  double(field: number, value: number): void {
    this.#varint((field << 3) | 1);
    this.#room(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value, true);
    this.#length += 8;
  }
  bytes(field: number, value: Uint8Array): void {
    this.#varint((field << 3) | 2);
    this.#varint(value.length);
    this.#room(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }
  /** A message inside: what `write` does to a writer of its own. */
  message(field: number, write: (inner: WireWriter) => void): void {
    const inner = new WireWriter();
    write(inner);
    this.bytes(field, inner.finish());
  }

  /** A whole number, up to 2^53; below zero as 64 bits in two's complement. */
  #varint(value: number): void {
    this.#room(10);
    let rest = value;
    if (rest < 0) {
      let wide = BigInt.asUintN(64, BigInt(value));
      for (; wide >= 0x80n; wide >>= 7n) this.#bytes[this.#length++] = Number(wide & 0x7fn) | 0x80;
      rest = Number(wide);
    }
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) this.#bytes[this.#length++] = (rest % 128) | 0x80;
    this.#bytes[this.#length++] = rest;
  }
  #room(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    wider.set(this.#bytes);
    this.#bytes = wider;
  }
}
