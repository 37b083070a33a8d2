import type { Process } from '../../process/process.ts';
import type { Program, ProgramContext } from '../context.ts';
import { compareFiles, compareIntegers, fileTests } from '../file-tests.ts';
import { writeText } from '../streams.ts';
import type { Utility } from './utility.ts';

class TestError extends Error {
  override readonly name = 'TestError';
}

/** Evaluates the words of `test` by POSIX's precedence. */
class TestEvaluator {
  readonly #words: readonly string[];
  readonly #context: ProgramContext;
  #at = 0;
  constructor(words: readonly string[], context: ProgramContext) {
    this.#words = words;
    this.#context = context;
  }
  /** @throws TestError */
  evaluate(): boolean {
    if (this.#words.length === 0) return false;
    const result = this.#or();
    if (this.#at < this.#words.length) throw new TestError(`${this.#words[this.#at]}: unknown operand`);
    return result;
  }
  #or(): boolean {
    let left = this.#and();
    while (this.#words[this.#at] === '-o') {
      this.#at++;
      const right = this.#and();
      left ||= right;
    }
    return left;
  }
  #and(): boolean {
    let left = this.#not();
    while (this.#words[this.#at] === '-a') {
      this.#at++;
      const right = this.#not();
      left &&= right;
    }
    return left;
  }
  #not(): boolean {
    if (this.#words[this.#at] !== '!' || this.#isBinary(this.#words[this.#at + 1])) return this.#primary();
    if (this.#at === this.#words.length - 1) return this.#primary();
    this.#at++;
    return !this.#not();
  }
  #primary(): boolean {
    const word = this.#words[this.#at];
    if (word === undefined) throw new TestError('argument expected');
    const next = this.#words[this.#at + 1];
    if (this.#isBinary(next) && this.#words[this.#at + 2] !== undefined) return this.#binary(word, next ?? '');
    if (word === '(' && next !== undefined) {
      this.#at++;
      const inner = this.#or();
      if (this.#words[this.#at++] !== ')') throw new TestError('closing paren expected');
      return inner;
    }
    this.#at++;
    if (next !== undefined && /^-[a-zA-Z]$/.test(word)) return this.#unary(word, next);
    return word !== '';
  }
  #unary(operator: string, operand: string): boolean {
    const fileTest = fileTests.get(operator);
    if (operator !== '-n' && operator !== '-z' && !fileTest) return operator !== '';
    this.#at++;
    if (operator === '-n') return operand !== '';
    return fileTest ? fileTest(this.#context, operand) : operand === '';
  }
  #isBinary(word: string | undefined): boolean {
    return word !== undefined && /^(?:=|==|!=|<|>|-(?:eq|ne|lt|le|gt|ge|nt|ot|ef))$/.test(word);
  }
  #binary(left: string, operator: string): boolean {
    const right = this.#words[this.#at + 2] ?? '';
    this.#at += 3;
    if (operator === '=' || operator === '==') return left === right;
    if (operator === '!=') return left !== right;
    if (operator === '<') return left < right;
    if (operator === '>') return left > right;
    return (
      compareFiles(this.#context, operator, left, right) ??
      compareIntegers(operator, toInteger(left), toInteger(right)) ??
      false
    );
  }
}

function toInteger(word: string): bigint {
  if (!/^\s*[-+]?\d+\s*$/.test(word)) throw new TestError(`${word}: bad number`);
  return BigInt(word.trim().replace(/^\+/, ''));
}

/** `test` and `[`. */
export const testProgram: Program = function* (context): Process<number> {
  const name = (context.argv[0] ?? 'test').replace(/^.*\//, '');
  let words = context.argv.slice(1);
  if (name === '[') {
    if (words[words.length - 1] !== ']') {
      yield* writeText(context.stderr, '[: missing ]\n');
      return 2;
    }
    words = words.slice(0, -1);
  }
  try {
    return new TestEvaluator(words, context).evaluate() ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    yield* writeText(context.stderr, `sh: ${error.message}\n`);
    return 2;
  }
};

export const test: Utility = {
  names: ['test', '['],
  summary: 'Check file types, compare values etc. Return a 0/1 exit code',
  usage: 'EXPRESSION ]',
  run: (call) => testProgram(call.context),
};
