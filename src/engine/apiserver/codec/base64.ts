const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function encode(bytes: Uint8Array, alphabet: string, pad: boolean): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3);
    const left = bytes.length - i;
    out += alphabet.charAt(a >> 2) + alphabet.charAt(((a & 3) << 4) | (b >> 4));
    out += left > 1 ? alphabet.charAt(((b & 15) << 2) | (c >> 6)) : pad ? '=' : '';
    out += left > 2 ? alphabet.charAt(c & 63) : pad ? '=' : '';
  }
  return out;
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
