// Takes YAML 1.1 apart into tokens, as libyaml does: its tokens, its errors, its line numbers.
// Upstream: go-yaml v2 scannerc.go

import { scanBlockScalar, scanPlain, scanQuoted } from './yaml-scalar-scanner.ts';
import { scanAnchor, scanDirective, scanTag } from './yaml-tag-scanner.ts';
import type { Token, TokenKind } from './yaml-token.ts';
import { isBlank, isBlankOrEnd, isBreak, type Mark, YamlReader } from './yaml-reader.ts';

/** A place where a key without `?` may have begun. */
interface SimpleKey {
  possible: boolean;
  readonly required: boolean;
  readonly tokenNumber: number;
  readonly mark: Mark;
}

const start: Mark = Object.freeze({ index: 0, line: 0, column: 0 });
const singleTokens: Readonly<Record<string, TokenKind>> = {
  '[': 'flow-sequence-start',
  '{': 'flow-mapping-start',
  ']': 'flow-sequence-end',
  '}': 'flow-mapping-end',
};

/** Gives the tokens of a text one by one. */
export class YamlScanner {
  readonly #reader: YamlReader;
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
    this.#reader = new YamlReader(text);
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
    this.#unrollIndent(this.#reader.column);
    const c = this.#reader.at(0);
    if (c === '') return this.#fetchStreamEnd();
    if (this.#reader.column === 0 && c === '%') return this.#fetchDirective();
    if (this.#reader.isDocumentIndicator()) return this.#fetchDocumentIndicator(c);
    const single = singleTokens[c];
    if (single !== undefined) return c === '[' || c === '{' ? this.#openFlow(single) : this.#closeFlow(single);
    if (c === ',') return this.#fetchFlowEntry();
    const next = this.#reader.at(1);
    if (c === '-' && isBlankOrEnd(next)) return this.#fetchBlockEntry();
    if (c === '?' && (this.#flowLevel > 0 || isBlankOrEnd(next))) return this.#fetchKey();
    if (c === ':' && (this.#flowLevel > 0 || isBlankOrEnd(next))) return this.#fetchValue();
    this.#fetchContent(c, next);
  }

  #fetchContent(c: string, next: string): void {
    if (c === '*' || c === '&') return this.#fetchNode(() => scanAnchor(this.#reader, c === '*' ? 'alias' : 'anchor'));
    if (c === '!') return this.#fetchNode(() => scanTag(this.#reader, this.#flowLevel > 0));
    if ((c === '|' || c === '>') && this.#flowLevel === 0) {
      this.#removeSimpleKey();
      this.#simpleKeyAllowed = true;
      this.#tokens.push(scanBlockScalar(this.#reader, c === '|', this.#indent));
      return;
    }
    if (c === "'" || c === '"') return this.#fetchNode(() => scanQuoted(this.#reader, c));
    const startsPlain =
      !(isBlankOrEnd(c) || '-?:,[]{}#&*!|>\'"%@`'.includes(c)) ||
      (c === '-' && !isBlank(next)) ||
      (this.#flowLevel === 0 && (c === '?' || c === ':') && !isBlankOrEnd(next));
    if (!startsPlain) throw this.#reader.error('found character that cannot start any token');
    this.#fetchNode(() => this.#scanPlain());
  }

  #fetchNode(scan: () => Token): void {
    this.#saveSimpleKey();
    this.#simpleKeyAllowed = false;
    this.#tokens.push(scan());
  }

  #scanPlain(): Token {
    const { token, endsLine } = scanPlain(this.#reader, { indent: this.#indent, inFlow: this.#flowLevel > 0 });
    if (endsLine) this.#simpleKeyAllowed = true;
    return token;
  }

  #skipToNextToken(): void {
    for (;;) {
      if (this.#reader.column === 0 && this.#reader.at(0) === '\ufeff') this.#reader.skip();
      while (
        this.#reader.at(0) === ' ' ||
        (this.#reader.at(0) === '\t' && (this.#flowLevel > 0 || !this.#simpleKeyAllowed))
      )
        this.#reader.skip();
      this.#reader.skipComment();
      if (!isBreak(this.#reader.at(0))) return;
      this.#reader.readLine();
      if (this.#flowLevel === 0) this.#simpleKeyAllowed = true;
    }
  }

  #fetchStreamEnd(): void {
    this.#reader.endLine();
    this.#unrollIndent(-1);
    this.#removeSimpleKey();
    this.#simpleKeyAllowed = false;
    this.#push('stream-end');
  }

  #fetchDirective(): void {
    this.#unrollIndent(-1);
    this.#removeSimpleKey();
    this.#simpleKeyAllowed = false;
    this.#tokens.push(scanDirective(this.#reader));
  }

  #fetchDocumentIndicator(c: string): void {
    this.#unrollIndent(-1);
    this.#removeSimpleKey();
    this.#simpleKeyAllowed = false;
    const mark = this.#reader.mark();
    for (let i = 0; i < 3; i++) this.#reader.skip();
    this.#push(c === '-' ? 'document-start' : 'document-end', mark);
  }

  #openFlow(kind: TokenKind): void {
    this.#saveSimpleKey();
    const tokenNumber = this.#tokensParsed + this.#tokens.length;
    this.#simpleKeys.push({ possible: false, required: false, tokenNumber, mark: this.#reader.mark() });
    this.#flowLevel++;
    if (this.#flowLevel > 10_000) throw this.#reader.error('exceeded max depth of 10000');
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
      if (!this.#simpleKeyAllowed) throw this.#reader.error('block sequence entries are not allowed in this context');
      this.#rollIndent(this.#reader.column, -1, 'block-sequence-start', this.#reader.mark());
    }
    this.#removeSimpleKey();
    this.#simpleKeyAllowed = true;
    this.#pushIndicator('block-entry');
  }

  #fetchKey(): void {
    if (this.#flowLevel === 0) {
      if (!this.#simpleKeyAllowed) throw this.#reader.error('mapping keys are not allowed in this context');
      this.#rollIndent(this.#reader.column, -1, 'block-mapping-start', this.#reader.mark());
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
        if (!this.#simpleKeyAllowed) throw this.#reader.error('mapping values are not allowed in this context');
        this.#rollIndent(this.#reader.column, -1, 'block-mapping-start', this.#reader.mark());
      }
      this.#simpleKeyAllowed = this.#flowLevel === 0;
    }
    this.#pushIndicator('value');
  }

  #isValid(key: SimpleKey): boolean {
    if (!key.possible) return false;
    if (key.mark.line >= this.#reader.line && key.mark.index + 1024 >= this.#reader.index) return true;
    if (key.required) throw this.#reader.error("could not find expected ':'");
    key.possible = false;
    return false;
  }

  #saveSimpleKey(): void {
    if (!this.#simpleKeyAllowed) return;
    const required = this.#flowLevel === 0 && this.#indent === this.#reader.column;
    const tokenNumber = this.#tokensParsed + this.#tokens.length;
    this.#removeSimpleKey();
    const place = this.#simpleKeys.length - 1;
    this.#simpleKeys[place] = { possible: true, required, tokenNumber, mark: this.#reader.mark() };
    this.#keyOfToken.set(tokenNumber, place);
  }

  #removeSimpleKey(): void {
    const key = this.#simpleKeys.at(-1);
    if (key === undefined || !key.possible) return;
    if (key.required) throw this.#reader.error("could not find expected ':'");
    key.possible = false;
    this.#keyOfToken.delete(key.tokenNumber);
  }

  #rollIndent(column: number, tokenNumber: number, kind: TokenKind, mark: Mark): void {
    if (this.#flowLevel > 0 || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    if (this.#indents.length > 10_000) throw this.#reader.error('exceeded max depth of 10000');
    this.#insert(tokenNumber < 0 ? -1 : tokenNumber - this.#tokensParsed, kind, mark);
  }

  #unrollIndent(column: number): void {
    if (this.#flowLevel > 0) return;
    while (this.#indent > column) {
      this.#push('block-end');
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #pushIndicator(kind: TokenKind): void {
    const mark = this.#reader.mark();
    this.#reader.skip();
    this.#push(kind, mark);
  }

  #push(kind: TokenKind, mark = this.#reader.mark()): void {
    this.#insert(-1, kind, mark);
  }

  #insert(place: number, kind: TokenKind, mark: Mark): void {
    const token: Token = { kind, mark, value: '', suffix: '', plain: false };
    if (place < 0) this.#tokens.push(token);
    else this.#tokens.splice(place, 0, token);
  }
}
