/**
 * Unified diffs of texts, as validation shows a change that is refused. It matches lines as Python's difflib does: the longest
 * common block first, then left and right of it; in long texts lines that stand often are no anchors.
 * Upstream: github.com/pmezard/go-difflib
 */
interface Match {
  readonly a: number;
  readonly b: number;
  readonly size: number;
}

type Tag = 'equal' | 'replace' | 'delete' | 'insert';

interface Operation {
  readonly tag: Tag;
  readonly a1: number;
  readonly a2: number;
  readonly b1: number;
  readonly b2: number;
}

const popularFrom = 200;

/** Line → where it stands in the second text. */
function indexLines(b: readonly string[]): Map<string, number[]> {
  const index = new Map<string, number[]>();
  for (const [j, line] of b.entries()) {
    const places = index.get(line);
    if (places) places.push(j);
    else index.set(line, [j]);
  }
  if (b.length < popularFrom) return index;
  const most = Math.floor(b.length / 100) + 1;
  for (const [line, places] of index) if (places.length > most) index.delete(line);
  return index;
}

class Matcher {
  readonly #a: readonly string[];
  readonly #b: readonly string[];
  readonly #index: Map<string, number[]>;

  constructor(a: readonly string[], b: readonly string[]) {
    this.#a = a;
    this.#b = b;
    this.#index = indexLines(b);
  }

  #longest(aLow: number, aHigh: number, bLow: number, bHigh: number): Match {
    let [bestA, bestB, size] = [aLow, bLow, 0];
    let lengths = new Map<number, number>();
    for (let i = aLow; i < aHigh; i++) {
      const next = new Map<number, number>();
      for (const j of this.#index.get(this.#a[i] ?? '') ?? []) {
        if (j < bLow) continue;
        if (j >= bHigh) break;
        const k = (lengths.get(j - 1) ?? 0) + 1;
        next.set(j, k);
        if (k > size) [bestA, bestB, size] = [i - k + 1, j - k + 1, k];
      }
      lengths = next;
    }
    while (bestA > aLow && bestB > bLow && this.#a[bestA - 1] === this.#b[bestB - 1]) {
      [bestA, bestB, size] = [bestA - 1, bestB - 1, size + 1];
    }
    while (bestA + size < aHigh && bestB + size < bHigh && this.#a[bestA + size] === this.#b[bestB + size]) size++;
    return { a: bestA, b: bestB, size };
  }

  #collect(aLow: number, aHigh: number, bLow: number, bHigh: number, out: Match[]): void {
    const match = this.#longest(aLow, aHigh, bLow, bHigh);
    if (match.size === 0) return;
    if (aLow < match.a && bLow < match.b) this.#collect(aLow, match.a, bLow, match.b, out);
    out.push(match);
    if (match.a + match.size < aHigh && match.b + match.size < bHigh) {
      this.#collect(match.a + match.size, aHigh, match.b + match.size, bHigh, out);
    }
  }

  operations(): Operation[] {
    const matches: Match[] = [];
    this.#collect(0, this.#a.length, 0, this.#b.length, matches);
    const joined: Match[] = [];
    for (const match of matches) {
      const last = joined.at(-1);
      if (last && last.a + last.size === match.a && last.b + last.size === match.b) {
        joined[joined.length - 1] = { ...last, size: last.size + match.size };
      } else joined.push(match);
    }
    const out: Operation[] = [];
    let [i, j] = [0, 0];
    for (const { a, b, size } of [...joined, { a: this.#a.length, b: this.#b.length, size: 0 }]) {
      if (i < a || j < b) {
        const tag: Tag = i < a && j < b ? 'replace' : i < a ? 'delete' : 'insert';
        out.push({ tag, a1: i, a2: a, b1: j, b2: b });
      }
      [i, j] = [a + size, b + size];
      if (size > 0) out.push({ tag: 'equal', a1: a, a2: i, b1: b, b2: j });
    }
    return out;
  }
}

/** Cuts the operations into hunks with some lines of context. */
function hunks(operations: readonly Operation[], context: number): Operation[][] {
  const codes = operations.map((operation, i) => {
    if (operation.tag !== 'equal') return operation;
    const { a1, a2, b1, b2 } = operation;
    const from = i === 0 ? Math.max(0, a2 - a1 - context) : 0;
    const to = i === operations.length - 1 ? Math.max(0, a2 - a1 - from - context) : 0;
    return { ...operation, a1: a1 + from, b1: b1 + from, a2: a2 - to, b2: b2 - to };
  });
  const out: Operation[][] = [];
  let group: Operation[] = [];
  for (const code of codes) {
    const { tag, a1, a2, b1, b2 } = code;
    if (tag !== 'equal' || a2 - a1 <= 2 * context) {
      group.push(code);
      continue;
    }
    out.push([...group, { ...code, a2: Math.min(a2, a1 + context), b2: Math.min(b2, b1 + context) }]);
    group = [{ ...code, a1: Math.max(a1, a2 - context), b1: Math.max(b1, b2 - context) }];
  }
  if (group.some(({ tag }) => tag !== 'equal')) out.push(group);
  return out;
}

function formatRange(start: number, stop: number): string {
  const length = stop - start;
  if (length === 1) return String(start + 1);
  return `${length === 0 ? start : start + 1},${length}`;
}

/** The hunks of a diff between two texts, without headers; empty when they are equal. */
export function unifiedDiff(from: string, to: string, context = 3): string {
  const a = from.split('\n');
  const b = to.split('\n');
  let out = '';
  for (const group of hunks(new Matcher(a, b).operations(), context)) {
    const [first, last] = [group[0], group.at(-1)];
    if (!first || !last) continue;
    out += `@@ -${formatRange(first.a1, last.a2)} +${formatRange(first.b1, last.b2)} @@\n`;
    for (const { tag, a1, a2, b1, b2 } of group) {
      if (tag === 'equal') for (const line of a.slice(a1, a2)) out += ` ${line}\n`;
      if (tag === 'replace' || tag === 'delete') for (const line of a.slice(a1, a2)) out += `-${line}\n`;
      if (tag === 'replace' || tag === 'insert') for (const line of b.slice(b1, b2)) out += `+${line}\n`;
    }
  }
  return out;
}
