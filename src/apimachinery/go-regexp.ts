/**
 * Go's regular expressions (RE2) on JavaScript's engine: read by Go's grammar, refused in Go's words, written anew for JavaScript.
 * Differs: the leftmost match is the same, but JavaScript's engine may take exponential time where RE2 never does.
 * Upstream: regexp/syntax/parse.go.
 */

/** A pattern that Go would not read. The message is Go's. */
export class GoRegexpError extends Error {
  override readonly name = 'GoRegexpError';

  constructor(code: string, text: string) {
    super(`error parsing regexp: ${code}: \`${text}\``);
  }
}

interface Flags {
  readonly fold: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly swapGreed: boolean;
}

const maxRepeat = 1000;
const posixClasses: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Z_a-z',
  xdigit: '0-9A-Fa-f',
};
/** Perl's classes, as members of a set: RE2's know ASCII only. */
const perlClasses: Readonly<Record<string, string>> = { d: '0-9', s: '\\t\\n\\f\\r ', w: '0-9A-Z_a-z' };
const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** One code point as JavaScript writes it, outside or inside a set. */
function literal(code: number): string {
  if (code < 0x20 || code > 0x7e) return `\\u{${code.toString(16)}}`;
  const character = String.fromCodePoint(code);
  return /[\^$\\.*+?()[\]{}|/-]/.test(character) ? (character === '-' ? '\\x2d' : `\\${character}`) : character;
}

function folded(code: number): string {
  const character = String.fromCodePoint(code);
  const others = [character.toLowerCase(), character.toUpperCase()].filter((one) => [...one].length === 1);
  const all = [...new Set([character, ...others])];
  return all.length === 1 ? literal(code) : `[${all.map((one) => literal(one.codePointAt(0) ?? 0)).join('')}]`;
}

class Parser {
  readonly #text: string;
  #at = 0;
  #flags: Flags = { fold: false, multiline: false, dotAll: false, swapGreed: false };
  readonly #names = new Set<string>();

  constructor(text: string) {
    this.#text = text;
  }

  parse(): string {
    const out = this.#alternatives();
    if (this.#at < this.#text.length) throw new GoRegexpError('unexpected )', this.#text);
    return out;
  }

  #rest(): string {
    return this.#text.slice(this.#at);
  }
  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }
  #code(): number {
    const code = this.#text.codePointAt(this.#at) ?? 0;
    this.#at += code > 0xffff ? 2 : 1;
    return code;
  }

  #alternatives(): string {
    const before = this.#flags;
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    this.#flags = before;
    return parts.join('|');
  }

  #sequence(): string {
    let out = '';
    let quantifiable = false;
    while (this.#at < this.#text.length) {
      const next = this.#text[this.#at] ?? '';
      if (next === '|' || next === ')') break;
      const start = this.#at;
      if ('*+?'.includes(next) || (next === '{' && repeatOf(this.#rest()))) {
        if (!quantifiable) throw new GoRegexpError('missing argument to repetition operator', this.#repeatText());
        this.#at = start;
        out += this.#quantifier();
        quantifiable = true;
        continue;
      }
      const atom = this.#atom();
      if (atom === '') continue;
      out += this.#isRepeated() ? `(?:${atom})` : atom;
      quantifiable = true;
    }
    return out;
  }

  #isRepeated(): boolean {
    const next = this.#text[this.#at] ?? '';
    return (next !== '' && '*+?'.includes(next)) || (next === '{' && repeatOf(this.#rest()) !== undefined);
  }

  /** The operator that stands here, without what makes it lazy. */
  #repeatText(): string {
    const text = this.#text[this.#at] === '{' ? (repeatOf(this.#rest())?.text ?? '{') : (this.#text[this.#at] ?? '');
    this.#at += text.length;
    return text;
  }

  #quantifier(): string {
    const start = this.#at;
    const repeat = this.#text[this.#at] === '{' ? repeatOf(this.#rest()) : undefined;
    let text = this.#repeatText();
    if (repeat) {
      const { min, max } = repeat;
      if (min > maxRepeat || (max ?? 0) > maxRepeat || (max !== undefined && min > max))
        throw new GoRegexpError('invalid repeat count', text);
      text = max === undefined ? `{${min},}` : max === min ? `{${min}}` : `{${min},${max}}`;
    }
    const lazy = this.#take('?') !== this.#flags.swapGreed;
    if (this.#isRepeated()) {
      this.#repeatText();
      this.#take('?');
      throw new GoRegexpError('invalid nested repetition operator', this.#text.slice(start, this.#at));
    }
    return lazy ? `${text}?` : text;
  }

  #atom(): string {
    const next = this.#text[this.#at];
    switch (next) {
      case '(':
        return this.#group();
      case '[':
        return this.#set();
      case '^':
        this.#at++;
        return this.#flags.multiline ? '(?<=^|\\n)' : '^';
      case '$':
        this.#at++;
        return this.#flags.multiline ? '(?=\\n|$)' : '$';
      case '.':
        this.#at++;
        return this.#flags.dotAll ? '[\\s\\S]' : '[^\\n]';
      case '\\':
        return this.#escape();
      default:
        return this.#literal(this.#code());
    }
  }

  #literal(code: number): string {
    return this.#flags.fold ? folded(code) : literal(code);
  }

  #group(): string {
    const start = this.#at;
    const before = this.#flags;
    let open = '(';
    this.#at++;
    if (this.#take('?')) {
      const named = /^(?:P<|<(?![=!]))/.exec(this.#rest());
      if (named) open = this.#name(start, named[0].length);
      else if (this.#modifiers(start)) return '';
      else open = '(?:';
    }
    const body = this.#alternatives();
    if (!this.#take(')')) throw new GoRegexpError('missing closing )', this.#text);
    this.#flags = before;
    return `${open}${body})`;
  }

  #name(start: number, opening: number): string {
    this.#at += opening;
    const end = this.#text.indexOf('>', this.#at);
    if (end < 0) throw new GoRegexpError('invalid named capture', this.#text.slice(start));
    const name = this.#text.slice(this.#at, end);
    if (!/^\w+$/.test(name)) throw new GoRegexpError('invalid named capture', this.#text.slice(start, end + 1));
    if (this.#names.has(name)) throw new GoRegexpError('duplicate capture group name', name);
    this.#names.add(name);
    this.#at = end + 1;
    return `(?<${/^\d/.test(name) ? `$${name}` : name}>`;
  }

  /** Reads flags; gives whether they stand alone, as in `(?i)`. */
  #modifiers(start: number): boolean {
    let value = true;
    let flags = this.#flags;
    let any = false;
    for (;;) {
      const letter = this.#text[this.#at++];
      switch (letter) {
        case 'i':
          flags = { ...flags, fold: value };
          break;
        case 'm':
          flags = { ...flags, multiline: value };
          break;
        case 's':
          flags = { ...flags, dotAll: value };
          break;
        case 'U':
          flags = { ...flags, swapGreed: value };
          break;
        case '-':
          if (!value) throw this.#badPerl(start);
          value = false;
          any = false;
          continue;
        case ':':
        case ')':
          if (!value && !any) throw this.#badPerl(start);
          this.#flags = flags;
          return letter === ')';
        case undefined:
          throw new GoRegexpError('missing argument to repetition operator', '?');
        default:
          throw this.#badPerl(start);
      }
      any = true;
    }
  }

  #badPerl(start: number): GoRegexpError {
    return new GoRegexpError('invalid or unsupported Perl syntax', this.#text.slice(start, this.#at));
  }

  #escape(): string {
    const next = this.#text[this.#at + 1];
    const simple: Readonly<Record<string, string>> = { A: '^', z: '$', b: '\\b', B: '\\B' };
    if (next !== undefined && Object.hasOwn(simple, next)) {
      this.#at += 2;
      return simple[next] ?? '';
    }
    if (next === 'Q') {
      this.#at += 2;
      const end = this.#text.indexOf('\\E', this.#at);
      const quoted = this.#text.slice(this.#at, end < 0 ? undefined : end);
      this.#at += quoted.length + (end < 0 ? 0 : 2);
      return quoted === '' ? '' : `${[...quoted].map((one) => this.#literal(one.codePointAt(0) ?? 0)).join('')}`;
    }
    const known = this.#classEscape();
    if (known !== undefined) return known.startsWith('\\p') || known.startsWith('\\P') ? known : `[${known}]`;
    return this.#literal(this.#escapedCode());
  }

  /** `\d`, `\pL` and kin, as members of a set; undefined when something else stands here. */
  #classEscape(): string | undefined {
    const next = this.#text[this.#at + 1] ?? '';
    const perl = perlClasses[next.toLowerCase()];
    if (perl !== undefined) {
      this.#at += 2;
      return next === next.toLowerCase() ? perl : complement(perl);
    }
    if (next !== 'p' && next !== 'P') return undefined;
    const found = /^\\[pP](?:\{(\^?)(\w+)\}|(\w))/.exec(this.#rest());
    const text = found?.[0] ?? this.#rest().slice(0, 3);
    const name = found?.[2] ?? found?.[3] ?? '';
    this.#at += text.length;
    const property = unicodeProperty(name);
    if (!property) throw new GoRegexpError('invalid character class range', text);
    return `\\${(next === 'P') !== (found?.[1] === '^') ? 'P' : 'p'}{${property}}`;
  }

  /** The code point of `\n`, `\x41`, `\.` and kin. */
  #escapedCode(): number {
    const start = this.#at++;
    if (this.#at >= this.#text.length) throw new GoRegexpError('trailing backslash at end of expression', '');
    const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(this.#rest());
    if (octal) {
      this.#at += octal[0].length;
      return Number.parseInt(octal[0], 8);
    }
    const hex = /^x(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]+)\})/.exec(this.#rest());
    const code = Number.parseInt(hex?.[1] ?? hex?.[2] ?? 'g', 16);
    if (hex && code <= 0x10ffff) {
      this.#at += hex[0].length;
      return code;
    }
    const one = this.#code();
    const character = String.fromCodePoint(one);
    const control = controls[character];
    if (control !== undefined) return control;
    if (one < 0x80 && /[^0-9A-Za-z]/.test(character)) return one;
    throw new GoRegexpError('invalid escape sequence', this.#text.slice(start, this.#at));
  }

  #set(): string {
    const start = this.#at++;
    const not = this.#take('^');
    let body = '';
    for (let first = true; ; first = false) {
      if (this.#at >= this.#text.length) throw new GoRegexpError('missing closing ]', this.#text.slice(start));
      if (!first && this.#take(']')) break;
      if (this.#text[this.#at] === '-' && !first && !/^-(?:\]|$)/.test(this.#rest()) && !/^-[^-]/.test(this.#rest()))
        throw new GoRegexpError('invalid character class range', this.#rest().slice(0, 2));
      body += this.#member(start);
    }
    return `[${not ? '^' : ''}${body}]`;
  }

  #member(start: number): string {
    const posix = /^\[:(\^?)(\w*):\]/.exec(this.#rest());
    if (posix) {
      const members = posixClasses[posix[2] ?? ''];
      if (members === undefined) throw new GoRegexpError('invalid character class range', posix[0]);
      this.#at += posix[0].length;
      return posix[1] === '^' ? complement(members) : members;
    }
    if (this.#text[this.#at] === '\\') {
      const known = this.#classEscape();
      if (known !== undefined) return known;
    }
    const from = this.#at;
    const low = this.#memberCode(start);
    let high = low;
    if (this.#text[this.#at] === '-' && this.#at + 1 < this.#text.length && this.#text[this.#at + 1] !== ']') {
      this.#at++;
      high = this.#memberCode(start);
      if (high < low) throw new GoRegexpError('invalid character class range', this.#text.slice(from, this.#at));
    }
    const range = high === low ? literal(low) : `${literal(low)}-${literal(high)}`;
    return this.#flags.fold ? `${range}${foldedRange(low, high)}` : range;
  }

  #memberCode(start: number): number {
    if (this.#at >= this.#text.length) throw new GoRegexpError('missing closing ]', this.#text.slice(start));
    return this.#text[this.#at] === '\\' ? this.#escapedCode() : this.#code();
  }
}

/** The letters of a range in the other case. */
function foldedRange(low: number, high: number): string {
  const shifted = (from: number, to: number, by: number): string => {
    const [a, b] = [Math.max(low, from), Math.min(high, to)];
    return a > b ? '' : `${literal(a + by)}-${literal(b + by)}`;
  };
  return shifted(0x41, 0x5a, 32) + shifted(0x61, 0x7a, -32);
}

/** Members of a set that are not among these members of ASCII. */
function complement(members: string): string {
  const test = new RegExp(`[${members}]`, 'u');
  let out = '';
  for (let code = 0; code < 0x80; code++) if (!test.test(String.fromCodePoint(code))) out += literal(code);
  return `${out}\\u{80}-\\u{10ffff}`;
}

function unicodeProperty(name: string): string | undefined {
  if (name === 'Any') return name;
  for (const property of [`gc=${name}`, `sc=${name}`]) {
    try {
      new RegExp(`\\p{${property}}`, 'u');
      return property;
    } catch {
      continue;
    }
  }
  return undefined;
}

interface Repeat {
  readonly text: string;
  readonly min: number;
  readonly max: number | undefined;
}

/** `{2,5}` at the front; a brace that begins no repetition stands for itself. */
function repeatOf(text: string): Repeat | undefined {
  const found = /^\{(0|[1-9]\d*)(,(0|[1-9]\d*)?)?\}/.exec(text);
  if (!found) return undefined;
  const min = Number(found[1]);
  return {
    text: found[0],
    min,
    max: found[2] === undefined ? min : found[3] === undefined ? undefined : Number(found[3]),
  };
}

/** The pattern for JavaScript, with the flags given beside `u`. @throws GoRegexpError when Go would not read it */
export function compileGoRegexp(pattern: string, flags = ''): RegExp {
  return new RegExp(new Parser(pattern).parse(), `u${flags}`);
}
