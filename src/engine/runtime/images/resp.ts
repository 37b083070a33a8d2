/** RESP, the protocol of redis. */
import type { Process } from '../../../process/process.ts';
import type { ByteReader } from '../../../shell/byte-reader.ts';
import { decode, encode } from '../../../shell/text.ts';

export type RespValue = string | number | null | readonly RespValue[] | RespStatus | RespFailure;

/** `+OK`. */
export class RespStatus {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** `-ERR …`. */
export class RespFailure {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export function encodeResp(value: RespValue): string {
  if (value === null) return '$-1\r\n';
  if (typeof value === 'number') return `:${value}\r\n`;
  if (typeof value === 'string') return `$${encode(value).length}\r\n${value}\r\n`;
  if (value instanceof RespStatus) return `+${value.text}\r\n`;
  if (value instanceof RespFailure) return `-${value.text}\r\n`;
  return `*${value.length}\r\n${value.map(encodeResp).join('')}`;
}

/** Reads one value; undefined at the end. Inline commands (plain words) come as a list. */
export function* readResp(reader: ByteReader): Process<RespValue | undefined> {
  const line = yield* reader.line();
  if (line === undefined) return undefined;
  const rest = line.slice(1);
  switch (line.charAt(0)) {
    case '+':
      return new RespStatus(rest);
    case '-':
      return new RespFailure(rest);
    case ':':
      return Number(rest);
    case '$': {
      if (Number(rest) < 0) return null;
      const bytes = yield* reader.bytes(Number(rest) + 2);
      return decode(bytes.subarray(0, Number(rest)));
    }
    case '*': {
      const items: RespValue[] = [];
      for (let left = Number(rest); left > 0; left--) {
        const item = yield* readResp(reader);
        if (item === undefined) return undefined;
        items.push(item);
      }
      return items;
    }
    default:
      return line.trim() === '' ? [] : line.trim().split(/\s+/);
  }
}
