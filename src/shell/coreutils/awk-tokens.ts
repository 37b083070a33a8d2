import { cEscapes } from '../../apimachinery/c-escapes.ts';
import { UtilityError } from './utility.ts';

/** One word of an awk program. */
export interface Token {
  readonly kind: 'number' | 'string' | 'regex' | 'name' | 'call' | 'keyword' | 'operator' | 'newline' | 'end';
  readonly text: string;
}

const keywords = new Set([
  'BEGIN',
  'END',
  'function',
  'func',
  'if',
  'else',
  'while',
  'for',
  'do',
  'in',
  'break',
  'continue',
  'next',
  'nextfile',
  'exit',
  'return',
  'delete',
  'print',
  'printf',
  'getline',
]);
const operatorPattern =
  /\*\*=|\*\*|\+\+|--|\+=|-=|\*=|\/=|%=|\^=|==|<=|>=|!=|!~|&&|\|\||>>|[-+*/%^=<>!~?:,;(){}[\]$|]/y;

const escapes: Readonly<Record<string, string>> = {
  ...cEscapes,
  '"': '"',
  '/': '/',
};

/** @throws UtilityError */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const last = () => tokens.at(-1);
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '\n') {
      tokens.push({ kind: 'newline', text: '\n' });
      at++;
    } else if (/\s/.test(char)) at++;
    else if (char === '\\' && /^\\\r?\n/.test(text.slice(at))) at += 2;
    else if (char === '#') at = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at);
    else if (char === '"') {
      const raw = /"(?:[^"\\\n]|\\[\s\S])*"/y;
      raw.lastIndex = at;
      const match = raw.exec(text);
      if (!match) throw new UtilityError('cmd. line:1: Unterminated string');
      at = raw.lastIndex;
      const value = match[0]
        .slice(1, -1)
        .replace(/\\([0-7]{1,3}|[\s\S])/g, (whole, code: string) =>
          /^[0-7]/.test(code)
            ? String.fromCharCode(Number.parseInt(code, 8))
            : code === '\n'
              ? ''
              : (escapes[code] ?? whole),
        );
      tokens.push({ kind: 'string', text: value });
    } else if (char === '/' && startsRegex(last())) {
      let end = at + 1;
      for (let bracket = false; end < text.length && (bracket || text.charAt(end) !== '/'); end++) {
        if (text.charAt(end) === '\\') end++;
        else if (text.charAt(end) === '[' && !bracket) bracket = true;
        else if (text.charAt(end) === ']' && bracket && !/\[\^?$/.test(text.slice(at, end))) bracket = false;
      }
      tokens.push({ kind: 'regex', text: text.slice(at + 1, end).replace(/\\\//g, '/') });
      at = end + 1;
    } else {
      const number = /(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/y;
      number.lastIndex = at;
      const digits = /[\d.]/.test(char) ? number.exec(text) : null;
      const word = /^[A-Za-z_]\w*/.exec(text.slice(at, at + 256));
      operatorPattern.lastIndex = at;
      const operator = operatorPattern.exec(text);
      if (digits) {
        tokens.push({ kind: 'number', text: digits[0] });
        at += digits[0].length;
      } else if (word) {
        at += word[0].length;
        tokens.push({
          kind: keywords.has(word[0]) ? 'keyword' : text.charAt(at) === '(' ? 'call' : 'name',
          text: word[0],
        });
      } else if (operator) {
        tokens.push({ kind: 'operator', text: operator[0] });
        at += operator[0].length;
      } else throw new UtilityError(`cmd. line:1: Unexpected token`);
    }
  }
  return tokens;
}

/** A slash divides after an operand, and begins an expression elsewhere. */
function startsRegex(token: Token | undefined): boolean {
  if (!token || token.kind === 'newline') return true;
  if (token.kind === 'operator') return !/^(?:\)|\]|\$|\+\+|--)$/.test(token.text);
  return token.kind === 'keyword';
}
