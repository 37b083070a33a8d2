import { type Process, suspend } from './process.ts';

/** Reads bytes; `undefined` is the end of the stream. */
export interface Reader {
  /** Waits for at least one byte; gives at most `max`. */
  read(max?: number): Process<Uint8Array | undefined>;
  /** Tells the writer that nobody reads any more. */
  close(): void;
}

/** Writes bytes; waits while the reader is too far behind. @throws BrokenPipeError when nobody reads. */
export interface Writer {
  write(bytes: Uint8Array): Process<void>;
  close(): void;
}

/** Somebody wrote to a pipe that nobody reads any more. */
export class BrokenPipeError extends Error {
  override readonly name = 'BrokenPipeError';
  constructor() {
    super('Broken pipe');
  }
}

/** A byte pipe with back-pressure, as pipe(7): writers wait above `capacity` bytes. */
export class Pipe implements Reader, Writer {
  readonly #capacity: number;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #writersGone = false;
  #readersGone = false;
  #wakeReader: (() => void)[] = [];
  #wakeWriter: (() => void)[] = [];
  constructor(capacity = 65_536) {
    this.#capacity = capacity;
  }

  /** Both ends as separate objects, so that closing one does not close the other. */
  readonly reader: Reader = { read: (max) => this.read(max), close: () => this.closeRead() };
  readonly writer: Writer = { write: (bytes) => this.write(bytes), close: () => this.close() };

  get buffered(): number {
    return this.#size;
  }

  *read(max = 65_536): Process<Uint8Array | undefined> {
    while (this.#size === 0) {
      if (this.#writersGone || this.#readersGone) return undefined;
      yield* suspend<void>((resume) => this.#park(this.#wakeReader, resume));
    }
    return this.#take(max);
  }

  /** What is buffered now, without waiting. */
  tryRead(max = 65_536): Uint8Array | undefined {
    return this.#size === 0 ? undefined : this.#take(max);
  }

  *write(bytes: Uint8Array): Process<void> {
    if (this.#readersGone || this.#writersGone) throw new BrokenPipeError();
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    this.#wake(this.#wakeReader);
    while (this.#size > this.#capacity) {
      if (this.#readersGone) throw new BrokenPipeError();
      yield* suspend<void>((resume) => this.#park(this.#wakeWriter, resume));
    }
  }

  /** Writes without waiting, whatever the capacity: for callers that are not processes. */
  push(bytes: Uint8Array): void {
    if (this.#readersGone || this.#writersGone || bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    this.#wake(this.#wakeReader);
  }

  /** No more will be written: readers see the end after what is buffered. */
  close(): void {
    this.#writersGone = true;
    this.#wake(this.#wakeReader);
    this.#wake(this.#wakeWriter);
  }

  closeRead(): void {
    this.#readersGone = true;
    this.#chunks = [];
    this.#size = 0;
    this.#wake(this.#wakeReader);
    this.#wake(this.#wakeWriter);
  }

  #take(max: number): Uint8Array {
    const first = this.#chunks[0] as Uint8Array;
    const taken = first.length <= max ? first : first.subarray(0, max);
    if (taken === first) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(max);
    this.#size -= taken.length;
    if (this.#size <= this.#capacity) this.#wake(this.#wakeWriter);
    return taken;
  }

  #park(list: (() => void)[], resume: () => void): () => void {
    list.push(resume);
    return () => {
      const at = list.indexOf(resume);
      if (at >= 0) list.splice(at, 1);
    };
  }

  #wake(list: (() => void)[]): void {
    for (const resume of list.splice(0)) resume();
  }
}
