/** Shell arithmetic: 64-bit integers, C's operators, variables by name. */

/** An expression that cannot be evaluated; the text is what the shell says. */
export class ArithmeticError extends Error {
  override readonly name = 'ArithmeticError';
}

/** Variables of an expression; an unset one is empty. */
export interface ArithmeticVariables {
  get(name: string, index?: number): string;
  set(name: string, value: string, index?: number): void;
}

/** The value of an expression. @throws ArithmeticError */
export function evaluateArithmetic(text: string, variables: ArithmeticVariables): bigint {
  return new Evaluator(text, variables).evaluate();
}

/** Lower binds less. */
const precedence: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '>': 7,
  '<=': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
  '**': 11,
};
/** Sticky, and set back before each use. */
const tokenPattern =
  /\s*(?:(0[xX][0-9a-fA-F]+|\d+#\w+|\d+)|([A-Za-z_]\w*)|(\*\*|\+\+|--|<<=|>>=|[-+*/%&|^<>=!]=|<<|>>|&&|\|\||[-+*/%<>!~&|^?:=(),[\]]))/y;

type Place = { readonly name: string; readonly index?: number };
/** A value, and where it is kept when it is a variable. */
interface Operand {
  readonly value: bigint;
  readonly place?: Place;
}

class Evaluator {
  readonly #text: string;
  readonly #variables: ArithmeticVariables;
  #tokens: string[] = [];
  #at = 0;
  /** Above 0 in a branch that is not taken: nothing is assigned, nothing divided. */
  #skipping = 0;

  constructor(text: string, variables: ArithmeticVariables) {
    this.#text = text;
    this.#variables = variables;
  }

  evaluate(): bigint {
    this.#tokens = tokenize(this.#text);
    if (this.#tokens.length === 0) return 0n;
    const result = this.#comma();
    if (this.#at < this.#tokens.length) throw syntaxError();
    return BigInt.asIntN(64, result);
  }

  #peek(): string {
    return this.#tokens[this.#at] ?? '';
  }
  #takes(text: string): boolean {
    if (this.#peek() !== text) return false;
    this.#at++;
    return true;
  }
  #comma(): bigint {
    let value = this.#assignment().value;
    while (this.#takes(',')) value = this.#assignment().value;
    return value;
  }
  #assignment(): Operand {
    const left = this.#ternary();
    const match = /^([-+*/%&|^]|<<|>>)?=$/.exec(this.#peek());
    if (!match || !left.place) return left;
    this.#at++;
    const right = this.#assignment().value;
    return { value: this.#store(left.place, match[1] ? this.#apply(match[1], left.value, right) : right) };
  }
  #ternary(): Operand {
    const condition = this.#binary(1);
    if (!this.#takes('?')) return condition;
    const truth = condition.value !== 0n;
    const yes = this.#branch(truth);
    if (!this.#takes(':')) throw syntaxError();
    const no = this.#branch(!truth);
    return { value: truth ? yes : no };
  }
  #branch(taken: boolean): bigint {
    if (!taken) this.#skipping++;
    const { value } = this.#assignment();
    if (!taken) this.#skipping--;
    return value;
  }
  #binary(minimum: number): Operand {
    let left = this.#unary();
    for (;;) {
      const operator = this.#peek();
      const level = precedence[operator];
      if (level === undefined || level < minimum) return left;
      this.#at++;
      const idle = (operator === '&&' && left.value === 0n) || (operator === '||' && left.value !== 0n);
      if (idle) this.#skipping++;
      const right = this.#binary(operator === '**' ? level : level + 1).value;
      if (idle) this.#skipping--;
      left = { value: this.#apply(operator, left.value, right) };
    }
  }
  #unary(): Operand {
    const operator = this.#peek();
    if (operator === '!' || operator === '~' || operator === '-' || operator === '+') {
      this.#at++;
      const { value } = this.#unary();
      return {
        value: operator === '!' ? BigInt(value === 0n) : operator === '~' ? ~value : operator === '-' ? -value : value,
      };
    }
    if (operator === '++' || operator === '--') {
      this.#at++;
      const operand = this.#unary();
      if (!operand.place) return operand;
      return { value: this.#store(operand.place, operand.value + (operator === '++' ? 1n : -1n)) };
    }
    return this.#postfix();
  }
  #postfix(): Operand {
    const operand = this.#primary();
    const operator = this.#peek();
    if (operand.place && (operator === '++' || operator === '--')) {
      this.#at++;
      this.#store(operand.place, operand.value + (operator === '++' ? 1n : -1n));
      return { value: operand.value };
    }
    return operand;
  }
  #primary(): Operand {
    if (this.#takes('(')) {
      const value = this.#comma();
      if (!this.#takes(')')) throw syntaxError();
      return { value };
    }
    const text = this.#peek();
    this.#at++;
    if (/^\d/.test(text)) return { value: parseNumber(text) };
    if (!/^[A-Za-z_]/.test(text)) throw syntaxError();
    let place: Place = { name: text };
    if (this.#takes('[')) {
      place = { name: text, index: Number(this.#comma()) };
      if (!this.#takes(']')) throw syntaxError();
    }
    return { value: this.#load(place), place };
  }
  #load(place: Place): bigint {
    const text = this.#variables.get(place.name, place.index).trim();
    if (text === '') return 0n;
    if (/^[-+]?\d+$/.test(text) && !/^[-+]?0\d/.test(text)) return BigInt(text.replace(/^\+/, ''));
    return new Evaluator(text, this.#variables).evaluate();
  }
  #store(place: Place, value: bigint): bigint {
    const wrapped = BigInt.asIntN(64, value);
    if (this.#skipping === 0) this.#variables.set(place.name, String(wrapped), place.index);
    return wrapped;
  }
  #apply(operator: string, a: bigint, b: bigint): bigint {
    if ((operator === '/' || operator === '%') && b === 0n) {
      if (this.#skipping > 0) return 0n;
      throw new ArithmeticError('divide by zero');
    }
    if (operator === '**' && b < 0n) throw new ArithmeticError('exponent less than 0');
    return BigInt.asIntN(64, operations[operator]?.(a, b) ?? 0n);
  }
}

const operations: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
  '<<': (a, b) => a << (b & 63n),
  '>>': (a, b) => a >> (b & 63n),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '&&': (a, b) => BigInt(a !== 0n && b !== 0n),
  '||': (a, b) => BigInt(a !== 0n || b !== 0n),
  '==': (a, b) => BigInt(a === b),
  '!=': (a, b) => BigInt(a !== b),
  '<': (a, b) => BigInt(a < b),
  '>': (a, b) => BigInt(a > b),
  '<=': (a, b) => BigInt(a <= b),
  '>=': (a, b) => BigInt(a >= b),
};

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const end = text.trimEnd().length;
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < end) {
    const match = tokenPattern.exec(text);
    if (!match) throw syntaxError();
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return tokens;
}

function parseNumber(text: string): bigint {
  const based = /^(\d+)#(\w+)$/.exec(text);
  if (based?.[1] && based[2]) {
    const base = Number(based[1]);
    let value = 0n;
    for (const digit of based[2]) value = value * BigInt(base) + BigInt(Number.parseInt(digit, 36));
    return value;
  }
  if (/^0[0-7]+$/.test(text)) return BigInt(`0o${text.slice(1)}`);
  if (/^0\d/.test(text)) throw syntaxError();
  return BigInt(text);
}

const syntaxError = () => new ArithmeticError('arithmetic syntax error');
