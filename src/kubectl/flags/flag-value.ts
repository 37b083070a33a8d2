import { quote } from '../../apimachinery/go-format.ts';
import { parseDuration } from '../../apimachinery/duration.ts';
import type { FlagSpec } from './flag-spec.ts';

export type FlagValue = string | number | boolean | readonly string[];

type Parsed = { readonly value: FlagValue } | { readonly error: string };

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text): [string, boolean] => [text, true]),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text): [string, boolean] => [text, false]),
]);

/** The value of a flag's text; lists are added to what they held before on the same command line. */
export function parseFlagValue(spec: FlagSpec, text: string, before: FlagValue | undefined): Parsed {
  switch (spec.type) {
    case 'bool': {
      const value = booleans.get(text);
      return value === undefined ? { error: `strconv.ParseBool: parsing ${quote(text)}: invalid syntax` } : { value };
    }
    case 'int':
      return parseInteger(text);
    case 'duration':
      try {
        return { value: parseDuration(text) };
      } catch (error) {
        // The flag of the logging library comes from Go's own flags, which say less.
        const isGoFlag = spec.name === 'log-flush-frequency';
        return { error: error instanceof Error && !isGoFlag ? error.message : 'parse error' };
      }
    case 'strings': {
      const parts = parseCsv(text);
      if (typeof parts === 'string') return { error: parts };
      return { value: [...(Array.isArray(before) ? (before as string[]) : []), ...parts] };
    }
    case 'map': {
      const pairs = text.split(',').map((pair) => pair.trim());
      if (pairs.some((pair) => !/^[^=]+=/.test(pair))) return { error: 'malformed pair, expect string=string' };
      return { value: [...(Array.isArray(before) ? (before as string[]) : []), ...pairs] };
    }
    case 'array':
      return { value: [...(Array.isArray(before) ? (before as string[]) : []), text] };
    default:
      return { value: text };
  }
}

function parseInteger(text: string): Parsed {
  if (!/^[+-]?(?:0[xX][\da-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|\d+)$/.test(text)) {
    return { error: `strconv.ParseInt: parsing ${quote(text)}: invalid syntax` };
  }
  const digits = text.replace(/^[+-]/, '');
  const octal = /^0([0-7]+)$/.exec(digits);
  const value = Number(octal ? `0o${octal[1]}` : digits);
  if (value >= 2 ** 63) return { error: `strconv.ParseInt: parsing ${quote(text)}: value out of range` };
  return { value: text.startsWith('-') ? -value : value };
}

/** One record of comma-separated values with quotes, as Go's encoding/csv reads it; a text when it is malformed. */
function parseCsv(text: string): string[] | string {
  if (text === '') return [];
  if (!text.includes('"')) return text.split(',');
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] !== '"') {
      const comma = text.indexOf(',', at);
      const field = comma < 0 ? text.slice(at) : text.slice(at, comma);
      const bare = field.indexOf('"');
      if (bare >= 0) return `parse error on line 1, column ${at + bare + 1}: bare " in non-quoted field`;
      fields.push(field);
      if (comma < 0) return fields;
      at = comma + 1;
      continue;
    }
    let field = '';
    at++;
    for (;;) {
      const end = text.indexOf('"', at);
      if (end < 0) return `parse error on line 1, column ${text.length + 1}: extraneous or missing " in quoted-field`;
      field += text.slice(at, end);
      at = end + 1;
      if (text[at] !== '"') break;
      field += '"';
      at++;
    }
    fields.push(field);
    if (at >= text.length) return fields;
    if (text[at] !== ',') return `parse error on line 1, column ${at + 1}: extraneous or missing " in quoted-field`;
    at++;
  }
}
