// Scalars of YAML: plain, quoted, and as blocks of lines. Upstream: go-yaml v2 scannerc.go

import type { Nesting, Token } from './yaml-token.ts';
import {
  isBlank,
  isBlankOrEnd,
  isBreak,
  isBreakOrEnd,
  type Mark,
  yamlErrorAt,
  type YamlReader,
} from './yaml-reader.ts';

const simpleEscapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
};
const escapeLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
/** A literal (`|`) or folded (`>`) scalar. @throws YamlError */
export function scanBlockScalar(reader: YamlReader, literal: boolean, indent: number): Token {
  const mark = reader.mark();
  reader.skip();
  let chomping = '';
  let increment = 0;
  for (let i = 0; i < 2; i++) {
    const c = reader.at(0);
    if ((c === '+' || c === '-') && chomping === '') chomping = c;
    else if (/^[0-9]$/.test(c) && increment === 0) {
      if (c === '0') throw reader.error('found an indentation indicator equal to 0', mark);
      increment = Number(c);
    } else break;
    reader.skip();
  }
  reader.skipBlanks();
  reader.skipComment();
  if (!isBreakOrEnd(reader.at(0))) throw reader.error('did not find expected comment or line break', mark);
  if (isBreak(reader.at(0))) reader.readLine();
  const known = increment > 0 ? Math.max(indent, 0) + increment : 0;
  const value = readBlockLines(reader, { literal, chomping, known, outer: indent, mark });
  return { kind: 'scalar', mark, value, suffix: '', plain: false };
}

interface BlockStyle {
  readonly literal: boolean;
  /** `+` keeps the breaks at the end, `-` drops them all. */
  readonly chomping: string;
  /** The indentation, when an indicator says it; else 0. */
  readonly known: number;
  /** The indentation of the block around. */
  readonly outer: number;
  readonly mark: Mark;
}

function readBlockLines(reader: YamlReader, { literal, chomping, known, outer, mark }: BlockStyle): string {
  let [indent, trailing] = readBlockBreaks(reader, known, outer, mark);
  let out = '';
  let leading = '';
  let leadingBlank = false;
  while (reader.column === indent && reader.at(0) !== '') {
    const trailingBlank = isBlank(reader.at(0));
    if (!literal && !leadingBlank && !trailingBlank && leading.startsWith('\n')) {
      if (trailing === '') out += ' ';
    } else out += leading;
    out += trailing;
    leadingBlank = isBlank(reader.at(0));
    out += reader.readUntil(isBreakOrEnd);
    leading = reader.at(0) === '' ? '' : reader.readLine();
    [indent, trailing] = readBlockBreaks(reader, indent, outer, mark);
  }
  if (chomping !== '-') out += leading;
  return chomping === '+' ? out + trailing : out;
}

/** Eats indentation and empty lines; finds the indentation when it is not known (0). */
function readBlockBreaks(
  reader: YamlReader,
  known: number,
  outer: number,
  mark: Mark,
): [indent: number, breaks: string] {
  let breaks = '';
  let deepest = 0;
  for (;;) {
    while ((known === 0 || reader.column < known) && reader.at(0) === ' ') reader.skip();
    deepest = Math.max(deepest, reader.column);
    if ((known === 0 || reader.column < known) && reader.at(0) === '\t') {
      throw reader.error('found a tab character where an indentation space is expected', mark);
    }
    if (!isBreak(reader.at(0))) break;
    breaks += reader.readLine();
  }
  return [known === 0 ? Math.max(deepest, outer + 1, 1) : known, breaks];
}

/** A scalar in quotes of either sort. @throws YamlError */
export function scanQuoted(reader: YamlReader, quote: string): Token {
  const mark = reader.mark();
  reader.skip();
  let out = '';
  for (;;) {
    if (reader.isDocumentIndicator()) throw reader.error('found unexpected document indicator', mark);
    if (reader.at(0) === '') throw reader.error('found unexpected end of stream', mark);
    const [text, escapedBreak] = readQuotedText(reader, quote, mark);
    out += text;
    if (reader.at(0) === quote) break;
    out += readWhitespace(reader, escapedBreak);
  }
  reader.skip();
  return { kind: 'scalar', mark, value: out, suffix: '', plain: false };
}

/** Reads up to a blank, a break or the closing quote. */
function readQuotedText(reader: YamlReader, quote: string, mark: Mark): [text: string, escapedBreak: boolean] {
  let out = '';
  while (!isBlankOrEnd(reader.at(0))) {
    const c = reader.at(0);
    const next = reader.at(1);
    if (quote === "'" && c === quote && next === quote) {
      out += quote;
      reader.skip();
      reader.skip();
    } else if (c === quote) break;
    else if (quote === '"' && c === '\\' && isBreak(next)) {
      reader.skip();
      reader.readLine();
      return [out, true];
    } else if (quote === '"' && c === '\\') out += readEscape(reader, next, mark);
    else out += reader.read();
  }
  return [out, false];
}

function readEscape(reader: YamlReader, letter: string, mark: Mark): string {
  const simple = Object.hasOwn(simpleEscapes, letter) ? simpleEscapes[letter] : undefined;
  const length = Object.hasOwn(escapeLengths, letter) ? escapeLengths[letter] : undefined;
  if (simple === undefined && length === undefined) throw reader.error('found unknown escape character', mark);
  reader.skip();
  reader.skip();
  if (length === undefined) return simple ?? '';
  const digits = reader.text.slice(reader.index, reader.index + length);
  if (digits.length < length || !/^[0-9a-fA-F]+$/.test(digits)) {
    throw reader.error('did not find expected hexdecimal number', mark);
  }
  const code = Number.parseInt(digits, 16);
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
    throw reader.error('found invalid Unicode character escape code', mark);
  }
  for (let i = 0; i < length; i++) reader.skip();
  return String.fromCodePoint(code);
}

/** Reads blanks and breaks within a scalar, and gives what they fold to. */
function readWhitespace(reader: YamlReader, afterBreak: boolean): string {
  let blanks = '';
  let leading = '';
  let trailing = '';
  let seenBreak = afterBreak;
  while (isBlank(reader.at(0)) || isBreak(reader.at(0))) {
    if (isBlank(reader.at(0))) {
      const c = reader.read();
      if (!seenBreak) blanks += c;
    } else if (!seenBreak) {
      blanks = '';
      leading = reader.readLine();
      seenBreak = true;
    } else trailing += reader.readLine();
  }
  return seenBreak ? fold(leading, trailing) : blanks;
}

/** A scalar without quotes; `endsLine` when a line break follows it, after which a key may begin. @throws YamlError */
export function scanPlain(reader: YamlReader, nesting: Nesting): { readonly token: Token; readonly endsLine: boolean } {
  const mark = reader.mark();
  const indent = nesting.indent + 1;
  let out = '';
  let pending = '';
  let afterBreak = false;
  while (!reader.isDocumentIndicator() && reader.at(0) !== '#') {
    const text = readPlainText(reader, nesting.inFlow);
    if (text !== '') {
      out += pending + text;
      pending = '';
      afterBreak = false;
    }
    if (!isBlank(reader.at(0)) && !isBreak(reader.at(0))) break;
    const line = reader.line;
    checkTabs(reader, indent, afterBreak);
    pending = readWhitespace(reader, false);
    if (reader.line > line) afterBreak = true;
    if (!nesting.inFlow && reader.column < indent) break;
  }
  return { token: { kind: 'scalar', mark, value: out, suffix: '', plain: true }, endsLine: afterBreak };
}

function readPlainText(reader: YamlReader, inFlow: boolean): string {
  let out = '';
  while (!isBlankOrEnd(reader.at(0))) {
    const c = reader.at(0);
    if (c === ':' && isBlankOrEnd(reader.at(1))) break;
    if (inFlow && ',?[]{}'.includes(c)) break;
    out += reader.read();
  }
  return out;
}

/** Tabs may not stand where a continued line is indented. */
function checkTabs(reader: YamlReader, indent: number, afterBreak: boolean): void {
  let seenBreak = afterBreak;
  let column = reader.column;
  for (let i = reader.index; i < reader.text.length; i++) {
    const c = reader.text.charAt(i);
    if (isBreak(c)) {
      seenBreak = true;
      column = 0;
      if (c === '\r' && reader.text[i + 1] === '\n') i++;
      continue;
    }
    if (!isBlank(c)) return;
    if (seenBreak && column < indent && c === '\t') {
      const lines = reader.text.slice(reader.index, i).split(/\r\n|[\n\r\u0085\u2028\u2029]/).length - 1;
      throw yamlErrorAt(reader.line + lines + 1, 'found a tab character that violates indentation');
    }
    column++;
  }
}
function fold(leading: string, trailing: string): string {
  if (!leading.startsWith('\n')) return leading + trailing;
  return trailing === '' ? ' ' : trailing;
}
