/** The tests of `[[ … ]]`, which `test` shares. */
import type { Process } from '../../process/process.ts';
import { fileTests, compareFiles, compareIntegers } from '../file-tests.ts';
import { evaluateArithmetic } from './arithmetic.ts';
import type { Conditional } from './ast.ts';
import { arithmeticVariables, type ExpansionHost, expandPattern, expandString } from './expand.ts';
import { matchesPattern } from './pattern.ts';
import { ShellError } from './state.ts';

/** Whether the expression holds. */
export function* evaluateConditional(host: ExpansionHost, expression: Conditional): Process<boolean> {
  switch (expression.kind) {
    case 'word':
      return (yield* expandString(host, expression.word)) !== '';
    case 'not':
      return !(yield* evaluateConditional(host, expression.inner));
    case 'and':
      return (
        (yield* evaluateConditional(host, expression.left)) && (yield* evaluateConditional(host, expression.right))
      );
    case 'or':
      return (
        (yield* evaluateConditional(host, expression.left)) || (yield* evaluateConditional(host, expression.right))
      );
    case 'unary':
      return unary(host, expression.operator, yield* expandString(host, expression.word));
    default:
      return yield* binary(host, expression);
  }
}

function unary(host: ExpansionHost, operator: string, operand: string): boolean {
  const { state } = host;
  if (operator === '-z') return operand === '';
  if (operator === '-n') return operand !== '';
  if (operator === '-v') return state.get(operand) !== undefined;
  if (operator === '-o') return state.options.has(operand);
  const test = fileTests.get(operator);
  if (!test) throw new ShellError(`conditional unary operator expected: ${operator}`);
  return test(state.context, operand);
}

function* binary(host: ExpansionHost, expression: Extract<Conditional, { readonly kind: 'binary' }>): Process<boolean> {
  const { operator } = expression;
  const left = yield* expandString(host, expression.left);
  if (operator === '==' || operator === '=') return matchesPattern(left, yield* expandPattern(host, expression.right));
  if (operator === '!=') return !matchesPattern(left, yield* expandPattern(host, expression.right));
  if (operator === '=~') return matchRegExp(host, left, yield* expandPattern(host, expression.right));
  const right = yield* expandString(host, expression.right);
  if (operator === '<') return left < right;
  if (operator === '>') return left > right;
  const files = compareFiles(host.state.context, operator, left, right);
  if (files !== undefined) return files;
  const variables = arithmeticVariables(host.state);
  return compareIntegers(operator, evaluateArithmetic(left, variables), evaluateArithmetic(right, variables)) ?? false;
}

function matchRegExp(host: ExpansionHost, text: string, pattern: string): boolean {
  const match = new RegExp(posixToRegExp(pattern)).exec(text);
  host.state.setArray('BASH_REMATCH', match ? [...match].map((group) => group ?? '') : []);
  return match !== null;
}

/** Named classes become ranges; escapes that only patterns have go away. */
function posixToRegExp(pattern: string): string {
  const ranges: Readonly<Record<string, string>> = {
    alpha: 'A-Za-z',
    digit: '0-9',
    alnum: 'A-Za-z0-9',
    upper: 'A-Z',
    lower: 'a-z',
    space: '\\s',
    punct: '!-\\/:-@\\[-`{-~',
    xdigit: '0-9A-Fa-f',
  };
  return pattern.replace(/\[:(\w+):\]/g, (_, name: string) => ranges[name] ?? '');
}
