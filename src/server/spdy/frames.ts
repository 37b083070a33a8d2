/** Frames of SPDY/3.1: what is read of them, and how those that a server sends are written. */

export const frameType = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;

/** Reasons of a reset. */
export const resetStatus = { protocolError: 1, refusedStream: 3, cancel: 5 } as const;

export const finFlag = 1;
const version = 3;

export type SpdyFrame =
  | { readonly kind: 'data'; readonly stream: number; readonly flags: number; readonly payload: Buffer }
  | { readonly kind: 'control'; readonly type: number; readonly flags: number; readonly payload: Buffer };

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that are whole with these bytes. */
  *read(bytes: Uint8Array): Generator<SpdyFrame> {
    this.#rest = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length >= 8) {
      const head = this.#rest;
      const length = head.readUIntBE(5, 3);
      if (head.length < 8 + length) return;
      this.#rest = head.subarray(8 + length);
      const payload = head.subarray(8, 8 + length);
      const flags = head.readUInt8(4);
      const word = head.readUInt32BE(0);
      if (word >>> 31 === 1) yield { kind: 'control', type: word & 0xffff, flags, payload };
      else yield { kind: 'data', stream: word, flags, payload };
    }
  }
}

export function controlFrame(type: number, flags: number, payload: Uint8Array): Buffer {
  const out = Buffer.alloc(8 + payload.length);
  out.writeUInt16BE(0x8000 | version, 0);
  out.writeUInt16BE(type, 2);
  out.writeUInt8(flags, 4);
  out.writeUIntBE(payload.length, 5, 3);
  out.set(payload, 8);
  return out;
}

/** A control frame whose payload is numbers of four bytes. */
export function numbersFrame(type: number, ...numbers: readonly number[]): Buffer {
  const payload = Buffer.alloc(4 * numbers.length);
  numbers.forEach((value, i) => payload.writeUInt32BE(value, 4 * i));
  return controlFrame(type, 0, payload);
}

/** Longer data must be cut before: a length has three bytes. */
export function dataFrame(stream: number, fin: boolean, data: Uint8Array): Buffer {
  const out = Buffer.alloc(8 + data.length);
  out.writeUInt32BE(stream, 0);
  out.writeUInt8(fin ? finFlag : 0, 4);
  out.writeUIntBE(data.length, 5, 3);
  out.set(data, 8);
  return out;
}
