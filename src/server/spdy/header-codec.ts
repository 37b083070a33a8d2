import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { headerDictionary } from './header-dictionary.ts';

/** How far back deflate may refer. */
const windowBytes = 32 * 1024;
/** A header block may not unfold to more than this. */
const largestBlock = 256 * 1024;
/** What a zlib stream begins with that uses the dictionary: two bytes of settings and the dictionary's checksum. */
const zlibPrefix = Buffer.from('78bbe3c6a7c2', 'hex');

export type SpdyHeaders = ReadonlyMap<string, string>;

/**
 * One direction of a connection's header blocks. All blocks of a direction are one zlib stream, flushed after each; so each block is
 * handled by itself, with the window of what went before as its dictionary.
 */
class BlockStream {
  #window: Buffer = headerDictionary();
  #begun = false;

  deflate(block: Buffer): Buffer {
    const options = { dictionary: this.#window, finishFlush: constants.Z_SYNC_FLUSH };
    const body = deflateRawSync(block, options);
    const out = this.#begun ? body : Buffer.concat([zlibPrefix, body]);
    this.#remember(block);
    return out;
  }

  /** @throws Error when the bytes are not such a block, or unfold to too much */
  inflate(bytes: Uint8Array): Buffer {
    const body = this.#begun ? bytes : bytes.subarray(zlibPrefix.length);
    const options = {
      dictionary: this.#window,
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: largestBlock,
    };
    const block = inflateRawSync(body, options);
    this.#remember(block);
    return block;
  }

  #remember(block: Buffer): void {
    this.#begun = true;
    const all = Buffer.concat([this.#window, block]);
    this.#window = all.subarray(Math.max(0, all.length - windowBytes));
  }
}

/** Header blocks of one connection: how many, then names and values, each after its length in four bytes. */
export class HeaderCodec {
  readonly #sent = new BlockStream();
  readonly #received = new BlockStream();

  encode(headers: SpdyHeaders): Buffer {
    const parts: Buffer[] = [uint32(headers.size)];
    for (const [name, value] of headers) for (const text of [name, value]) parts.push(...lengthAndText(text));
    return this.#sent.deflate(Buffer.concat(parts));
  }

  /** Names in lower case; several values of a name are joined with commas. @throws Error when the block is broken */
  decode(bytes: Uint8Array): SpdyHeaders {
    const block = this.#received.inflate(bytes);
    const headers = new Map<string, string>();
    let at = 4;
    const take = (): string => {
      const length = block.readUInt32BE(at);
      at += 4 + length;
      if (at > block.length) throw new RangeError('a header ends behind its block');
      return block.toString('latin1', at - length, at);
    };
    for (let left = block.readUInt32BE(0); left > 0; left--) {
      const name = take().toLowerCase();
      headers.set(name, take().replaceAll('\0', ', '));
    }
    return headers;
  }
}

function uint32(value: number): Buffer {
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out;
}

function lengthAndText(text: string): [Buffer, Buffer] {
  const bytes = Buffer.from(text, 'latin1');
  return [uint32(bytes.length), bytes];
}
