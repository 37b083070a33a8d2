import { Pipe, type Reader, type Writer } from '../../process/pipe.ts';
import type { Process } from '../../process/process.ts';
import type { Signal } from '../../process/signal.ts';
import type { Tty } from '../../shell/context.ts';
import { encode } from '../../shell/text.ts';

const interrupt = 0x03;
const endOfFile = 0x04;
const killLine = 0x15;
const quit = 0x1c;
const enter = 0x0d;
const lineFeed = 0x0a;

/** Where a terminal's keys and its programs meet: echo, line editing and ^C in cooked mode; nothing in raw mode. */
export class Pty implements Tty {
  readonly stdin: Reader;
  readonly stdout: Writer;
  columns = 80;
  rows = 24;
  raw = false;
  readonly #input = new Pipe(Number.POSITIVE_INFINITY);
  readonly #emit: (bytes: Uint8Array) => void;
  readonly #signal: (signal: Signal, group: number) => void;
  readonly #resized = new Set<() => void>();
  #foreground = 0;
  #line: number[] = [];

  /** `emit` draws; `signal` reaches the process group in the foreground. */
  constructor(emit: (bytes: Uint8Array) => void, signal: (signal: Signal, group: number) => void) {
    this.#emit = emit;
    this.#signal = signal;
    this.stdin = this.#input.reader;
    this.stdout = { write: (bytes) => this.#print(bytes), close: () => undefined };
  }

  onResize(callback: () => void): () => void {
    this.#resized.add(callback);
    return () => this.#resized.delete(callback);
  }
  setRaw(raw: boolean): void {
    this.raw = raw;
    if (raw) this.#hand();
  }
  setForeground(group: number): void {
    this.#foreground = group;
  }

  /** Keys from the keyboard. */
  type(bytes: Uint8Array): void {
    if (this.raw) this.#input.push(bytes);
    else for (const byte of bytes) this.#key(byte);
  }
  resize(columns: number, rows: number): void {
    if (columns === this.columns && rows === this.rows) return;
    this.columns = columns;
    this.rows = rows;
    for (const callback of this.#resized) callback();
    this.#signal('SIGWINCH', this.#foreground);
  }
  hangUp(): void {
    this.#input.close();
  }

  #key(byte: number): void {
    if (byte === interrupt || byte === quit) {
      this.#line = [];
      this.#emit(encode(byte === interrupt ? '^C\r\n' : '^\\\r\n'));
      this.#signal(byte === interrupt ? 'SIGINT' : 'SIGQUIT', this.#foreground);
    } else if (byte === enter || byte === lineFeed) {
      this.#line.push(lineFeed);
      this.#emit(encode('\r\n'));
      this.#hand();
    } else if (byte === endOfFile) {
      if (this.#line.length > 0) this.#hand();
      else this.#input.close();
    } else if (byte === 0x7f || byte === 0x08) this.#erase(1);
    else if (byte === killLine) this.#erase(this.#line.length);
    else {
      this.#line.push(byte);
      this.#emit(Uint8Array.of(byte));
    }
  }

  #erase(count: number): void {
    for (let i = 0; i < count && this.#line.length > 0; i++) {
      // The bytes of one UTF-8 character go together.
      while (this.#line.length > 0 && ((this.#line.pop() ?? 0) & 0xc0) === 0x80);
      this.#emit(encode('\b \b'));
    }
  }

  #hand(): void {
    if (this.#line.length > 0) this.#input.push(Uint8Array.from(this.#line));
    this.#line = [];
  }

  *#print(bytes: Uint8Array): Process<void> {
    const out: number[] = [];
    for (const [index, byte] of bytes.entries()) {
      if (byte === lineFeed && bytes[index - 1] !== enter) out.push(enter);
      out.push(byte);
    }
    this.#emit(Uint8Array.from(out));
  }
}
