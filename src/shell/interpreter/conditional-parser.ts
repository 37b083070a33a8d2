import type { Conditional, Word } from './ast.ts';
import { ShellSyntaxError, type Source } from './source.ts';
import type { WordParser } from './word-parser.ts';

const binary = /(?:==|!=|=~|=|<|>|-(?:eq|ne|lt|le|gt|ge|nt|ot|ef)(?=\s))/y;
const unary = /-[a-hknoprstuvwxzGLNOS](?=\s)/y;

/** Reads `[[ … ]]` after its opening word. */
export class ConditionalParser {
  readonly #source: Source;
  readonly #words: WordParser;
  constructor(source: Source, words: WordParser) {
    this.#source = source;
    this.#words = words;
  }
  /** Takes the closing word too. @throws ShellSyntaxError */
  parse(): Conditional {
    const expression = this.#or();
    this.#space();
    if (!this.#source.startsWith(']]')) throw this.#unexpected();
    this.#source.skip(2);
    return expression;
  }
  #or(): Conditional {
    let left = this.#and();
    while (this.#takes('||')) left = { kind: 'or', left, right: this.#and() };
    return left;
  }
  #and(): Conditional {
    let left = this.#not();
    while (this.#takes('&&')) left = { kind: 'and', left, right: this.#not() };
    return left;
  }
  #not(): Conditional {
    this.#space();
    if (this.#source.match(/!(?=\s|\()/y) === undefined) return this.#primary();
    this.#source.skip(1);
    return { kind: 'not', inner: this.#not() };
  }
  #primary(): Conditional {
    if (this.#takes('(')) {
      const inner = this.#or();
      if (!this.#takes(')')) throw this.#unexpected();
      return inner;
    }
    const test = this.#source.match(unary);
    if (test !== undefined) {
      this.#source.skip(test.length);
      return { kind: 'unary', operator: test, word: this.#word() };
    }
    const left = this.#word();
    this.#space();
    const operator = this.#source.match(binary);
    if (operator === undefined) return { kind: 'word', word: left };
    this.#source.skip(operator.length);
    return { kind: 'binary', operator, left, right: operator === '=~' ? this.#pattern() : this.#word() };
  }
  #word(): Word {
    this.#space();
    const word = this.#source.startsWith(']]') ? undefined : this.#words.word(false);
    if (!word) throw this.#unexpected();
    return word;
  }
  /** A regular expression may hold parentheses and bars. */
  #pattern(): Word {
    this.#space();
    let depth = 0;
    return this.#words.parts((source) => {
      if (source.char === '(') depth++;
      if (source.char === ')') depth--;
      return depth < 0 || (depth === 0 && /\s/.test(source.char));
    });
  }
  #takes(token: string): boolean {
    this.#space();
    if (!this.#source.startsWith(token)) return false;
    this.#source.skip(token.length);
    return true;
  }
  #space(): void {
    for (;;) {
      this.#source.blanks();
      if (!this.#source.startsWith('\n')) return;
      this.#source.skip(1);
    }
  }
  #unexpected(): ShellSyntaxError {
    const { atEnd, line } = this.#source;
    return new ShellSyntaxError(atEnd ? 'unexpected end of file' : `unexpected "${this.#source.peek(1)}"`, line, atEnd);
  }
}
