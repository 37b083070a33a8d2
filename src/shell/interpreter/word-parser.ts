/** Reads words: quotes, parameters, substitutions. */
import { cEscapes } from '../../apimachinery/c-escapes.ts';
import type { ParameterOperation, ParameterPart, Script, Word, WordPart } from './ast.ts';
import { ShellSyntaxError, type Source } from './source.ts';

type Stop = (source: Source) => boolean;

/** How words get at the scripts inside them. */
export interface ScriptParser {
  /** Parses from the position up to (not with) what ends it. */
  nested(end: ')'): Script;
  /** Parses the text of backquotes. */
  text(text: string, line: number): Script;
}

const wordEnd = /[\s;&|<>()]/;

/** The part of a parser for words. */
export class WordParser {
  readonly #source: Source;
  readonly #scripts: ScriptParser;

  constructor(source: Source, scripts: ScriptParser) {
    this.#source = source;
    this.#scripts = scripts;
  }

  /** A word at the position; undefined when none starts here. */
  word(declaration: boolean): Word | undefined {
    if (this.#source.startsWith('<(')) return [this.#processSubstitution()];
    if (this.#source.atEnd || wordEnd.test(this.#source.char)) return undefined;
    let depth = 0;
    return this.parts((source) => {
      if (declaration && source.char === '(') depth++;
      if (depth > 0 && source.char === ')') depth--;
      return depth === 0 && wordEnd.test(source.char) && !(declaration && source.char === ')');
    });
  }

  /** Parts up to `stop` or the end of the text. */
  parts(stop: Stop): Word {
    const parts: WordPart[] = [];
    let literal = '';
    const flush = () => {
      if (literal !== '') parts.push({ kind: 'literal', text: literal });
      literal = '';
    };
    while (!this.#source.atEnd && !stop(this.#source)) {
      const part = this.#part();
      if (typeof part === 'string') literal += part;
      else {
        flush();
        parts.push(part);
      }
    }
    flush();
    return parts;
  }

  #part(): WordPart | string {
    const source = this.#source;
    switch (source.char) {
      case "'":
        return this.#single();
      case '"':
        return this.#double();
      case '\\': {
        source.skip(1);
        if (source.atEnd) return '\\';
        const char = source.take();
        return char === '\n' ? '' : { kind: 'quoted', text: char };
      }
      case '$':
        return this.#dollar(false);
      case '`':
        return this.#backticks(false);
      default:
        return source.take();
    }
  }

  #single(): WordPart {
    const { line } = this.#source;
    this.#source.skip(1);
    const text = this.#source.match(/[^']*/y) ?? '';
    this.#source.skip(text.length);
    if (this.#source.atEnd) throw new ShellSyntaxError('unterminated quoted string', line, true);
    this.#source.skip(1);
    return { kind: 'quoted', text };
  }

  #double(): WordPart {
    const { line } = this.#source;
    this.#source.skip(1);
    const parts = this.doubleQuoted((source) => source.char === '"');
    if (this.#source.atEnd) throw new ShellSyntaxError('unterminated quoted string', line, true);
    this.#source.skip(1);
    return { kind: 'double', parts };
  }

  /** Parts inside double quotes. */
  doubleQuoted(stop: Stop, escapable = '$`"\\'): Word {
    const source = this.#source;
    const parts: WordPart[] = [];
    let literal = '';
    while (!source.atEnd && !stop(source)) {
      let part: WordPart | string;
      if (source.char === '\\') {
        source.skip(1);
        const char = source.take();
        part = char === '\n' ? '' : escapable.includes(char) && char !== '' ? char : `\\${char}`;
      } else if (source.char === '$') part = this.#dollar(true);
      else if (source.char === '`') part = this.#backticks(true);
      else part = source.take();
      if (typeof part === 'string') literal += part;
      else {
        if (literal !== '') parts.push({ kind: 'literal', text: literal });
        literal = '';
        parts.push(part);
      }
    }
    if (literal !== '') parts.push({ kind: 'literal', text: literal });
    return parts;
  }

  #processSubstitution(): WordPart {
    this.#source.skip(2);
    const script = this.#scripts.nested(')');
    this.#source.skip(1);
    return { kind: 'process', script };
  }

  #dollar(quoted: boolean): WordPart | string {
    const source = this.#source;
    if (source.startsWith('$((')) {
      const mark = source.mark();
      source.skip(1);
      const expression = this.tryDoubleParentheses();
      if (expression) return { kind: 'arithmetic', expression };
      source.reset(mark);
    }
    source.skip(1);
    if (source.char === '(') {
      source.skip(1);
      const script = this.#scripts.nested(')');
      source.skip(1);
      return { kind: 'command', script };
    }
    if (source.char === '{') return this.#braces(quoted);
    if (source.char === "'" && !quoted) return this.#ansi();
    const name = source.match(/[A-Za-z_]\w*|[0-9@*#?$!-]/y);
    if (name === undefined) return '$';
    source.skip(name.length);
    return { kind: 'parameter', name };
  }

  /** `$'…'`. */
  #ansi(): WordPart {
    const { line } = this.#source;
    const raw = this.#source.match(/'(?:[^'\\]|\\[\s\S])*'/y);
    if (raw === undefined) throw new ShellSyntaxError('unterminated quoted string', line, true);
    this.#source.skip(raw.length);
    return { kind: 'quoted', text: unescapeAnsi(raw.slice(1, -1)) };
  }

  #backticks(quoted: boolean): WordPart {
    const { line } = this.#source;
    const raw = this.#source.match(/`(?:[^`\\]|\\[\s\S])*`/y);
    if (raw === undefined) throw new ShellSyntaxError('EOF in backquote substitution', line, true);
    this.#source.skip(raw.length);
    const text = raw.slice(1, -1).replace(quoted ? /\\([$`\\"])/g : /\\([$`\\])/g, '$1');
    return { kind: 'command', script: this.#scripts.text(text, line) };
  }

  #braces(quoted: boolean): ParameterPart {
    const source = this.#source;
    const { line } = source;
    source.skip(1);
    const lengthOf = /^#[A-Za-z_0-9@*?!$-]/.test(source.peek(2)) && !/^#[?!$-]?\}/.test(source.peek(2));
    if (lengthOf) source.skip(1);
    const indirect = !lengthOf && /^![A-Za-z_]/.test(source.peek(2));
    if (indirect) source.skip(1);
    const name = source.match(/[A-Za-z_]\w*|\d+|[@*#?$!-]/y);
    if (name === undefined) throw new ShellSyntaxError('Bad substitution', line, source.atEnd);
    source.skip(name.length);
    const index = source.char === '[' ? this.subscript() : undefined;
    const operation = this.#operation(quoted);
    if (source.char !== '}')
      throw new ShellSyntaxError(source.atEnd ? "missing '}'" : 'Bad substitution', line, source.atEnd);
    source.skip(1);
    return {
      kind: 'parameter',
      name,
      ...(index ? { index } : {}),
      ...(lengthOf ? { length: true } : {}),
      ...(indirect ? { indirect: true } : {}),
      ...(operation ? { operation } : {}),
    };
  }

  #operation(quoted: boolean): ParameterOperation | undefined {
    const source = this.#source;
    const defaults = source.match(/:?[-=?+]/y);
    if (defaults !== undefined) {
      source.skip(defaults.length);
      const kinds = { '-': 'default', '=': 'assign', '?': 'error', '+': 'alternative' } as const;
      const kind = kinds[defaults.slice(-1) as keyof typeof kinds];
      return { kind, orEmpty: defaults.length === 2, word: this.#operand(quoted) };
    }
    const trim = source.match(/##?|%%?/y);
    if (trim !== undefined) {
      source.skip(trim.length);
      return {
        kind: trim.startsWith('#') ? 'prefix' : 'suffix',
        longest: trim.length === 2,
        pattern: this.#operand(false),
      };
    }
    if (source.char === '/') return this.#replacement();
    if (source.char === ':') {
      source.skip(1);
      const offset = this.parts((at) => at.char === ':' || at.char === '}');
      if (source.char !== ':') return { kind: 'substring', offset };
      source.skip(1);
      return { kind: 'substring', offset, length: this.#operand(false) };
    }
    const change = source.match(/\^\^?|,,?/y);
    if (change !== undefined) {
      source.skip(change.length);
      return { kind: 'case', to: change.startsWith('^') ? 'upper' : 'lower', all: change.length === 2 };
    }
    const transform = source.match(/@[A-Za-z]/y);
    if (transform === undefined) return undefined;
    source.skip(2);
    return { kind: 'transform', operator: transform.slice(1) };
  }
  #replacement(): ParameterOperation {
    const source = this.#source;
    source.skip(1);
    const mode = replaceMode(source.char);
    if (mode !== 'first') source.skip(1);
    const pattern = this.parts((at) => at.char === '/' || at.char === '}');
    if (source.char === '/') {
      source.skip(1);
      return { kind: 'replace', mode, pattern, replacement: this.#operand(false) };
    }
    return { kind: 'replace', mode, pattern, replacement: [] };
  }
  #operand(quoted: boolean): Word {
    const stop: Stop = (source) => source.char === '}';
    return quoted ? this.#quotedOperand(stop) : this.parts(stop);
  }
  /** Inside double quotes, `"${x:-"a b"}"` may quote again. */
  #quotedOperand(stop: Stop): Word {
    const parts: WordPart[] = [];
    while (!this.#source.atEnd && !stop(this.#source)) {
      if (this.#source.char === '"') parts.push(this.#double());
      else parts.push(...this.doubleQuoted((source) => stop(source) || source.char === '"', '$`"\\}'));
    }
    return parts;
  }

  /** `[…]` after a name. */
  subscript(): Word | undefined {
    if (!this.#source.startsWith('[')) return undefined;
    this.#source.skip(1);
    const word = this.parts((source) => source.char === ']');
    if (this.#source.char !== ']') return undefined;
    this.#source.skip(1);
    return word;
  }

  /** `((…))`; undefined, somewhere behind, when it turns out to be nested subshells. */
  tryDoubleParentheses(): Word | undefined {
    const source = this.#source;
    source.skip(2);
    let depth = 0;
    const expression = this.#arithmeticParts((at) => {
      if (at.char === '(') depth++;
      if (at.char !== ')') return false;
      return depth-- === 0;
    });
    if (!source.startsWith('))')) {
      if (source.atEnd) throw new ShellSyntaxError("missing '))'", source.line, true);
      return undefined;
    }
    source.skip(2);
    return expression;
  }
  /** The three parts of `for ((a; b; c))`. */
  arithmeticParts(): Word[] {
    const source = this.#source;
    source.skip(2);
    const parts: Word[] = [];
    for (;;) {
      let depth = 0;
      parts.push(
        this.#arithmeticParts((at) => {
          if (at.char === ';') return true;
          if (at.char === '(') depth++;
          return at.char === ')' && depth-- === 0;
        }),
      );
      if (source.char !== ';') break;
      source.skip(1);
    }
    if (!source.startsWith('))')) throw new ShellSyntaxError("missing '))'", source.line, source.atEnd);
    source.skip(2);
    return parts;
  }
  #arithmeticParts(stop: Stop): Word {
    const parts: WordPart[] = [];
    while (!this.#source.atEnd && !stop(this.#source)) {
      const { char } = this.#source;
      if (char === '"') parts.push(this.#double());
      else if (char === '$' || char === '`' || char === '\\' || char === "'") {
        const part = this.#part();
        parts.push(typeof part === 'string' ? { kind: 'literal', text: part } : part);
      } else parts.push({ kind: 'literal', text: this.#source.take() });
    }
    return parts;
  }
}

const ansiEscapes: Readonly<Record<string, string>> = {
  ...cEscapes,
  e: '\x1b',
  E: '\x1b',
  "'": "'",
  '"': '"',
  '?': '?',
};

function unescapeAnsi(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|[0-7]{1,3}|[\s\S])/g, (whole, escape: string) => {
    if (/^[xu]./.test(escape)) return String.fromCodePoint(Number.parseInt(escape.slice(1), 16));
    if (/^[0-7]/.test(escape)) return String.fromCharCode(Number.parseInt(escape, 8) & 0xff);
    return ansiEscapes[escape] ?? whole;
  });
}

function replaceMode(char: string): 'first' | 'all' | 'prefix' | 'suffix' {
  if (char === '/') return 'all';
  if (char === '#') return 'prefix';
  return char === '%' ? 'suffix' : 'first';
}
