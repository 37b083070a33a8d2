/** How a TabWriter lays out. */
export interface TabWriterOptions {
  readonly minWidth: number;
  readonly padding: number;
  /** Columns never become narrower than they were, across flushes: for watches. */
  readonly rememberWidths: boolean;
}

/** What `kubectl get` uses. */
export const tableLayout: TabWriterOptions = { minWidth: 6, padding: 3, rememberWidths: true };
/** What `kubectl describe` uses. */
export const describeLayout: TabWriterOptions = { minWidth: 0, padding: 2, rememberWidths: false };

/**
 * Aligns cells that end with tabs: neighbouring lines that have a cell in the same column share its width. The last cell of a
 * line belongs to no column.
 *
 * Upstream: text/tabwriter; github.com/liggitt/tabwriter (remembered widths)
 */
export class TabWriter {
  readonly #options: TabWriterOptions;
  #text = '';
  #remembered: number[] = [];

  constructor(options: TabWriterOptions = tableLayout) {
    this.#options = options;
  }

  write(text: string): void {
    this.#text += text;
  }

  line(...cells: readonly string[]): void {
    this.#text += `${cells.join('\t')}\n`;
  }

  forgetWidths(): void {
    this.#remembered = [];
  }

  /** What was written since the last flush, laid out. */
  flush(): string {
    const text = this.#text;
    this.#text = '';
    if (text === '') return '';
    const lines = text.split('\n').map((line) => line.split('\t'));
    const out: string[] = [];
    this.#format(lines, 0, lines.length, [], out);
    return out.join('\n');
  }

  #format(lines: readonly string[][], from: number, to: number, widths: number[], out: string[]): void {
    const column = widths.length;
    let start = from;
    for (let at = from; at < to; at++) {
      if (column >= (lines[at]?.length ?? 0) - 1) continue;
      for (const line of lines.slice(start, at)) out.push(layOut(line, widths));
      start = at;
      let width = this.#options.minWidth;
      for (; at < to && column < (lines[at]?.length ?? 0) - 1; at++) {
        width = Math.max(width, cellWidth(lines[at]?.[column] ?? '') + this.#options.padding);
      }
      width = this.#remember(column, width, widths);
      this.#format(lines, start, at, [...widths, width], out);
      start = at;
    }
    for (const line of lines.slice(start, to)) out.push(layOut(line, widths));
  }

  #remember(column: number, width: number, widths: readonly number[]): number {
    if (!this.#options.rememberWidths) return width;
    while (this.#remembered.length < column) this.#remembered.push(widths[this.#remembered.length] ?? 0);
    const known = Math.max(this.#remembered[column] ?? 0, width);
    this.#remembered[column] = known;
    return known;
  }
}

const cellWidth = (cell: string): number => [...cell].length;

function layOut(cells: readonly string[], widths: readonly number[]): string {
  let out = '';
  cells.forEach((cell, index) => {
    const width = widths[index];
    out += width === undefined ? cell : cell + ' '.repeat(Math.max(0, width - cellWidth(cell)));
  });
  return out;
}
