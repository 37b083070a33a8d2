const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function encode(bytes: Uint8Array, alphabet: string, pad: boolean): string {
  const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(61);
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digits = Math.min(4, bytes.length - i + 1);
    for (let k = 0; k < digits; k++) codes[at + k] = alphabet.charCodeAt((word >> (18 - 6 * k)) & 63);
    at += digits;
  }
  return new TextDecoder().decode(pad ? codes : codes.subarray(0, at));
}

/** URL-safe base64 without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return encode(bytes, `${letters}-_`, false);
}

/** Standard base64. */
export function toBase64(bytes: Uint8Array): string {
  return encode(bytes, `${letters}+/`, true);
}

function decode(text: string, alphabet: string): Uint8Array | number {
  const clean = text.replace(/=+$/, '');
  const out: number[] = [];
  let bits = 0;
  let count = 0;
  for (let i = 0; i < clean.length; i++) {
    const value = alphabet.indexOf(clean.charAt(i));
    if (value < 0) return i;
    bits = (bits << 6) | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push((bits >> count) & 0xff);
    bits &= (1 << count) - 1;
  }
  return count === 6 ? clean.length : Uint8Array.from(out);
}

/** Bytes of URL-safe base64; where reading stopped, when the text is none. */
export function fromBase64Url(text: string): Uint8Array | number {
  return decode(text, `${letters}-_`);
}

/** Bytes of standard base64; where reading stopped, when the text is none. */
export function fromBase64(text: string): Uint8Array | number {
  return decode(text, `${letters}+/`);
}

/** What the bytes are when encoded again: without line breaks, and without bits past the end. */
export function canonicalBase64(text: string): string {
  const clean = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, '') : text;
  if (!clean.endsWith('=') || /(?:[AQgw]=|[AEIMQUYcgkosw048])=$/.test(clean)) return clean;
  const bytes = fromBase64(clean);
  return typeof bytes === 'number' ? clean : toBase64(bytes);
}

/** Where Go's decoder of standard base64 stops; undefined when the text is good. */
export function invalidBase64At(text: string): number | undefined {
  if (text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const clean = text.replace(/[\r\n]/g, '');
  if (clean.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(clean)) return undefined;
  const at = text.search(/[^A-Za-z0-9+/\r\n]/);
  if (at < 0) return text.length - (clean.length % 4);
  return text[at] === '=' ? badPaddingAt(text, at) : at;
}

/** The padding may end a group of three letters, or of two with another `=`; nothing but line breaks may follow. */
function badPaddingAt(text: string, at: number): number {
  const inGroup = text.slice(0, at).replace(/[\r\n]/g, '').length % 4;
  if (inGroup < 2) return at;
  const next = (from: number): number => from + (text.slice(from).match(/^[\r\n]*/)?.[0].length ?? 0);
  let end = next(at + 1);
  if (inGroup === 2) {
    if (end === text.length) return text.length;
    if (text[end] !== '=') return end - 1;
    end = next(end + 1);
  }
  return end;
}
