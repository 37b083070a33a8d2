import { cEscapes } from './c-escapes.ts';

/** A character that is no escape, or an escape: two hex digits or three octal ones are a byte, `\u` and `\U` a code point. */
const piece =
  /\\(?:x(?<hex>[\da-fA-F]{2})|(?<octal>[0-3][0-7]{2})|u(?<short>[\da-fA-F]{4})|U(?<long>[\da-fA-F]{8})|(?<letter>.))|(?<plain>[^\\])|\\/gsu;

const letters: Readonly<Record<string, string>> = cEscapes;

/**
 * The text between the quotes of a Go literal, its escapes resolved; a byte that is no UTF-8 becomes U+FFFD.
 * The quote itself must be escaped, and the other sort of quote must not.
 *
 * @returns undefined where Go says `invalid syntax`
 *
 * Upstream: strconv/quote.go UnquoteChar
 */
export function unescapeGo(text: string, quote: '"' | "'"): string | undefined {
  if (!text.includes('\\')) return text.includes(quote) ? undefined : text;
  const encoder = new TextEncoder();
  const bytes: number[] = [];
  for (const { groups = {} } of text.matchAll(piece)) {
    const { hex, octal, short, long, letter, plain } = groups;
    const byte =
      hex !== undefined ? Number.parseInt(hex, 16) : octal !== undefined ? Number.parseInt(octal, 8) : undefined;
    const character = plain === quote ? undefined : (plain ?? escaped(letter, quote) ?? codePoint(short ?? long));
    if (byte !== undefined) bytes.push(byte);
    else if (character !== undefined) bytes.push(...encoder.encode(character));
    else return undefined;
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

function escaped(letter: string | undefined, quote: string): string | undefined {
  if (letter === quote) return quote;
  return letter !== undefined && Object.hasOwn(letters, letter) ? letters[letter] : undefined;
}

function codePoint(digits: string | undefined): string | undefined {
  if (digits === undefined) return undefined;
  const code = Number.parseInt(digits, 16);
  return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? undefined : String.fromCodePoint(code);
}

/**
 * The text of a Go string literal, quoted or raw (in backquotes).
 *
 * @returns undefined where Go says `invalid syntax`
 *
 * Upstream: strconv/quote.go Unquote
 */
export function unquote(literal: string): string | undefined {
  const inner = literal.slice(1, -1);
  return literal.startsWith('`') ? inner.replaceAll('\r', '') : unescapeGo(inner, '"');
}
