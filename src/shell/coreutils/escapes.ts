import { cEscapes } from '../../apimachinery/c-escapes.ts';
import { concatBytes, encode } from '../text.ts';

const simple: Readonly<Record<string, string>> = {
  ...cEscapes,
  e: '\x1b',
};

/** Bytes above 127 in a text, each as a surrogate of its own: no text that was decoded has them. */
const loneBytes = /([\u{dc80}-\u{dcff}]+)/u;
const surrogateOf = (byte: number) => String.fromCharCode(byte > 0x7f ? 0xdc00 + byte : byte);

/** The bytes of a text that was unescaped with `bytes`: UTF-8, and what its escapes named byte for byte. */
export function encodeUnescaped(text: string): Uint8Array {
  const pieces = text.split(loneBytes);
  return concatBytes(
    pieces.map((piece, i) =>
      i % 2 === 0 ? encode(piece) : Uint8Array.from(piece, (char) => char.charCodeAt(0) & 0xff),
    ),
  );
}

/**
 * Backslash escapes of `echo -e` and `printf`; `stopped` after `\c`. Octal and hex above 127 give Latin-1, or with `bytes` what
 * `encodeUnescaped` makes bytes of.
 */
export function unescapeText(
  text: string,
  options: { readonly zeroOctal?: boolean; readonly bytes?: boolean } = {},
): { readonly text: string; readonly stopped: boolean } {
  const charOf = options.bytes ? surrogateOf : (byte: number) => String.fromCharCode(byte);
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char !== '\\' || i === text.length - 1) {
      out += char;
      continue;
    }
    const rest = text.slice(i + 1);
    if (rest.startsWith('c')) return { text: out, stopped: true };
    const octal = (options.zeroOctal ? /^0([0-7]{0,3})/ : /^([0-7]{1,3})/).exec(rest);
    const hex = /^x([0-9a-fA-F]{1,2})/.exec(rest);
    const unicode = /^u([0-9a-fA-F]{1,4})|^U([0-9a-fA-F]{1,8})/.exec(rest);
    if (octal) {
      out += charOf(Number.parseInt(octal[1] || '0', 8) & 0xff);
      i += octal[0].length;
    } else if (hex) {
      out += charOf(Number.parseInt(hex[1] ?? '0', 16));
      i += hex[0].length;
    } else if (unicode) {
      out += String.fromCodePoint(Number.parseInt(unicode[1] ?? unicode[2] ?? '0', 16));
      i += unicode[0].length;
    } else {
      out += simple[rest.charAt(0)] ?? `\\${rest.charAt(0)}`;
      i++;
    }
  }
  return { text: out, stopped: false };
}
