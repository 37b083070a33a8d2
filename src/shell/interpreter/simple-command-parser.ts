/** Reads simple commands: assignments, words, and the redirections that compound commands may have, too. */
import type { Assignment, Redirection, SimpleCommand, Word } from './ast.ts';
import { isRedirection, type Tokens } from './tokens.ts';
import type { WordParser } from './word-parser.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The part of a parser for what is no compound command. */
export class SimpleCommandParser {
  readonly #tokens: Tokens;
  readonly #words: WordParser;

  constructor(tokens: Tokens, words: WordParser) {
    this.#tokens = tokens;
    this.#words = words;
  }

  /** Takes a simple command. @throws ShellSyntaxError where none begins */
  parse(line: number): SimpleCommand {
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirections: Redirection[] = [];
    for (;;) {
      const redirection = this.redirection();
      if (redirection) {
        redirections.push(redirection);
        continue;
      }
      const assignment = words.length === 0 ? this.#assignment() : undefined;
      if (assignment) {
        assignments.push(assignment);
        continue;
      }
      const word = this.#tokens.word(isDeclaration(words[0]));
      if (!word) break;
      words.push(word);
    }
    if (assignments.length + words.length + redirections.length === 0) throw this.#tokens.unexpected();
    return { kind: 'simple', line, assignments, words, redirections };
  }

  /** Takes `name=value`, `name[index]+=value` or `name=(elements)`. */
  #assignment(): Assignment | undefined {
    const { source } = this.#tokens;
    this.#tokens.blanks();
    const match = source.match(/[A-Za-z_]\w*(?=\+?=|\[)/y);
    if (match === undefined) return undefined;
    const mark = source.mark();
    source.skip(match.length);
    let index: Word | undefined;
    if (source.startsWith('[')) {
      index = this.#words.subscript();
      if (!index || !/^\+?=/.test(source.peek(2))) {
        source.reset(mark);
        return undefined;
      }
    }
    const append = source.startsWith('+');
    source.skip(append ? 2 : 1);
    const base = { name: match, append, ...(index ? { index } : {}) };
    if (!source.startsWith('(')) return { ...base, value: this.#words.word(false) ?? [] };
    source.skip(1);
    const elements: Word[] = [];
    for (;;) {
      this.#tokens.skipNewlines();
      const element = this.#tokens.word();
      if (!element) break;
      elements.push(element);
    }
    if (this.#tokens.peekOperator() !== ')') throw this.#tokens.unexpected();
    this.#tokens.operator();
    return { ...base, value: [], elements };
  }

  /** Takes a redirection; undefined, and nothing taken, when none begins here. @throws ShellSyntaxError */
  redirection(): Redirection | undefined {
    const { source } = this.#tokens;
    this.#tokens.blanks();
    const digits = source.match(/\d+(?=[<>])/y) ?? '';
    const mark = source.mark();
    source.skip(digits.length);
    const operator = this.#tokens.peekOperator();
    if (!operator || !isRedirection(operator) || (digits === '' && source.startsWith('<('))) {
      source.reset(mark);
      return undefined;
    }
    this.#tokens.operator();
    const fd = digits === '' ? (operator.startsWith('<') ? 0 : 1) : Number(digits);
    const target = this.#tokens.word();
    if (!target) throw this.#tokens.unexpected();
    if (operator === '<<' || operator === '<<-') return this.#hereDocument(fd, target, operator === '<<-');
    return { fd, operator: operator as Redirection['operator'], target };
  }

  #hereDocument(fd: number, delimiter: Word, stripTabs: boolean): Redirection {
    const redirection: Mutable<Redirection> = { fd, operator: '<<', target: [] };
    this.#tokens.addHereDocument({
      delimiter: literalText(delimiter),
      quoted: delimiter.some((part) => part.kind !== 'literal'),
      stripTabs,
      assign: (body) => {
        redirection.target = body;
      },
    });
    return redirection;
  }
}

const declarationCommands = new Set(['export', 'local', 'readonly', 'declare', 'typeset', 'alias']);

function isDeclaration(word: Word | undefined): boolean {
  const part = word?.length === 1 ? word[0] : undefined;
  return part?.kind === 'literal' && declarationCommands.has(part.text);
}

/** A word's text with the quotes gone, for delimiters. */
function literalText(word: Word): string {
  return word
    .map((part) =>
      part.kind === 'literal' || part.kind === 'quoted'
        ? part.text
        : part.kind === 'double'
          ? literalText(part.parts)
          : '',
    )
    .join('');
}
