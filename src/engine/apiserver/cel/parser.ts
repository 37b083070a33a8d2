/** Reads an expression. Upstream: github.com/google/cel-go/parser */
import type { Expr, ListLiteral, MapLiteral, StructLiteral } from './ast.ts';
import type { CelIssue } from './issues.ts';
import { tokenize, type Token } from './lexer.ts';
import { readBytes, readString } from './literals.ts';
import { expandMacro, type MacroOptions } from './macros.ts';
import { CelUint } from './values.ts';

const primarySet =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";
const indexSet = primarySet.replace("'!', ", "'!', '?', ");
const argumentSet = primarySet.replace("'(', ", "'(', ')', ");
const reserved: ReadonlySet<string> = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);
const relations = ['<', '<=', '>', '>=', '==', '!=', 'in'];
const maxDepth = 250;

/** Gives up on the rest of the expression; what is wrong has been reported. */
class Abandoned extends Error {}

/** Parses an expression; undefined when it is too broken. Issues are added to the list. */
export function parse(source: string, issues: CelIssue[], options: MacroOptions = {}): Expr | undefined {
  const tokens = tokenize(source, issues);
  try {
    return new Parser(tokens, issues, options).start();
  } catch (error) {
    if (error instanceof Abandoned) return undefined;
    throw error;
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #issues: CelIssue[];
  readonly #options: MacroOptions;
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], issues: CelIssue[], options: MacroOptions) {
    this.#tokens = tokens;
    this.#issues = issues;
    this.#options = options;
  }

  start(): Expr {
    const expr = this.#expr();
    const token = this.#peek();
    if (token.kind !== 'end') {
      const verb = this.#peek(1).kind === 'end' ? 'extraneous' : 'mismatched';
      this.#report(token.at, `Syntax error: ${verb} input '${token.text}' expecting <EOF>`);
    }
    return expr;
  }

  #peek(ahead = 0): Token {
    const last = this.#tokens.length - 1;
    return this.#tokens[Math.min(this.#next + ahead, last)] as Token;
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #is(text: string, ahead = 0): boolean {
    const token = this.#peek(ahead);
    return token.text === text && (token.kind === 'symbol' || token.kind === 'identifier');
  }

  #accept(text: string): Token | undefined {
    return this.#is(text) ? this.#take() : undefined;
  }

  #report(offset: number, message: string): void {
    this.#issues.push({ offset, message });
  }

  #abandon(offset: number, message: string): never {
    this.#report(offset, message);
    throw new Abandoned();
  }

  #expect(text: string): void {
    if (this.#accept(text)) return;
    const token = this.#peek();
    if (token.kind === 'end' && text !== ':' && this.#unclosed() <= 1) {
      this.#report(token.at, `Syntax error: missing '${text}' at '<EOF>'`);
      return;
    }
    this.#abandon(token.at, `Syntax error: mismatched input '${token.text}' expecting '${text}'`);
  }

  /** How many brackets are open at the end. */
  #unclosed(): number {
    let open = 0;
    for (const { kind, text } of this.#tokens) {
      if (kind !== 'symbol') continue;
      if ('([{'.includes(text[0] ?? '')) open++;
      else if (')]}'.includes(text)) open--;
    }
    return open;
  }

  #expr(): Expr {
    if (++this.#depth > maxDepth) {
      this.#abandon(0, `expression recursion limit exceeded: ${maxDepth}`);
    }
    const condition = this.#or();
    const question = this.#accept('?');
    let result = condition;
    if (question) {
      const yes = this.#or();
      this.#expect(':');
      const no = this.#expr();
      result = { kind: 'call', name: '_?_:_', target: undefined, args: [condition, yes, no], at: question.at };
    }
    this.#depth--;
    return result;
  }

  #binary(operators: readonly string[], operand: () => Expr, name: (operator: string) => string): Expr {
    let left = operand();
    for (;;) {
      const token = this.#peek();
      const isOperator = token.kind === 'symbol' || token.text === 'in';
      if (!isOperator || !operators.includes(token.text)) return left;
      this.#take();
      left = { kind: 'call', name: name(token.text), target: undefined, args: [left, operand()], at: token.at };
    }
  }

  #or(): Expr {
    return this.#binary(
      ['||'],
      () => this.#and(),
      () => '_||_',
    );
  }

  #and(): Expr {
    return this.#binary(
      ['&&'],
      () => this.#relation(),
      () => '_&&_',
    );
  }

  #relation(): Expr {
    return this.#binary(
      relations,
      () => this.#sum(),
      (operator) => (operator === 'in' ? '@in' : `_${operator}_`),
    );
  }

  #sum(): Expr {
    return this.#binary(
      ['+', '-'],
      () => this.#product(),
      (operator) => `_${operator}_`,
    );
  }

  #product(): Expr {
    return this.#binary(
      ['*', '/', '%'],
      () => this.#unary(),
      (operator) => `_${operator}_`,
    );
  }

  #unary(): Expr {
    const first = this.#peek();
    if (first.text !== '!' && first.text !== '-') return this.#member();
    let count = 0;
    while (this.#accept(first.text)) count++;
    const token = this.#peek();
    if (first.text === '-' && count === 1 && (token.kind === 'int' || token.kind === 'float')) {
      this.#take();
      return this.#members(this.#number(token, first));
    }
    if (token.kind === 'end' && count > 1) {
      this.#abandon(token.at, `Syntax error: extraneous input '<EOF>' expecting ${primarySet}`);
    }
    const operand = this.#member();
    if (count % 2 === 0) return operand;
    const name = first.text === '!' ? '!_' : '-_';
    return { kind: 'call', name, target: undefined, args: [operand], at: first.at };
  }

  #member(): Expr {
    return this.#members(this.#primary());
  }

  #members(start: Expr): Expr {
    let expr = start;
    for (;;) {
      const token = this.#peek();
      if (this.#is('.') || this.#is('.?')) expr = this.#selection(expr, this.#take());
      else if (this.#is('[') || this.#is('[?')) {
        this.#take();
        const next = this.#peek();
        if (next.kind === 'end') {
          this.#abandon(next.at, `Syntax error: mismatched input '<EOF>' expecting ${indexSet}`);
        }
        const index = this.#expr();
        this.#expect(']');
        const name = token.text === '[' ? '_[_]' : '_[?_]';
        expr = { kind: 'call', name, target: undefined, args: [expr, index], at: token.at };
      } else return expr;
    }
  }

  #selection(operand: Expr, dot: Token): Expr {
    const token = this.#peek();
    if (token.kind === 'escaped') this.#abandon(token.at, "unsupported syntax: '`'");
    if (['true', 'false', 'null'].includes(token.text)) {
      this.#abandon(token.at, `Syntax error: mismatched input '${token.text}' expecting IDENTIFIER`);
    }
    if (token.text === 'in') {
      this.#report(token.at, "Syntax error: no viable alternative at input '.in'");
      return operand;
    }
    if (token.kind !== 'identifier') {
      const shown = token.kind === 'end' ? '' : token.text;
      this.#abandon(token.at, `Syntax error: no viable alternative at input '${dot.text}${shown}'`);
    }
    this.#take();
    const field = token.text;
    const optional = dot.text === '.?';
    const open = optional ? undefined : this.#accept('(');
    if (!open) return { kind: 'select', operand, field, optional, at: dot.at };
    const args = this.#arguments(')');
    return expandMacro({ kind: 'call', name: field, target: operand, args, at: open.at }, this.#issues, this.#options);
  }

  #arguments(end: string): Expr[] {
    const args: Expr[] = [];
    if (this.#accept(end)) return args;
    this.#skipOne(argumentSet);
    const first = this.#peek();
    if (first.kind === 'end') {
      this.#abandon(first.at, `Syntax error: mismatched input '<EOF>' expecting ${argumentSet}`);
    }
    do args.push(this.#expr());
    while (this.#accept(','));
    this.#expect(end);
    return args;
  }

  /** Leaves out one token that cannot begin an expression when the next one can. */
  #skipOne(expected: string): void {
    const token = this.#peek();
    if (token.kind === 'end' || canBegin(token) || !canBegin(this.#peek(1))) return;
    this.#report(token.at, `Syntax error: extraneous input '${token.text}' expecting ${expected}`);
    this.#take();
  }

  #primary(): Expr {
    this.#skipOne(primarySet);
    const token = this.#peek();
    if (!canBegin(token)) {
      this.#report(token.at, `Syntax error: mismatched input '${token.text}' expecting ${primarySet}`);
      const next = this.#peek(1);
      if (token.kind === 'end' || token.kind === 'escaped' || next.kind !== 'end') throw new Abandoned();
      this.#abandon(next.at, `Syntax error: mismatched input '<EOF>' expecting ${primarySet}`);
    }
    this.#take();
    switch (token.kind) {
      case 'int':
      case 'uint':
      case 'float':
        return this.#number(token);
      case 'string':
      case 'bytes':
        return this.#text(token);
      case 'symbol':
        return this.#symbol(token);
      default:
        return this.#named(token);
    }
  }

  #symbol(token: Token): Expr {
    if (token.text === '(') {
      const inner = this.#expr();
      this.#expect(')');
      return inner;
    }
    if (token.text === '[' || token.text === '[?') return this.#list(token);
    if (token.text === '{' || token.text === '{?') return this.#map(token);
    return this.#named(this.#take());
  }

  #number(token: Token, minus?: Token): Expr {
    const at = minus?.at ?? token.at;
    const sign = minus ? '-' : '';
    if (token.kind === 'float') return { kind: 'literal', value: Number(`${sign}${token.text}`), at };
    const digits = token.text.replace(/[uU]$/, '');
    const magnitude = BigInt(digits);
    if (token.kind === 'uint') {
      if (magnitude >= 1n << 64n) this.#report(at, 'invalid uint literal');
      return { kind: 'literal', value: new CelUint(magnitude), at };
    }
    const value = minus ? -magnitude : magnitude;
    if (BigInt.asIntN(64, value) !== value) this.#report(at, 'invalid int literal');
    return { kind: 'literal', value, at };
  }

  #text(token: Token): Expr {
    const value = token.kind === 'bytes' ? readBytes(token.text) : readString(token.text);
    if (value === undefined) {
      const isSurrogate = token.kind === 'string';
      this.#report(token.at, isSurrogate ? 'invalid unicode code point' : 'unable to unescape string');
    }
    return { kind: 'literal', value: value ?? '', at: token.at };
  }

  #list({ text, at }: Token): ListLiteral {
    const elements: { value: Expr; optional: boolean }[] = [];
    let optional = text === '[?';
    if (this.#is(',') && this.#is(']', 1)) this.#take();
    while (optional || !this.#accept(']')) {
      elements.push({ value: this.#expr(), optional });
      optional = false;
      const comma = this.#accept(',');
      if (comma && this.#peek().kind === 'end') {
        this.#report(comma.at + 1, "Syntax error: missing ']' at '<EOF>'");
        break;
      }
      if (!comma) {
        const end = this.#peek();
        if (end.kind === 'end') {
          this.#abandon(end.at, "Syntax error: mismatched input '<EOF>' expecting {']', ','}");
        }
        this.#expect(']');
        break;
      }
      optional = this.#accept('?') !== undefined;
    }
    return { kind: 'list', elements, at };
  }

  #map({ text, at }: Token): MapLiteral {
    const entries: { key: Expr; value: Expr; optional: boolean }[] = [];
    let optional = text === '{?';
    if (this.#is(',') && this.#is('}', 1)) this.#take();
    while (optional || !this.#accept('}')) {
      const key = this.#expr();
      this.#expect(':');
      entries.push({ key, value: this.#expr(), optional });
      if (!this.#accept(',')) {
        const end = this.#peek();
        if (end.kind === 'end') {
          this.#abandon(end.at, "Syntax error: mismatched input '<EOF>' expecting {'}', ','}");
        }
        this.#expect('}');
        break;
      }
      optional = this.#accept('?') !== undefined;
    }
    return { kind: 'map', entries, at };
  }

  #named(token: Token): Expr {
    const { text, at } = token;
    if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true', at };
    if (text === 'null') return { kind: 'literal', value: null, at };
    if (reserved.has(text)) this.#report(at, `reserved identifier: ${text}`);
    const open = this.#accept('(');
    if (open) {
      const args = this.#arguments(')');
      return expandMacro({ kind: 'call', name: text, target: undefined, args, at: open.at }, this.#issues);
    }
    const type = this.#structType(text);
    return type === undefined ? { kind: 'ident', name: text, at } : this.#struct(type);
  }

  /** The name of a type when what follows is `{`. */
  #structType(first: string): string | undefined {
    let ahead = 0;
    let name = first;
    while (this.#is('.', ahead) && this.#peek(ahead + 1).kind === 'identifier') {
      name += `.${this.#peek(ahead + 1).text}`;
      ahead += 2;
    }
    if (!this.#is('{', ahead)) return undefined;
    this.#next += ahead;
    return name;
  }

  #struct(type: string): StructLiteral {
    const open = this.#take();
    const fields: { name: string; value: Expr; optional: boolean; at: number }[] = [];
    while (!this.#accept('}')) {
      const optional = this.#accept('?') !== undefined;
      const field = this.#take();
      const name = field.kind === 'escaped' ? field.text.slice(1, -1) : field.text;
      const colon = this.#peek();
      this.#expect(':');
      fields.push({ name, value: this.#expr(), optional, at: colon.at });
      if (!this.#accept(',')) {
        this.#expect('}');
        break;
      }
    }
    return { kind: 'struct', type, fields, at: open.at };
  }
}

function canBegin({ kind, text }: Token): boolean {
  if (kind === 'end' || kind === 'escaped') return false;
  if (kind === 'identifier') return text !== 'in';
  if (kind !== 'symbol') return true;
  return ['[', '[?', '{', '{?', '(', '.', '-', '!'].includes(text);
}
