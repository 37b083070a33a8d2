import { compareStrings, formatNumber, quote } from '../apimachinery/go-format.ts';
import { isJsonObject } from '../apimachinery/json-value.ts';

/** A JSON value as Go's `%#v` prints it. */
export function formatGoSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return formatNumber(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(formatGoSyntax).join(', ')}}`;
  if (!isJsonObject(value)) return String(value);
  const keys = Object.keys(value).sort(compareStrings);
  return `map[string]interface {}{${keys.map((key) => `${quote(key)}:${formatGoSyntax(value[key])}`).join(', ')}}`;
}
