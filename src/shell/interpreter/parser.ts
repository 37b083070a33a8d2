/** Reads shell source into a syntax tree, one complete command at a time, as shells do. */
import type {
  AndOr,
  Assignment,
  CaseItem,
  Command,
  CompoundCommand,
  Pipeline,
  Redirection,
  Script,
  SimpleCommand,
  Word,
} from './ast.ts';
import { ConditionalParser } from './conditional-parser.ts';
import { ShellSyntaxError, Source } from './source.ts';
import { WordParser } from './word-parser.ts';

export interface ParserOptions {
  readonly aliases?: ReadonlyMap<string, string>;
}

const reserved = new Set([
  'if',
  'then',
  'elif',
  'else',
  'fi',
  'for',
  'in',
  'do',
  'done',
  'while',
  'until',
  'case',
  'esac',
  '{',
  '}',
  '!',
  '[[',
  'function',
  'time',
]);
const closers = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}']);
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
const redirectionOperators = new Set(['<<<', '&>>', '<<-', '<<', '>>', '<&', '>&', '<>', '>|', '&>', '<', '>']);

interface PendingHereDocument {
  readonly delimiter: string;
  readonly quoted: boolean;
  readonly stripTabs: boolean;
  readonly assign: (body: Word) => void;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class Parser {
  readonly source: Source;
  readonly #words: WordParser;
  readonly #options: ParserOptions;
  #hereDocuments: PendingHereDocument[] = [];
  /** Aliases that are being expanded, by the position where their text ends. */
  #activeAliases = new Map<string, number>();

  constructor(text: string | Source, options: ParserOptions = {}) {
    this.source = typeof text === 'string' ? new Source(text) : text;
    this.#options = options;
    this.#words = new WordParser(this.source, { nested: (end) => this.#nested(end), text: parseAll });
  }

  /** The next complete command (a line); undefined at the end. @throws ShellSyntaxError */
  next(): Script | undefined {
    this.#skipNewlines();
    if (this.source.atEnd) return undefined;
    const items: AndOr[] = [];
    while (!this.source.atEnd && !this.#atNewline()) {
      items.push(this.#andOr());
      const separator = this.#peekOperator();
      if (separator !== ';' && separator !== '&') break;
      this.#operator();
    }
    this.#blanks();
    if (!this.source.atEnd && !this.#atNewline()) throw this.#unexpected();
    if (this.#atNewline()) this.#newline();
    this.#requireHereDocuments();
    return items;
  }

  /** The inside of `$(…)`, `(…)` and `{ …; }`, up to what ends it (not taken). */
  list(ends: (parser: Parser) => boolean): Script {
    const items: AndOr[] = [];
    for (;;) {
      this.#skipNewlines();
      if (ends(this)) return items;
      if (this.source.atEnd) throw new ShellSyntaxError('unexpected end of file', this.source.line, true);
      items.push(this.#andOr());
      const separator = this.#peekOperator();
      if (separator === ';' || separator === '&') this.#operator();
      else if (!this.#atNewline() && !ends(this)) {
        if (this.source.atEnd) throw new ShellSyntaxError('unexpected end of file', this.source.line, true);
        throw this.#unexpected();
      }
    }
  }

  /** The text of an unquoted here-document: double quotes without the quotes. */
  hereDocumentBody(): Word {
    return [{ kind: 'double', parts: this.#words.doubleQuoted(() => false, '$`\\') }];
  }

  #nested(end: ')'): Script {
    const script = this.list((parser) => parser.#peekOperator() === end);
    this.#requireHereDocuments();
    return script;
  }

  #andOr(): AndOr {
    this.#blanks();
    const start = this.source.position;
    const first = this.#pipeline();
    const rest: { operator: '&&' | '||'; pipeline: Pipeline }[] = [];
    for (;;) {
      const operator = this.#peekOperator();
      if (operator !== '&&' && operator !== '||') break;
      this.#operator();
      this.#skipNewlines();
      rest.push({ operator, pipeline: this.#pipeline() });
    }
    const source = this.source.slice(start).trim();
    return { first, rest, background: this.#peekOperator() === '&', source };
  }

  #pipeline(): Pipeline {
    let negated = false;
    let timed = false;
    for (;;) {
      const word = this.#peekWord();
      if (word === '!') negated = !negated;
      else if (word === 'time') timed = true;
      else break;
      this.#takeWord(word);
    }
    const ends = this.#peekOperator();
    if (timed && (this.source.atEnd || this.#atNewline() || ends === ';')) return { negated, timed, commands: [] };
    const commands = [this.#command()];
    for (;;) {
      const operator = this.#peekOperator();
      if (operator !== '|' && operator !== '|&') break;
      this.#operator();
      if (operator === '|&') commands[commands.length - 1] = withStderr(commands[commands.length - 1] as Command);
      this.#skipNewlines();
      commands.push(this.#command());
    }
    return { negated, timed, commands };
  }

  #command(): Command {
    this.#expandAlias();
    const { line } = this.source;
    const operator = this.#peekOperator();
    if (operator === '(')
      return this.#compoundWith(line, this.source.startsWith('((') ? this.#arithmeticOrSubshell() : this.#subshell());
    if (operator && !redirectionOperators.has(operator)) throw this.#unexpected();
    const word = this.#peekWord();
    if (word !== undefined && closers.has(word)) throw this.#unexpected();
    if (word === undefined || !reserved.has(word)) return this.#functionOrSimple(line, word);
    if (word === 'function') return this.#functionKeyword(line);
    return this.#compoundWith(line, this.#compound(word));
  }

  #compoundWith(line: number, command: CompoundCommand): Command {
    const redirections: Redirection[] = [];
    for (let next = this.#redirection(); next; next = this.#redirection()) redirections.push(next);
    return { kind: 'compound', line, command, redirections };
  }

  #compound(word: string): CompoundCommand {
    switch (word) {
      case '{':
        return { kind: 'group', body: this.#block('{', '}') };
      case 'if':
        return this.#if();
      case 'while':
      case 'until': {
        this.#takeWord(word);
        const condition = this.#until('do');
        return { kind: 'while', until: word === 'until', condition, body: this.#block('do', 'done') };
      }
      case 'for':
        return this.#for();
      case 'case':
        return this.#case();
      case '[[':
        return this.#conditional();
      default:
        throw this.#unexpected();
    }
  }

  /** Takes `open`, a list and `close`. */
  #block(open: string, close: string): Script {
    this.#expect(open);
    const body = this.#until(close);
    this.#expect(close);
    return body;
  }
  #until(...words: string[]): Script {
    const body = this.list((parser) => {
      const word = parser.#peekWord();
      return word !== undefined && words.includes(word);
    });
    if (body.length === 0) throw this.#unexpected();
    return body;
  }
  #expect(word: string): void {
    this.#skipNewlines();
    if (this.#peekWord() !== word) throw this.#unexpected();
    this.#takeWord(word);
  }

  #if(): CompoundCommand {
    const branches: { condition: Script; body: Script }[] = [];
    let otherwise: Script | undefined;
    this.#takeWord('if');
    for (;;) {
      const condition = this.#until('then');
      this.#takeWord('then');
      branches.push({ condition, body: this.#until('elif', 'else', 'fi') });
      const word = this.#peekWord();
      this.#takeWord(word ?? '');
      if (word === 'elif') continue;
      if (word === 'else') {
        otherwise = this.#until('fi');
        this.#takeWord('fi');
      }
      break;
    }
    return { kind: 'if', branches, ...(otherwise ? { otherwise } : {}) };
  }

  #for(): CompoundCommand {
    this.#takeWord('for');
    this.#blanks();
    if (this.source.startsWith('((')) return this.#arithmeticFor();
    const name = this.#peekWord() ?? '';
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new ShellSyntaxError('bad for loop variable', this.source.line);
    this.#takeWord(name);
    this.#blanks();
    let words: Word[] | undefined;
    this.#skipNewlines();
    if (this.#peekWord() === 'in') {
      this.#takeWord('in');
      words = [];
      for (let word = this.#word(); word; word = this.#word()) words.push(word);
    }
    this.#skipSeparator();
    return { kind: 'for', name, ...(words ? { words } : {}), body: this.#loopBody() };
  }
  #arithmeticFor(): CompoundCommand {
    const [initial = [], condition = [], step = []] = this.#words.arithmeticParts();
    this.#skipSeparator();
    return { kind: 'arithmetic-for', initial, condition, step, body: this.#loopBody() };
  }
  #loopBody(): Script {
    this.#skipNewlines();
    return this.#peekWord() === '{' ? this.#block('{', '}') : this.#block('do', 'done');
  }
  #skipSeparator(): void {
    if (this.#peekOperator() === ';') this.#operator();
    this.#skipNewlines();
  }

  #case(): CompoundCommand {
    this.#takeWord('case');
    const word = this.#word();
    if (!word) throw this.#unexpected();
    this.#expect('in');
    const items: CaseItem[] = [];
    for (;;) {
      this.#skipNewlines();
      if (this.#peekWord() === 'esac') break;
      items.push(this.#caseItem());
    }
    this.#takeWord('esac');
    return { kind: 'case', word, items };
  }
  #caseItem(): CaseItem {
    if (this.#peekOperator() === '(') this.#operator();
    const patterns: Word[] = [];
    for (;;) {
      const pattern = this.#word();
      if (!pattern) throw this.#unexpected();
      patterns.push(pattern);
      const operator = this.#peekOperator();
      if (operator !== '|' && operator !== ')') throw this.#unexpected();
      this.#operator();
      if (operator === ')') break;
    }
    const isEnd = (operator: string | undefined) => operator === ';;' || operator === ';&' || operator === ';;&';
    const body = this.list((parser) => isEnd(parser.#peekOperator()) || parser.#peekWord() === 'esac');
    const end = this.#peekOperator();
    if (!isEnd(end)) return { patterns, body, end: ';;' };
    this.#operator();
    return { patterns, body, end: end as CaseItem['end'] };
  }

  #subshell(): CompoundCommand {
    this.#operator();
    const body = this.list((parser) => parser.#peekOperator() === ')');
    this.#operator();
    return { kind: 'subshell', body };
  }
  #arithmeticOrSubshell(): CompoundCommand {
    const mark = this.source.mark();
    const expression = this.#words.tryDoubleParentheses();
    if (expression) return { kind: 'arithmetic-command', expression };
    this.source.reset(mark);
    return this.#subshell();
  }
  #conditional(): CompoundCommand {
    this.#takeWord('[[');
    const expression = new ConditionalParser(this.source, this.#words).parse();
    return { kind: 'conditional', expression };
  }

  #functionKeyword(line: number): Command {
    this.#takeWord('function');
    const name = this.#peekWord() ?? '';
    this.#takeWord(name);
    this.#blanks();
    if (this.source.startsWith('(')) this.#functionParentheses();
    return this.#functionBody(line, name);
  }
  #functionParentheses(): void {
    this.#operator();
    if (this.#peekOperator() !== ')') throw this.#unexpected();
    this.#operator();
  }
  #functionBody(line: number, name: string): Command {
    this.#skipNewlines();
    return { kind: 'function', line, name, body: this.#command() };
  }
  #functionOrSimple(line: number, word: string | undefined): Command {
    if (word !== undefined && /^[A-Za-z_][\w.:-]*$/.test(word)) {
      const mark = this.source.mark();
      this.#takeWord(word);
      this.#blanks();
      if (this.source.startsWith('(')) {
        this.#functionParentheses();
        return this.#functionBody(line, word);
      }
      this.source.reset(mark);
    }
    return this.#simple(line);
  }

  #simple(line: number): SimpleCommand {
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirections: Redirection[] = [];
    for (;;) {
      const redirection = this.#redirection();
      if (redirection) {
        redirections.push(redirection);
        continue;
      }
      const assignment = words.length === 0 ? this.#assignment() : undefined;
      if (assignment) {
        assignments.push(assignment);
        if (words.length === 0) continue;
      }
      const word = this.#word(isDeclaration(words[0]));
      if (!word) break;
      words.push(word);
    }
    if (assignments.length + words.length + redirections.length === 0) throw this.#unexpected();
    return { kind: 'simple', line, assignments, words, redirections };
  }

  #assignment(): Assignment | undefined {
    this.#blanks();
    const match = this.source.match(/[A-Za-z_]\w*(?=\+?=|\[)/y);
    if (match === undefined) return undefined;
    const mark = this.source.mark();
    this.source.skip(match.length);
    let index: Word | undefined;
    if (this.source.startsWith('[')) {
      index = this.#words.subscript();
      if (!index || !/^\+?=/.test(this.source.peek(2))) {
        this.source.reset(mark);
        return undefined;
      }
    }
    const append = this.source.startsWith('+');
    this.source.skip(append ? 2 : 1);
    const base = { name: match, append, ...(index ? { index } : {}) };
    if (!this.source.startsWith('(')) return { ...base, value: this.#words.word(false) ?? [] };
    this.source.skip(1);
    const elements: Word[] = [];
    for (;;) {
      this.#skipNewlines();
      const element = this.#word();
      if (!element) break;
      elements.push(element);
    }
    if (this.#peekOperator() !== ')') throw this.#unexpected();
    this.#operator();
    return { ...base, value: [], elements };
  }

  #redirection(): Redirection | undefined {
    this.#blanks();
    const digits = this.source.match(/\d+(?=[<>])/y) ?? '';
    const mark = this.source.mark();
    this.source.skip(digits.length);
    const operator = this.#peekOperator();
    if (!operator || !redirectionOperators.has(operator) || (digits === '' && this.source.startsWith('<('))) {
      this.source.reset(mark);
      return undefined;
    }
    this.#operator();
    const fd = digits === '' ? (operator.startsWith('<') ? 0 : 1) : Number(digits);
    const target = this.#word();
    if (!target) throw this.#unexpected();
    if (operator === '<<' || operator === '<<-') return this.#hereDocument(fd, target, operator === '<<-');
    return { fd, operator: operator as Redirection['operator'], target };
  }
  #hereDocument(fd: number, delimiter: Word, stripTabs: boolean): Redirection {
    const redirection: Mutable<Redirection> = { fd, operator: '<<', target: [] };
    this.#hereDocuments.push({
      delimiter: literalText(delimiter),
      quoted: delimiter.some((part) => part.kind !== 'literal'),
      stripTabs,
      assign: (body) => {
        redirection.target = body;
      },
    });
    return redirection;
  }

  /** Takes a line end, and the here-documents that follow it. */
  #newline(): void {
    this.source.skip(1);
    for (const pending of this.#hereDocuments.splice(0)) {
      const text = this.source.hereDocument(pending.delimiter, pending.stripTabs);
      pending.assign(pending.quoted ? [{ kind: 'quoted', text }] : parseHereDocumentBody(text, this.source.line));
    }
  }
  #requireHereDocuments(): void {
    if (this.#hereDocuments.length > 0 && this.source.atEnd) {
      if (this.source.interactive) throw new ShellSyntaxError('unexpected end of file', this.source.line, true);
      for (const pending of this.#hereDocuments.splice(0)) pending.assign([]);
    }
  }
  #skipNewlines(): void {
    this.#blanks();
    while (this.#atNewline()) {
      this.#newline();
      this.#blanks();
    }
  }
  #atNewline(): boolean {
    return this.source.startsWith('\n');
  }
  /** Skips blanks, continued lines and comments. */
  #blanks(): void {
    this.source.blanks();
  }

  #word(declaration = false): Word | undefined {
    this.#blanks();
    return this.#words.word(declaration);
  }
  /** The next word when it is plain text (what reserved words and names are). */
  #peekWord(): string | undefined {
    this.#blanks();
    return this.source.match(/[^\s;&|<>()$`"'\\]+(?=[\s;&|<>()]|$)/y);
  }
  #takeWord(word: string): void {
    this.#blanks();
    this.source.skip(word.length);
  }
  #peekOperator(): (typeof operators)[number] | undefined {
    this.#blanks();
    return operators.find((operator) => this.source.startsWith(operator));
  }
  #operator(): void {
    const operator = this.#peekOperator();
    this.source.skip(operator?.length ?? 0);
  }
  #unexpected(): ShellSyntaxError {
    this.#blanks();
    const { line } = this.source;
    if (this.source.atEnd) return new ShellSyntaxError('unexpected end of file', line, true);
    if (this.#atNewline()) return new ShellSyntaxError('unexpected newline', line);
    const token = this.#peekOperator() ?? this.source.match(/[^\s;&|<>()]+/y) ?? this.source.peek(1);
    return new ShellSyntaxError(`unexpected "${token}"`, line);
  }

  #expandAlias(): void {
    const { aliases } = this.#options;
    if (!aliases || aliases.size === 0) return;
    for (;;) {
      const word = this.#peekWord();
      const text = word === undefined ? undefined : aliases.get(word);
      const at = this.source.remaining;
      for (const [name, end] of this.#activeAliases) if (at < end) this.#activeAliases.delete(name);
      if (word === undefined || text === undefined || this.#activeAliases.has(word)) return;
      this.source.replace(word.length, text);
      this.#activeAliases.set(word, this.source.remaining - text.length);
    }
  }
}

const declarationCommands = new Set(['export', 'local', 'readonly', 'declare', 'typeset', 'alias']);

function isDeclaration(word: Word | undefined): boolean {
  const part = word?.length === 1 ? word[0] : undefined;
  return part?.kind === 'literal' && declarationCommands.has(part.text);
}

/** A word's text with the quotes gone, for delimiters. */
export function literalText(word: Word): string {
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

function withStderr(command: Command): Command {
  const redirection: Redirection = { fd: 2, operator: '>&', target: [{ kind: 'literal', text: '1' }] };
  if (command.kind === 'function') return command;
  return { ...command, redirections: [...command.redirections, redirection] };
}

/** Parses a whole text. @throws ShellSyntaxError */
export function parseAll(text: string, line = 1): Script {
  const parser = new Parser(new Source(text, { line }));
  const script: AndOr[] = [];
  for (let next = parser.next(); next; next = parser.next()) script.push(...next);
  return script;
}

/** The text of an unquoted here-document, or of a prompt: parameters and substitutions, no quotes. */
export function parseHereDocumentBody(text: string, line = 1): Word {
  return new Parser(new Source(text, { line })).hereDocumentBody();
}
