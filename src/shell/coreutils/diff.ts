/** `diff`, `cmp`. */
import type { Process } from '../../process/process.ts';
import { joinPath } from '../path.ts';
import { readAll } from '../streams.ts';
import { formatTime } from './dates.ts';
import { type Call, type Utility, UtilityError } from './utility.ts';

type Edit = { readonly kind: ' ' | '-' | '+'; readonly text: string };

/** The shortest script that turns one list of lines into another. */
export function diffLines(a: readonly string[], b: readonly string[]): Edit[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  const lengths = Array.from({ length: x.length + 1 }, () => new Uint32Array(y.length + 1));
  for (let i = x.length - 1; i >= 0; i--) {
    const [row, below] = [lengths[i] as Uint32Array, lengths[i + 1] as Uint32Array];
    for (let j = y.length - 1; j >= 0; j--)
      row[j] = x[i] === y[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
  }
  const edits: Edit[] = a.slice(0, start).map((text) => ({ kind: ' ', text }));
  for (let i = 0, j = 0; i < x.length || j < y.length; ) {
    const [left, right] = [x[i], y[j]];
    if (left !== undefined && left === right) {
      edits.push({ kind: ' ', text: left });
      i++;
      j++;
    } else if (
      left !== undefined &&
      (right === undefined || (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0))
    ) {
      edits.push({ kind: '-', text: left });
      i++;
    } else {
      edits.push({ kind: '+', text: right ?? '' });
      j++;
    }
  }
  for (const text of end === 0 ? [] : a.slice(-end)) edits.push({ kind: ' ', text });
  return edits;
}

/** Unified hunks, without the file header. */
export function unifiedHunks(edits: readonly Edit[], context = 3): string {
  let out = '';
  let [oldLine, newLine] = [1, 1];
  const positions = edits.map((edit) => {
    const at = [oldLine, newLine] as const;
    if (edit.kind !== '+') oldLine++;
    if (edit.kind !== '-') newLine++;
    return at;
  });
  for (let at = 0; at < edits.length; ) {
    if (edits[at]?.kind === ' ') {
      at++;
      continue;
    }
    const from = Math.max(0, at - context);
    let to = at;
    for (let quiet = 0; to < edits.length && quiet <= context * 2; to++)
      quiet = edits[to]?.kind === ' ' ? quiet + 1 : 0;
    let last = to;
    while (last > at && edits[last - 1]?.kind === ' ') last--;
    to = Math.min(edits.length, last + context);
    const hunk = edits.slice(from, to);
    const [oldCount, newCount] = [
      hunk.filter((edit) => edit.kind !== '+').length,
      hunk.filter((edit) => edit.kind !== '-').length,
    ];
    const [oldStart, newStart] = positions[from] ?? [1, 1];
    const range = (start: number, count: number) =>
      count === 1 ? String(start) : `${count === 0 ? start - 1 : start},${count}`;
    out += `@@ -${range(oldStart, oldCount)} +${range(newStart, newCount)} @@\n${hunk.map((edit) => `${edit.kind}${edit.text}\n`).join('')}`;
    at = to;
  }
  return out;
}

export const diff: Utility = {
  names: ['diff'],
  summary: 'Compare files line by line and output the differences between them',
  usage: '[-abBdiNqrTstw] [-L LABEL] [-U LINES] FILE1 FILE2',
  options: 'abBdiNqrTstwuU:L:y',
  long: { brief: 'q', recursive: 'r', unified: 'u', 'ignore-all-space': 'w', 'new-file': 'N', label: 'L', color: 't' },
  *run(call) {
    const [left, right] = call.args;
    if (left === undefined || right === undefined) throw new UtilityError('missing operand', 2);
    const differs = yield* compare(call, left, right);
    return call.status === 2 ? 2 : differs ? 1 : 0;
  },
};

function* compare(call: Call, left: string, right: string): Process<boolean> {
  const { fs } = call.context;
  const isDirectory = (path: string) =>
    path !== '-' && fs.exists(call.path(path)) && fs.stat(call.path(path)).kind === 'directory';
  if (isDirectory(left) && isDirectory(right)) return yield* compareDirectories(call, left, right);
  const into = (directory: string, file: string) => joinPath(directory, file.replace(/^.*\//, ''));
  const [one, two] = [isDirectory(left) ? into(left, right) : left, isDirectory(right) ? into(right, left) : right];
  for (const path of [one, two]) {
    if (path === '-' || fs.exists(call.path(path)) || call.has('N')) continue;
    yield* call.error(`can't stat '${path}': No such file or directory`, 2);
    return true;
  }
  const read = function* (path: string): Process<string[]> {
    return path !== '-' && !fs.exists(call.path(path)) ? [] : yield* call.lines([path]);
  };
  const normal = (line: string) =>
    call.has('w')
      ? line.replace(/\s+/g, '')
      : call.has('b')
        ? line.replace(/\s+/g, ' ').trimEnd()
        : call.has('i')
          ? line.toLowerCase()
          : line;
  const [a, b] = [yield* read(one), yield* read(two)];
  const edits = diffLines(a.map(normal), b.map(normal));
  if (edits.every((edit) => edit.kind === ' ')) return false;
  if (call.has('q')) {
    yield* call.out(`Files ${one} and ${two} differ\n`);
    return true;
  }
  const labels = call.values('L');
  const stamp = (path: string) =>
    path === '-' || !fs.exists(call.path(path))
      ? ''
      : `\t${formatTime('%Y-%m-%d %H:%M:%S.%N %z', fs.stat(call.path(path)).mtimeMs)}`;
  const exact = call.has('w') || call.has('b') || call.has('i') ? edits : diffLines(a, b);
  yield* call.out(
    `--- ${labels[0] ?? one + stamp(one)}\n+++ ${labels[1] ?? two + stamp(two)}\n${unifiedHunks(exact, call.number('U', 3))}`,
  );
  return true;
}

function* compareDirectories(call: Call, left: string, right: string): Process<boolean> {
  const { fs } = call.context;
  const [a, b] = [fs.readdir(call.path(left)), fs.readdir(call.path(right))];
  let differs = false;
  for (const name of [...new Set([...a, ...b])].sort()) {
    const [inLeft, inRight] = [a.includes(name), b.includes(name)];
    const [one, two] = [joinPath(left, name), joinPath(right, name)];
    if (inLeft !== inRight && !call.has('N')) {
      yield* call.out(`Only in ${inLeft ? left : right}: ${name}\n`);
      differs = true;
    } else if (call.has('r') || !fs.exists(call.path(one)) || fs.stat(call.path(one)).kind !== 'directory') {
      differs = (yield* compare(call, one, two)) || differs;
    }
  }
  return differs;
}

export const cmp: Utility = {
  names: ['cmp'],
  summary: 'Compare FILE1 with FILE2 (or stdin)',
  usage: '[-ls] FILE1 [FILE2]',
  options: 'lsn:',
  *run(call) {
    const [left = '-', right = '-'] = call.args;
    const [one, two] = [yield* call.tryOpen(left), yield* call.tryOpen(right)];
    if (!one || !two) return 2;
    const [a, b] = [yield* readAll(one), yield* readAll(two)];
    let line = 1;
    for (let at = 0; at < Math.min(a.length, b.length); at++) {
      if (a[at] !== b[at]) {
        if (!call.has('s')) yield* call.out(`${left} ${right} differ: char ${at + 1}, line ${line}\n`);
        return 1;
      }
      if (a[at] === 10) line++;
    }
    if (a.length === b.length) return 0;
    if (!call.has('s')) yield* call.error(`EOF on ${a.length < b.length ? left : right}`);
    return 1;
  },
};
