/** Writes the few parts of ASN.1's distinguished encoding that certificates are made of. */

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One value: the tag, the length, the parts. */
export function writeDer(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = length < 0x80 ? [tag, length] : [tag, 0x80 + lengthBytes(length).length, ...lengthBytes(length)];
  const out = new Uint8Array(head.length + length);
  out.set(head);
  let at = head.length;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function lengthBytes(length: number): number[] {
  return length < 256 ? [length] : [...lengthBytes(Math.floor(length / 256)), length % 256];
}

export function writeOid(oid: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = oid.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift((left % 128) | 0x80);
    return digits;
  });
  return writeDer(tags.oid, Uint8Array.from(bytes));
}

/** An unsigned integer from its bytes, most significant first. */
export function writeUnsigned(bytes: Uint8Array): Uint8Array {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  const rest = bytes.subarray(from);
  return writeDer(tags.integer, ...((rest[0] ?? 0) & 0x80 ? [Uint8Array.of(0), rest] : [rest]));
}

/** UTC time before 2050, generalized time after it. */
export function writeTime(epochMs: number): Uint8Array {
  const digits = `${new Date(epochMs).toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
  const short = Number(digits.slice(0, 4)) < 2050;
  return writeDer(
    short ? tags.utcTime : tags.generalizedTime,
    new TextEncoder().encode(short ? digits.slice(2) : digits),
  );
}
