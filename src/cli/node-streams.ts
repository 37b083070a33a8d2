import type { Readable, Writable } from 'node:stream';
import { BrokenPipeError, type Reader, type Writer } from '../process/pipe.ts';
import { type Process, suspend } from '../process/process.ts';

/** Reads a stream of Node. It is not touched before the first read. */
export class StreamReader implements Reader {
  readonly #stream: Readable;
  #rest: Uint8Array | undefined;
  #started = false;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(stream: Readable) {
    this.#stream = stream;
  }

  *read(max = 65_536): Process<Uint8Array | undefined> {
    this.#start();
    for (;;) {
      const chunk = this.#rest ?? (this.#stream.read() as Uint8Array | string | null);
      if (chunk !== null) {
        const bytes = typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
        this.#rest = bytes.length > max ? bytes.subarray(max) : undefined;
        return bytes.length > max ? bytes.subarray(0, max) : bytes;
      }
      if (this.#ended || this.#stream.readableEnded || this.#stream.destroyed) return undefined;
      yield* suspend<void>((resume) => {
        this.#wake = resume;
      });
    }
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    const wake = () => this.#wake?.();
    const end = () => {
      this.#ended = true;
      wake();
    };
    this.#stream.on('readable', wake);
    this.#stream.on('end', end);
    this.#stream.on('close', end);
    this.#stream.on('error', end);
  }

  close(): void {
    this.#stream.destroy();
  }
}

/** Writes to a stream of Node, waiting while it is full. */
export class StreamWriter implements Writer {
  readonly #stream: Writable;
  #broken = false;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', () => {
      this.#broken = true;
    });
  }

  *write(bytes: Uint8Array): Process<void> {
    if (this.#broken || this.#stream.destroyed) throw new BrokenPipeError();
    if (this.#stream.write(bytes)) return;
    yield* suspend<void>((resume) => {
      const done = () => {
        this.#stream.off('drain', done);
        this.#stream.off('close', done);
        this.#stream.off('error', done);
        resume();
      };
      this.#stream.on('drain', done);
      this.#stream.on('close', done);
      this.#stream.on('error', done);
    });
  }

  close(): void {
    this.#stream.end();
  }
}
