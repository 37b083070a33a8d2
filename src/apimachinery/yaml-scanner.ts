// Takes YAML 1.1 apart into tokens, as libyaml does: its tokens, its errors, its line numbers.
// Upstream: go-yaml v2 scannerc.go

/** Text that is no YAML; the message is Go's, such as `yaml: line 2: mapping values are not allowed in this context`. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
}

/** A place in the text; all count from zero. */
export interface Mark {
  readonly index: number;
  readonly line: number;
  readonly column: number;
}

/** The kinds of tokens. */
export type TokenKind =
  | 'stream-end'
  | 'version-directive'
  | 'tag-directive'
  | 'document-start'
  | 'document-end'
  | 'block-sequence-start'
  | 'block-mapping-start'
  | 'block-end'
  | 'flow-sequence-start'
  | 'flow-sequence-end'
  | 'flow-mapping-start'
  | 'flow-mapping-end'
  | 'block-entry'
  | 'flow-entry'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar';

/** A token. `value` and `suffix` are those of scalars, anchors, tags and directives; `plain` is for scalars. */
export interface Token {
  readonly kind: TokenKind;
  readonly mark: Mark;
  readonly value: string;
  readonly suffix: string;
  readonly plain: boolean;
}

/** A place where a key without `?` may have begun. */
interface SimpleKey {
  possible: boolean;
  readonly required: boolean;
  readonly tokenNumber: number;
  readonly mark: Mark;
}

const start: Mark = Object.freeze({ index: 0, line: 0, column: 0 });
const simpleEscapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};
const escapeLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const singleTokens: Readonly<Record<string, TokenKind>> = {
  '[': 'flow-sequence-start',
  '{': 'flow-mapping-start',
  ']': 'flow-sequence-end',
  '}': 'flow-mapping-end',
};

function isBlank(c: string): boolean {
  return c === ' ' || c === '\t';
}

function isBreak(c: string): boolean {
  return c === '\n' || c === '\r' || c === '\u0085' || c === '\u2028' || c === '\u2029';
}

/** A break or the end. */
function isBreakOrEnd(c: string): boolean {
  return c === '' || isBreak(c);
}

function isBlankOrEnd(c: string): boolean {
  return isBlank(c) || isBreakOrEnd(c);
}

/** The error at a line, as go-yaml words it: line 0 is not named. */
export function yamlErrorAt(line: number, problem: string): YamlError {
  return new YamlError(`yaml: ${line > 0 ? `line ${line}: ` : ''}${problem}`);
}

/** Gives the tokens of a text one by one. */
export class YamlScanner {
  readonly #text: string;
  #index = 0;
  #line = 0;
  #column = 0;
  readonly #tokens: Token[] = [];
  #tokensParsed = 0;
  #indent = -1;
  readonly #indents: number[] = [];
  #flowLevel = 0;
  #simpleKeyAllowed = true;
  readonly #simpleKeys: SimpleKey[] = [{ possible: false, required: false, tokenNumber: 0, mark: start }];
  /** Number of a token → place in `#simpleKeys` of the key it may begin. */
  readonly #keyOfToken = new Map<number, number>();

  constructor(text: string) {
    this.#text = text;
  }

  /** The next token, not taken. @throws YamlError */
  peek(): Token {
    for (;;) {
      const head = this.#tokens[0];
      if (head !== undefined && !this.#mayBecomeKey()) return head;
      this.#fetch();
    }
  }

  /** Takes the next token. @throws YamlError */
  take(): Token {
    const token = this.peek();
    this.#tokens.shift();
    this.#tokensParsed++;
    return token;
  }

  /** Whether the head of the queue may turn out to be a key, so that more must be read. */
  #mayBecomeKey(): boolean {
    const key = this.#simpleKeys[this.#keyOfToken.get(this.#tokensParsed) ?? -1];
    return key !== undefined && this.#isValid(key);
  }

  #fetch(): void {
    this.#skipToNextToken();
    this.#unrollIndent(this.#column);
    const c = this.#at(0);
    if (c === '') return this.#fetchStreamEnd();
    if (this.#column === 0 && c === '%') return this.#fetchDirective();
    if (this.#isDocumentIndicator()) return this.#fetchDocumentIndicator(c);
    const single = singleTokens[c];
    if (single !== undefined) return c === '[' || c === '{' ? this.#openFlow(single) : this.#closeFlow(single);
    if (c === ',') return this.#fetchFlowEntry();
    const next = this.#at(1);
    if (c === '-' && isBlankOrEnd(next)) return this.#fetchBlockEntry();
    if (c === '?' && (this.#flowLevel > 0 || isBlankOrEnd(next))) return this.#fetchKey();
    if (c === ':' && (this.#flowLevel > 0 || isBlankOrEnd(next))) return this.#fetchValue();
    this.#fetchContent(c, next);
  }

  #fetchContent(c: string, next: string): void {
    if (c === '*' || c === '&') return this.#fetchNode(() => this.#scanAnchor(c === '*' ? 'alias' : 'anchor'));
    if (c === '!') return this.#fetchNode(() => this.#scanTag());
    if ((c === '|' || c === '>') && this.#flowLevel === 0) {
      this.#removeSimpleKey();
      this.#simpleKeyAllowed = true;
      this.#tokens.push(this.#scanBlockScalar(c === '|'));
      return;
    }
    if (c === "'" || c === '"') return this.#fetchNode(() => this.#scanQuoted(c));
    const startsPlain =
      !(isBlankOrEnd(c) || '-?:,[]{}#&*!|>\'"%@`'.includes(c)) ||
      (c === '-' && !isBlank(next)) ||
      (this.#flowLevel === 0 && (c === '?' || c === ':') && !isBlankOrEnd(next));
    if (!startsPlain) throw this.#error('found character that cannot start any token');
    this.#fetchNode(() => this.#scanPlain());
  }

  #fetchNode(scan: () => Token): void {
    this.#saveSimpleKey();
    this.#simpleKeyAllowed = false;
    this.#tokens.push(scan());
  }

  #skipToNextToken(): void {
    for (;;) {
      if (this.#column === 0 && this.#at(0) === '\ufeff') this.#skip();
      while (this.#at(0) === ' ' || (this.#at(0) === '\t' && (this.#flowLevel > 0 || !this.#simpleKeyAllowed)))
        this.#skip();
      this.#skipComment();
      if (!isBreak(this.#at(0))) return;
      this.#readLine();
      if (this.#flowLevel === 0) this.#simpleKeyAllowed = true;
    }
  }

  #skipComment(): void {
    if (this.#at(0) === '#') while (!isBreakOrEnd(this.#at(0))) this.#skip();
  }

  #fetchStreamEnd(): void {
    if (this.#column !== 0) {
      this.#column = 0;
      this.#line++;
    }
    this.#unrollIndent(-1);
    this.#removeSimpleKey();
    this.#simpleKeyAllowed = false;
    this.#push('stream-end');
  }

  #fetchDirective(): void {
    this.#unrollIndent(-1);
    this.#removeSimpleKey();
    this.#simpleKeyAllowed = false;
    this.#tokens.push(this.#scanDirective());
  }

  #fetchDocumentIndicator(c: string): void {
    this.#unrollIndent(-1);
    this.#removeSimpleKey();
    this.#simpleKeyAllowed = false;
    const mark = this.#mark();
    for (let i = 0; i < 3; i++) this.#skip();
    this.#push(c === '-' ? 'document-start' : 'document-end', mark);
  }

  #openFlow(kind: TokenKind): void {
    this.#saveSimpleKey();
    const tokenNumber = this.#tokensParsed + this.#tokens.length;
    this.#simpleKeys.push({ possible: false, required: false, tokenNumber, mark: this.#mark() });
    this.#flowLevel++;
    if (this.#flowLevel > 10_000) throw this.#error('exceeded max depth of 10000');
    this.#simpleKeyAllowed = true;
    this.#pushIndicator(kind);
  }

  #closeFlow(kind: TokenKind): void {
    this.#removeSimpleKey();
    if (this.#flowLevel > 0) {
      this.#flowLevel--;
      const key = this.#simpleKeys.pop();
      if (key !== undefined) this.#keyOfToken.delete(key.tokenNumber);
    }
    this.#simpleKeyAllowed = false;
    this.#pushIndicator(kind);
  }

  #fetchFlowEntry(): void {
    this.#removeSimpleKey();
    this.#simpleKeyAllowed = true;
    this.#pushIndicator('flow-entry');
  }

  #fetchBlockEntry(): void {
    if (this.#flowLevel === 0) {
      if (!this.#simpleKeyAllowed) throw this.#error('block sequence entries are not allowed in this context');
      this.#rollIndent(this.#column, -1, 'block-sequence-start', this.#mark());
    }
    this.#removeSimpleKey();
    this.#simpleKeyAllowed = true;
    this.#pushIndicator('block-entry');
  }

  #fetchKey(): void {
    if (this.#flowLevel === 0) {
      if (!this.#simpleKeyAllowed) throw this.#error('mapping keys are not allowed in this context');
      this.#rollIndent(this.#column, -1, 'block-mapping-start', this.#mark());
    }
    this.#removeSimpleKey();
    this.#simpleKeyAllowed = this.#flowLevel === 0;
    this.#pushIndicator('key');
  }

  #fetchValue(): void {
    const key = this.#simpleKeys.at(-1);
    if (key !== undefined && this.#isValid(key)) {
      this.#insert(key.tokenNumber - this.#tokensParsed, 'key', key.mark);
      this.#rollIndent(key.mark.column, key.tokenNumber, 'block-mapping-start', key.mark);
      key.possible = false;
      this.#keyOfToken.delete(key.tokenNumber);
      this.#simpleKeyAllowed = false;
    } else {
      if (this.#flowLevel === 0) {
        if (!this.#simpleKeyAllowed) throw this.#error('mapping values are not allowed in this context');
        this.#rollIndent(this.#column, -1, 'block-mapping-start', this.#mark());
      }
      this.#simpleKeyAllowed = this.#flowLevel === 0;
    }
    this.#pushIndicator('value');
  }

  #isValid(key: SimpleKey): boolean {
    if (!key.possible) return false;
    if (key.mark.line >= this.#line && key.mark.index + 1024 >= this.#index) return true;
    if (key.required) throw this.#error("could not find expected ':'");
    key.possible = false;
    return false;
  }

  #saveSimpleKey(): void {
    if (!this.#simpleKeyAllowed) return;
    const required = this.#flowLevel === 0 && this.#indent === this.#column;
    const tokenNumber = this.#tokensParsed + this.#tokens.length;
    this.#removeSimpleKey();
    const place = this.#simpleKeys.length - 1;
    this.#simpleKeys[place] = { possible: true, required, tokenNumber, mark: this.#mark() };
    this.#keyOfToken.set(tokenNumber, place);
  }

  #removeSimpleKey(): void {
    const key = this.#simpleKeys.at(-1);
    if (key === undefined || !key.possible) return;
    if (key.required) throw this.#error("could not find expected ':'");
    key.possible = false;
    this.#keyOfToken.delete(key.tokenNumber);
  }

  #rollIndent(column: number, tokenNumber: number, kind: TokenKind, mark: Mark): void {
    if (this.#flowLevel > 0 || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    if (this.#indents.length > 10_000) throw this.#error('exceeded max depth of 10000');
    this.#insert(tokenNumber < 0 ? -1 : tokenNumber - this.#tokensParsed, kind, mark);
  }

  #unrollIndent(column: number): void {
    if (this.#flowLevel > 0) return;
    while (this.#indent > column) {
      this.#push('block-end');
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #scanDirective(): Token {
    const mark = this.#mark();
    this.#skip();
    const name = this.#readWord();
    if (name === '') throw this.#error('could not find expected directive name', mark);
    if (!isBlankOrEnd(this.#at(0))) throw this.#error('found unexpected non-alphabetical character', mark);
    if (name !== 'YAML' && name !== 'TAG') throw this.#error('found unknown directive name', mark);
    this.#skipBlanks();
    let value: string;
    let suffix = '';
    if (name === 'YAML') {
      const major = this.#readVersionNumber();
      if (this.#at(0) !== '.') throw this.#error("did not find expected digit or '.' character", mark);
      this.#skip();
      value = `${major}.${this.#readVersionNumber()}`;
    } else {
      value = this.#readTagHandle(mark);
      if (!isBlank(this.#at(0))) throw this.#error('did not find expected whitespace', mark);
      this.#skipBlanks();
      suffix = this.#readTagUri(mark);
      if (!isBlankOrEnd(this.#at(0))) throw this.#error('did not find expected whitespace or line break', mark);
    }
    this.#skipBlanks();
    this.#skipComment();
    if (!isBreakOrEnd(this.#at(0))) throw this.#error('did not find expected comment or line break', mark);
    if (isBreak(this.#at(0))) this.#readLine();
    const kind = name === 'YAML' ? 'version-directive' : 'tag-directive';
    return { kind, mark, value, suffix, plain: false };
  }

  /** The handle a %TAG directive defines: `!`, `!!` or `!word!`. */
  #readTagHandle(mark: Mark): string {
    if (this.#at(0) !== '!') throw this.#error("did not find expected '!'", mark);
    this.#skip();
    const word = this.#readWord();
    if (this.#at(0) === '!') {
      this.#skip();
      return `!${word}!`;
    }
    if (word !== '') throw this.#error("did not find expected '!'", mark);
    return '!';
  }

  #readVersionNumber(): number {
    const digits = this.#readUntil((c) => !/^[0-9]$/.test(c));
    if (digits === '') throw this.#error('did not find expected version number');
    return Number(digits);
  }

  #scanAnchor(kind: 'alias' | 'anchor'): Token {
    const mark = this.#mark();
    this.#skip();
    const value = this.#readWord();
    const next = this.#at(0);
    if (value === '' || !(isBlankOrEnd(next) || '?:,]}%@`'.includes(next))) {
      throw this.#error('did not find expected alphabetic or numeric character', mark);
    }
    return { kind, mark, value, suffix: '', plain: false };
  }

  #scanTag(): Token {
    const mark = this.#mark();
    let value = '';
    let suffix: string;
    if (this.#at(1) === '<') {
      this.#skip();
      this.#skip();
      suffix = this.#readTagUri(mark);
      if (this.#at(0) !== '>') throw this.#error("did not find the expected '>'", mark);
      this.#skip();
    } else {
      this.#skip();
      const word = this.#readWord();
      if (this.#at(0) === '!') {
        this.#skip();
        value = `!${word}!`;
        suffix = this.#readTagUri(mark);
      } else {
        value = '!';
        suffix = word + this.#readTagUri(mark, false);
        if (suffix === '') [value, suffix] = ['', '!'];
      }
    }
    if (!isBlankOrEnd(this.#at(0)) && !(this.#flowLevel > 0 && this.#at(0) === ',')) {
      throw this.#error('did not find expected whitespace or line break', mark);
    }
    return { kind: 'tag', mark, value, suffix, plain: false };
  }

  #readTagUri(mark: Mark, required = true): string {
    const uri = this.#readUntil((c) => !/^[0-9A-Za-z_;/?:@&=+$,.!~*'()[\]%-]$/.test(c));
    if (/%(?![0-9a-fA-F]{2})/.test(uri)) throw this.#error('did not find URI escaped octet', mark);
    if (uri === '' && required) throw this.#error('did not find expected tag URI', mark);
    return uri.replace(/(?:%[0-9a-fA-F]{2})+/g, (escaped) => decodeURIComponent(escaped));
  }

  #scanBlockScalar(literal: boolean): Token {
    const mark = this.#mark();
    this.#skip();
    let chomping = '';
    let increment = 0;
    for (let i = 0; i < 2; i++) {
      const c = this.#at(0);
      if ((c === '+' || c === '-') && chomping === '') chomping = c;
      else if (/^[0-9]$/.test(c) && increment === 0) {
        if (c === '0') throw this.#error('found an indentation indicator equal to 0', mark);
        increment = Number(c);
      } else break;
      this.#skip();
    }
    this.#skipBlanks();
    this.#skipComment();
    if (!isBreakOrEnd(this.#at(0))) throw this.#error('did not find expected comment or line break', mark);
    if (isBreak(this.#at(0))) this.#readLine();
    const known = increment > 0 ? Math.max(this.#indent, 0) + increment : 0;
    const value = this.#readBlockLines(literal, chomping, known, mark);
    return { kind: 'scalar', mark, value, suffix: '', plain: false };
  }

  #readBlockLines(literal: boolean, chomping: string, known: number, mark: Mark): string {
    let [indent, trailing] = this.#readBlockBreaks(known, mark);
    let out = '';
    let leading = '';
    let leadingBlank = false;
    while (this.#column === indent && this.#at(0) !== '') {
      const trailingBlank = isBlank(this.#at(0));
      if (!literal && !leadingBlank && !trailingBlank && leading.startsWith('\n')) {
        if (trailing === '') out += ' ';
      } else out += leading;
      out += trailing;
      leadingBlank = isBlank(this.#at(0));
      out += this.#readUntil(isBreakOrEnd);
      leading = this.#at(0) === '' ? '' : this.#readLine();
      [indent, trailing] = this.#readBlockBreaks(indent, mark);
    }
    if (chomping !== '-') out += leading;
    return chomping === '+' ? out + trailing : out;
  }

  /** Eats indentation and empty lines; finds the indentation when it is not known (0). */
  #readBlockBreaks(known: number, mark: Mark): [indent: number, breaks: string] {
    let breaks = '';
    let deepest = 0;
    for (;;) {
      while ((known === 0 || this.#column < known) && this.#at(0) === ' ') this.#skip();
      deepest = Math.max(deepest, this.#column);
      if ((known === 0 || this.#column < known) && this.#at(0) === '\t') {
        throw this.#error('found a tab character where an indentation space is expected', mark);
      }
      if (!isBreak(this.#at(0))) break;
      breaks += this.#readLine();
    }
    return [known === 0 ? Math.max(deepest, this.#indent + 1, 1) : known, breaks];
  }

  #scanQuoted(quote: string): Token {
    const mark = this.#mark();
    this.#skip();
    let out = '';
    for (;;) {
      if (this.#isDocumentIndicator()) throw this.#error('found unexpected document indicator', mark);
      if (this.#at(0) === '') throw this.#error('found unexpected end of stream', mark);
      const [text, escapedBreak] = this.#readQuotedText(quote, mark);
      out += text;
      if (this.#at(0) === quote) break;
      out += this.#readWhitespace(escapedBreak);
    }
    this.#skip();
    return { kind: 'scalar', mark, value: out, suffix: '', plain: false };
  }

  /** Reads up to a blank, a break or the closing quote. */
  #readQuotedText(quote: string, mark: Mark): [text: string, escapedBreak: boolean] {
    let out = '';
    while (!isBlankOrEnd(this.#at(0))) {
      const c = this.#at(0);
      const next = this.#at(1);
      if (quote === "'" && c === quote && next === quote) {
        out += quote;
        this.#skip();
        this.#skip();
      } else if (c === quote) break;
      else if (quote === '"' && c === '\\' && isBreak(next)) {
        this.#skip();
        this.#readLine();
        return [out, true];
      } else if (quote === '"' && c === '\\') out += this.#readEscape(next, mark);
      else out += this.#read();
    }
    return [out, false];
  }

  #readEscape(letter: string, mark: Mark): string {
    const simple = Object.hasOwn(simpleEscapes, letter) ? simpleEscapes[letter] : undefined;
    const length = Object.hasOwn(escapeLengths, letter) ? escapeLengths[letter] : undefined;
    if (simple === undefined && length === undefined) throw this.#error('found unknown escape character', mark);
    this.#skip();
    this.#skip();
    if (length === undefined) return simple ?? '';
    const digits = this.#text.slice(this.#index, this.#index + length);
    if (digits.length < length || !/^[0-9a-fA-F]+$/.test(digits)) {
      throw this.#error('did not find expected hexdecimal number', mark);
    }
    const code = Number.parseInt(digits, 16);
    if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
      throw this.#error('found invalid Unicode character escape code', mark);
    }
    for (let i = 0; i < length; i++) this.#skip();
    return String.fromCodePoint(code);
  }

  /** Reads blanks and breaks within a scalar, and gives what they fold to. */
  #readWhitespace(afterBreak: boolean): string {
    let blanks = '';
    let leading = '';
    let trailing = '';
    let seenBreak = afterBreak;
    while (isBlank(this.#at(0)) || isBreak(this.#at(0))) {
      if (isBlank(this.#at(0))) {
        const c = this.#read();
        if (!seenBreak) blanks += c;
      } else if (!seenBreak) {
        blanks = '';
        leading = this.#readLine();
        seenBreak = true;
      } else trailing += this.#readLine();
    }
    return seenBreak ? fold(leading, trailing) : blanks;
  }

  #scanPlain(): Token {
    const mark = this.#mark();
    const indent = this.#indent + 1;
    let out = '';
    let pending = '';
    let afterBreak = false;
    while (!this.#isDocumentIndicator() && this.#at(0) !== '#') {
      const text = this.#readPlainText();
      if (text !== '') {
        out += pending + text;
        pending = '';
        afterBreak = false;
      }
      if (!isBlank(this.#at(0)) && !isBreak(this.#at(0))) break;
      const line = this.#line;
      this.#checkTabs(indent, afterBreak);
      pending = this.#readWhitespace(false);
      if (this.#line > line) afterBreak = true;
      if (this.#flowLevel === 0 && this.#column < indent) break;
    }
    if (afterBreak) this.#simpleKeyAllowed = true;
    return { kind: 'scalar', mark, value: out, suffix: '', plain: true };
  }

  #readPlainText(): string {
    let out = '';
    while (!isBlankOrEnd(this.#at(0))) {
      const c = this.#at(0);
      if (c === ':' && isBlankOrEnd(this.#at(1))) break;
      if (this.#flowLevel > 0 && ',?[]{}'.includes(c)) break;
      out += this.#read();
    }
    return out;
  }

  /** Tabs may not stand where a continued line is indented. */
  #checkTabs(indent: number, afterBreak: boolean): void {
    let seenBreak = afterBreak;
    let column = this.#column;
    for (let i = this.#index; i < this.#text.length; i++) {
      const c = this.#text.charAt(i);
      if (isBreak(c)) {
        seenBreak = true;
        column = 0;
        if (c === '\r' && this.#text[i + 1] === '\n') i++;
        continue;
      }
      if (!isBlank(c)) return;
      if (seenBreak && column < indent && c === '\t') {
        const lines = this.#text.slice(this.#index, i).split(/\r\n|[\n\r\u0085\u2028\u2029]/).length - 1;
        throw yamlErrorAt(this.#line + lines + 1, 'found a tab character that violates indentation');
      }
      column++;
    }
  }

  #isDocumentIndicator(): boolean {
    if (this.#column !== 0) return false;
    const three = this.#text.slice(this.#index, this.#index + 3);
    return (three === '---' || three === '...') && isBlankOrEnd(this.#at(3));
  }

  #readWord(): string {
    return this.#readUntil((c) => !/^[0-9A-Za-z_-]$/.test(c));
  }

  #readUntil(ends: (c: string) => boolean): string {
    const from = this.#index;
    while (this.#at(0) !== '' && !ends(this.#at(0))) this.#skip();
    return this.#text.slice(from, this.#index);
  }

  #skipBlanks(): void {
    while (isBlank(this.#at(0))) this.#skip();
  }

  #at(offset: number): string {
    return this.#text.charAt(this.#index + offset);
  }

  #mark(): Mark {
    return { index: this.#index, line: this.#line, column: this.#column };
  }

  #skip(): void {
    const unit = this.#text.charCodeAt(this.#index);
    this.#index += unit >= 0xd800 && unit <= 0xdbff ? 2 : 1;
    this.#column++;
  }

  #read(): string {
    const from = this.#index;
    this.#skip();
    return this.#text.slice(from, this.#index);
  }

  /** Eats a break and gives what it counts as. */
  #readLine(): string {
    const c = this.#at(0);
    this.#index += c === '\r' && this.#at(1) === '\n' ? 2 : 1;
    this.#column = 0;
    this.#line++;
    return c === '\u2028' || c === '\u2029' ? c : '\n';
  }

  #pushIndicator(kind: TokenKind): void {
    const mark = this.#mark();
    this.#skip();
    this.#push(kind, mark);
  }

  #push(kind: TokenKind, mark = this.#mark()): void {
    this.#insert(-1, kind, mark);
  }

  #insert(place: number, kind: TokenKind, mark: Mark): void {
    const token: Token = { kind, mark, value: '', suffix: '', plain: false };
    if (place < 0) this.#tokens.push(token);
    else this.#tokens.splice(place, 0, token);
  }

  #error(problem: string, context?: Mark): YamlError {
    const line = this.#line > 0 ? this.#line + 1 : (context?.line ?? 0);
    return yamlErrorAt(line, problem);
  }
}

function fold(leading: string, trailing: string): string {
  if (!leading.startsWith('\n')) return leading + trailing;
  return trailing === '' ? ' ' : trailing;
}
