/** RE2 patterns on JavaScript's engine. Upstream: Go regexp/syntax, apiserver/pkg/cel/library/regex.go */
import { compileGoRegexp } from '../../../../apimachinery/go-regexp.ts';
import { overload, type Overload } from '../functions.ts';
import { CelError } from '../issues.ts';

const compiled = new Map<string, RegExp | string>();

/** A pattern, or what is wrong with it in Go's words. */
export function compilePattern(pattern: string): RegExp | string {
  let known = compiled.get(pattern);
  if (known === undefined) {
    known = compile(pattern);
    if (compiled.size > 1000) compiled.clear();
    compiled.set(pattern, known);
  }
  return known;
}

function compile(pattern: string): RegExp | string {
  try {
    return compileGoRegexp(pattern);
  } catch (error) {
    return (error as Error).message;
  }
}

/** Whether a part of the text matches. @throws CelError when the pattern is none */
export function matches(text: string, pattern: string): boolean {
  const expression = compilePattern(pattern);
  if (typeof expression === 'string') throw new CelError(expression);
  return expression.test(text);
}

function legal(pattern: string): RegExp {
  const expression = compilePattern(pattern);
  if (typeof expression === 'string') throw new CelError(`Illegal regex: ${expression}`);
  return expression;
}

function findAll(text: string, pattern: string, limit = -1n): string[] {
  const expression = legal(pattern);
  const found = [...text.matchAll(new RegExp(expression, `${expression.flags}g`))].map(([whole]) => whole);
  return limit < 0n ? found : found.slice(0, Number(limit));
}

export const regularExpressions: readonly Overload[] = [
  overload(
    'find',
    'string.(string) -> string',
    (text: string, pattern: string) => legal(pattern).exec(text)?.[0] ?? '',
  ),
  overload('findAll', 'string.(string) -> list(string)', (text: string, pattern: string) => findAll(text, pattern)),
  overload('findAll', 'string.(string, int) -> list(string)', findAll),
];
