import { encodeGoJson } from '../../../apimachinery/go-json.ts';

/** JSON with sorted keys: equal for equal values. */
export function canonicalText(value: unknown): string {
  return value === undefined ? '' : encodeGoJson(value, { sortKeys: true });
}
