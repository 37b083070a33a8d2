/** PEM as Go reads and writes it: certificates, requests and keys as text. Upstream: encoding/pem */
import { decodeBase64, encodeBase64 } from './base64.ts';

/** One block of a PEM text. */
export interface PemBlock {
  /** The words after `BEGIN`, such as `CERTIFICATE`. */
  readonly type: string;
  readonly hasHeaders: boolean;
  readonly bytes: Uint8Array;
  /** What follows it. */
  readonly rest: string;
}

const begin = '-----BEGIN ';
const end = '\n-----END ';
const dashes = '-----';

interface Line {
  readonly text: string;
  readonly rest: string;
}

function firstLine(text: string): Line {
  const at = text.indexOf('\n');
  const line = at < 0 ? text : text.slice(0, at).replace(/\r$/, '');
  return { text: line.replace(/[ \t]+$/, ''), rest: at < 0 ? '' : text.slice(at + 1) };
}

/** The first well-formed block of a text; undefined when there is none. Upstream: encoding/pem Decode */
export function decodePemBlock(text: string): PemBlock | undefined {
  for (let from = 0; ; ) {
    const endAt = text.indexOf(end, from);
    if (endAt < 0) return undefined;
    const beginAt = text.lastIndexOf(begin, endAt);
    const isLineStart = beginAt === 0 || text[beginAt - 1] === '\n';
    if (beginAt >= from && isLineStart) {
      const block = readBlock(text.slice(beginAt + begin.length));
      if (block) return block;
    }
    from = endAt + end.length;
  }
}

/** The well-formed blocks of a text, in their order; what stands around them is passed over. */
export function* pemBlocks(text: string): Generator<PemBlock, void> {
  for (let block = decodePemBlock(text); block; block = decodePemBlock(block.rest)) yield block;
}

/** Reads what follows the words of a beginning. */
function readBlock(text: string): PemBlock | undefined {
  const { text: title, rest } = firstLine(text);
  if (!title.endsWith(dashes)) return undefined;
  const type = title.slice(0, -dashes.length);
  let body = rest;
  let hasHeaders = false;
  for (let line = firstLine(body); line.text.includes(':'); line = firstLine(body)) {
    hasHeaders = true;
    body = line.rest;
  }
  // An empty block ends where it begins.
  const closing = body.startsWith(end.slice(1)) ? -1 : body.indexOf(end);
  if (closing < 0 && (hasHeaders || !body.startsWith(end.slice(1)))) return undefined;
  const trailer = firstLine(body.slice(closing + end.length));
  if (trailer.text !== type + dashes) return undefined;
  const bytes = closing < 0 ? new Uint8Array() : bodyBytes(body.slice(0, closing));
  return bytes && { type, hasHeaders, bytes, rest: trailer.rest };
}

/** The bytes of a block's lines; undefined when they are no base64 with its padding. */
function bodyBytes(text: string): Uint8Array | undefined {
  const packed = text.replace(/[ \t\r\n]+/g, '');
  if (packed.length % 4 !== 0) return undefined;
  try {
    return decodeBase64(packed);
  } catch {
    return undefined;
  }
}

/** One block, in lines of 64 characters. Upstream: encoding/pem EncodeToMemory */
export function encodePem(bytes: Uint8Array, type: string): string {
  const lines = encodeBase64(bytes).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${type}-----\n${lines.join('\n')}\n-----END ${type}-----\n`;
}
