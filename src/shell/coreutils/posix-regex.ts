import { characterClasses } from '../character-classes.ts';
import { UtilityError } from './utility.ts';

export interface RegexOptions {
  /** Extended syntax (`grep -E`, `sed -E`, awk); basic otherwise. */
  readonly extended?: boolean;
  readonly flags?: string;
}

/** A JavaScript expression for a POSIX one. @throws UtilityError for one that cannot be compiled */
export function posixRegExp(pattern: string, options: RegexOptions = {}): RegExp {
  try {
    return new RegExp(posixSource(pattern, options.extended ?? false), options.flags ?? '');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UtilityError(`bad regex '${pattern}': Invalid regexp`, 2);
  }
}

/** The source of a JavaScript expression for a POSIX one. */
export function posixSource(pattern: string, extended: boolean): string {
  let out = '';
  let starts = true;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charAt(i);
    const wasStart: boolean = starts;
    starts = false;
    if (char === '[') {
      const bracket = readBracket(pattern, i);
      out += bracket.source;
      i = bracket.end;
    } else if (char === '\\') {
      const next = pattern.charAt(++i);
      const escaped = escapeSource(next, extended);
      starts = !extended && (next === '(' || next === '|');
      out += escaped;
    } else if (extended) {
      if (char === '{' && !/^\{\d*,?\d*\}/.test(pattern.slice(i))) out += '\\{';
      else if ((char === '*' || char === '+' || char === '?') && wasStart) out += `\\${char}`;
      else out += char === '/' ? '\\/' : char;
      starts = char === '(' || char === '|' || (char === '^' && wasStart);
    } else if (char === '*' && wasStart) out += '\\*';
    else if (char === '^') {
      out += wasStart ? '^' : '\\^';
      starts = wasStart;
    } else if (char === '$') out += i === pattern.length - 1 || /^\\[)|]/.test(pattern.slice(i + 1)) ? '$' : '\\$';
    else out += /[+?(){}|/]/.test(char) ? `\\${char}` : char;
  }
  return out;
}

function escapeSource(char: string, extended: boolean): string {
  if (/[1-9]/.test(char)) return `\\${char}`;
  switch (char) {
    case '<':
      return '\\b(?=\\w)';
    case '>':
      return '\\b(?<=\\w)';
    case '`':
      return '^';
    case "'":
      return '$';
    case 'w':
    case 'W':
    case 's':
    case 'S':
    case 'b':
    case 'B':
    case 'n':
    case 't':
    case 'r':
      return `\\${char}`;
    case 'd':
      return '\\d';
    default:
      if (!extended && /[(){}|+?]/.test(char)) return char;
      return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
  }
}

function readBracket(pattern: string, start: number): { source: string; end: number } {
  let i = start + 1;
  let inside = '';
  const negated = pattern[i] === '^';
  if (negated) i++;
  for (let first = true; i < pattern.length; i++, first = false) {
    const char = pattern.charAt(i);
    if (char === ']' && !first) return { source: `[${negated ? '^' : ''}${inside}]`, end: i };
    const named = /^\[[:.=](\w+|.)[:.=]\]/.exec(pattern.slice(i));
    if (named?.[1]) {
      inside += characterClasses.get(named[1]) ?? named[1];
      i += named[0].length - 1;
    } else if (char === '\\' && /[ntrdwsDWS\]\\/.]/.test(pattern.charAt(i + 1))) {
      const next = pattern.charAt(++i);
      inside += /[ntrdwsDWS]/.test(next) ? `\\${next}` : next === ']' ? '\\\\' : `\\${next}`;
      if (next === ']') i--;
    } else inside += /[\\\]^[]/.test(char) ? `\\${char}` : char;
  }
  throw new UtilityError('bad regex: Unmatched [, [^, [:, [., or [=', 2);
}
