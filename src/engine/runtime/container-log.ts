import { type Process, suspend } from '../../process/process.ts';
import { encode } from '../../shell/text.ts';

export type LogStream = 'stdout' | 'stderr';

/** One line as the runtime wrote it. */
export interface LogLine {
  readonly atMs: number;
  readonly stream: LogStream;
  /** With its line feed, when it had one. */
  readonly bytes: Uint8Array;
}

/** What to read of a log; the fields of a PodLogOptions. */
export interface LogOptions {
  readonly follow?: boolean;
  readonly timestamps?: boolean;
  readonly sinceMs?: number;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  readonly stream?: LogStream;
}

const lineFeed = 10;
/** The runtime splits longer lines. */
const maxLineBytes = 16_384;
const defaultLimitBytes = 1_048_576;

/**
 * What a container wrote, line by line, with the time of each; the oldest lines go when it grows too large.
 *
 * Differs: a node keeps 10 MiB in five files and shows the newest file; here one bounded list stands for it.
 */
export class ContainerLog {
  readonly #now: () => number;
  readonly #limitBytes: number;
  readonly #partial = new Map<LogStream, Uint8Array>();
  #lines: LogLine[] = [];
  #dropped = 0;
  #bytes = 0;
  #closed = false;
  #waiters: (() => void)[] = [];

  constructor(now: () => number, limitBytes = defaultLimitBytes) {
    this.#now = now;
    this.#limitBytes = limitBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Takes output as it comes. */
  write(stream: LogStream, chunk: Uint8Array): void {
    let rest = this.#joinPartial(stream, chunk);
    for (;;) {
      const at = rest.indexOf(lineFeed);
      const end = at < 0 ? (rest.length >= maxLineBytes ? maxLineBytes : 0) : Math.min(at + 1, maxLineBytes);
      if (end === 0) break;
      this.#append(stream, rest.subarray(0, end));
      rest = rest.subarray(end);
    }
    if (rest.length > 0) this.#partial.set(stream, rest.slice());
    this.#wake();
  }

  /** The container ended: what has no line feed is a line too, and followers end. */
  close(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const rest = this.#partial.get(stream);
      if (rest) this.#append(stream, rest);
    }
    this.#partial.clear();
    this.#closed = true;
    this.#wake();
  }

  /** The last lines as text, for termination messages. */
  tail(lines: number, maxBytes: number): string {
    const decoder = new TextDecoder();
    const text = this.#lines.slice(-lines).map(({ bytes }) => decoder.decode(bytes));
    const all = text.join('');
    return all.length <= maxBytes ? all : all.slice(-maxBytes);
  }

  /** Gives pieces of the log to `emit` until all is read, or, when following, until the container has ended. */
  *read(options: LogOptions, emit: (bytes: Uint8Array, stream: LogStream) => Process<void>): Process<void> {
    const budget = { left: options.limitBytes ?? Number.POSITIVE_INFINITY };
    let next = this.#firstIndex(options);
    for (;;) {
      while (next < this.#dropped + this.#lines.length) {
        const line = this.#lines[Math.max(next, this.#dropped) - this.#dropped];
        next = Math.max(next, this.#dropped) + 1;
        if (!line || !wanted(line, options)) continue;
        const bytes = render(line, options);
        const piece = bytes.length > budget.left ? bytes.subarray(0, budget.left) : bytes;
        budget.left -= piece.length;
        if (piece.length > 0) yield* emit(piece, line.stream);
        if (budget.left <= 0) return;
      }
      if (!options.follow || this.#closed) return;
      yield* this.#waitForMore();
    }
  }

  #firstIndex(options: LogOptions): number {
    if (options.tailLines === undefined) return 0;
    let left = options.tailLines;
    let index = this.#lines.length;
    while (index > 0 && left > 0) {
      index--;
      const line = this.#lines[index] as LogLine;
      if (options.stream === undefined || line.stream === options.stream) left--;
    }
    return this.#dropped + index;
  }

  #joinPartial(stream: LogStream, chunk: Uint8Array): Uint8Array {
    const before = this.#partial.get(stream);
    if (!before) return chunk;
    this.#partial.delete(stream);
    const joined = new Uint8Array(before.length + chunk.length);
    joined.set(before);
    joined.set(chunk, before.length);
    return joined;
  }

  #append(stream: LogStream, bytes: Uint8Array): void {
    this.#lines.push({ atMs: this.#now(), stream, bytes: bytes.slice() });
    this.#bytes += bytes.length;
    if (this.#bytes > this.#limitBytes) this.#rotate();
  }

  /** Drops the older half. */
  #rotate(): void {
    let drop = 0;
    let bytes = this.#bytes;
    while (bytes > this.#limitBytes / 2 && drop < this.#lines.length - 1)
      bytes -= this.#lines[drop++]?.bytes.length ?? 0;
    this.#lines = this.#lines.slice(drop);
    this.#dropped += drop;
    this.#bytes = bytes;
  }

  #wake(): void {
    for (const resume of this.#waiters.splice(0)) resume();
  }

  *#waitForMore(): Process<void> {
    yield* suspend<void>((resume) => {
      this.#waiters.push(resume);
      return () => {
        this.#waiters = this.#waiters.filter((other) => other !== resume);
      };
    });
  }
}

function wanted(line: LogLine, options: LogOptions): boolean {
  if (options.stream !== undefined && line.stream !== options.stream) return false;
  return options.sinceMs === undefined || line.atMs >= options.sinceMs;
}

function render(line: LogLine, options: LogOptions): Uint8Array {
  if (!options.timestamps) return line.bytes;
  const prefix = encode(`${logTimestamp(line.atMs)} `);
  const out = new Uint8Array(prefix.length + line.bytes.length);
  out.set(prefix);
  out.set(line.bytes, prefix.length);
  return out;
}

/** RFC 3339 with nine digits of a second. */
export function logTimestamp(ms: number): string {
  const whole = Math.floor(ms);
  const nanos = String(Math.round((ms - whole) * 1_000_000)).padStart(6, '0');
  return `${new Date(whole).toISOString().slice(0, 23)}${nanos.slice(0, 6)}Z`;
}
