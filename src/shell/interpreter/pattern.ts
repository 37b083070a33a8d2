/** Shell patterns: `*`, `?`, `[…]`; a backslash makes the next character plain. */
import { characterClasses } from '../character-classes.ts';

/** Whether a pattern has an unescaped special character. */
export function hasPatternCharacters(pattern: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*[*?[]/.test(pattern);
}

/** Makes every character plain. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}

/** A pattern without its escapes. */
export function unescapePattern(pattern: string): string {
  return pattern.replace(/\\([\s\S])/g, '$1');
}

/** The source of a regular expression for a pattern; `pathname` keeps `*` and `?` within a path's part. */
export function patternSource(
  pattern: string,
  options: { readonly pathname?: boolean; readonly lazy?: boolean } = {},
): string {
  const any = options.pathname ? '[^/]' : '[\\s\\S]';
  let out = '';
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charAt(i);
    if (char === '*') out += `${any}*${options.lazy ? '?' : ''}`;
    else if (char === '?') out += any;
    else if (char === '\\') out += escapeRegExp(pattern.charAt(++i) || '\\');
    else if (char === '[') {
      const bracket = bracketSource(pattern, i);
      out += bracket?.source ?? '\\[';
      i = bracket?.end ?? i;
    } else out += escapeRegExp(char);
  }
  return out;
}

/** Whether a text matches a whole pattern. */
export function matchesPattern(text: string, pattern: string): boolean {
  return new RegExp(`^(?:${patternSource(pattern)})$`, 'u').test(text);
}

function bracketSource(pattern: string, start: number): { source: string; end: number } | undefined {
  let i = start + 1;
  const negated = pattern[i] === '!' || pattern[i] === '^';
  if (negated) i++;
  let inside = '';
  for (let first = true; i < pattern.length; i++, first = false) {
    const char = pattern.charAt(i);
    if (char === ']' && !first) return { source: `[${negated ? '^' : ''}${inside}]`, end: i };
    const named = /^\[:(\w+):\]/.exec(pattern.slice(i, i + 12));
    if (named?.[1]) {
      inside += characterClasses.get(named[1]) ?? '';
      i += named[0].length - 1;
    } else if (char === '\\') inside += escapeInBracket(pattern.charAt(++i));
    else inside += char === '-' ? '-' : escapeInBracket(char);
  }
  return undefined;
}

const escapeInBracket = (char: string) => (/[\\\]^[-]/.test(char) ? `\\${char}` : char);

/** Makes a text plain in a regular expression. */
export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
