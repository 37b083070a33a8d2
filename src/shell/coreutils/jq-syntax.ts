/** Reads jq filters into a tree. */

export type JqNode =
  | { readonly kind: 'identity' | 'recurse' | 'empty-array' }
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'format'; readonly name: string; readonly parts?: readonly (string | JqNode)[] }
  | { readonly kind: 'string'; readonly parts: readonly (string | JqNode)[] }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'index'; readonly target: JqNode; readonly key: JqNode }
  | { readonly kind: 'slice'; readonly target: JqNode; readonly from?: JqNode; readonly to?: JqNode }
  | { readonly kind: 'iterate' | 'try' | 'negate' | 'array'; readonly inner: JqNode }
  | { readonly kind: 'object'; readonly entries: readonly { readonly key: JqNode; readonly value: JqNode }[] }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: JqNode; readonly right: JqNode }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly JqNode[] }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly condition: JqNode; readonly then: JqNode }[];
      readonly otherwise?: JqNode;
    }
  | { readonly kind: 'catch'; readonly body: JqNode; readonly handler: JqNode }
  | {
      readonly kind: 'reduce';
      readonly source: JqNode;
      readonly name: string;
      readonly initial: JqNode;
      readonly update: JqNode;
    }
  | {
      readonly kind: 'foreach';
      readonly source: JqNode;
      readonly name: string;
      readonly initial: JqNode;
      readonly update: JqNode;
      readonly extract?: JqNode;
    }
  | { readonly kind: 'bind'; readonly source: JqNode; readonly pattern: JqPattern; readonly body: JqNode }
  | {
      readonly kind: 'define';
      readonly name: string;
      readonly parameters: readonly string[];
      readonly body: JqNode;
      readonly rest: JqNode;
    };

export type JqPattern =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly JqPattern[] }
  | { readonly kind: 'fields'; readonly fields: readonly { readonly key: string; readonly pattern: JqPattern }[] };

/** A filter that cannot be read. */
export class JqSyntaxError extends Error {
  override readonly name = 'JqSyntaxError';
}

type Token =
  | { readonly kind: 'number' | 'word' | 'field' | 'variable' | 'format' | 'operator'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string; readonly parts: readonly (string | JqNode)[] };

const levels: readonly (readonly string[])[] = [
  ['//'],
  ['=', '|=', '+=', '-=', '*=', '/=', '%=', '//='],
  ['or'],
  ['and'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

/** @throws JqSyntaxError */
export function parseJq(text: string): JqNode {
  return new JqParser(tokenize(text)).whole();
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern =
    /\s+|#[^\n]*|(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\.\d+)|(\$[A-Za-z_]\w*|\$__loc__)|(@\w+)|(\.[A-Za-z_]\w*)|([A-Za-z_]\w*(?:::\w+)*)|(\?\/\/|\/\/=|\|=|\+=|-=|\*=|%=|\/=|==|!=|<=|>=|\/\/|\.\.|[-+*/%<>=|,.:;()[\]{}?])/y;
  let at = 0;
  while (at < text.length) {
    if (text[at] === '"') {
      const string = readString(text, at);
      tokens.push({ kind: 'string', text: '', parts: string.parts });
      at = string.end;
      continue;
    }
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) throw new JqSyntaxError(`syntax error, unexpected INVALID_CHARACTER`);
    at = pattern.lastIndex;
    const [, number, variable, format, field, word, operator] = match;
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (variable !== undefined) tokens.push({ kind: 'variable', text: variable.slice(1) });
    else if (format !== undefined) tokens.push({ kind: 'format', text: format });
    else if (field !== undefined) tokens.push({ kind: 'field', text: field.slice(1) });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (operator !== undefined) tokens.push({ kind: 'operator', text: operator });
  }
  return tokens;
}

function readString(text: string, start: number): { readonly parts: (string | JqNode)[]; readonly end: number } {
  const parts: (string | JqNode)[] = [];
  let run = '';
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"') {
      if (run !== '') parts.push(run);
      return { parts, end: at + 1 };
    }
    if (char !== '\\') {
      run += char;
      continue;
    }
    const escape = text.charAt(++at);
    if (escape === '(') {
      const end = closing(text, at);
      if (run !== '') parts.push(run);
      run = '';
      parts.push(parseJq(text.slice(at + 1, end)));
      at = end;
    } else if (escape === 'u') {
      run += String.fromCharCode(Number.parseInt(text.slice(at + 1, at + 5), 16));
      at += 4;
    } else
      run += ({ n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' } as Readonly<Record<string, string>>)[escape] ?? escape;
  }
  throw new JqSyntaxError(
    'syntax error, unexpected end of file, expecting QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END',
  );
}

function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"') at = readString(text, at).end - 1;
    else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) return at;
  }
  throw new JqSyntaxError('unterminated string interpolation');
}

class JqParser {
  readonly #tokens: readonly Token[];
  #at = 0;
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }
  whole(): JqNode {
    if (this.#tokens.length === 0) return { kind: 'identity' };
    const node = this.#pipe();
    if (this.#at < this.#tokens.length) throw this.#unexpected();
    return node;
  }
  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }
  #is(text: string): boolean {
    const token = this.#peek();
    return token !== undefined && (token.kind === 'operator' || token.kind === 'word') && token.text === text;
  }
  #takes(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }
  #expect(text: string): void {
    if (!this.#takes(text)) throw this.#unexpected();
  }
  #unexpected(): JqSyntaxError {
    const token = this.#peek();
    return new JqSyntaxError(
      token
        ? `syntax error, unexpected '${token.kind === 'field' ? '.' : token.text}'`
        : 'syntax error, unexpected end of file',
    );
  }
  #variable(): string {
    const token = this.#peek();
    if (token?.kind !== 'variable') throw this.#unexpected();
    this.#at++;
    return token.text;
  }

  #pipe(): JqNode {
    if (this.#takes('def')) {
      const name = this.#peek()?.text ?? '';
      this.#at++;
      const parameters: string[] = [];
      if (this.#takes('(')) {
        do {
          const token = this.#peek();
          parameters.push(token?.kind === 'variable' ? `$${token.text}` : (token?.text ?? ''));
          this.#at++;
        } while (this.#takes(';'));
        this.#expect(')');
      }
      this.#expect(':');
      const body = this.#pipe();
      this.#expect(';');
      return { kind: 'define', name, parameters, body, rest: this.#pipe() };
    }
    const left = this.#comma();
    if (this.#takes('as')) {
      const pattern = this.#pattern();
      this.#expect('|');
      return { kind: 'bind', source: left, pattern, body: this.#pipe() };
    }
    return this.#takes('|') ? { kind: 'binary', operator: '|', left, right: this.#pipe() } : left;
  }
  #comma(): JqNode {
    let left = this.#binary(0);
    while (this.#takes(',')) left = { kind: 'binary', operator: ',', left, right: this.#binary(0) };
    return left;
  }
  #binary(level: number): JqNode {
    const operators = levels[level];
    if (!operators) return this.#postfix();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = operators.find((each) => this.#is(each));
      if (operator === undefined) return left;
      this.#at++;
      left = { kind: 'binary', operator, left, right: level === 0 ? this.#binary(0) : this.#binary(level + 1) };
    }
  }
  #postfix(): JqNode {
    let node = this.#term();
    for (;;) {
      const token = this.#peek();
      if (token?.kind === 'field') {
        this.#at++;
        node = { kind: 'index', target: node, key: { kind: 'literal', value: token.text } };
      } else if (this.#is('.') && this.#tokens[this.#at + 1]?.kind === 'string') {
        this.#at++;
        node = { kind: 'index', target: node, key: this.#term() };
      } else if (this.#is('.') && this.#tokens[this.#at + 1]?.text === '[') this.#at++;
      else if (this.#takes('[')) node = this.#bracket(node);
      else if (this.#takes('?')) node = { kind: 'try', inner: node };
      else if (this.#is('as') && this.#at > 0) {
        this.#at++;
        const pattern = this.#pattern();
        this.#expect('|');
        return { kind: 'bind', source: node, pattern, body: this.#pipe() };
      } else return node;
    }
  }
  #bracket(target: JqNode): JqNode {
    if (this.#takes(']')) return { kind: 'iterate', inner: target };
    if (this.#takes(':')) {
      const to = this.#pipe();
      this.#expect(']');
      return { kind: 'slice', target, to };
    }
    const key = this.#pipe();
    if (!this.#takes(':')) {
      this.#expect(']');
      return { kind: 'index', target, key };
    }
    if (this.#takes(']')) return { kind: 'slice', target, from: key };
    const to = this.#pipe();
    this.#expect(']');
    return { kind: 'slice', target, from: key, to };
  }
  #pattern(): JqPattern {
    if (this.#takes('[')) {
      const items: JqPattern[] = [];
      do items.push(this.#pattern());
      while (this.#takes(','));
      this.#expect(']');
      return { kind: 'list', items };
    }
    if (this.#takes('{')) {
      const fields: { key: string; pattern: JqPattern }[] = [];
      do {
        const token = this.#peek();
        this.#at++;
        const key = token?.kind === 'string' ? token.parts.join('') : (token?.text ?? '');
        fields.push({ key, pattern: this.#takes(':') ? this.#pattern() : { kind: 'name', name: key } });
      } while (this.#takes(','));
      this.#expect('}');
      return { kind: 'fields', fields };
    }
    return { kind: 'name', name: this.#variable() };
  }

  #term(): JqNode {
    const token = this.#peek();
    if (!token) throw this.#unexpected();
    this.#at++;
    switch (token.kind) {
      case 'number':
        return { kind: 'literal', value: Number(token.text) };
      case 'string':
        return { kind: 'string', parts: token.parts };
      case 'variable':
        return { kind: 'variable', name: token.text };
      case 'field':
        return { kind: 'index', target: { kind: 'identity' }, key: { kind: 'literal', value: token.text } };
      case 'format': {
        const next = this.#peek();
        if (next?.kind !== 'string') return { kind: 'format', name: token.text };
        this.#at++;
        return { kind: 'format', name: token.text, parts: next.parts };
      }
      case 'operator':
        return this.#operatorTerm(token.text);
      default:
        return this.#wordTerm(token.text);
    }
  }
  #operatorTerm(text: string): JqNode {
    switch (text) {
      case '.': {
        const next = this.#peek();
        if (next?.kind !== 'string') return { kind: 'identity' };
        this.#at++;
        return { kind: 'index', target: { kind: 'identity' }, key: { kind: 'string', parts: next.parts } };
      }
      case '..':
        return { kind: 'recurse' };
      case '-':
        return { kind: 'negate', inner: this.#postfix() };
      case '(': {
        const inner = this.#pipe();
        this.#expect(')');
        return inner;
      }
      case '[': {
        if (this.#takes(']')) return { kind: 'empty-array' };
        const inner = this.#pipe();
        this.#expect(']');
        return { kind: 'array', inner };
      }
      case '{':
        return this.#object();
      default:
        this.#at--;
        throw this.#unexpected();
    }
  }
  #object(): JqNode {
    const entries: { key: JqNode; value: JqNode }[] = [];
    while (!this.#is('}')) {
      const token = this.#peek();
      let key: JqNode;
      let short: JqNode | undefined;
      if (this.#takes('(')) {
        key = this.#pipe();
        this.#expect(')');
      } else if (token?.kind === 'variable') {
        this.#at++;
        key = { kind: 'literal', value: token.text };
        short = { kind: 'variable', name: token.text };
      } else if (token?.kind === 'string' || token?.kind === 'format') {
        key = this.#term();
        short = { kind: 'index', target: { kind: 'identity' }, key };
      } else {
        this.#at++;
        key = { kind: 'literal', value: token?.text ?? '' };
        short = { kind: 'index', target: { kind: 'identity' }, key };
      }
      if (this.#takes(':')) entries.push({ key, value: this.#objectValue() });
      else if (short) entries.push({ key, value: short });
      else throw this.#unexpected();
      if (!this.#takes(',')) break;
    }
    this.#expect('}');
    return { kind: 'object', entries };
  }
  #objectValue(): JqNode {
    const left = this.#binary(0);
    return this.#takes('|') ? { kind: 'binary', operator: '|', left, right: this.#objectValue() } : left;
  }
  #wordTerm(text: string): JqNode {
    switch (text) {
      case 'if':
        return this.#if();
      case 'try': {
        const body = this.#postfix();
        return this.#takes('catch') ? { kind: 'catch', body, handler: this.#postfix() } : { kind: 'try', inner: body };
      }
      case 'reduce':
      case 'foreach':
        return this.#fold(text);
      case 'true':
      case 'false':
        return { kind: 'literal', value: text === 'true' };
      case 'null':
        return { kind: 'literal', value: null };
      default: {
        const args: JqNode[] = [];
        if (this.#takes('(')) {
          do args.push(this.#pipe());
          while (this.#takes(';'));
          this.#expect(')');
        }
        return { kind: 'call', name: text, args };
      }
    }
  }
  #if(): JqNode {
    const branches: { condition: JqNode; then: JqNode }[] = [];
    do {
      const condition = this.#pipe();
      this.#expect('then');
      branches.push({ condition, then: this.#pipe() });
    } while (this.#takes('elif'));
    const otherwise = this.#takes('else') ? this.#pipe() : undefined;
    this.#expect('end');
    return { kind: 'if', branches, ...(otherwise ? { otherwise } : {}) };
  }
  #fold(kind: 'reduce' | 'foreach'): JqNode {
    // The source must end before `as`, which a postfix term would take for a binding of its own.
    const start = this.#at;
    let depth = 0;
    while (this.#at < this.#tokens.length && !(depth === 0 && this.#is('as'))) {
      const text = this.#peek()?.text ?? '';
      if (this.#peek()?.kind === 'operator') depth += '([{'.includes(text) ? 1 : ')]}'.includes(text) ? -1 : 0;
      this.#at++;
    }
    const source = new JqParser(this.#tokens.slice(start, this.#at)).whole();
    this.#expect('as');
    const name = this.#variable();
    this.#expect('(');
    const initial = this.#pipe();
    this.#expect(';');
    const update = this.#pipe();
    if (kind === 'reduce') {
      this.#expect(')');
      return { kind, source, name, initial, update };
    }
    const extract = this.#takes(';') ? this.#pipe() : undefined;
    this.#expect(')');
    return { kind, source, name, initial, update, ...(extract ? { extract } : {}) };
  }
}
