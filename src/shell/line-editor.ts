/** Edits one line on a terminal in raw mode: history, movement, kill and yank, search, completion. */
import type { Reader, Writer } from '../process/pipe.ts';
import type { Process } from '../process/process.ts';
import type { Tty } from './context.ts';
import { type Key, KeyReader } from './keys.ts';
import { writeText } from './streams.ts';

export interface LineEditorOptions {
  readonly reader: Reader;
  readonly writer: Writer;
  readonly tty: Tty;
  /** Oldest first; the caller adds to it. */
  readonly history: readonly string[];
  readonly complete?: (
    line: string,
    cursor: number,
  ) => Process<{ readonly start: number; readonly candidates: readonly string[] } | undefined>;
}

/** A line with history, completion and the keys of readline, for a terminal in raw mode. */
export class LineEditor {
  readonly #options: LineEditorOptions;
  readonly #keys: KeyReader;
  #prompt = '';
  /** The column that the prompt begins in: output before it may have ended without a line feed. */
  #start = 0;
  #line = '';
  #cursor = 0;
  #killed = '';
  #historyAt = 0;
  #draft = '';
  /** The screen row of the cursor, below the prompt's first. */
  #row = 0;
  #tabs = 0;

  constructor(options: LineEditorOptions) {
    this.#options = options;
    this.#keys = new KeyReader(options.reader);
  }

  /** Gives the line; null when Ctrl-C dropped it; undefined at the end of input. */
  *readLine(prompt: string): Process<string | null | undefined> {
    this.#prompt = prompt;
    this.#line = '';
    this.#cursor = 0;
    this.#row = 0;
    this.#historyAt = this.#options.history.length;
    const { tty } = this.#options;
    this.#start = (tty.column ?? 0) % tty.columns;
    tty.setRaw(true);
    try {
      yield* this.#draw();
      for (;;) {
        const key = yield* this.#keys.next();
        const ended = yield* this.#handle(key);
        if (ended !== undefined) return ended.value;
      }
    } finally {
      tty.setRaw(false);
    }
  }

  *#handle(key: Key | undefined): Process<{ readonly value: string | null | undefined } | undefined> {
    if (!key || (key.name === 'ctrl-d' && this.#line === '')) {
      yield* this.#print(key ? '\r\n' : '');
      return { value: undefined };
    }
    if (key.name === 'enter') {
      this.#cursor = this.#line.length;
      yield* this.#draw();
      yield* this.#print('\r\n');
      return { value: this.#line };
    }
    if (key.name === 'ctrl-c') {
      this.#cursor = this.#line.length;
      yield* this.#draw();
      yield* this.#print('^C\r\n');
      return { value: null };
    }
    if (key.name === 'tab') yield* this.#complete();
    else if (key.name === 'ctrl-r') yield* this.#search();
    else if (key.name === 'ctrl-l') {
      yield* this.#print('\x1b[H\x1b[2J');
      this.#newScreenLine();
    } else this.#edit(key);
    if (key.name !== 'tab') this.#tabs = 0;
    yield* this.#draw();
    return undefined;
  }

  #edit(key: Key): void {
    if (key.text !== undefined) return this.#insert(key.text);
    switch (key.name) {
      case 'left':
      case 'ctrl-b':
        this.#cursor = Math.max(0, this.#cursor - 1);
        return;
      case 'right':
      case 'ctrl-f':
        this.#cursor = Math.min(this.#line.length, this.#cursor + 1);
        return;
      case 'home':
      case 'ctrl-a':
        this.#cursor = 0;
        return;
      case 'end':
      case 'ctrl-e':
        this.#cursor = this.#line.length;
        return;
      case 'word-left':
        this.#cursor = this.#wordLeft();
        return;
      case 'word-right':
        this.#cursor = this.#wordRight();
        return;
      case 'up':
      case 'ctrl-p':
        return this.#recall(-1);
      case 'down':
      case 'ctrl-n':
        return this.#recall(1);
      default:
        this.#delete(key.name);
    }
  }
  #delete(name: string): void {
    switch (name) {
      case 'backspace':
        return this.#cut(Math.max(0, this.#cursor - 1), this.#cursor, false);
      case 'delete':
      case 'ctrl-d':
        return this.#cut(this.#cursor, this.#cursor + 1, false);
      case 'ctrl-k':
        return this.#cut(this.#cursor, this.#line.length, true);
      case 'ctrl-u':
        return this.#cut(0, this.#cursor, true);
      case 'ctrl-w': {
        const before = this.#line.slice(0, this.#cursor);
        return this.#cut(before.replace(/\S+\s*$/, '').length, this.#cursor, true);
      }
      case 'word-backspace':
        return this.#cut(this.#wordLeft(), this.#cursor, true);
      case 'word-delete':
        return this.#cut(this.#cursor, this.#wordRight(), true);
      case 'ctrl-y':
        return this.#insert(this.#killed);
      case 'ctrl-t':
        return this.#transpose();
      default:
    }
  }
  #insert(text: string): void {
    this.#line = this.#line.slice(0, this.#cursor) + text + this.#line.slice(this.#cursor);
    this.#cursor += text.length;
  }
  #cut(from: number, to: number, keep: boolean): void {
    if (keep) this.#killed = this.#line.slice(from, to);
    this.#line = this.#line.slice(0, from) + this.#line.slice(to);
    this.#cursor = from;
  }
  #transpose(): void {
    const at = Math.min(this.#cursor, this.#line.length - 1);
    if (at < 1) return;
    const [a, b] = [this.#line.charAt(at - 1), this.#line.charAt(at)];
    this.#line = this.#line.slice(0, at - 1) + b + a + this.#line.slice(at + 1);
    this.#cursor = at + 1;
  }
  #wordLeft(): number {
    return this.#line.slice(0, this.#cursor).replace(/\w+\W*$|\W+$/, '').length;
  }
  #wordRight(): number {
    return this.#cursor + (/^\W*\w+|^\W+/.exec(this.#line.slice(this.#cursor))?.[0].length ?? 0);
  }
  #recall(step: number): void {
    const { history } = this.#options;
    const at = this.#historyAt + step;
    if (at < 0 || at > history.length) return;
    if (this.#historyAt === history.length) this.#draft = this.#line;
    this.#historyAt = at;
    this.#line = history[at] ?? this.#draft;
    this.#cursor = this.#line.length;
  }

  *#complete(): Process<void> {
    const completion = yield* this.#options.complete?.(this.#line, this.#cursor) ?? none();
    if (!completion || completion.candidates.length === 0) return;
    const word = this.#line.slice(completion.start, this.#cursor);
    const common = commonPrefix(completion.candidates);
    if (common.length > word.length) {
      this.#cut(completion.start, this.#cursor, false);
      this.#insert(common);
      this.#tabs = 0;
    } else if (++this.#tabs > 1) {
      yield* this.#list(completion.candidates);
    }
  }
  *#list(candidates: readonly string[]): Process<void> {
    const shown = candidates.map((each) => each.trimEnd().replace(/^.*\/(?=.)/, ''));
    const width = Math.max(...shown.map((each) => each.length)) + 2;
    const columns = Math.max(1, Math.floor(this.#options.tty.columns / width));
    const rows = Math.ceil(shown.length / columns);
    let text = '\r\n';
    for (let row = 0; row < rows; row++) {
      const cells = shown.filter((_, index) => index % rows === row);
      text += `${cells.map((cell, index) => (index === cells.length - 1 ? cell : cell.padEnd(width))).join('')}\r\n`;
    }
    yield* this.#print(text);
    this.#newScreenLine();
  }

  /** Ctrl-R: searches backwards as one types. */
  *#search(): Process<void> {
    const { history } = this.#options;
    let query = '';
    let at = history.length;
    for (;;) {
      const found = at >= 0 && at < history.length ? (history[at] ?? '') : '';
      yield* this.#print(`\r\x1b[J(reverse-i-search)\`${query}': ${found}`);
      const key = yield* this.#keys.next();
      if (key?.text !== undefined) query += key.text;
      else if (key?.name === 'backspace') query = query.slice(0, -1);
      else if (key?.name !== 'ctrl-r') {
        if (key && key.name !== 'ctrl-c' && key.name !== 'ctrl-g') this.#line = found;
        this.#cursor = this.#line.length;
        this.#newScreenLine();
        yield* this.#print('\r\x1b[J');
        if (key?.name === 'enter') this.#keys.unread(key);
        return;
      }
      const from = key?.name === 'ctrl-r' ? at - 1 : history.length - 1;
      at = query === '' ? history.length : history.slice(0, from + 1).findLastIndex((line) => line.includes(query));
    }
  }

  #newScreenLine(): void {
    this.#row = 0;
    this.#start = 0;
  }

  /** Draws prompt and line anew, and puts the cursor where it is. */
  *#draw(): Process<void> {
    const { columns } = this.#options.tty;
    const lastLine = this.#prompt.replace(/^[\s\S]*\n/, '');
    const start = lastLine === this.#prompt ? this.#start : 0;
    const promptWidth = start + lastLine.replace(/\x1b\[[0-9;]*[A-Za-z]/g, '').length;
    const begin = this.#start > 0 ? `\x1b[${this.#start}C` : '';
    const up = this.#row > 0 ? `\x1b[${this.#row}A` : '';
    const end = promptWidth + this.#line.length;
    const at = promptWidth + this.#cursor;
    const [endRow, row] = [Math.floor(end / columns), Math.floor(at / columns)];
    const wrap = end > 0 && end % columns === 0 ? '\r\n' : '';
    const back = endRow > row ? `\x1b[${endRow - row}A` : '';
    const column = at % columns;
    yield* this.#print(
      `${up}\r${begin}\x1b[J${this.#prompt}${this.#line}${wrap}${back}\r${column > 0 ? `\x1b[${column}C` : ''}`,
    );
    this.#row = row;
  }
  #print(text: string): Process<void> {
    return writeText(this.#options.writer, text);
  }
}

function* none(): Process<undefined> {
  return undefined;
}

function commonPrefix(words: readonly string[]): string {
  let prefix = words[0] ?? '';
  for (const word of words) while (!word.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix;
}
