import { encodeGoJson } from './go-json.ts';
import { safeEncodeString } from './names.ts';

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

/**
 * A hash of a value for names and labels, such as `pod-template-hash`: FNV-1a of its JSON with sorted keys, and of the
 * number of collisions so far, in safe characters.
 *
 * Differs: upstream hashes Go's own dump of the struct, so the letters are others; equal values hash equal all the same.
 *
 * Upstream: pkg/controller/controller_utils.go ComputeHash (v1.36)
 */
export function computeHash(value: unknown, collisionCount?: number): string {
  const text = encodeGoJson(value, { sortKeys: true });
  return safeEncodeString(String(fnv32a(collisionCount === undefined ? text : `${text}${collisionCount}`)));
}
