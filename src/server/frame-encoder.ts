/** Frames as bytes on the wire, each made once for all clients of a server that are sent the same. */
import { createHash } from 'node:crypto';
import type { Frame } from '../protocol/rest.ts';

/** A frame as it stands on the wire: objects as JSON with a line feed, as the real API server writes them. */
export const encodeFrame = (frame: Frame): string | Uint8Array =>
  typeof frame === 'string' || frame instanceof Uint8Array ? frame : `${JSON.stringify(frame)}\n`;

export interface TaggedBody {
  readonly body: Buffer;
  readonly tag: string;
}

/** The frames of a body one after the other. */
export function joined(frames: readonly Frame[]): Buffer {
  const parts = frames.map((frame) => {
    const encoded = encodeFrame(frame);
    return typeof encoded === 'string' ? Buffer.from(encoded) : encoded;
  });
  const [only] = parts;
  return parts.length === 1 && Buffer.isBuffer(only) ? only : Buffer.concat(parts);
}

const tagged = (body: Buffer): TaggedBody => ({
  body,
  tag: `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"`,
});

const lineEnd = Buffer.from('\r\n');

/** A piece of a body whose length is not known. Upstream: RFC 9112, chunked transfer coding */
export const chunkOf = (body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, lineEnd]);

/** Clients are sent the same one after another: the last of a kind is enough to remember. */
export class FrameEncoder {
  readonly #documents = new WeakMap<object, TaggedBody>();
  #frame: object | undefined;
  #text = '';
  #parts: readonly (string | Uint8Array)[] = [];
  #chunk: Buffer = Buffer.alloc(0);

  encode(frame: Frame): string | Uint8Array {
    if (typeof frame === 'string' || frame instanceof Uint8Array) return frame;
    if (frame !== this.#frame) {
      this.#frame = frame;
      this.#text = `${JSON.stringify(frame)}\n`;
    }
    return this.#text;
  }

  /** Encoded frames as one chunk. */
  chunk(parts: readonly (string | Uint8Array)[]): Buffer {
    const known = this.#parts;
    if (parts.length !== known.length || !parts.every((part, i) => part === known[i])) {
      this.#parts = parts;
      this.#chunk = chunkOf(joined(parts));
    }
    return this.#chunk;
  }

  /** A document as bytes, with its tag; one that is answered again, the same object, is written once. */
  document(frames: readonly Frame[]): TaggedBody {
    const [only] = frames;
    if (frames.length !== 1 || typeof only !== 'object' || only instanceof Uint8Array) return tagged(joined(frames));
    let known = this.#documents.get(only);
    if (!known) this.#documents.set(only, (known = tagged(joined(frames))));
    return known;
  }
}
