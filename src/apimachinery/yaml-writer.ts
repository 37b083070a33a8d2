// Writes YAML letter by letter as sigs.k8s.io/yaml does (go-yaml v2): what `kubectl -o yaml` prints.
// Upstream: go-yaml v2 encode.go and emitterc.go
import { formatNumber } from './go-format.ts';
import { plainKind } from './yaml-scalar.ts';

const bestIndent = 2;
const bestWidth = 80;
const maxSimpleKeyLength = 128;
const encoder = new TextEncoder();

type Style = 'plain' | 'single' | 'double' | 'literal';

/** What a scalar may be written as. */
interface Analysis {
  readonly multiline: boolean;
  readonly plain: boolean;
  readonly single: boolean;
  readonly block: boolean;
}

function isBreak(c: string | undefined): boolean {
  return c === '\n' || c === '\r' || c === '\u0085' || c === '\u2028' || c === '\u2029';
}

function isBlank(c: string | undefined): boolean {
  return c === ' ' || c === '\t';
}

function isPrintable(c: string): boolean {
  const code = c.codePointAt(0) ?? 0;
  if (code < 0x80) return code === 0x0a || (code >= 0x20 && code <= 0x7e);
  if (code >= 0x10000 || (code >= 0xd800 && code <= 0xdfff)) return false;
  return code >= 0xa0 && code !== 0xfeff && code !== 0xfffe && code !== 0xffff;
}

function isIndicator(c: string, first: boolean, precededByBlank: boolean, followedByBlank: boolean): boolean {
  if (first && '#,[]{}&*!|>\'"%@`'.includes(c)) return true;
  if (c === ':') return followedByBlank;
  if (first && (c === '?' || c === '-')) return followedByBlank;
  return c === '#' && precededByBlank;
}

function analyze(characters: readonly string[]): Analysis {
  if (characters.length === 0) return { multiline: false, plain: true, single: true, block: false };
  const start = characters.slice(0, 3).join('');
  let indicators = start === '---' || start === '...';
  let breaks = false;
  let special = false;
  let breakSpace = false;
  let spaceBreak = false;
  let previous = '';
  let precededByBlank = true;
  for (const [i, c] of characters.entries()) {
    const next = characters[i + 1];
    if (isIndicator(c, i === 0, precededByBlank, next === undefined || isBlank(next))) indicators = true;
    if (!isPrintable(c)) special = true;
    if (c === ' ' && isBreak(previous)) breakSpace = true;
    if (isBreak(c)) {
      breaks = true;
      if (previous === ' ') spaceBreak = true;
    }
    precededByBlank = isBlank(c) || isBreak(c) || c === '\0';
    previous = c;
  }
  const first = characters[0];
  const last = characters.at(-1);
  const edges = first === ' ' || last === ' ' || isBreak(first) || isBreak(last);
  return {
    multiline: breaks,
    plain: !(edges || breakSpace || spaceBreak || special || breaks || indicators),
    single: !(breakSpace || spaceBreak || special),
    block: !(last === ' ' || spaceBreak || special),
  };
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['\0', '0'],
  ['\x07', 'a'],
  ['\b', 'b'],
  ['\t', 't'],
  ['\n', 'n'],
  ['\v', 'v'],
  ['\f', 'f'],
  ['\r', 'r'],
  ['\x1b', 'e'],
  ['"', '"'],
  ['\\', '\\'],
  ['\u0085', 'N'],
  ['\u00a0', '_'],
  ['\u2028', 'L'],
  ['\u2029', 'P'],
]);

function escapeCharacter(c: string): string {
  const known = escapes.get(c);
  if (known !== undefined) return `\\${known}`;
  const code = c.codePointAt(0) ?? 0;
  const [letter, width] = code <= 0xff ? ['x', 2] : code <= 0xffff ? ['u', 4] : ['U', 8];
  return `\\${letter}${code.toString(16).toUpperCase().padStart(Number(width), '0')}`;
}

const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

/** Sorts keys as go-yaml does: letters after all else, runs of digits by value. */
function compareKeys(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  for (let i = 0; i < left.length && i < right.length; i++) {
    const x = left[i] ?? '';
    const y = right[i] ?? '';
    if (x === y) continue;
    const xLetter = /\p{L}/u.test(x);
    const yLetter = /\p{L}/u.test(y);
    if (xLetter !== yLetter) return yLetter ? -1 : 1;
    return (xLetter ? 0 : compareNumbers(left, right, i)) || (x.codePointAt(0) ?? 0) - (y.codePointAt(0) ?? 0);
  }
  return left.length - right.length;
}

function compareNumbers(left: readonly string[], right: readonly string[], at: number): number {
  let prefix = '';
  if (left[at] === '0' || right[at] === '0') {
    for (let j = at - 1; j >= 0 && /\p{Nd}/u.test(left[j] ?? ''); j--) {
      if (left[j] !== '0') {
        prefix = '1';
        break;
      }
    }
  }
  const digits = (list: readonly string[]): string => {
    let end = at;
    while (end < list.length && /[0-9]/.test(list[end] ?? '')) end++;
    return list.slice(at, end).join('');
  };
  const x = digits(left);
  const y = digits(right);
  const difference = BigInt(prefix + x || '0') - BigInt(prefix + y || '0');
  return difference === 0n ? x.length - y.length : difference < 0n ? -1 : 1;
}

/** How a text is written, worked out once for each text of a document. */
interface Manner {
  readonly style: Style;
  /** Nothing in it is escaped, doubled or of more than one column: between its quotes, if any, it stands as it is. */
  readonly isVerbatim: boolean;
  readonly hasSpaces: boolean;
}

const letters = /^[A-Za-z]*$/;
const printable = /^[ -~]*$/;

/** The writer's place in the text: libyaml's emitter, for what go-yaml feeds it. */
class Emitter {
  readonly #keys = new Map<string, Manner>();
  readonly #texts = new Map<string, Manner>();
  readonly #simpleKeys = new Map<string, boolean>();
  #out = '';
  #column = 0;
  #indent = -1;
  /** The last character was a space. */
  #whitespace = true;
  /** Nothing but indentation and `-`, `?` stands on the line. */
  #indention = true;

  document(value: unknown): string {
    this.#node(value, { inMapping: false, isKey: false });
    this.#writeIndent();
    return this.#out;
  }

  #node(value: unknown, context: { readonly inMapping: boolean; readonly isKey: boolean }): void {
    if (typeof value !== 'object' || value === null) this.#scalar(value, context.isKey);
    else if (Array.isArray(value)) this.#sequence(value, context.inMapping);
    else this.#mapping(value);
  }

  #sequence(items: readonly unknown[], inMapping: boolean): void {
    if (items.length === 0) return this.#empty('[', ']');
    const indent = this.#indent;
    this.#increaseIndent(inMapping && !this.#indention);
    for (const item of items) {
      this.#writeIndent();
      this.#indicator('-', true, false, true);
      this.#node(item ?? null, { inMapping: false, isKey: false });
    }
    this.#indent = indent;
  }

  #mapping(value: object): void {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    if (members.length === 0) return this.#empty('{', '}');
    // Keys of letters alone, which nearly all are, are in the order of their codes.
    if (members.every(([key]) => letters.test(key))) members.sort(([a], [b]) => (a < b ? -1 : 1));
    else members.sort(([a], [b]) => compareKeys(a, b));
    const indent = this.#indent;
    this.#increaseIndent(false);
    for (const [key, member] of members) {
      this.#writeIndent();
      if (this.#isSimple(key)) {
        this.#node(key, { inMapping: true, isKey: true });
        this.#indicator(':', false, false, false);
      } else {
        this.#indicator('?', true, false, true);
        this.#node(key, { inMapping: true, isKey: false });
        this.#writeIndent();
        this.#indicator(':', true, false, true);
      }
      this.#node(member, { inMapping: true, isKey: false });
    }
    this.#indent = indent;
  }

  #isSimple(key: string): boolean {
    let isSimple = this.#simpleKeys.get(key);
    if (isSimple === undefined) {
      isSimple = !Array.from(key).some(isBreak) && encoder.encode(key).length <= maxSimpleKeyLength;
      this.#simpleKeys.set(key, isSimple);
    }
    return isSimple;
  }

  #empty(open: string, close: string): void {
    this.#indicator(open, true, true, false);
    this.#indicator(close, false, false, false);
  }

  #scalar(value: unknown, isKey: boolean): void {
    const indent = this.#indent;
    this.#indent = indent < 0 ? bestIndent : indent + bestIndent;
    if (typeof value === 'string') this.#text(value, isKey);
    else this.#verbatim(typeof value === 'number' ? formatNumber(value) : String(value ?? null), '');
    this.#indent = indent;
  }

  #text(text: string, isKey: boolean): void {
    const { style, isVerbatim, hasSpaces } = this.#mannerOf(text, isKey);
    // Past the width a space may become a line break.
    if (isVerbatim && (!hasSpaces || isKey || this.#column + text.length < bestWidth))
      return this.#verbatim(text, style === 'plain' ? '' : style === 'single' ? "'" : '"');
    const characters = Array.from(text);
    if (style === 'plain') this.#plain(characters, !isKey);
    else if (style === 'single') this.#single(characters, !isKey);
    else if (style === 'double') this.#double(characters, !isKey);
    else this.#literal(characters);
  }

  #mannerOf(text: string, isKey: boolean): Manner {
    const known = isKey ? this.#keys : this.#texts;
    let manner = known.get(text);
    if (manner === undefined) {
      const style = selectStyle(text, analyze(Array.from(text)), isKey);
      const isVerbatim =
        style !== 'literal' &&
        printable.test(text) &&
        !(style === 'single' && text.includes("'")) &&
        !(style === 'double' && /["\\]/.test(text));
      manner = { style, isVerbatim, hasSpaces: text.includes(' ') };
      known.set(text, manner);
    }
    return manner;
  }

  #verbatim(text: string, quote: string): void {
    if (!this.#whitespace) this.#put(' ');
    this.#out += quote + text + quote;
    this.#column += text.length + 2 * quote.length;
    this.#whitespace = false;
    this.#indention = false;
  }

  #plain(characters: readonly string[], allowBreaks: boolean): void {
    if (!this.#whitespace) this.#put(' ');
    this.#folded(characters, (i) => allowBreaks && characters[i + 1] !== ' ', '');
    this.#whitespace = false;
    this.#indention = false;
  }

  #single(characters: readonly string[], allowBreaks: boolean): void {
    this.#indicator("'", true, false, false);
    const last = characters.length - 1;
    this.#folded(characters, (i) => allowBreaks && i > 0 && i < last && characters[i + 1] !== ' ', "'");
    this.#indicator("'", false, false, false);
    this.#whitespace = false;
    this.#indention = false;
  }

  /** Text that may be folded at single spaces past the width; `doubled` is written twice. */
  #folded(characters: readonly string[], mayFold: (index: number) => boolean, doubled: string): void {
    let spaces = false;
    let breaks = false;
    for (const [i, c] of characters.entries()) {
      if (c === ' ') {
        if (!spaces && this.#column > bestWidth && mayFold(i)) this.#writeIndent();
        else this.#put(c);
        spaces = true;
      } else if (isBreak(c)) {
        if (!breaks && c === '\n') this.#break('\n');
        this.#break(c);
        this.#indention = true;
        breaks = true;
      } else {
        if (breaks) this.#writeIndent();
        if (c === doubled) this.#put(c);
        this.#put(c);
        this.#indention = false;
        spaces = false;
        breaks = false;
      }
    }
  }

  #double(characters: readonly string[], allowBreaks: boolean): void {
    this.#indicator('"', true, false, false);
    const startsWithBom = characters[0] === '\ufeff';
    const last = characters.length - 1;
    let spaces = false;
    for (const [i, c] of characters.entries()) {
      if (!isPrintable(c) || startsWithBom || isBreak(c) || c === '"' || c === '\\') {
        for (const out of escapeCharacter(c)) this.#put(out);
        spaces = false;
      } else if (c === ' ') {
        if (allowBreaks && !spaces && this.#column > bestWidth && i > 0 && i < last) {
          this.#writeIndent();
          if (characters[i + 1] === ' ') this.#put('\\');
        } else this.#put(c);
        spaces = true;
      } else {
        this.#put(c);
        spaces = false;
      }
    }
    this.#indicator('"', false, false, false);
    this.#whitespace = false;
    this.#indention = false;
  }

  #literal(characters: readonly string[]): void {
    this.#indicator('|', true, false, false);
    if (characters[0] === ' ' || isBreak(characters[0])) this.#indicator(String(bestIndent), false, false, false);
    if (!isBreak(characters.at(-1))) this.#indicator('-', false, false, false);
    else if (characters.length === 1 || isBreak(characters.at(-2))) this.#indicator('+', false, false, false);
    this.#break('\n');
    this.#indention = true;
    this.#whitespace = true;
    let breaks = true;
    for (const c of characters) {
      if (isBreak(c)) {
        this.#break(c);
        this.#indention = true;
        breaks = true;
      } else {
        if (breaks) this.#writeIndent();
        this.#put(c);
        this.#indention = false;
        breaks = false;
      }
    }
  }

  #increaseIndent(indentless: boolean): void {
    if (this.#indent < 0) this.#indent = 0;
    else if (!indentless) this.#indent += bestIndent;
  }

  #indicator(text: string, needsWhitespace: boolean, isWhitespace: boolean, isIndention: boolean): void {
    if (needsWhitespace && !this.#whitespace) this.#put(' ');
    this.#out += text;
    this.#column += text.length;
    this.#whitespace = isWhitespace;
    this.#indention = this.#indention && isIndention;
  }

  #writeIndent(): void {
    const indent = Math.max(this.#indent, 0);
    const isPast = this.#column > indent || (this.#column === indent && !this.#whitespace);
    if (!this.#indention || isPast) this.#break('\n');
    if (this.#column < indent) {
      this.#out += ' '.repeat(indent - this.#column);
      this.#column = indent;
    }
    this.#whitespace = true;
    this.#indention = true;
  }

  #break(c: string): void {
    this.#out += c;
    this.#column = 0;
  }

  #put(c: string): void {
    this.#out += c;
    this.#column++;
  }
}

function selectStyle(text: string, analysis: Analysis, isKey: boolean): Style {
  const canUsePlain = plainKind(text) === 'string' && !base60.test(text);
  let style: Style = text.includes('\n') ? 'literal' : canUsePlain ? 'plain' : 'double';
  if (isKey && analysis.multiline) style = 'double';
  if (style === 'plain' && (!analysis.plain || (text === '' && isKey))) style = 'single';
  if (style === 'single' && !analysis.single) style = 'double';
  return style === 'literal' && (!analysis.block || isKey) ? 'double' : style;
}

/**
 * A JSON value as YAML, with keys sorted and a line break at the end. Members that are `undefined` are left out.
 *
 * Upstream: sigs.k8s.io/yaml Marshal
 */
export function writeYaml(value: unknown): string {
  return new Emitter().document(value ?? null);
}
