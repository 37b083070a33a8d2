/** Reads shell source into a syntax tree, one complete command at a time, as shells do. */
import type { AndOr, CaseItem, Command, CompoundCommand, Pipeline, Redirection, Script, Word } from './ast.ts';
import { ConditionalParser } from './conditional-parser.ts';
import { SimpleCommandParser } from './simple-command-parser.ts';
import { ShellSyntaxError, Source } from './source.ts';
import { isRedirection, Tokens } from './tokens.ts';
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
/** Reads one source from its beginning to its end. */
export class Parser {
  readonly source: Source;
  readonly #words: WordParser;
  readonly #tokens: Tokens;
  readonly #simple: SimpleCommandParser;

  constructor(text: string | Source, options: ParserOptions = {}) {
    this.source = typeof text === 'string' ? new Source(text) : text;
    this.#words = new WordParser(this.source, { nested: (end) => this.#nested(end), text: parseAll });
    this.#tokens = new Tokens(this.source, {
      words: this.#words,
      hereDocumentBody: parseHereDocumentBody,
      aliases: options.aliases,
    });
    this.#simple = new SimpleCommandParser(this.#tokens, this.#words);
  }

  /** The next complete command (a line); undefined at the end. @throws ShellSyntaxError */
  next(): Script | undefined {
    this.#tokens.skipNewlines();
    if (this.source.atEnd) return undefined;
    const items: AndOr[] = [];
    while (!this.source.atEnd && !this.#tokens.atNewline()) {
      items.push(this.#andOr());
      const separator = this.#tokens.peekOperator();
      if (separator !== ';' && separator !== '&') break;
      this.#tokens.operator();
    }
    this.#tokens.blanks();
    if (!this.source.atEnd && !this.#tokens.atNewline()) throw this.#tokens.unexpected();
    if (this.#tokens.atNewline()) this.#tokens.newline();
    this.#tokens.requireHereDocuments();
    return items;
  }

  /** The inside of `$(…)`, `(…)` and `{ …; }`, up to what ends it (not taken). */
  list(ends: (parser: Parser) => boolean): Script {
    const items: AndOr[] = [];
    for (;;) {
      this.#tokens.skipNewlines();
      if (ends(this)) return items;
      if (this.source.atEnd) throw new ShellSyntaxError('unexpected end of file', this.source.line, true);
      items.push(this.#andOr());
      const separator = this.#tokens.peekOperator();
      if (separator === ';' || separator === '&') this.#tokens.operator();
      else if (!this.#tokens.atNewline() && !ends(this)) {
        if (this.source.atEnd) throw new ShellSyntaxError('unexpected end of file', this.source.line, true);
        throw this.#tokens.unexpected();
      }
    }
  }

  /** The text of an unquoted here-document: double quotes without the quotes. */
  hereDocumentBody(): Word {
    return [{ kind: 'double', parts: this.#words.doubleQuoted(() => false, '$`\\') }];
  }

  #nested(end: ')'): Script {
    const script = this.list((parser) => parser.#tokens.peekOperator() === end);
    this.#tokens.requireHereDocuments();
    return script;
  }

  #andOr(): AndOr {
    this.#tokens.blanks();
    const start = this.source.position;
    const first = this.#pipeline();
    const rest: { operator: '&&' | '||'; pipeline: Pipeline }[] = [];
    for (;;) {
      const operator = this.#tokens.peekOperator();
      if (operator !== '&&' && operator !== '||') break;
      this.#tokens.operator();
      this.#tokens.skipNewlines();
      rest.push({ operator, pipeline: this.#pipeline() });
    }
    const source = this.source.slice(start).trim();
    return { first, rest, background: this.#tokens.peekOperator() === '&', source };
  }

  #pipeline(): Pipeline {
    let negated = false;
    let timed = false;
    for (;;) {
      const word = this.#tokens.peekWord();
      if (word === '!') negated = !negated;
      else if (word === 'time') timed = true;
      else break;
      this.#tokens.takeWord(word);
    }
    const ends = this.#tokens.peekOperator();
    if (timed && (this.source.atEnd || this.#tokens.atNewline() || ends === ';'))
      return { negated, timed, commands: [] };
    const commands = [this.#command()];
    for (;;) {
      const operator = this.#tokens.peekOperator();
      if (operator !== '|' && operator !== '|&') break;
      this.#tokens.operator();
      if (operator === '|&') commands[commands.length - 1] = withStderr(commands[commands.length - 1] as Command);
      this.#tokens.skipNewlines();
      commands.push(this.#command());
    }
    return { negated, timed, commands };
  }

  #command(): Command {
    this.#tokens.expandAlias();
    const { line } = this.source;
    const operator = this.#tokens.peekOperator();
    if (operator === '(')
      return this.#compoundWith(line, this.source.startsWith('((') ? this.#arithmeticOrSubshell() : this.#subshell());
    if (operator && !isRedirection(operator)) throw this.#tokens.unexpected();
    const word = this.#tokens.peekWord();
    if (word !== undefined && closers.has(word)) throw this.#tokens.unexpected();
    if (word === undefined || !reserved.has(word)) return this.#functionOrSimple(line, word);
    if (word === 'function') return this.#functionKeyword(line);
    return this.#compoundWith(line, this.#compound(word));
  }

  #compoundWith(line: number, command: CompoundCommand): Command {
    const redirections: Redirection[] = [];
    for (let next = this.#simple.redirection(); next; next = this.#simple.redirection()) redirections.push(next);
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
        this.#tokens.takeWord(word);
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
        throw this.#tokens.unexpected();
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
      const word = parser.#tokens.peekWord();
      return word !== undefined && words.includes(word);
    });
    if (body.length === 0) throw this.#tokens.unexpected();
    return body;
  }
  #expect(word: string): void {
    this.#tokens.skipNewlines();
    if (this.#tokens.peekWord() !== word) throw this.#tokens.unexpected();
    this.#tokens.takeWord(word);
  }

  #if(): CompoundCommand {
    const branches: { condition: Script; body: Script }[] = [];
    let otherwise: Script | undefined;
    this.#tokens.takeWord('if');
    for (;;) {
      const condition = this.#until('then');
      this.#tokens.takeWord('then');
      branches.push({ condition, body: this.#until('elif', 'else', 'fi') });
      const word = this.#tokens.peekWord();
      this.#tokens.takeWord(word ?? '');
      if (word === 'elif') continue;
      if (word === 'else') {
        otherwise = this.#until('fi');
        this.#tokens.takeWord('fi');
      }
      break;
    }
    return { kind: 'if', branches, ...(otherwise ? { otherwise } : {}) };
  }

  #for(): CompoundCommand {
    this.#tokens.takeWord('for');
    this.#tokens.blanks();
    if (this.source.startsWith('((')) return this.#arithmeticFor();
    const name = this.#tokens.peekWord() ?? '';
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new ShellSyntaxError('bad for loop variable', this.source.line);
    this.#tokens.takeWord(name);
    this.#tokens.blanks();
    let words: Word[] | undefined;
    this.#tokens.skipNewlines();
    if (this.#tokens.peekWord() === 'in') {
      this.#tokens.takeWord('in');
      words = [];
      for (let word = this.#tokens.word(); word; word = this.#tokens.word()) words.push(word);
    }
    this.#tokens.skipSeparator();
    return { kind: 'for', name, ...(words ? { words } : {}), body: this.#loopBody() };
  }
  #arithmeticFor(): CompoundCommand {
    const [initial = [], condition = [], step = []] = this.#words.arithmeticParts();
    this.#tokens.skipSeparator();
    return { kind: 'arithmetic-for', initial, condition, step, body: this.#loopBody() };
  }
  #loopBody(): Script {
    this.#tokens.skipNewlines();
    return this.#tokens.peekWord() === '{' ? this.#block('{', '}') : this.#block('do', 'done');
  }

  #case(): CompoundCommand {
    this.#tokens.takeWord('case');
    const word = this.#tokens.word();
    if (!word) throw this.#tokens.unexpected();
    this.#expect('in');
    const items: CaseItem[] = [];
    for (;;) {
      this.#tokens.skipNewlines();
      if (this.#tokens.peekWord() === 'esac') break;
      items.push(this.#caseItem());
    }
    this.#tokens.takeWord('esac');
    return { kind: 'case', word, items };
  }
  #caseItem(): CaseItem {
    if (this.#tokens.peekOperator() === '(') this.#tokens.operator();
    const patterns: Word[] = [];
    for (;;) {
      const pattern = this.#tokens.word();
      if (!pattern) throw this.#tokens.unexpected();
      patterns.push(pattern);
      const operator = this.#tokens.peekOperator();
      if (operator !== '|' && operator !== ')') throw this.#tokens.unexpected();
      this.#tokens.operator();
      if (operator === ')') break;
    }
    const isEnd = (operator: string | undefined) => operator === ';;' || operator === ';&' || operator === ';;&';
    const body = this.list((parser) => isEnd(parser.#tokens.peekOperator()) || parser.#tokens.peekWord() === 'esac');
    const end = this.#tokens.peekOperator();
    if (!isEnd(end)) return { patterns, body, end: ';;' };
    this.#tokens.operator();
    return { patterns, body, end: end as CaseItem['end'] };
  }

  #subshell(): CompoundCommand {
    this.#tokens.operator();
    const body = this.list((parser) => parser.#tokens.peekOperator() === ')');
    this.#tokens.operator();
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
    this.#tokens.takeWord('[[');
    const expression = new ConditionalParser(this.source, this.#words).parse();
    return { kind: 'conditional', expression };
  }

  #functionKeyword(line: number): Command {
    this.#tokens.takeWord('function');
    const name = this.#tokens.peekWord() ?? '';
    this.#tokens.takeWord(name);
    this.#tokens.blanks();
    if (this.source.startsWith('(')) this.#functionParentheses();
    return this.#functionBody(line, name);
  }
  #functionParentheses(): void {
    this.#tokens.operator();
    if (this.#tokens.peekOperator() !== ')') throw this.#tokens.unexpected();
    this.#tokens.operator();
  }
  #functionBody(line: number, name: string): Command {
    this.#tokens.skipNewlines();
    return { kind: 'function', line, name, body: this.#command() };
  }
  #functionOrSimple(line: number, word: string | undefined): Command {
    if (word !== undefined && /^[A-Za-z_][\w.:-]*$/.test(word)) {
      const mark = this.source.mark();
      this.#tokens.takeWord(word);
      this.#tokens.blanks();
      if (this.source.startsWith('(')) {
        this.#functionParentheses();
        return this.#functionBody(line, word);
      }
      this.source.reset(mark);
    }
    return this.#simple.parse(line);
  }
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
