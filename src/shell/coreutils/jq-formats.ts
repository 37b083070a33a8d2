import { decodeBase64, encodeBase64 } from '../../apimachinery/base64.ts';
import { decode, encode } from '../text.ts';
import { describe, JqError } from './jq-error.ts';

/** A text itself, anything else as JSON. */
export const stringOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
/** @throws JqError unless the value is a text */
export const needString = (value: unknown, name: string): string => {
  if (typeof value !== 'string')
    throw new JqError(`${describe(value)} cannot be ${name === '' ? 'matched' : name}, as it is not a string`);
  return value;
};
/** @throws JqError unless the value is an array */
export const needArray = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw new JqError(`Cannot iterate over ${describe(value)}`);
  return value;
};

/** A value in one of jq's formats: `@csv`, `@sh`, `@base64` … @throws JqError */
export function formatValue(name: string, value: unknown): string {
  switch (name) {
    case '@text':
      return stringOf(value);
    case '@json':
      return JSON.stringify(value);
    case '@base64':
      return encodeBase64(encode(stringOf(value)));
    case '@base64d':
      try {
        return decode(decodeBase64(stringOf(value)));
      } catch {
        throw new JqError(`${describe(value)} is not valid base64 data`);
      }
    case '@uri':
      return encodeURIComponent(stringOf(value)).replace(
        /[!'()*]/g,
        (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
      );
    case '@html':
      return stringOf(value).replace(
        /[&<>'"]/g,
        (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&#39;', '"': '&quot;' })[char] ?? char,
      );
    case '@sh':
      return (Array.isArray(value) ? value : [value])
        .map((each) => (typeof each === 'string' ? `'${each.replace(/'/g, "'\\''")}'` : JSON.stringify(each)))
        .join(' ');
    case '@csv':
      return needArray(value)
        .map((each) => (typeof each === 'string' ? `"${each.replace(/"/g, '""')}"` : each === null ? '' : String(each)))
        .join(',');
    case '@tsv':
      return needArray(value)
        .map((each) =>
          each === null ? '' : stringOf(each).replace(/\\/g, '\\\\').replace(/\t/g, '\\t').replace(/\n/g, '\\n'),
        )
        .join('\t');
    default:
      throw new JqError(`${name.slice(1)} is not a valid format`);
  }
}
