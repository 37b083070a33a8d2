import { compareStrings } from './go-format.ts';

/** How `encodeGoJson` writes. */
export interface GoJsonOptions {
  /** Spaces of indentation; none puts everything on one line. kubectl uses 4. */
  readonly indent?: number;
  /** Sort keys as Go sorts those of maps; default keeps the object's order, as Go does for structs. */
  readonly sortKeys?: boolean;
  /** Escape `<`, `>` and `&`; default true. */
  readonly escapeHtml?: boolean;
}

const special = /[<>&\u2028\u2029]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const specialPlain = /[\u2028\u2029]/g;
const mayBeSpecial = /[<>&\u2028\u2029\ud800-\udfff]/;

function escapeUnit(unit: string): string {
  const code = unit.charCodeAt(0);
  return code >= 0xd800 && code <= 0xdfff ? '\\ufffd' : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** JSON text with Go's escapes: U+2028 and U+2029, and `<`, `>`, `&` unless told otherwise. */
export function escapeText(json: string, escapeHtml: boolean): string {
  if (!mayBeSpecial.test(json)) return json;
  return json.replace(escapeHtml ? special : specialPlain, escapeUnit);
}

/**
 * JSON as Go's encoding/json writes it: `<`, `>`, `&`, U+2028 and U+2029 escaped. `undefined` members are left out;
 * nothing is added that is not there.
 */
export function encodeGoJson(value: unknown, options: GoJsonOptions = {}): string {
  const { indent = 0, sortKeys = false, escapeHtml = true } = options;
  const json = sortKeys ? encodeSorted(value, indent, '') : (JSON.stringify(value, null, indent) ?? 'null');
  return escapeText(json, escapeHtml);
}

/** JSON of what was read from JSON: whole numbers beyond 2^53, which come as BigInt, stand with their digits. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // BigInt is the only thing in JSON values that JSON.stringify refuses.
    if (!(error instanceof TypeError)) throw error;
    const marked = (_: string, member: unknown) => (typeof member === 'bigint' ? `\u0000${member}` : member);
    return JSON.stringify(value, marked).replace(/"\\u0000(-?\d+)"/g, '$1');
  }
}

function encodeSorted(value: unknown, indent: number, margin: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const inner = margin + ' '.repeat(indent);
  const parts = Array.isArray(value)
    ? value.map((item) => encodeSorted(item, indent, inner))
    : sortedEntries(value).map(
        ([key, member]) => `${JSON.stringify(key)}:${indent > 0 ? ' ' : ''}${encodeSorted(member, indent, inner)}`,
      );
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return open + close;
  if (indent === 0) return open + parts.join(',') + close;
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}`;
}

function sortedEntries(value: object): [string, unknown][] {
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => compareStrings(a, b));
}
