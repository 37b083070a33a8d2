/** One line of a comparison: kept, removed or added. */
interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

const contextLines = 3;

/** The shortest way from one list of lines to another, after Myers. */
function compareLines(before: readonly string[], after: readonly string[]): Line[] {
  const limit = before.length + after.length;
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let edits = 0; edits <= limit; edits++) {
    trace.push(new Map(furthest));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const [left = -1, right = -1] = [furthest.get(diagonal - 1), furthest.get(diagonal + 1)];
      let x = diagonal === -edits || (diagonal !== edits && left < right) ? right : left + 1;
      let y = x - diagonal;
      while (x < before.length && y < after.length && before[x] === after[y]) {
        x++;
        y++;
      }
      furthest.set(diagonal, x);
      if (x >= before.length && y >= after.length) return walkBack(trace, before, after);
    }
  }
  return [];
}

function walkBack(trace: readonly Map<number, number>[], before: readonly string[], after: readonly string[]): Line[] {
  const lines: Line[] = [];
  let [x, y] = [before.length, after.length];
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const furthest = trace[edits] ?? new Map<number, number>();
    const diagonal = x - y;
    const [left = -1, right = -1] = [furthest.get(diagonal - 1), furthest.get(diagonal + 1)];
    const from = diagonal === -edits || (diagonal !== edits && left < right) ? diagonal + 1 : diagonal - 1;
    const fromX = furthest.get(from) ?? 0;
    const fromY = fromX - from;
    while (x > fromX && y > fromY && x > 0 && y > 0) {
      lines.push({ mark: ' ', text: before[x - 1] ?? '' });
      x--;
      y--;
    }
    if (edits === 0) break;
    if (x === fromX) lines.push({ mark: '+', text: after[y - 1] ?? '' });
    else lines.push({ mark: '-', text: before[x - 1] ?? '' });
    [x, y] = [fromX, fromY];
  }
  return lines.reverse();
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** What `diff -u` prints below the names of the files; empty when the texts are equal. */
export function unifiedDiff(before: string, after: string): string {
  if (before === after) return '';
  const lines = compareLines(linesOf(before), linesOf(after));
  let out = '';
  let [oldLine, newLine] = [1, 1];
  for (let at = 0; at < lines.length; ) {
    if (lines[at]?.mark === ' ') {
      at++;
      oldLine++;
      newLine++;
      continue;
    }
    const start = Math.max(0, at - contextLines);
    const end = endOfHunk(lines, at);
    const hunk = lines.slice(start, end);
    const counts = (mark: '-' | '+') => hunk.filter((line) => line.mark === ' ' || line.mark === mark).length;
    const [oldCount, newCount] = [counts('-'), counts('+')];
    const lead = at - start;
    out += `@@ -${range(oldLine - lead, oldCount)} +${range(newLine - lead, newCount)} @@\n`;
    out += hunk.map(({ mark, text }) => `${mark}${text}\n`).join('');
    oldLine += oldCount - lead;
    newLine += newCount - lead;
    at = end;
  }
  return out;
}

function range(start: number, count: number): string {
  if (count === 1) return String(start);
  return `${count === 0 ? start - 1 : start},${count}`;
}

/** Changes with few equal lines between them stay together. */
function endOfHunk(lines: readonly Line[], from: number): number {
  let lastChange = from;
  for (let at = from; at < lines.length && at <= lastChange + 2 * contextLines; at++) {
    if (lines[at]?.mark !== ' ') lastChange = at;
  }
  return Math.min(lines.length, lastChange + 1 + contextLines);
}
