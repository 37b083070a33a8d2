import { type Utility, UtilityError } from './utility.ts';

/** Decimal arithmetic with a scale, one expression a line. */
export const bc: Utility = {
  names: ['bc'],
  summary: 'Arbitrary precision calculator',
  usage: '[-lqs] [FILE]...',
  options: 'lqsw',
  *run(call) {
    const variables = new Map<string, number>();
    let scale = call.has('l') ? 20 : 0;
    for (const statement of (yield* call.lines(call.args)).flatMap((line) => line.replace(/#.*/, '').split(';'))) {
      const text = statement.trim();
      const assignment = /^(\w+)\s*=\s*(?!=)(.+)$/.exec(text);
      if (text === '') continue;
      if (text === 'quit') return 0;
      const value = new Calculator(assignment?.[2] ?? text, variables, scale).evaluate();
      if (assignment?.[1] === 'scale') scale = value;
      else if (assignment?.[1]) variables.set(assignment[1], value);
      else yield* call.out(`${show(value, scale)}\n`);
    }
    return 0;
  },
};

function show(value: number, scale: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  const text = value.toFixed(Math.min(scale || 10, 20)).replace(scale === 0 ? /0+$/ : /$^/, '');
  return text.replace(/^(-?)0\./, '$1.');
}

class Calculator {
  readonly #tokens: string[];
  readonly #variables: ReadonlyMap<string, number>;
  readonly #scale: number;
  #at = 0;
  constructor(text: string, variables: ReadonlyMap<string, number>, scale: number) {
    this.#tokens = text.match(/\d*\.?\d+|\w+|==|!=|<=|>=|\S/g) ?? [];
    this.#variables = variables;
    this.#scale = scale;
  }
  /** @throws UtilityError */
  evaluate(): number {
    const value = this.#comparison();
    if (this.#at < this.#tokens.length) throw new UtilityError('syntax error');
    return value;
  }
  #next(...operators: string[]): string | undefined {
    const token = this.#tokens[this.#at];
    if (token === undefined || !operators.includes(token)) return undefined;
    this.#at++;
    return token;
  }
  #comparison(): number {
    const left = this.#sum();
    const operator = this.#next('==', '!=', '<', '<=', '>', '>=');
    if (operator === undefined) return left;
    const right = this.#sum();
    const results: Readonly<Record<string, boolean>> = {
      '==': left === right,
      '!=': left !== right,
      '<': left < right,
      '<=': left <= right,
      '>': left > right,
      '>=': left >= right,
    };
    return results[operator] ? 1 : 0;
  }
  #sum(): number {
    let left = this.#product();
    for (let operator = this.#next('+', '-'); operator; operator = this.#next('+', '-')) {
      const right = this.#product();
      left = Number((operator === '+' ? left + right : left - right).toPrecision(15));
    }
    return left;
  }
  #product(): number {
    let left = this.#power();
    for (let operator = this.#next('*', '/', '%'); operator; operator = this.#next('*', '/', '%')) {
      const right = this.#power();
      if (operator !== '*' && right === 0) throw new UtilityError('divide by zero');
      const factor = 10 ** Math.min(this.#scale, 15);
      left =
        operator === '*'
          ? left * right
          : operator === '/'
            ? Math.trunc((left / right) * factor) / factor
            : left % right;
    }
    return left;
  }
  #power(): number {
    const base = this.#unary();
    return this.#next('^') ? base ** this.#power() : base;
  }
  #unary(): number {
    if (this.#next('-')) return -this.#unary();
    if (this.#next('(')) {
      const value = this.#comparison();
      if (!this.#next(')')) throw new UtilityError('syntax error');
      return value;
    }
    const token = this.#tokens[this.#at++] ?? '';
    if (/^[\d.]/.test(token)) return Number(token);
    if (token === 'sqrt') return Math.sqrt(this.#unary());
    if (!/^[a-z]\w*$/.test(token)) throw new UtilityError('syntax error');
    return this.#variables.get(token) ?? 0;
  }
}
