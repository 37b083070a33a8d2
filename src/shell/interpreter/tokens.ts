/** Tokens of shell source: operators, plain words, line ends with the here-documents behind them, aliases. */
import type { Word } from './ast.ts';
import { ShellSyntaxError, type Source } from './source.ts';
import type { WordParser } from './word-parser.ts';

/** Longer ones first. */
const operators = [
  '<<<',
  '&>>',
  '<<-',
  ';;&',
  '&&',
  '||',
  ';;',
  ';&',
  '<<',
  '>>',
  '<&',
  '>&',
  '<>',
  '>|',
  '&>',
  '|&',
  '<',
  '>',
  '|',
  '&',
  ';',
  '(',
  ')',
] as const;

export type Operator = (typeof operators)[number];

/** Whether a redirection begins with this operator. */
export function isRedirection(operator: string): boolean {
  return /[<>]/.test(operator);
}

/** A here-document whose lines follow the present one. */
export interface PendingHereDocument {
  readonly delimiter: string;
  readonly quoted: boolean;
  readonly stripTabs: boolean;
  readonly assign: (body: Word) => void;
}

/** What tokens need of the parser around them. */
export interface TokensOptions {
  readonly words: WordParser;
  /** Parses the text of an unquoted here-document. */
  readonly hereDocumentBody: (text: string, line: number) => Word;
  readonly aliases?: ReadonlyMap<string, string> | undefined;
}

/** A source as a row of tokens. What is peeked at stays; everything skips blanks, continued lines and comments before it. */
export class Tokens {
  readonly source: Source;
  readonly #options: TokensOptions;
  #hereDocuments: PendingHereDocument[] = [];
  /** Aliases that are being expanded, by the position where their text ends. */
  #activeAliases = new Map<string, number>();

  constructor(source: Source, options: TokensOptions) {
    this.source = source;
    this.#options = options;
  }

  /** Its lines are read when the present line ends. */
  addHereDocument(pending: PendingHereDocument): void {
    this.#hereDocuments.push(pending);
  }

  /** Takes a line end, and the here-documents that follow it. */
  newline(): void {
    this.source.skip(1);
    for (const pending of this.#hereDocuments.splice(0)) {
      const text = this.source.hereDocument(pending.delimiter, pending.stripTabs);
      pending.assign(
        pending.quoted ? [{ kind: 'quoted', text }] : this.#options.hereDocumentBody(text, this.source.line),
      );
    }
  }

  /** At the end of the source: a here-document without lines is empty, or, where more lines may come, missing. @throws ShellSyntaxError */
  requireHereDocuments(): void {
    if (this.#hereDocuments.length > 0 && this.source.atEnd) {
      if (this.source.interactive) throw new ShellSyntaxError('unexpected end of file', this.source.line, true);
      for (const pending of this.#hereDocuments.splice(0)) pending.assign([]);
    }
  }

  skipNewlines(): void {
    this.blanks();
    while (this.atNewline()) {
      this.newline();
      this.blanks();
    }
  }

  atNewline(): boolean {
    return this.source.startsWith('\n');
  }

  /** Skips blanks, continued lines and comments. */
  blanks(): void {
    this.source.blanks();
  }

  /** Skips a semicolon and line ends. */
  skipSeparator(): void {
    if (this.peekOperator() === ';') this.operator();
    this.skipNewlines();
  }

  /** Takes a word; undefined when none begins here. `declaration` lets parentheses be part of it, as in `export a=(b)`. */
  word(declaration = false): Word | undefined {
    this.blanks();
    return this.#options.words.word(declaration);
  }

  /** The next word when it is plain text (what reserved words and names are). */
  peekWord(): string | undefined {
    this.blanks();
    return this.source.match(/[^\s;&|<>()$`"'\\]+(?=[\s;&|<>()]|$)/y);
  }

  takeWord(word: string): void {
    this.blanks();
    this.source.skip(word.length);
  }

  peekOperator(): Operator | undefined {
    this.blanks();
    return operators.find((operator) => this.source.startsWith(operator));
  }

  /** Takes an operator, if one stands here. */
  operator(): void {
    const operator = this.peekOperator();
    this.source.skip(operator?.length ?? 0);
  }

  /** The error that names what stands here. */
  unexpected(): ShellSyntaxError {
    this.blanks();
    const { line } = this.source;
    if (this.source.atEnd) return new ShellSyntaxError('unexpected end of file', line, true);
    if (this.atNewline()) return new ShellSyntaxError('unexpected newline', line);
    const token = this.peekOperator() ?? this.source.match(/[^\s;&|<>()]+/y) ?? this.source.peek(1);
    return new ShellSyntaxError(`unexpected "${token}"`, line);
  }

  /** Puts the text of an alias in the place of its name; not inside its own text. */
  expandAlias(): void {
    const { aliases } = this.#options;
    if (!aliases || aliases.size === 0) return;
    for (;;) {
      const word = this.peekWord();
      const text = word === undefined ? undefined : aliases.get(word);
      const at = this.source.remaining;
      for (const [name, end] of this.#activeAliases) if (at < end) this.#activeAliases.delete(name);
      if (word === undefined || text === undefined || this.#activeAliases.has(word)) return;
      this.source.replace(word.length, text);
      this.#activeAliases.set(word, this.source.remaining - text.length);
    }
  }
}
