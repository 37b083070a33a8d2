import { cEscapes } from '../../apimachinery/c-escapes.ts';

const simple: Readonly<Record<string, string>> = {
  ...cEscapes,
  e: '\x1b',
};

/** Backslash escapes of `echo -e` and `printf`; `stopped` after `\c`. Octal and hex give bytes as Latin-1 when above 127. */
export function unescapeText(
  text: string,
  options: { readonly zeroOctal?: boolean } = {},
): { readonly text: string; readonly stopped: boolean } {
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
      out += String.fromCharCode(Number.parseInt(octal[1] || '0', 8) & 0xff);
      i += octal[0].length;
    } else if (hex) {
      out += String.fromCharCode(Number.parseInt(hex[1] ?? '0', 16));
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
