/** Reads sed's scripts. */
import { posixRegExp } from './posix-regex.ts';
import { UtilityError } from './utility.ts';

export type SedAddress =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'regex'; readonly expression: RegExp }
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  /** `addr,+N`. */
  | { readonly kind: 'offset'; readonly lines: number };

export interface Substitution {
  readonly expression: RegExp;
  readonly replace: (groups: readonly string[]) => string;
  readonly all: boolean;
  /** The first occurrence that is replaced. */
  readonly occurrence: number;
  readonly print: boolean;
  readonly file?: string;
}

export interface SedCommand {
  readonly name: string;
  readonly first?: SedAddress;
  readonly second?: SedAddress;
  readonly negated: boolean;
  readonly text: string;
  /** Where `b`, `t` and an unselected `{` go on. */
  target: number;
  readonly substitution?: Substitution;
  readonly map?: ReadonlyMap<string, string>;
}

/** @throws UtilityError */
export function parseSedScript(script: string, extended: boolean): SedCommand[] {
  return new ScriptReader(script, extended).read();
}

class ScriptReader {
  readonly #text: string;
  readonly #extended: boolean;
  #at = 0;
  #lastExpression: RegExp | undefined;
  constructor(text: string, extended: boolean) {
    this.#text = text;
    this.#extended = extended;
  }

  read(): SedCommand[] {
    const commands: SedCommand[] = [];
    const open: SedCommand[] = [];
    const labels = new Map<string, number>();
    for (;;) {
      this.#skip(/[\s;]*/y);
      if (this.#text.startsWith('#', this.#at)) {
        this.#skip(/[^\n]*/y);
        continue;
      }
      if (this.#at >= this.#text.length) break;
      const command = this.#command();
      if (command.name === ':') labels.set(command.text, commands.length);
      else if (command.name === '}') {
        const block = open.pop();
        if (!block) throw new UtilityError("unexpected '}'");
        block.target = commands.length;
      } else {
        if (command.name === '{') open.push(command);
        commands.push(command);
      }
    }
    if (open.length > 0) throw new UtilityError("unmatched '{'");
    for (const command of commands) {
      if (!/^[btT]$/.test(command.name)) continue;
      const target = command.text === '' ? commands.length : labels.get(command.text);
      if (target === undefined) throw new UtilityError(`can't find label '${command.text}'`);
      command.target = target;
    }
    return commands;
  }

  #command(): SedCommand {
    const first = this.#address();
    let second: SedAddress | undefined;
    if (first) {
      this.#skip(/\s*/y);
      if (this.#text.charAt(this.#at) === ',') {
        this.#at++;
        this.#skip(/\s*/y);
        second = this.#address();
        if (!second) throw new UtilityError('no address after comma');
      }
    }
    this.#skip(/\s*/y);
    const negated = this.#text.charAt(this.#at) === '!';
    if (negated) this.#skip(/[!\s]*/y);
    const name = this.#text.charAt(this.#at++);
    const base = { name, negated, text: '', target: 0, ...(first ? { first } : {}), ...(second ? { second } : {}) };
    return { ...base, ...this.#operands(name) };
  }

  #operands(name: string): Partial<SedCommand> {
    switch (name) {
      case 's':
        return { substitution: this.#substitution() };
      case 'y': {
        const delimiter = this.#text.charAt(this.#at++);
        const from = [...unescapeSimple(this.#until(delimiter, false))];
        const to = [...unescapeSimple(this.#until(delimiter, false))];
        return { map: new Map(from.map((char, index) => [char, to[index] ?? ''])) };
      }
      case 'a':
      case 'i':
      case 'c':
        return { text: this.#textBlock() };
      case ':':
      case 'b':
      case 't':
      case 'T':
        this.#skip(/[ \t]*/y);
        return { text: this.#skip(name === ':' ? /[^\n;]*/y : /[^\n;}]*/y).trim() };
      case 'r':
      case 'w':
        this.#skip(/[ \t]*/y);
        return { text: this.#skip(/[^\n]*/y) };
      case 'q':
      case 'Q':
        this.#skip(/[ \t]*/y);
        return { text: this.#skip(/\d*/y) };
      default:
        if (!'{}dDpPnNhHgGxz=l'.includes(name) || name === '') throw new UtilityError(`unsupported command ${name}`);
        return {};
    }
  }

  #address(): SedAddress | undefined {
    const step = this.#skip(/\d+~\d+/y);
    if (step !== '') {
      const [first = 0, every = 0] = step.split('~').map(Number);
      return { kind: 'step', first, step: every };
    }
    const number = this.#skip(/\d+/y);
    if (number !== '') return { kind: 'line', line: Number(number) };
    const offset = this.#skip(/\+\d+/y);
    if (offset !== '') return { kind: 'offset', lines: Number(offset) };
    const char = this.#text.charAt(this.#at);
    if (char === '$') {
      this.#at++;
      return { kind: 'last' };
    }
    if (char !== '/' && char !== '\\') return undefined;
    this.#at += char === '\\' ? 2 : 1;
    const source = this.#until(this.#text.charAt(this.#at - 1), true);
    const flags = this.#skip(/[IM]*/y).toLowerCase();
    return { kind: 'regex', expression: this.#compile(source, flags) };
  }
  #compile(source: string, flags: string): RegExp {
    if (source === '' && this.#lastExpression) return new RegExp(this.#lastExpression.source, flags);
    const expression = posixRegExp(source, { extended: this.#extended, flags });
    this.#lastExpression = expression;
    return expression;
  }

  #substitution(): Substitution {
    const delimiter = this.#text.charAt(this.#at++);
    const pattern = this.#until(delimiter, true);
    const replacement = this.#until(delimiter, false);
    const flags = this.#skip(/[gpiIm0-9]*/y);
    const file = this.#skip(/w[ \t]*[^\n]*/y);
    const expression = this.#compile(pattern, `g${/i/i.test(flags) ? 'i' : ''}${flags.includes('m') ? 'm' : ''}`);
    return {
      expression,
      replace: replacer(replacement),
      all: flags.includes('g'),
      occurrence: Number(/\d+/.exec(flags)?.[0] ?? 1),
      print: flags.includes('p'),
      ...(file === '' ? {} : { file: file.slice(1).trim() }),
    };
  }

  /** Text up to a delimiter, which is taken too. */
  #until(delimiter: string, isPattern: boolean): string {
    let out = '';
    let bracket = false;
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text.charAt(this.#at);
      if (char === '\\') {
        const next = this.#text.charAt(++this.#at);
        out +=
          next === delimiter && !/[.*+?^$[\](){}|&]/.test(delimiter)
            ? next
            : next === delimiter && isPattern
              ? next
              : `\\${next}`;
        continue;
      }
      if (char === delimiter && !bracket) {
        this.#at++;
        return out;
      }
      if (isPattern && char === '[' && !bracket) bracket = true;
      else if (char === ']' && bracket && !/\[\^?$/.test(out)) bracket = false;
      out += char;
    }
    throw new UtilityError('unterminated command');
  }
  /** `a text`, or `a\` and lines that go on with a backslash. */
  #textBlock(): string {
    this.#skip(/[ \t]*/y);
    if (this.#text.startsWith('\\', this.#at)) this.#skip(/\\[ \t]*\n?/y);
    let out = '';
    for (;;) {
      const line = this.#skip(/[^\n]*/y);
      if (!line.endsWith('\\')) return out + unescapeSimple(line);
      out += `${line.slice(0, -1)}\n`;
      this.#at++;
    }
  }
  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += text.length;
    return text;
  }
}

const unescapeSimple = (text: string) =>
  text.replace(/\\([\s\S])/g, (_, char: string) => (char === 'n' ? '\n' : char === 't' ? '\t' : char));

/** What a replacement makes of the groups: `&`, `\1`, `\n`, `\U…\E`. */
function replacer(text: string): (groups: readonly string[]) => string {
  const pieces = text.match(/\\[\s\S]|&|[^\\&]+/g) ?? [];
  return (groups) => {
    let out = '';
    let change: ((part: string) => string) | undefined;
    let once: ((part: string) => string) | undefined;
    const add = (part: string) => {
      let shown = change ? change(part) : part;
      if (once && shown !== '') {
        shown = once(shown.slice(0, 1)) + shown.slice(1);
        once = undefined;
      }
      out += shown;
    };
    for (const piece of pieces) {
      const code = piece.charAt(1);
      if (piece === '&') add(groups[0] ?? '');
      else if (!piece.startsWith('\\')) add(piece);
      else if (/\d/.test(code)) add(groups[Number(code)] ?? '');
      else if (code === 'U') change = (part) => part.toUpperCase();
      else if (code === 'L') change = (part) => part.toLowerCase();
      else if (code === 'E') change = undefined;
      else if (code === 'u') once = (part) => part.toUpperCase();
      else if (code === 'l') once = (part) => part.toLowerCase();
      else add(code === 'n' ? '\n' : code === 't' ? '\t' : code);
    }
    return out;
  };
}
