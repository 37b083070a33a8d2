/** Reads the texts of literals. Upstream: github.com/google/cel-go/parser/unescape.go */
import { cEscapes } from '../../../apimachinery/c-escapes.ts';

const simple: Readonly<Record<string, string>> = {
  ...cEscapes,
  '"': '"',
  "'": "'",
  '`': '`',
  '?': '?',
};

/** The content of a string literal; undefined when an escape is wrong. */
export function readString(text: string): string | undefined {
  const [body, raw] = bodyOf(text);
  if (raw) return body;
  let out = '';
  for (let i = 0; i < body.length; i++) {
    if (body[i] !== '\\') {
      out += body[i] ?? '';
      continue;
    }
    const escape = escapeAt(body, i + 1);
    if (!escape) return undefined;
    out += escape.byte === undefined ? escape.text : String.fromCodePoint(escape.byte);
    i += escape.length;
  }
  return out;
}

/** The content of a bytes literal; undefined when an escape is wrong. */
export function readBytes(text: string): Uint8Array | undefined {
  const [body, raw] = bodyOf(text);
  const encoder = new TextEncoder();
  if (raw) return encoder.encode(body);
  const out: number[] = [];
  for (let i = 0; i < body.length; i++) {
    if (body[i] !== '\\') {
      const code = body.codePointAt(i) ?? 0;
      out.push(...encoder.encode(String.fromCodePoint(code)));
      if (code > 0xffff) i++;
      continue;
    }
    const escape = escapeAt(body, i + 1);
    if (!escape) return undefined;
    if (escape.length > 3) return undefined;
    if (escape.byte === undefined) out.push(...encoder.encode(escape.text));
    else out.push(escape.byte);
    i += escape.length;
  }
  return Uint8Array.from(out);
}

function bodyOf(text: string): [body: string, raw: boolean] {
  const match = /^([rRbB]*)("""|'''|"|')/.exec(text);
  const prefix = match?.[1] ?? '';
  const quote = match?.[2] ?? '"';
  return [text.slice(prefix.length + quote.length, text.length - quote.length), /[rR]/.test(prefix)];
}

interface Escape {
  readonly text: string;
  /** The value of an octal or hexadecimal escape. */
  readonly byte?: number;
  readonly length: number;
}

function escapeAt(body: string, at: number): Escape | undefined {
  const character = body[at] ?? '';
  const known = simple[character];
  if (known !== undefined) return { text: known, length: 1 };
  const rest = body.slice(at);
  const hex = /^[xX]([0-9a-fA-F]{2})/.exec(rest);
  if (hex) return { text: '', byte: Number.parseInt(hex[1] ?? '', 16), length: 3 };
  const octal = /^[0-3][0-7]{2}/.exec(rest);
  if (octal) return { text: '', byte: Number.parseInt(octal[0], 8), length: 3 };
  const unicode = /^(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(rest);
  if (!unicode) return undefined;
  const code = Number.parseInt(unicode[1] ?? unicode[2] ?? '', 16);
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
  return { text: String.fromCodePoint(code), length: unicode[0].length };
}
