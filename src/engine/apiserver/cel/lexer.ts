/** Splits an expression into tokens. Upstream: github.com/google/cel-go/parser/gen/CEL.g4 */
import type { CelIssue } from './issues.ts';

export type TokenKind = 'identifier' | 'escaped' | 'int' | 'uint' | 'float' | 'string' | 'bytes' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written. */
  readonly text: string;
  readonly at: number;
}

const symbols = ['==', '!=', '<=', '>=', '&&', '||', '.?', '[?', '{?'];
const singles = '[]{}().,-!?:+*/%<>';
const digits = /^(?:0[xX][0-9a-fA-F]+[uU]?|[0-9]*\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|[0-9]+[uU]?)/;
const identifier = /^[A-Za-z_][A-Za-z0-9_]*/;
const stringPrefix = /^(?:[rR][bB]?|[bB][rR]?)?("""|'''|"|')/;

/** All tokens, the last one of kind `end`; what is no token is reported and left out. */
export function tokenize(source: string, issues: CelIssue[]): readonly Token[] {
  const tokens: Token[] = [];
  const offsetOf = characterOffsets(source);
  let at = 0;
  const push = (kind: TokenKind, text: string) => {
    tokens.push({ kind, text, at: offsetOf(at) });
    at += text.length;
  };
  const refuse = (text: string) => {
    issues.push({ offset: offsetOf(at), message: `Syntax error: token recognition error at: '${text}'` });
    at += text.length;
  };
  while (at < source.length) {
    const rest = source.slice(at);
    const space = /^(?:[\t\n\f\r ]+|\/\/[^\n]*)/.exec(rest);
    if (space) {
      at += space[0].length;
      continue;
    }
    const prefix = stringPrefix.exec(rest);
    if (prefix) {
      const text = stringText(rest, prefix);
      const letters = prefix[0].length - (prefix[1] ?? '').length;
      // The longest beginning that is a token is taken: the letters, or an empty text.
      if (text === undefined && letters > 0) push('identifier', rest.slice(0, letters));
      else if (text === undefined && prefix[1]?.length === 3) push('string', rest.slice(0, 2));
      else if (text === undefined) refuse(beforeWrongEscape(rest, prefix) ?? unterminated(rest));
      else push(/^[rR]?[bB]/.test(prefix[0]) ? 'bytes' : 'string', text);
      continue;
    }
    const number = digits.exec(rest);
    if (number) {
      const [text] = number;
      if (/^0[xX]/.test(text)) push(/[uU]$/.test(text) ? 'uint' : 'int', text);
      else if (/[.eE]/.test(text)) push('float', text);
      else push(/[uU]$/.test(text) ? 'uint' : 'int', text);
      continue;
    }
    const name = identifier.exec(rest);
    if (name) {
      push('identifier', name[0]);
      continue;
    }
    const escaped = /^`[A-Za-z0-9_.\-/ ]+`/.exec(rest);
    if (escaped) {
      push('escaped', escaped[0]);
      continue;
    }
    const double = symbols.find((symbol) => rest.startsWith(symbol));
    if (double !== undefined && (double.endsWith('?') ? rest[double.length] !== '?' : true)) {
      push('symbol', double);
      continue;
    }
    if (singles.includes(rest[0] ?? '')) push('symbol', rest[0] ?? '');
    else refuse('=&|'.includes(rest[0] ?? '') ? rest.slice(0, 2) : (rest[0] ?? ''));
  }
  tokens.push({ kind: 'end', text: '<EOF>', at: offsetOf(source.length) });
  return tokens;
}

/** Offsets in characters, not in UTF-16 units. */
function characterOffsets(source: string): (index: number) => number {
  if (!/[\ud800-\udfff]/.test(source)) return (index) => index;
  return (index) => [...source.slice(0, index)].length;
}

function stringText(rest: string, prefix: RegExpExecArray): string | undefined {
  const [opening, quote = '"'] = prefix;
  const raw = /[rR]/.test(opening.slice(0, -quote.length));
  const long = quote.length === 3;
  for (let i = opening.length; i < rest.length; i++) {
    const character = rest[i];
    if (!raw && character === '\\') {
      if (wrongAt(rest, i) !== undefined) return undefined;
      i++;
    } else if (!long && (character === '\n' || character === '\r')) return undefined;
    else if (rest.startsWith(quote, i)) return rest.slice(0, i + quote.length);
  }
  return undefined;
}

const escapes: readonly (readonly string[])[] = [
  ['[abfnrtv"\'`?\\\\]'],
  ['[xX]', '[0-9a-fA-F]', '[0-9a-fA-F]'],
  ['u', ...Array<string>(4).fill('[0-9a-fA-F]')],
  ['U', ...Array<string>(8).fill('[0-9a-fA-F]')],
  ['[0-3]', '[0-7]', '[0-7]'],
];

/** Where the escape at a backslash goes wrong; undefined when it does not. */
function wrongAt(text: string, backslash: number): number | undefined {
  let furthest = 0;
  for (const steps of escapes) {
    const right = steps.findIndex((step, i) => !new RegExp(`^${step}$`).test(text[backslash + 1 + i] ?? ''));
    if (right < 0) return undefined;
    furthest = Math.max(furthest, right);
  }
  return backslash + 1 + furthest;
}

/** The part of a text up to an escape that is none. */
function beforeWrongEscape(rest: string, prefix: RegExpExecArray): string | undefined {
  const [opening, quote = '"'] = prefix;
  if (/[rR]/.test(opening.slice(0, -quote.length))) return undefined;
  for (let i = opening.length; i < rest.length; i++) {
    if (quote.length === 1 && (rest[i] === '\n' || rest[i] === '\r')) return undefined;
    if (rest[i] !== '\\') continue;
    const wrong = wrongAt(rest, i);
    if (wrong !== undefined) return rest.slice(0, wrong + 1);
    i++;
  }
  return undefined;
}

const unterminated = (rest: string): string => rest.split('\n', 1)[0] ?? rest;
