import { posixRegExp } from './posix-regex.ts';
import { type Utility, UtilityError } from './utility.ts';

const levels: readonly (readonly string[])[] = [
  ['|'],
  ['&'],
  ['=', '==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
  [':'],
];

class ExprEvaluator {
  readonly #words: readonly string[];
  #at = 0;
  constructor(words: readonly string[]) {
    this.#words = words;
  }
  /** @throws UtilityError */
  evaluate(): string {
    const value = this.#level(0);
    if (this.#at < this.#words.length) throw new UtilityError('syntax error', 2);
    return value;
  }
  #level(level: number): string {
    const operators = levels[level];
    if (!operators) return this.#primary();
    let left = this.#level(level + 1);
    for (;;) {
      const operator = this.#words[this.#at];
      if (operator === undefined || !operators.includes(operator)) return left;
      this.#at++;
      left = apply(operator, left, this.#level(level + 1));
    }
  }
  #primary(): string {
    const word = this.#words[this.#at++];
    if (word === undefined) throw new UtilityError('syntax error', 2);
    if (word === '(') {
      const inner = this.#level(0);
      if (this.#words[this.#at++] !== ')') throw new UtilityError('syntax error', 2);
      return inner;
    }
    const left = this.#words.length - this.#at;
    if (word === 'length' && left >= 1) return String([...this.#primary()].length);
    if (word === 'match' && left >= 2) return matchText(this.#primary(), this.#primary());
    if (word === 'index' && left >= 2) {
      const [text, chars] = [this.#primary(), this.#primary()];
      return String([...text].findIndex((char) => chars.includes(char)) + 1);
    }
    if (word === 'substr' && left >= 3) {
      const [text, start, length] = [this.#primary(), Number(this.#primary()), Number(this.#primary())];
      return text.slice(start - 1, start - 1 + length);
    }
    return word;
  }
}

const isTrue = (value: string) => value !== '' && !/^-?0+$/.test(value);

function apply(operator: string, a: string, b: string): string {
  if (operator === '|') return isTrue(a) ? a : isTrue(b) ? b : '0';
  if (operator === '&') return isTrue(a) && isTrue(b) ? a : '0';
  if (operator === ':') return matchText(a, b);
  const integers = /^-?\d+$/.test(a) && /^-?\d+$/.test(b);
  if (/^[=!<>]/.test(operator)) {
    const order = integers ? Number(BigInt(a) - BigInt(b)) : a < b ? -1 : a > b ? 1 : 0;
    const results: Readonly<Record<string, boolean>> = {
      '=': order === 0,
      '==': order === 0,
      '!=': order !== 0,
      '<': order < 0,
      '<=': order <= 0,
      '>': order > 0,
      '>=': order >= 0,
    };
    return results[operator] ? '1' : '0';
  }
  if (!integers) throw new UtilityError('non-numeric argument', 2);
  const [x, y] = [BigInt(a), BigInt(b)];
  if ((operator === '/' || operator === '%') && y === 0n) throw new UtilityError('division by zero', 2);
  return String(
    operator === '+' ? x + y : operator === '-' ? x - y : operator === '*' ? x * y : operator === '/' ? x / y : x % y,
  );
}

function matchText(text: string, pattern: string): string {
  const match = posixRegExp(`^${pattern.replace(/^\^/, '')}`).exec(text);
  if (match && match.length > 1) return match[1] ?? '';
  return pattern.includes('\\(') ? '' : String(match?.[0].length ?? 0);
}

export const expr: Utility = {
  names: ['expr'],
  summary: 'Print the value of EXPRESSION',
  usage: 'EXPRESSION',
  *run(call) {
    if (call.args.length === 0) throw new UtilityError('too few arguments', 2);
    const value = new ExprEvaluator(call.args).evaluate();
    yield* call.out(`${value}\n`);
    return isTrue(value) ? 0 : 1;
  },
};
