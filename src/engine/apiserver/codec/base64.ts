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
