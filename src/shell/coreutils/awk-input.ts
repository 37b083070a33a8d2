/** The records of an awk program's files, as RS separates them; assignments between the files are performed on the way. */
import type { Process } from '../../process/process.ts';
import { LineReader } from '../streams.ts';
import type { AwkState } from './awk-state.ts';
import { toNumber } from './awk-values.ts';
import type { Call } from './utility.ts';

const newline = 10;

/** Gives records one by one, from one file after the other. */
export class AwkInput {
  readonly #call: Call;
  readonly #state: AwkState;
  readonly #files: string[];
  #lines: LineReader | undefined;
  #opened = false;

  /** Reads standard input when `words` name no file. */
  constructor(call: Call, state: AwkState, words: readonly string[]) {
    this.#call = call;
    this.#state = state;
    this.#files = [...words];
  }

  /** The next record, counted in NR and FNR; undefined at the end of the last file. */
  *next(): Process<string | undefined> {
    for (;;) {
      if (!this.#lines) {
        const file = this.#files.shift();
        if (file === undefined && this.#opened) return undefined;
        if (file !== undefined && /^[A-Za-z_]\w*=/.test(file)) {
          this.#state.assignText(file);
          continue;
        }
        this.#lines = yield* this.#open(file);
        if (!this.#lines) continue;
      }
      const record = yield* this.#read(this.#lines);
      if (record !== undefined) return record;
      this.#lines = undefined;
    }
  }

  /** Opens a file, or standard input; undefined, and the status 2, when it cannot be read. */
  *#open(file: string | undefined): Process<LineReader | undefined> {
    this.#opened = true;
    const reader = yield* this.#call.tryOpen(file ?? '-');
    if (!reader) {
      this.#call.status = 2;
      return undefined;
    }
    this.#state.set('FILENAME', file ?? '');
    this.#state.set('FNR', 0);
    return new LineReader(reader, this.#separator());
  }

  *#read(lines: LineReader): Process<string | undefined> {
    const line = this.#state.text('RS') === '' ? yield* paragraph(lines) : yield* lines.next();
    const ownSeparator = this.#separator() !== newline;
    // What another separator leaves behind the last record is the file's last line end.
    if (line === undefined || (ownSeparator && line === '\n')) return undefined;
    this.#count('NR');
    this.#count('FNR');
    return ownSeparator && !lines.terminated ? line.replace(/\n$/, '') : line;
  }
  #count(name: string): void {
    this.#state.set(name, toNumber(this.#state.get(name)) + 1);
  }
  #separator(): number {
    const separator = this.#state.text('RS');
    return separator === '' ? newline : separator.charCodeAt(0);
  }
}

/** Lines up to an empty one; undefined when none is left. */
function* paragraph(lines: LineReader): Process<string | undefined> {
  const rows: string[] = [];
  for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) {
    if (line !== '') rows.push(line);
    else if (rows.length > 0) break;
  }
  return rows.length === 0 ? undefined : rows.join('\n');
}
