/** Reads awk programs into a tree. */
import { type Token, tokenize } from './awk-tokens.ts';
import { UtilityError } from './utility.ts';

export type AwkExpression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'regex'; readonly source: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'element'; readonly name: string; readonly indexes: readonly AwkExpression[] }
  | { readonly kind: 'field'; readonly index: AwkExpression }
  | {
      readonly kind: 'assign';
      readonly operator: string;
      readonly target: AwkExpression;
      readonly value: AwkExpression;
    }
  | { readonly kind: 'step'; readonly operator: '++' | '--'; readonly prefix: boolean; readonly target: AwkExpression }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: AwkExpression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: AwkExpression; readonly right: AwkExpression }
  | {
      readonly kind: 'condition';
      readonly test: AwkExpression;
      readonly yes: AwkExpression;
      readonly no: AwkExpression;
    }
  | { readonly kind: 'in'; readonly indexes: readonly AwkExpression[]; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly AwkExpression[] }
  | {
      readonly kind: 'getline';
      readonly target?: AwkExpression;
      readonly file?: AwkExpression;
      readonly command?: AwkExpression;
    };

export type AwkStatement =
  | { readonly kind: 'block'; readonly body: readonly AwkStatement[] }
  | { readonly kind: 'expression'; readonly expression: AwkExpression }
  | {
      readonly kind: 'print' | 'printf';
      readonly args: readonly AwkExpression[];
      readonly redirect?: { readonly operator: string; readonly target: AwkExpression };
    }
  | { readonly kind: 'if'; readonly test: AwkExpression; readonly yes: AwkStatement; readonly no?: AwkStatement }
  | { readonly kind: 'while'; readonly test: AwkExpression; readonly body: AwkStatement; readonly first: boolean }
  | {
      readonly kind: 'for';
      readonly initial?: AwkStatement;
      readonly test?: AwkExpression;
      readonly step?: AwkStatement;
      readonly body: AwkStatement;
    }
  | { readonly kind: 'for-in'; readonly name: string; readonly array: string; readonly body: AwkStatement }
  | { readonly kind: 'next' | 'break' | 'continue' }
  | { readonly kind: 'exit' | 'return'; readonly value?: AwkExpression }
  | { readonly kind: 'delete'; readonly name: string; readonly indexes?: readonly AwkExpression[] };

export interface AwkProgram {
  readonly begin: readonly AwkStatement[];
  readonly end: readonly AwkStatement[];
  readonly rules: readonly {
    readonly pattern?: AwkExpression;
    readonly last?: AwkExpression;
    readonly action?: AwkStatement;
  }[];
  readonly functions: ReadonlyMap<string, { readonly parameters: readonly string[]; readonly body: AwkStatement }>;
}

/** @throws UtilityError */
export function parseAwk(text: string): AwkProgram {
  return new AwkParser(tokenize(text)).program();
}

const end: Token = { kind: 'end', text: '' };
const builtinsWithoutCall = new Set(['length']);

class AwkParser {
  readonly #tokens: readonly Token[];
  #at = 0;
  /** Above 0 where `>` redirects and `in` belongs to `for`. */
  #noGreater = 0;
  #noIn = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }
  get #token(): Token {
    return this.#tokens[this.#at] ?? end;
  }
  #is(text: string): boolean {
    return (this.#token.kind === 'operator' || this.#token.kind === 'keyword') && this.#token.text === text;
  }
  #takes(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }
  #expect(text: string): void {
    if (!this.#takes(text)) throw this.#unexpected();
  }
  #unexpected(): UtilityError {
    return new UtilityError(
      `cmd. line:1: ${this.#token.kind === 'end' ? 'Unexpected end of string' : 'Unexpected token'}`,
    );
  }
  #newlines(): void {
    while (this.#token.kind === 'newline' || this.#is(';')) this.#at++;
  }
  #blankLines(): void {
    while (this.#token.kind === 'newline') this.#at++;
  }

  program(): AwkProgram {
    const begin: AwkStatement[] = [];
    const finish: AwkStatement[] = [];
    const rules: { pattern?: AwkExpression; last?: AwkExpression; action?: AwkStatement }[] = [];
    const functions = new Map<string, { parameters: readonly string[]; body: AwkStatement }>();
    for (this.#newlines(); this.#token.kind !== 'end'; this.#newlines()) {
      if (this.#takes('BEGIN')) begin.push(this.#block());
      else if (this.#takes('END')) finish.push(this.#block());
      else if (this.#takes('function') || this.#takes('func')) {
        const name = this.#token.text;
        this.#at++;
        this.#expect('(');
        const parameters: string[] = [];
        while (!this.#takes(')')) {
          parameters.push(this.#token.text);
          this.#at++;
          this.#takes(',');
          this.#blankLines();
        }
        this.#blankLines();
        functions.set(name, { parameters, body: this.#block() });
      } else {
        const pattern = this.#is('{') ? undefined : this.#expression();
        const last = pattern && this.#takes(',') ? this.#expression() : undefined;
        const action = this.#is('{') ? this.#block() : undefined;
        rules.push({ ...(pattern ? { pattern } : {}), ...(last ? { last } : {}), ...(action ? { action } : {}) });
      }
    }
    return { begin, end: finish, rules, functions };
  }

  #block(): AwkStatement {
    this.#blankLines();
    this.#expect('{');
    const body: AwkStatement[] = [];
    for (this.#newlines(); !this.#takes('}'); this.#newlines()) {
      if (this.#token.kind === 'end') throw this.#unexpected();
      body.push(this.#statement());
    }
    return { kind: 'block', body };
  }
  #endOfStatement(): void {
    if (this.#token.kind === 'newline' || this.#is(';')) this.#at++;
    else if (!this.#is('}') && this.#token.kind !== 'end') throw this.#unexpected();
  }
  #body(): AwkStatement {
    this.#blankLines();
    if (this.#takes(';')) return { kind: 'block', body: [] };
    return this.#statement();
  }

  #statement(): AwkStatement {
    if (this.#is('{')) return this.#block();
    if (this.#takes('if')) return this.#if();
    if (this.#takes('while')) {
      const test = this.#parenthesized();
      return { kind: 'while', test, body: this.#body(), first: true };
    }
    if (this.#takes('do')) {
      const body = this.#body();
      this.#newlines();
      this.#expect('while');
      const test = this.#parenthesized();
      this.#endOfStatement();
      return { kind: 'while', test, body, first: false };
    }
    if (this.#takes('for')) return this.#for();
    const statement = this.#simple();
    this.#endOfStatement();
    return statement;
  }
  #if(): AwkStatement {
    const test = this.#parenthesized();
    const yes = this.#body();
    const mark = this.#at;
    this.#newlines();
    if (this.#takes('else')) return { kind: 'if', test, yes, no: this.#body() };
    this.#at = mark;
    return { kind: 'if', test, yes };
  }
  #parenthesized(): AwkExpression {
    this.#expect('(');
    const expression = this.#expression();
    this.#expect(')');
    return expression;
  }
  #for(): AwkStatement {
    this.#expect('(');
    const [name, keyword, array, close] = [
      this.#token,
      this.#tokens[this.#at + 1],
      this.#tokens[this.#at + 2],
      this.#tokens[this.#at + 3],
    ];
    if (name.kind === 'name' && keyword?.text === 'in' && array?.kind === 'name' && close?.text === ')') {
      this.#at += 4;
      return { kind: 'for-in', name: name.text, array: array.text, body: this.#body() };
    }
    const initial = this.#is(';') ? undefined : this.#simple();
    this.#expect(';');
    this.#blankLines();
    const test = this.#is(';') ? undefined : this.#expression();
    this.#expect(';');
    this.#blankLines();
    const step = this.#is(')') ? undefined : this.#simple();
    this.#expect(')');
    return {
      kind: 'for',
      ...(initial ? { initial } : {}),
      ...(test ? { test } : {}),
      ...(step ? { step } : {}),
      body: this.#body(),
    };
  }
  #simple(): AwkStatement {
    if (this.#takes('next') || this.#takes('nextfile')) return { kind: 'next' };
    if (this.#takes('break')) return { kind: 'break' };
    if (this.#takes('continue')) return { kind: 'continue' };
    if (this.#is('exit') || this.#is('return')) {
      const kind = this.#token.text as 'exit' | 'return';
      this.#at++;
      const ends = this.#token.kind === 'newline' || this.#token.kind === 'end' || this.#is(';') || this.#is('}');
      return { kind, ...(ends ? {} : { value: this.#expression() }) };
    }
    if (this.#takes('delete')) {
      const name = this.#token.text;
      this.#at++;
      if (!this.#takes('[')) return { kind: 'delete', name };
      const indexes = this.#list(']');
      return { kind: 'delete', name, indexes };
    }
    if (this.#is('print') || this.#is('printf')) return this.#print();
    return { kind: 'expression', expression: this.#expression() };
  }
  #print(): AwkStatement {
    const kind = this.#token.text as 'print' | 'printf';
    this.#at++;
    this.#noGreater++;
    let args: AwkExpression[] = [];
    const ends = () =>
      this.#token.kind === 'newline' ||
      this.#token.kind === 'end' ||
      [';', '}', '>', '>>', '|'].some((each) => this.#is(each));
    if (this.#is('(') && this.#closesStatement()) {
      this.#at++;
      this.#noGreater--;
      args = this.#list(')');
      this.#noGreater++;
    } else if (!ends()) {
      do {
        this.#blankLines();
        args.push(this.#expression());
      } while (this.#takes(','));
    }
    this.#noGreater--;
    const operator = ['>>', '>', '|'].find((each) => this.#takes(each));
    if (operator === undefined) return { kind, args };
    return { kind, args, redirect: { operator, target: this.#concatenation() } };
  }
  /** Whether the parenthesis that opens here closes at the end of the statement. */
  #closesStatement(): boolean {
    let depth = 0;
    for (let at = this.#at; at < this.#tokens.length; at++) {
      const { text, kind } = this.#tokens[at] as Token;
      if (kind !== 'operator') continue;
      if (text === '(') depth++;
      if (text === ')' && --depth === 0) {
        const next = this.#tokens[at + 1] ?? end;
        return (
          next.kind === 'newline' ||
          next.kind === 'end' ||
          (next.kind === 'operator' && [';', '}', '>', '>>', '|'].includes(next.text))
        );
      }
    }
    return false;
  }
  #list(close: string): AwkExpression[] {
    const items: AwkExpression[] = [];
    while (!this.#takes(close)) {
      this.#blankLines();
      items.push(this.#expression());
      this.#blankLines();
      if (!this.#takes(',') && !this.#is(close)) throw this.#unexpected();
    }
    return items;
  }

  #expression(): AwkExpression {
    return this.#assignment();
  }
  #assignment(): AwkExpression {
    const left = this.#ternary();
    const operator = ['=', '+=', '-=', '*=', '/=', '%=', '^=', '**='].find((each) => this.#is(each));
    if (operator === undefined || !['variable', 'element', 'field'].includes(left.kind)) return left;
    this.#at++;
    this.#blankLines();
    return { kind: 'assign', operator, target: left, value: this.#assignment() };
  }
  #ternary(): AwkExpression {
    const test = this.#or();
    if (!this.#takes('?')) return test;
    this.#blankLines();
    const yes = this.#assignment();
    this.#blankLines();
    this.#expect(':');
    this.#blankLines();
    return { kind: 'condition', test, yes, no: this.#assignment() };
  }
  #or(): AwkExpression {
    let left = this.#and();
    while (this.#takes('||')) {
      this.#blankLines();
      left = { kind: 'binary', operator: '||', left, right: this.#and() };
    }
    return left;
  }
  #and(): AwkExpression {
    let left = this.#in();
    while (this.#takes('&&')) {
      this.#blankLines();
      left = { kind: 'binary', operator: '&&', left, right: this.#in() };
    }
    return left;
  }
  #in(): AwkExpression {
    let left = this.#match();
    while (this.#noIn === 0 && this.#takes('in')) {
      left = { kind: 'in', indexes: [left], name: this.#token.text };
      this.#at++;
    }
    return left;
  }
  #match(): AwkExpression {
    let left = this.#comparison();
    for (
      let operator = ['~', '!~'].find((each) => this.#is(each));
      operator !== undefined;
      operator = ['~', '!~'].find((each) => this.#is(each))
    ) {
      this.#at++;
      left = { kind: 'binary', operator, left, right: this.#comparison() };
    }
    return left;
  }
  #comparison(): AwkExpression {
    const left = this.#concatenation();
    const operator = ['<', '<=', '==', '!=', '>=', '>'].find(
      (each) => this.#is(each) && !(each === '>' && this.#noGreater > 0),
    );
    if (operator !== undefined) {
      this.#at++;
      return { kind: 'binary', operator, left, right: this.#concatenation() };
    }
    if (this.#is('|') && this.#tokens[this.#at + 1]?.text === 'getline') {
      this.#at += 2;
      const target = this.#optionalTarget();
      return { kind: 'getline', command: left, ...(target ? { target } : {}) };
    }
    return left;
  }
  #concatenation(): AwkExpression {
    let left = this.#additive();
    while (this.#startsOperand()) left = { kind: 'binary', operator: ' ', left, right: this.#additive() };
    return left;
  }
  #startsOperand(): boolean {
    const { kind, text } = this.#token;
    if (kind === 'number' || kind === 'string' || kind === 'name' || kind === 'call' || kind === 'regex') return true;
    return kind === 'operator' && ['$', '!', '(', '-', '+', '++', '--'].includes(text) && !['-', '+'].includes(text);
  }
  #additive(): AwkExpression {
    let left = this.#multiplicative();
    for (;;) {
      const operator = ['+', '-'].find((each) => this.#is(each));
      if (operator === undefined) return left;
      this.#at++;
      left = { kind: 'binary', operator, left, right: this.#multiplicative() };
    }
  }
  #multiplicative(): AwkExpression {
    let left = this.#unary();
    for (;;) {
      const operator = ['*', '/', '%'].find((each) => this.#is(each));
      if (operator === undefined) return left;
      this.#at++;
      left = { kind: 'binary', operator, left, right: this.#unary() };
    }
  }
  #unary(): AwkExpression {
    const operator = ['!', '-', '+'].find((each) => this.#is(each));
    if (operator === undefined) return this.#power();
    this.#at++;
    return { kind: 'unary', operator, operand: this.#unary() };
  }
  #power(): AwkExpression {
    const base = this.#postfix();
    if (!this.#takes('^') && !this.#takes('**')) return base;
    return { kind: 'binary', operator: '^', left: base, right: this.#unary() };
  }
  #postfix(): AwkExpression {
    const operand = this.#primary();
    if (!['variable', 'element', 'field'].includes(operand.kind)) return operand;
    for (const operator of ['++', '--'] as const)
      if (this.#takes(operator)) return { kind: 'step', operator, prefix: false, target: operand };
    return operand;
  }
  #optionalTarget(): AwkExpression | undefined {
    return this.#token.kind === 'name' || this.#is('$') ? this.#primary() : undefined;
  }
  #primary(): AwkExpression {
    const token = this.#token;
    this.#at++;
    switch (token.kind) {
      case 'number':
        return { kind: 'number', value: Number(token.text) };
      case 'string':
        return { kind: 'string', value: token.text };
      case 'regex':
        return { kind: 'regex', source: token.text };
      case 'call':
        this.#at++;
        return { kind: 'call', name: token.text, args: this.#nested(() => this.#list(')')) };
      case 'name':
        if (this.#takes('['))
          return { kind: 'element', name: token.text, indexes: this.#nested(() => this.#list(']')) };
        return builtinsWithoutCall.has(token.text)
          ? { kind: 'call', name: token.text, args: [] }
          : { kind: 'variable', name: token.text };
      case 'keyword': {
        if (token.text !== 'getline') break;
        const target = this.#optionalTarget();
        const file = this.#takes('<') ? this.#primary() : undefined;
        return { kind: 'getline', ...(target ? { target } : {}), ...(file ? { file } : {}) };
      }
      case 'operator':
        return this.#operatorPrimary(token.text);
      default:
    }
    this.#at--;
    throw this.#unexpected();
  }
  #operatorPrimary(text: string): AwkExpression {
    if (text === '$')
      return {
        kind: 'field',
        index: this.#is('++') || this.#is('--') || this.#is('-') ? this.#unary() : this.#primary(),
      };
    if (text === '++' || text === '--') return { kind: 'step', operator: text, prefix: true, target: this.#primary() };
    if (text === '-' || text === '+' || text === '!') return { kind: 'unary', operator: text, operand: this.#unary() };
    if (text !== '(') {
      this.#at--;
      throw this.#unexpected();
    }
    const items = this.#nested(() => this.#list(')'));
    const [only] = items;
    if (items.length === 1 && only) return only;
    this.#expect('in');
    const name = this.#token.text;
    this.#at++;
    return { kind: 'in', indexes: items, name };
  }
  #nested<T>(read: () => T): T {
    const [greater, inside] = [this.#noGreater, this.#noIn];
    this.#noGreater = 0;
    this.#noIn = 0;
    const result = read();
    this.#noGreater = greater;
    this.#noIn = inside;
    return result;
  }
}
