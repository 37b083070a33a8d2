import { describeLayout, TabWriter } from '../printers/tab-writer.ts';
import { escapeTerminal } from '../printers/table-printer.ts';

const indent = '  ';

/** Where a description is written: indented text with cells that end with tabs. */
export interface PrefixWriter {
  /** Text behind the indent of a level; it may lack its line's end. */
  write(level: number, text: string): void;
  line(text?: string): void;
  /** What was written so far is aligned by itself. */
  flush(): void;
}

/** Upstream: kubectl/pkg/describe/describe.go prefixWriter (v1.36) */
export class DescribeWriter implements PrefixWriter {
  readonly #tabs = new TabWriter(describeLayout);
  #done = '';

  write(level: number, text: string): void {
    this.#tabs.write(indent.repeat(level) + escapeTerminal(text));
  }
  line(text = ''): void {
    this.#tabs.write(`${escapeTerminal(text)}\n`);
  }
  flush(): void {
    this.#done += this.#tabs.flush();
  }
  text(): string {
    this.flush();
    return this.#done;
  }
}

/** Collects without aligning: tabs stay. */
export class PlainWriter implements PrefixWriter {
  text = '';
  write(level: number, text: string): void {
    this.text += indent.repeat(level) + escapeTerminal(text);
  }
  line(text = ''): void {
    this.text += `${escapeTerminal(text)}\n`;
  }
  flush(): void {}
}

/** Writes some levels deeper. Upstream: describe.go nestedPrefixWriter (v1.36) */
export function nested(writer: PrefixWriter, levels: number): PrefixWriter {
  return {
    write: (level, text) => writer.write(levels + level, text),
    line: (text) => writer.line(text),
    flush: () => writer.flush(),
  };
}
