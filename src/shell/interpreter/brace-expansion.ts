import type { Word, WordPart } from './ast.ts';

/** A character of literal text, or a part that braces do not look into. */
type Item = string | WordPart;

/** `a{b,c}d` gives two words, `{1..3}` three; a word without such braces comes back as it is. */
export function expandBraces(word: Word): Word[] {
  if (!word.some((part) => part.kind === 'literal' && part.text.includes('{'))) return [word];
  const items: Item[] = word.flatMap((part): Item[] => (part.kind === 'literal' ? [...part.text] : [part]));
  return expandItems(items).map(toWord);
}

function expandItems(items: readonly Item[]): Item[][] {
  for (let start = items.indexOf('{'); start >= 0; start = items.indexOf('{', start + 1)) {
    const group = closeGroup(items, start);
    const choices = group && (sequence(items.slice(start + 1, group.end)) ?? group.choices);
    if (!group || !choices || choices.length < 2) continue;
    const before = items.slice(0, start);
    const after = expandItems(items.slice(group.end + 1));
    return choices.flatMap((choice) =>
      expandItems(choice).flatMap((middle) => after.map((tail) => [...before, ...middle, ...tail])),
    );
  }
  return [[...items]];
}

function closeGroup(items: readonly Item[], start: number): { end: number; choices: Item[][] } | undefined {
  const choices: Item[][] = [[]];
  let depth = 0;
  for (let i = start + 1; i < items.length; i++) {
    const item = items[i] as Item;
    if (item === '}' && depth === 0) return { end: i, choices };
    if (item === '{') depth++;
    if (item === '}') depth--;
    if (item === ',' && depth === 0) choices.push([]);
    else choices[choices.length - 1]?.push(item);
  }
  return undefined;
}

function sequence(items: readonly Item[]): Item[][] | undefined {
  const text = items.every((item) => typeof item === 'string') ? items.join('') : '';
  const numbers = /^(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?$/.exec(text);
  const letters = /^([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?\d+))?$/.exec(text);
  const match = numbers ?? letters;
  if (!match?.[1] || !match[2]) return undefined;
  const value = (part: string) => (numbers ? Number(part) : part.charCodeAt(0));
  const [from, to] = [value(match[1]), value(match[2])];
  const step = Math.max(1, Math.abs(Number(match[3] ?? 1)));
  const padded = [match[1], match[2]].some((part) => /^-?0\d/.test(part)) && numbers;
  const width = padded ? Math.max(match[1].length, match[2].length) : 0;
  const out: Item[][] = [];
  for (let at = from; from <= to ? at <= to : at >= to; at += from <= to ? step : -step) {
    const sign = at < 0 ? '-' : '';
    out.push([...(numbers ? sign + String(Math.abs(at)).padStart(width - sign.length, '0') : String.fromCharCode(at))]);
  }
  return out;
}

function toWord(items: readonly Item[]): Word {
  const parts: WordPart[] = [];
  let literal = '';
  for (const item of items) {
    if (typeof item === 'string') literal += item;
    else {
      if (literal !== '') parts.push({ kind: 'literal', text: literal });
      literal = '';
      parts.push(item);
    }
  }
  if (literal !== '') parts.push({ kind: 'literal', text: literal });
  return parts;
}
