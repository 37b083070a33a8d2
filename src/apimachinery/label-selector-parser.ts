import { compareStrings } from './go-format.ts';

/** What the parser of label selectors asks of its caller. */
export interface RequirementFactory<T> {
  /** Text of the complaint about a key; undefined when it is fine. */
  checkKey(key: string): string | undefined;
  /** Makes a requirement; may throw. Values are sorted and distinct. */
  create(key: string, operator: string, values: readonly string[]): T;
  fail(message: string): Error;
}

interface Token {
  readonly kind: 'symbol' | 'word' | 'error' | 'end';
  readonly text: string;
}

const symbols: ReadonlySet<string> = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '(']);
const special = '=!(),><';
const whitespace = ' \t\r\n';
const operatorOf: Readonly<Record<string, string>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
};
const binaryOperators = 'in, notin, =, ==, !=, gt, lt';

/** The longest symbol a run of special characters starts with. */
function symbolAt(text: string, start: number): Token {
  let end = start;
  let found: Token | undefined;
  let seen = '';
  while (end < text.length && special.includes(text.charAt(end))) {
    seen += text.charAt(end);
    if (symbols.has(seen)) found = { kind: 'symbol', text: seen };
    else if (found !== undefined) break;
    end++;
  }
  return found ?? { kind: 'error', text: `error expected: keyword found '${seen}'` };
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text.charAt(at);
    if (whitespace.includes(character)) {
      at++;
      continue;
    }
    const start = at;
    if (special.includes(character)) {
      const token = symbolAt(text, at);
      tokens.push(token);
      at += token.kind === 'error' ? text.length : token.text.length;
      continue;
    }
    while (at < text.length && !special.includes(text.charAt(at)) && !whitespace.includes(text.charAt(at))) at++;
    tokens.push({ kind: 'word', text: text.slice(start, at) });
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

const end: Token = { kind: 'end', text: '' };

class Parser<T> {
  readonly #tokens: readonly Token[];
  readonly #factory: RequirementFactory<T>;
  #at = 0;

  constructor(text: string, factory: RequirementFactory<T>) {
    this.#tokens = tokenize(text);
    this.#factory = factory;
  }

  parse(): T[] {
    const out: T[] = [];
    for (;;) {
      const token = this.#peek();
      if (token.kind === 'end') return out;
      if (!this.#startsRequirement(token)) {
        throw this.#factory.fail(`found '${token.text}', expected: !, identifier, or 'end of string'`);
      }
      out.push(this.#wrapped());
      const next = this.#take();
      if (next.kind === 'end') return out;
      if (!isSymbol(next, ',')) {
        throw this.#factory.fail(`found '${next.text}', expected: ',' or 'end of string'`);
      }
      if (!this.#startsRequirement(this.#peek())) {
        throw this.#factory.fail(`found '${this.#peek().text}', expected: identifier after ','`);
      }
    }
  }

  #wrapped(): T {
    try {
      return this.#requirement();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw this.#factory.fail(`unable to parse requirement: ${error.message}`);
    }
  }

  #requirement(): T {
    const negated = isSymbol(this.#peek(), '!');
    if (negated) this.#take();
    const key = this.#take();
    if (key.kind !== 'word') throw this.#factory.fail(`found '${key.text}', expected: identifier`);
    const complaint = this.#factory.checkKey(key.text);
    if (complaint !== undefined) throw this.#factory.fail(complaint);
    const next = this.#peek();
    if (negated) return this.#factory.create(key.text, '!', []);
    if (next.kind === 'end' || isSymbol(next, ',')) return this.#factory.create(key.text, 'exists', []);
    const operator = this.#operator();
    const values = operator === 'in' || operator === 'notin' ? this.#values() : [this.#exactValue()];
    return this.#factory.create(key.text, operator, [...new Set(values)].sort(compareStrings));
  }

  #operator(): string {
    const token = this.#take();
    const operator = Object.hasOwn(operatorOf, token.text) ? operatorOf[token.text] : undefined;
    if (operator === undefined) throw this.#factory.fail(`found '${token.text}', expected: ${binaryOperators}`);
    return operator;
  }

  #exactValue(): string {
    const token = this.#peek();
    if (token.kind === 'end' || isSymbol(token, ',')) return '';
    this.#take();
    if (token.kind !== 'word') throw this.#factory.fail(`found '${token.text}', expected: identifier`);
    return token.text;
  }

  #values(): string[] {
    const open = this.#take();
    if (!isSymbol(open, '(')) throw this.#factory.fail(`found '${open.text}' expected: '('`);
    const first = this.#peek();
    if (isSymbol(first, ')')) {
      this.#take();
      return [''];
    }
    if (first.kind !== 'word' && !isSymbol(first, ',')) {
      throw this.#factory.fail(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values = this.#identifiers();
    this.#take();
    return values;
  }

  /** Up to, not including, the closing parenthesis. Empty places between commas are empty values. */
  #identifiers(): string[] {
    const out: string[] = [];
    for (;;) {
      const token = this.#take();
      const next = this.#peek();
      if (token.kind === 'word') {
        out.push(token.text);
        if (isSymbol(next, ')')) return out;
        if (!isSymbol(next, ',')) throw this.#factory.fail(`found '${next.text}', expected: ',' or ')'`);
      } else if (isSymbol(token, ',')) {
        if (out.length === 0 || isSymbol(next, ',') || isSymbol(next, ')')) out.push('');
        if (isSymbol(next, ')')) return out;
      } else throw this.#factory.fail(`found '${token.text}', expected: ',', or identifier`);
    }
  }

  #startsRequirement(token: Token): boolean {
    return token.kind === 'word' || isSymbol(token, '!');
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? end;
  }

  #take(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }
}

function isSymbol(token: Token, text: string): boolean {
  return token.kind === 'symbol' && token.text === text;
}

/**
 * Reads the requirements of a label selector.
 *
 * Upstream: apimachinery/pkg/labels/selector.go Parser.parse (v1.36)
 */
export function parseRequirements<T>(text: string, factory: RequirementFactory<T>): T[] {
  return new Parser(text, factory).parse();
}
