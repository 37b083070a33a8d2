/** JSON as values of expressions, and back. */
import { encodeBase64 } from '../../../apimachinery/base64.ts';
import type { CelValue } from './values.ts';
import { CelDuration, CelOptional, CelTimestamp, CelUint, type CelMap } from './values.ts';
import { durationText, timestampText } from './library/time.ts';

/** JSON without a schema: whole numbers are ints. */
export function celOfJson(value: unknown): CelValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object') return value as CelValue;
  if (Array.isArray(value)) return value.map(celOfJson);
  const out = new Map<CelValue, CelValue>();
  for (const [key, member] of Object.entries(value)) if (member !== undefined) out.set(key, celOfJson(member));
  return out;
}

/** The JSON that a value stands for. */
export function jsonOfCel(value: CelValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return (value as readonly CelValue[]).map(jsonOfCel);
  if (value instanceof Map) {
    return Object.fromEntries([...(value as CelMap)].map(([key, member]) => [String(key), jsonOfCel(member)]));
  }
  if (value instanceof CelUint) return Number(value.value);
  if (value instanceof CelTimestamp) return timestampText(value);
  if (value instanceof CelDuration) return durationText(value);
  if (value instanceof CelOptional) return value.present ? jsonOfCel(value.value) : null;
  if (value instanceof Uint8Array) return encodeBase64(value);
  return value;
}
