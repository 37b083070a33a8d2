import { setMember } from '../../../apimachinery/json-value.ts';

/**
 * Reads JSON as Go's encoding/json does, with its errors, and notes keys that stand twice in one object (the last counts).
 * Numbers too large or too exact for JavaScript come as BigInt where they are integers.
 */
export class GoJsonError extends Error {
  override readonly name = 'GoJsonError';
}

/** A number with a fraction or an exponent, as it was written: Go reads no such into an integer. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  valueOf(): number {
    return Number(this.text);
  }

  toString(): string {
    return this.text;
  }

  toJSON(): number {
    return Number(this.text);
  }
}

export interface GoJson {
  readonly value: unknown;
  /** Paths of keys that stand twice: `spec.replicas`, `items[0].x`. */
  readonly duplicates: readonly string[];
}

/**
 * How many arrays and objects may stand in each other. Differs: Go reads 10,000, which no stack of ours would bear; the refusal is the same.
 */
const maxDepth = 1000;

const stringPart = /[^"\\\u0000-\u001f]*/y;
const numberPart = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const blank = /[ \t\r\n]*/y;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Reader {
  readonly #text: string;
  readonly duplicates: string[] = [];
  /** Where each key stands, by its path; filled when it is given. */
  readonly #positions: Map<string, number[]> | undefined;
  readonly #path: (string | number)[] = [];
  readonly #exact: boolean;
  #at = 0;

  constructor(text: string, positions?: Map<string, number[]>, exact = false) {
    this.#text = text;
    this.#positions = positions;
    this.#exact = exact;
  }

  document(): unknown {
    const value = this.#value('looking for beginning of value');
    this.#skip();
    if (this.#at < this.#text.length) this.#fail('after top-level value');
    return value;
  }

  #skip(): void {
    blank.lastIndex = this.#at;
    blank.test(this.#text);
    this.#at = blank.lastIndex;
  }

  #fail(where: string): never {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) throw new GoJsonError('unexpected end of JSON input');
    throw new GoJsonError(`invalid character ${quoteCharacter(this.#text, this.#at)} ${where}`);
  }

  #value(where: string): unknown {
    this.#skip();
    const first = this.#text[this.#at];
    if ((first === '{' || first === '[') && this.#path.length >= maxDepth) this.#fail('exceeded max depth');
    if (first === '{') return this.#object();
    if (first === '[') return this.#array();
    if (first === '"') return this.#string();
    if (first === 't') return this.#literal('true', true);
    if (first === 'f') return this.#literal('false', false);
    if (first === 'n') return this.#literal('null', null);
    if (first === '-' || (first !== undefined && first >= '0' && first <= '9')) return this.#number();
    return this.#fail(where);
  }

  #literal<T>(word: string, value: T): T {
    for (let i = 1; i < word.length; i++) {
      this.#at++;
      if (this.#text[this.#at] !== word[i]) this.#fail(`in literal ${word} (expecting '${word[i]}')`);
    }
    this.#at++;
    return value;
  }

  #number(): number | bigint | JsonNumber {
    numberPart.lastIndex = this.#at;
    const found = numberPart.exec(this.#text)?.[0];
    if (found === undefined) {
      this.#at++;
      return this.#fail('in numeric literal');
    }
    this.#at += found.length;
    const next = this.#text[this.#at];
    if (next === '.') {
      this.#at++;
      this.#fail('after decimal point in numeric literal');
    }
    if (next === 'e' || next === 'E') {
      this.#at++;
      if (this.#text[this.#at] === '+' || this.#text[this.#at] === '-') this.#at++;
      this.#fail('in exponent of numeric literal');
    }
    const value = Number(found);
    if (/^-?\d+$/.test(found)) return Number.isSafeInteger(value) ? value : BigInt(found);
    if (this.#exact) return new JsonNumber(found);
    if (!Number.isFinite(value))
      throw new GoJsonError(`json: cannot unmarshal number ${found} into Go value of type float64`);
    return value;
  }

  #string(): string {
    this.#at++;
    let out = '';
    for (;;) {
      stringPart.lastIndex = this.#at;
      const part = stringPart.exec(this.#text)?.[0] ?? '';
      out += part;
      this.#at += part.length;
      const next = this.#text[this.#at];
      if (next === '"') {
        this.#at++;
        return out;
      }
      if (next !== '\\') this.#fail('in string literal');
      out += this.#escape();
    }
  }

  #escape(): string {
    this.#at++;
    const letter = this.#text[this.#at] ?? '';
    if (letter === 'u') {
      for (let i = 1; i <= 4; i++) {
        if (/[0-9a-fA-F]/.test(this.#text[this.#at + i] ?? '')) continue;
        this.#at += i;
        this.#fail('in \\u hexadecimal character escape');
      }
      const code = Number.parseInt(this.#text.slice(this.#at + 1, this.#at + 5), 16);
      this.#at += 5;
      return code < 0xd800 || code > 0xdfff ? String.fromCharCode(code) : this.#surrogate(code);
    }
    const known = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
    if (known === undefined) this.#fail('in string escape code');
    this.#at++;
    return known;
  }

  /** The second half of a pair is read; a half by itself is the replacement character. */
  #surrogate(high: number): string {
    const low = /^\\u(d[c-f][0-9a-f]{2})/i.exec(this.#text.slice(this.#at, this.#at + 6))?.[1];
    if (high > 0xdbff || low === undefined) return '\ufffd';
    this.#at += 6;
    return String.fromCharCode(high, Number.parseInt(low, 16));
  }

  #array(): unknown[] {
    this.#at++;
    const out: unknown[] = [];
    this.#skip();
    if (this.#text[this.#at] === ']') {
      this.#at++;
      return out;
    }
    for (;;) {
      this.#path.push(out.length);
      out.push(this.#value('looking for beginning of value'));
      this.#path.pop();
      this.#skip();
      const next = this.#text[this.#at];
      if (next !== ',' && next !== ']') this.#fail('after array element');
      this.#at++;
      if (next === ']') return out;
    }
  }

  #note(positions: Map<string, number[]>): void {
    const path = pathText(this.#path);
    const known = positions.get(path);
    if (known) known.push(this.#at);
    else positions.set(path, [this.#at]);
  }

  #object(): Record<string, unknown> {
    this.#at++;
    const out: Record<string, unknown> = {};
    this.#skip();
    if (this.#text[this.#at] === '}') {
      this.#at++;
      return out;
    }
    let where = 'looking for beginning of object key string';
    for (;;) {
      this.#skip();
      if (this.#text[this.#at] !== '"') this.#fail(where);
      const key = this.#string();
      this.#skip();
      if (this.#text[this.#at] !== ':') this.#fail('after object key');
      this.#at++;
      this.#path.push(key);
      if (this.#positions) this.#note(this.#positions);
      if (Object.hasOwn(out, key)) this.duplicates.push(pathText(this.#path));
      setMember(out, key, this.#value('looking for beginning of value'));
      this.#path.pop();
      this.#skip();
      const next = this.#text[this.#at];
      if (next !== ',' && next !== '}') this.#fail('after object key:value pair');
      this.#at++;
      if (next === '}') return out;
      where = 'looking for beginning of object key string';
    }
  }
}

/** Where the keys of a document stand, by their paths; the order of positions is the order of the text. @throws GoJsonError */
export function keyPositions(text: string): ReadonlyMap<string, readonly number[]> {
  const positions = new Map<string, number[]>();
  new Reader(text, positions).document();
  return positions;
}

/** The path of a member, as complaints name it: `spec.containers[0].image`. */
export function pathText(path: readonly (string | number)[]): string {
  let out = '';
  for (const part of path) out += typeof part === 'number' ? `[${part}]` : out === '' ? part : `.${part}`;
  return out;
}

/** A byte of UTF-8 as Go quotes it in an error: the decoder looks at bytes, not at characters. */
function quoteCharacter(text: string, at: number): string {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const byte = new TextEncoder().encode(character)[0] ?? 0;
  if (character === "'") return `'\\''`;
  if (character === '"') return `'"'`;
  if (byte < 0x80)
    return `'${JSON.stringify(character)
      .slice(1, -1)
      .replace(/\\u00([0-1][0-9a-f])/, '\\x$1')}'`;
  if (byte < 0xa1 || byte === 0xad) return `'\\u00${byte.toString(16)}'`;
  return `'${String.fromCharCode(byte)}'`;
}

/** Reads a JSON document; `exact` keeps how numbers that are not written as integers were written. @throws GoJsonError */
export function parseGoJson(source: string | Uint8Array, exact = false): GoJson {
  if (source instanceof Uint8Array && source[0] !== undefined && source[0] >= 0x80) {
    throw new GoJsonError(`invalid character ${byteQuote(source[0])} looking for beginning of value`);
  }
  const text = typeof source === 'string' ? source : new TextDecoder('utf-8', { ignoreBOM: true }).decode(source);
  const reader = new Reader(text, undefined, exact);
  const value = reader.document();
  return { value, duplicates: reader.duplicates };
}

const byteQuote = (byte: number): string =>
  byte < 0xa1 || byte === 0xad ? `'\\u00${byte.toString(16)}'` : `'${String.fromCharCode(byte)}'`;
