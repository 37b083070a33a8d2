import type { Reader } from '../process/pipe.ts';
import type { Process } from '../process/process.ts';
import { concatBytes, decode } from './text.ts';

/** Reads lines and counted bytes from one stream, as protocols need them mixed. */
export class ByteReader {
  readonly #reader: Reader;
  #buffer: Uint8Array = new Uint8Array(0);
  constructor(reader: Reader) {
    this.#reader = reader;
  }
  /** The next byte, left where it is; undefined at the end. */
  *peek(): Process<number | undefined> {
    if (this.#buffer.length === 0 && !(yield* this.#fill())) return undefined;
    return this.#buffer[0];
  }
  /** A line without its line end (LF or CRLF); undefined at the end. */
  *line(): Process<string | undefined> {
    for (;;) {
      const at = this.#buffer.indexOf(10);
      if (at >= 0) {
        const line = decode(this.#buffer.subarray(0, at));
        this.#buffer = this.#buffer.subarray(at + 1);
        return line.endsWith('\r') ? line.slice(0, -1) : line;
      }
      if (yield* this.#fill()) continue;
      if (this.#buffer.length === 0) return undefined;
      const rest = decode(this.#buffer);
      this.#buffer = new Uint8Array(0);
      return rest;
    }
  }
  /** Exactly so many bytes; fewer when the stream ends. */
  *bytes(count: number): Process<Uint8Array> {
    while (this.#buffer.length < count && (yield* this.#fill()));
    const taken = this.#buffer.subarray(0, count);
    this.#buffer = this.#buffer.subarray(taken.length);
    return taken;
  }
  /** What comes next, as it comes, but no more than `limit`; undefined at the end. */
  *some(limit = Number.POSITIVE_INFINITY): Process<Uint8Array | undefined> {
    if (this.#buffer.length === 0 && !(yield* this.#fill())) return undefined;
    const taken = this.#buffer.subarray(0, limit);
    this.#buffer = this.#buffer.subarray(taken.length);
    return taken;
  }
  *#fill(): Process<boolean> {
    const more = yield* this.#reader.read();
    if (!more) return false;
    this.#buffer = this.#buffer.length === 0 ? more : concatBytes([this.#buffer, more]);
    return true;
  }
}
