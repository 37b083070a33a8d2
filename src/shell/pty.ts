import { Pipe, type Reader, type Writer } from '../process/pipe.ts';
import type { Process } from '../process/process.ts';
import type { Signal } from '../process/signal.ts';
import type { Tty } from './context.ts';
import { CursorColumn } from './cursor-column.ts';
import { encode } from './text.ts';

const controlSignals: ReadonlyMap<number, Signal> = new Map([
  [0x03, 'SIGINT'],
  [0x1c, 'SIGQUIT'],
]);
const enter = 0x0d;
const lineFeed = 0x0a;
const endOfFile = 0x04;
const killLine = 0x15;
const backspaces = new Set([0x08, 0x7f]);

/**
 * A pseudo-terminal: programs see a terminal's standard streams, the client sends keys and gets what the screen shows.
 * In the cooked mode it echoes, edits the line and turns ^C into a signal; in raw mode keys pass as they are.
 */
export class Pty implements Tty {
  /** What programs read. */
  readonly stdin: Reader;
  /** What programs write; line feeds become CR LF. */
  readonly stdout: Writer;
  readonly #input = new Pipe();
  readonly #emit: (bytes: Uint8Array) => void;
  readonly #signal: (signal: Signal, group: number | undefined) => void;
  readonly #resizeListeners = new Set<() => void>();
  readonly #cursor = new CursorColumn();
  #foreground: number | undefined;
  #columns = 80;
  #rows = 24;
  #raw = false;
  #line: number[] = [];

  /** `emit` gets what the screen shows; `signal` hears of ^C, with the process group that is in the foreground. */
  constructor(emit: (bytes: Uint8Array) => void, signal: (signal: Signal, group: number | undefined) => void) {
    this.#emit = (bytes) => {
      this.#cursor.advance(bytes);
      emit(bytes);
    };
    this.#signal = signal;
    this.stdin = this.#input.reader;
    this.stdout = { write: (bytes) => this.#print(bytes), close: () => undefined };
  }

  get columns(): number {
    return this.#columns;
  }
  get column(): number {
    return this.#cursor.value;
  }
  get rows(): number {
    return this.#rows;
  }
  get raw(): boolean {
    return this.#raw;
  }
  onResize(callback: () => void): () => void {
    this.#resizeListeners.add(callback);
    return () => this.#resizeListeners.delete(callback);
  }
  setRaw(raw: boolean): void {
    this.#raw = raw;
    if (raw) this.#flushLine();
  }
  setForeground(group: number): void {
    this.#foreground = group;
  }

  /** Keys from the client. */
  type(bytes: Uint8Array): void {
    if (this.#raw) return this.#input.push(bytes.slice());
    for (const byte of bytes) this.#key(byte);
  }

  /** The client is gone: programs read the end. */
  hangUp(): void {
    this.#flushLine();
    this.#input.close();
  }

  resize(columns: number, rows: number): void {
    if (columns === this.#columns && rows === this.#rows) return;
    this.#columns = columns;
    this.#rows = rows;
    for (const listener of this.#resizeListeners) listener();
    this.#signal('SIGWINCH', this.#foreground);
  }

  #key(byte: number): void {
    const signal = controlSignals.get(byte);
    if (signal) {
      this.#line = [];
      this.#emit(encode(`^${String.fromCharCode(byte + 64)}\r\n`));
      this.#signal(signal, this.#foreground);
    } else if (byte === enter || byte === lineFeed) {
      this.#line.push(lineFeed);
      this.#emit(encode('\r\n'));
      this.#flushLine();
    } else if (byte === endOfFile) this.#endOfInput();
    else if (backspaces.has(byte)) this.#erase(1);
    else if (byte === killLine) this.#erase(this.#line.length);
    else {
      this.#line.push(byte);
      this.#emit(Uint8Array.of(byte));
    }
  }

  #endOfInput(): void {
    if (this.#line.length > 0) this.#flushLine();
    else this.#input.close();
  }

  #erase(count: number): void {
    for (let i = 0; i < count && this.#line.length > 0; i++) {
      // The bytes of one UTF-8 character go together.
      while (this.#line.length > 0 && ((this.#line.pop() ?? 0) & 0xc0) === 0x80);
      this.#emit(encode('\b \b'));
    }
  }

  #flushLine(): void {
    if (this.#line.length === 0) return;
    this.#input.push(Uint8Array.from(this.#line));
    this.#line = [];
  }

  *#print(bytes: Uint8Array): Process<void> {
    this.#emit(this.#raw && !bytes.includes(lineFeed) ? bytes : withCarriageReturns(bytes));
  }
}

function withCarriageReturns(bytes: Uint8Array): Uint8Array {
  let feeds = 0;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === lineFeed && bytes[i - 1] !== enter) feeds++;
  if (feeds === 0) return bytes;
  const out = new Uint8Array(bytes.length + feeds);
  let at = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === lineFeed && bytes[i - 1] !== enter) out[at++] = enter;
    out[at++] = bytes[i] as number;
  }
  return out;
}
