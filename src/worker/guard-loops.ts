/**
 * Puts the counting of `loop-guard.ts` into a source: a call in each loop's head. Nothing else of the source changes, not even the
 * number of its lines. Loaded when the first controller runs.
 */
import { parse, type Token } from 'sucrase/dist/parser/index.js';
import { TokenType } from 'sucrase/dist/parser/tokenizer/types.js';

interface Insertion {
  readonly at: number;
  readonly text: string;
}

/** The source with its loops counted; what cannot be read is left as it is. */
export function guardLoops(source: string): string {
  let tokens: readonly Token[];
  try {
    ({ tokens } = parse(source, false, false, false));
  } catch {
    return source;
  }
  const insertions = tokens.flatMap(({ type }, index) =>
    type === TokenType._while || type === TokenType._for ? headOf(tokens, source, index) : [],
  );
  let out = source;
  for (const { at, text } of insertions.sort((a, b) => b.at - a.at)) out = out.slice(0, at) + text + out.slice(at);
  return out;
}

/** What goes into the parentheses behind a `while` or `for`. */
function headOf(tokens: readonly Token[], source: string, keyword: number): Insertion[] {
  const open = tokens.findIndex(({ type }, index) => index > keyword && type === TokenType.parenL);
  const parts = partsOf(tokens, source, open);
  const first = tokens[open];
  const last = tokens[parts.close];
  if (!first || !last) return [];
  if (tokens[keyword]?.type === TokenType._while) return [{ at: first.end, text: '__round(), ' }];
  const update = parts.semicolons[1];
  if (update !== undefined) return [{ at: last.start, text: update === parts.close - 1 ? '__round()' : ', __round()' }];
  const waits = tokens[keyword + 1]?.type !== TokenType.parenL;
  const of = tokens[parts.of];
  if (!of || waits) return [];
  return [
    { at: of.end, text: ' __rounds(' },
    { at: last.start, text: ')' },
  ];
}

const opening: ReadonlySet<number> = new Set([
  TokenType.parenL,
  TokenType.braceL,
  TokenType.bracketL,
  TokenType.dollarBraceL,
]);
const closing: ReadonlySet<number> = new Set([TokenType.parenR, TokenType.braceR, TokenType.bracketR]);

interface Parts {
  readonly close: number;
  readonly semicolons: readonly number[];
  /** -1 when there is none. */
  readonly of: number;
}

/** Where the parenthesis at `open` closes, and the semicolons and the `of` right inside it. */
function partsOf(tokens: readonly Token[], source: string, open: number): Parts {
  const semicolons: number[] = [];
  let of = -1;
  let depth = 0;
  for (const [index, { type, start, end }] of tokens.entries()) {
    if (index < open) continue;
    if (opening.has(type)) depth++;
    else if (closing.has(type)) depth--;
    else if (depth === 1 && type === TokenType.semi) semicolons.push(index);
    else if (depth === 1 && of < 0 && index > open + 1 && source.slice(start, end) === 'of') of = index;
    if (depth === 0) return { close: index, semicolons, of };
  }
  return { close: -1, semicolons, of };
}
