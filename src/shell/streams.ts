import type { Process } from '../process/process.ts';
import type { Reader, Writer } from '../process/pipe.ts';
import { concatBytes, decode, encode } from './text.ts';

/** A stream end that closes when the last process that has it ends. */
interface Held {
  hold(): void;
  release(): void;
}

const isHeld = (stream: object): stream is Held => 'hold' in stream && 'release' in stream;

/** Notes that one more process has the stream. */
export function holdStream(stream: object): void {
  if (isHeld(stream)) stream.hold();
}
/** Notes that a process that had the stream has ended. */
export function releaseStream(stream: object): void {
  if (isHeld(stream)) stream.release();
}

/** The writing end of a pipeline's pipe: closed when nobody has it any more. */
export class HeldWriter implements Writer, Held {
  readonly #inner: Writer;
  #holders = 0;
  constructor(inner: Writer) {
    this.#inner = inner;
  }
  hold(): void {
    this.#holders++;
  }
  release(): void {
    if (--this.#holders <= 0) this.#inner.close();
  }
  write(bytes: Uint8Array): Process<void> {
    return this.#inner.write(bytes);
  }
  close(): void {}
}

/** A reader that can take bytes back, so that `read` and `head` leave the rest to whoever reads next. */
export class BufferedReader implements Reader, Held {
  readonly #inner: Reader;
  readonly #closesInner: boolean;
  #pushedBack: Uint8Array[] = [];
  #holders = 0;
  constructor(inner: Reader, options: { readonly closeWhenReleased?: boolean } = {}) {
    this.#inner = inner;
    this.#closesInner = options.closeWhenReleased ?? false;
  }
  hold(): void {
    this.#holders++;
  }
  release(): void {
    if (--this.#holders <= 0 && this.#closesInner) this.#inner.close();
  }
  unread(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#pushedBack.push(bytes);
  }
  *read(max = 65_536): Process<Uint8Array | undefined> {
    const back = this.#pushedBack.pop();
    if (!back) return yield* this.#inner.read(max);
    if (back.length > max) this.#pushedBack.push(back.subarray(max));
    return back.length > max ? back.subarray(0, max) : back;
  }
  close(): void {
    if (this.#closesInner) this.#inner.close();
  }
}

/** Reads bytes that are there already. */
export class BytesReader implements Reader {
  #bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  *read(max = 65_536): Process<Uint8Array | undefined> {
    if (this.#bytes.length === 0) return undefined;
    const taken = this.#bytes.subarray(0, max);
    this.#bytes = this.#bytes.subarray(max);
    return taken;
  }
  close(): void {
    this.#bytes = new Uint8Array(0);
  }
}

/** Collects what is written. */
export class CollectingWriter implements Writer {
  readonly #pieces: Uint8Array[] = [];
  *write(bytes: Uint8Array): Process<void> {
    this.#pieces.push(bytes);
  }
  close(): void {}
  bytes(): Uint8Array {
    return concatBytes(this.#pieces);
  }
  text(): string {
    return decode(this.bytes());
  }
}

/** Takes everything and keeps nothing. */
export class NullWriter implements Writer {
  *write(): Process<void> {}
  close(): void {}
}

/** Reads to the end. */
export function* readAll(reader: Reader): Process<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (;;) {
    const piece = yield* reader.read();
    if (!piece) return concatBytes(pieces);
    pieces.push(piece);
  }
}

/** Reads lines as they come; what follows the last line end counts as a line. */
export class LineReader {
  readonly #reader: Reader;
  readonly #separator: number;
  #pieces: Uint8Array[] = [];
  #rest: Uint8Array = new Uint8Array(0);
  /** Whether the line given last ended with a line end. */
  terminated = true;
  constructor(reader: Reader, separator = 10) {
    this.#reader = reader;
    this.#separator = separator;
  }
  /** Without its line end; undefined at the end. */
  *next(): Process<string | undefined> {
    for (;;) {
      const at = this.#rest.indexOf(this.#separator);
      if (at >= 0) {
        const line = this.#take(this.#rest.subarray(0, at));
        this.#rest = this.#rest.subarray(at + 1);
        this.terminated = true;
        return line;
      }
      if (this.#rest.length > 0) this.#pieces.push(this.#rest);
      const more = yield* this.#reader.read();
      this.#rest = more ?? new Uint8Array(0);
      if (more) continue;
      if (this.#pieces.length === 0) return undefined;
      this.terminated = false;
      return this.#take(new Uint8Array(0));
    }
  }
  /** What was read from the stream and not given yet. */
  takeRest(): Uint8Array {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    return rest;
  }
  #take(last: Uint8Array): string {
    this.#pieces.push(last);
    const bytes = concatBytes(this.#pieces);
    this.#pieces = [];
    return decode(bytes);
  }
}

/** Writes a text as UTF-8. */
export function writeText(writer: Writer, text: string): Process<void> {
  return writer.write(encode(text));
}
