const encoder = new TextEncoder();

/** FNV-1 of 32 bits over the UTF-8 of a text, unsigned. */
export function fnv32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of encoder.encode(text)) hash = Math.imul(hash, 0x01000193) ^ byte;
  return hash >>> 0;
}

/** FNV-1a of 32 bits over the UTF-8 of a text, unsigned. */
export function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of encoder.encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
