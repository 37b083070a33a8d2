/** RE2 patterns on JavaScript's engine. Upstream: Go regexp/syntax, apiserver/pkg/cel/library/regex.go */
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

const classes: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

function compile(pattern: string): RegExp | string {
  const wrong = complaint(pattern);
  if (wrong !== undefined) return `error parsing regexp: ${wrong}`;
  let flags = 'u';
  let source = pattern;
  const inline = /^\(\?([imsU]+)\)/.exec(source);
  if (inline) {
    source = source.slice(inline[0].length);
    for (const flag of inline[1] ?? '') if ('ims'.includes(flag)) flags += flag;
  }
  source = source
    .replaceAll(/\[:(\^?)([a-z]+):\]/g, (whole, not: string, name: string) => (not ? whole : (classes[name] ?? whole)))
    .replaceAll('(?P<', '(?<')
    .replaceAll('\\A', '^')
    .replaceAll('\\z', '$')
    .replaceAll(/\\([pP])([A-Z])(?![a-z{])/g, '\\$1{$2}');
  try {
    return new RegExp(source, flags);
  } catch {
    try {
      return new RegExp(source, flags.replace('u', ''));
    } catch (error) {
      return `error parsing regexp: ${(error as Error).message}`;
    }
  }
}

/** The usual mistakes, as Go names them. */
function complaint(pattern: string): string | undefined {
  let depth = 0;
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i];
    if (character === '\\') {
      if (i === pattern.length - 1) return 'trailing backslash at end of expression: ``';
      const next = pattern[i + 1] ?? '';
      if (/[1-9]/.test(next)) return `invalid escape sequence: \`\\${next}\``;
      i++;
    } else if (character === '[') {
      const end = classEnd(pattern, i);
      if (end < 0) return `missing closing ]: \`${pattern.slice(i)}\``;
      i = end;
    } else if (character === '(') {
      depth++;
      const look = /^\(\?(?:[=!]|<[=!])/.exec(pattern.slice(i));
      if (look) return `invalid or unsupported Perl syntax: \`${look[0]}\``;
    } else if (character === ')') {
      if (depth === 0) return `unexpected ): \`${pattern}\``;
      depth--;
    } else if (
      (character === '*' || character === '+' || character === '?') &&
      (i === 0 || '(|'.includes(pattern[i - 1] ?? ''))
    ) {
      if (!(character === '?' && pattern[i - 1] === '('))
        return `missing argument to repetition operator: \`${character}\``;
    }
  }
  return depth > 0 ? `missing closing ): \`${pattern}\`` : undefined;
}

function classEnd(pattern: string, start: number): number {
  let i = start + 1;
  if (pattern[i] === '^') i++;
  if (pattern[i] === ']') i++;
  for (; i < pattern.length; i++) {
    if (pattern[i] === '\\') i++;
    else if (pattern.startsWith('[:', i)) i = Math.max(i, pattern.indexOf(':]', i) + 1);
    else if (pattern[i] === ']') return i;
  }
  return -1;
}

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
