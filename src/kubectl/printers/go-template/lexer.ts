/** A piece of a template's source. */
export type Token =
  | { readonly kind: 'text'; readonly text: string; readonly line: number; readonly at: number }
  | { readonly kind: 'action'; readonly words: readonly Word[]; readonly line: number; readonly at: number };

/** A word within an action. */
export interface Word {
  readonly kind: 'field' | 'variable' | 'identifier' | 'string' | 'char' | 'number' | 'dot' | 'symbol' | 'space';
  readonly text: string;
  /** Offset in the source. */
  readonly at: number;
  readonly line: number;
}

/** An error in a template's source; the message is Go's without its `template: ` prefix. */
export class TemplateSyntaxError extends Error {
  override readonly name = 'TemplateSyntaxError';
}

const patterns: readonly (readonly [Word['kind'], RegExp])[] = [
  ['space', /\s+/y],
  ['string', /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ['char', /'(?:[^'\\\n]|\\.)+'/y],
  ['field', /\.[\p{L}_][\p{L}\p{N}_]*/uy],
  ['variable', /\$[\p{L}\p{N}_]*/uy],
  [
    'number',
    /[+-]?(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)/y,
  ],
  ['dot', /\./y],
  ['identifier', /[\p{L}_][\p{L}\p{N}_]*/uy],
  ['symbol', /:=|[=|(),]/y],
];

/** Splits a template into text and actions; `{{-` and `-}}` trim. @throws TemplateSyntaxError */
export function lexTemplate(name: string, source: string): Token[] {
  const tokens: Token[] = [];
  const lineAt = (offset: number) => source.slice(0, offset).split('\n').length;
  let at = 0;
  let trimNext = false;
  for (;;) {
    const open = source.indexOf('{{', at);
    const end = open < 0 ? source.length : open;
    let text = source.slice(at, end);
    if (trimNext) text = text.trimStart();
    const trimLeft = open >= 0 && /^\{\{-\s/.test(source.slice(open));
    if (trimLeft) text = text.trimEnd();
    if (text !== '') tokens.push({ kind: 'text', text, line: lineAt(at), at });
    if (open < 0) return tokens;
    const start = open + (trimLeft ? 3 : 2);
    const comment = /^\s*\/\*[\s\S]*?\*\/\s*(-)?\}\}/.exec(source.slice(start));
    if (comment) {
      trimNext = comment[1] === '-';
      at = start + comment[0].length;
      continue;
    }
    const { words, next, trims } = lexAction(name, source, start, lineAt);
    tokens.push({ kind: 'action', words, line: lineAt(open), at: open });
    trimNext = trims;
    at = next;
  }
}

function lexAction(name: string, source: string, start: number, lineAt: (offset: number) => number) {
  const words: Word[] = [];
  let depth = 0;
  let at = start;
  for (;;) {
    const trims = /^\s-\}\}/.test(source.slice(at, at + 4));
    if (trims || source.startsWith('}}', at)) {
      if (depth > 0) throw new TemplateSyntaxError(`${name}:${lineAt(at)}: unclosed left paren`);
      return { words, next: at + (trims ? 4 : 2), trims };
    }
    if (at >= source.length) throw new TemplateSyntaxError(`${name}:${lineAt(start)}: unclosed action`);
    const word = wordAt(source, at, lineAt);
    if (word === undefined) {
      const character = [...source.slice(at)][0] ?? '';
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      throw new TemplateSyntaxError(unexpected(name, lineAt(at), character, code, source, at));
    }
    if (word.text === '(') depth++;
    if (word.text === ')' && --depth < 0) {
      throw new TemplateSyntaxError(`${name}:${lineAt(at)}: unexpected right paren`);
    }
    words.push(word);
    at += word.text.length;
  }
}

function unexpected(name: string, line: number, character: string, code: string, source: string, at: number): string {
  if (character === '"') return `${name}:${line}: unterminated quoted string`;
  if (character === '`') return `${name}:${line}: unterminated raw quoted string`;
  if (character === "'") return `${name}:${line}: unterminated character constant`;
  if (character === '}' || character === '{')
    return `${name}:${line}: unexpected ${JSON.stringify(source.slice(at, at + 1))} in command`;
  return `${name}:${line}: unrecognized character in action: U+${code} '${character}'`;
}

function wordAt(source: string, at: number, lineAt: (offset: number) => number): Word | undefined {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match) return { kind, text: match[0], at, line: lineAt(at) };
  }
  return undefined;
}
