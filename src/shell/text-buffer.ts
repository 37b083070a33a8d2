/** A text being edited: lines, a cursor, undo. No screen. */
export class TextBuffer {
  lines: string[];
  row = 0;
  column = 0;
  modified = false;
  #undo: { readonly lines: readonly string[]; readonly row: number; readonly column: number }[] = [];

  constructor(text: string) {
    this.lines = text.replace(/\n$/, '').split('\n');
  }
  get line(): string {
    return this.lines[this.row] ?? '';
  }
  get text(): string {
    return this.lines.length === 1 && this.lines[0] === '' ? '' : `${this.lines.join('\n')}\n`;
  }
  /** Remembers the present state for `undo`. */
  checkpoint(): void {
    this.#undo.push({ lines: [...this.lines], row: this.row, column: this.column });
    if (this.#undo.length > 200) this.#undo.shift();
    this.modified = true;
  }
  undo(): void {
    const state = this.#undo.pop();
    if (!state) return;
    this.lines = [...state.lines];
    this.row = state.row;
    this.column = state.column;
  }
  insert(text: string): void {
    const [first = '', ...rest] = text.split('\n');
    const after = this.line.slice(this.column);
    this.lines[this.row] = this.line.slice(0, this.column) + first;
    this.column += first.length;
    for (const line of rest) {
      this.lines.splice(++this.row, 0, line);
      this.column = line.length;
    }
    this.lines[this.row] = this.line + after;
    this.modified = true;
  }
  backspace(): void {
    if (this.column > 0) {
      this.lines[this.row] = this.line.slice(0, this.column - 1) + this.line.slice(this.column);
      this.column--;
    } else if (this.row > 0) {
      const removed = this.line;
      this.lines.splice(this.row--, 1);
      this.column = this.line.length;
      this.lines[this.row] = this.line + removed;
    }
    this.modified = true;
  }
  deleteForward(): void {
    if (this.column < this.line.length)
      this.lines[this.row] = this.line.slice(0, this.column) + this.line.slice(this.column + 1);
    else if (this.row < this.lines.length - 1) {
      this.lines[this.row] = this.line + (this.lines[this.row + 1] ?? '');
      this.lines.splice(this.row + 1, 1);
    }
    this.modified = true;
  }
  /** Takes lines out. */
  cutLines(count: number): string[] {
    const cut = this.lines.splice(this.row, count);
    if (this.lines.length === 0) this.lines.push('');
    this.move(0, 0);
    this.modified = true;
    return cut;
  }
  pasteLines(lines: readonly string[], below: boolean): void {
    const at = below ? this.row + 1 : this.row;
    this.lines.splice(at, 0, ...lines);
    this.row = at;
    this.column = 0;
    this.modified = true;
  }
  /** Moves the cursor, and keeps it inside the text. */
  move(rows: number, columns: number): void {
    this.row = Math.max(0, Math.min(this.lines.length - 1, this.row + rows));
    this.column = Math.max(0, Math.min(this.line.length, this.column + columns));
  }
  goTo(row: number, column: number): void {
    this.row = row;
    this.column = column;
    this.move(0, 0);
  }
  wordForward(): void {
    const next = /^(?:\w+|[^\w\s]+)?\s*/.exec(this.line.slice(this.column))?.[0].length ?? 0;
    if (this.column + next >= this.line.length && this.row < this.lines.length - 1) this.goTo(this.row + 1, 0);
    else this.move(0, Math.max(1, next));
  }
  wordBack(): void {
    if (this.column === 0 && this.row > 0) return this.goTo(this.row - 1, this.lines[this.row - 1]?.length ?? 0);
    const before = this.line.slice(0, this.column);
    this.column = before.length - (/(?:\w+|[^\w\s]+)\s*$|\s+$/.exec(before)?.[0].length ?? 0);
  }
  /** Moves to the next place of a text after the cursor, from the top again after the end. */
  search(query: string): boolean {
    for (let step = 0; step <= this.lines.length; step++) {
      const row = (this.row + step) % this.lines.length;
      const column = (this.lines[row] ?? '').indexOf(query, step === 0 ? this.column + 1 : 0);
      if (column < 0) continue;
      this.goTo(row, column);
      return true;
    }
    return false;
  }
}
