/** `sort`, `uniq`, `shuf`. */
import { openWriter } from '../files.ts';
import { encode } from '../text.ts';
import type { Call, Utility } from './utility.ts';

interface SortKey {
  readonly start: number;
  readonly startChar: number;
  readonly end: number | undefined;
  readonly flags: string;
}

export const sort: Utility = {
  names: ['sort'],
  summary: 'Sort lines of text',
  usage: '[-nrugMcszbdfiokt] [-k START[,END]] [-t CHAR] [FILE]...',
  options: 'nrugMcszbdfio:k:t:hVSmT:',
  long: {
    'numeric-sort': 'n',
    reverse: 'r',
    unique: 'u',
    key: 'k',
    'field-separator': 't',
    'human-numeric-sort': 'h',
    'zero-terminated': 'z',
    'version-sort': 'V',
    output: 'o',
    'ignore-case': 'f',
    stable: 's',
  },
  *run(call) {
    const global = [...'nrgMhVdfib'].filter((flag) => call.has(flag)).join('');
    const keys = call.values('k').map((text) => parseKey(text, global));
    const compare = comparator(
      keys.length === 0 ? [{ start: 0, startChar: 0, end: undefined, flags: global }] : keys,
      call.value('t'),
    );
    const end = call.has('z') ? '\0' : '\n';
    const lines = call.has('z')
      ? (yield* call.text(call.args)).replace(/\0$/, '').split(end)
      : yield* call.lines(call.args);
    if (call.has('c')) {
      const at = lines.findIndex((line, index) => index > 0 && compare(lines[index - 1] ?? '', line) > 0);
      if (at < 0) return 0;
      yield* call.error(`${call.args[0] ?? '-'}:${at + 1}: disorder: ${lines[at]}`);
      return 1;
    }
    const lastResort = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0) * (call.has('r') ? -1 : 1);
    const full = (a: string, b: string) => compare(a, b) || (call.has('s') || call.has('u') ? 0 : lastResort(a, b));
    const sorted = lines.map((line) => line).sort(full);
    const shown = call.has('u')
      ? sorted.filter((line, index) => index === 0 || compare(sorted[index - 1] ?? '', line) !== 0)
      : sorted;
    const text = shown.map((line) => `${line}${end}`).join('');
    const output = call.value('o');
    if (output === undefined) yield* call.out(text);
    else yield* openWriter(call.context, output).write(encode(text));
    return 0;
  },
};

function parseKey(text: string, global: string): SortKey {
  const match = /^(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.\d+)?([a-zA-Z]*))?$/.exec(text);
  const flags = `${match?.[3] ?? ''}${match?.[5] ?? ''}`;
  return {
    start: Number(match?.[1] ?? 1) - 1,
    startChar: Number(match?.[2] ?? 1) - 1,
    end: match?.[4] === undefined ? undefined : Number(match[4]) - 1,
    flags: flags === '' ? global : flags,
  };
}

function keyText(line: string, key: SortKey, separator: string | undefined): string {
  const fields = separator === undefined ? (line.match(/\s*\S+/g) ?? []) : line.split(separator);
  const text = fields
    .slice(key.start, key.end === undefined ? undefined : key.end + 1)
    .join(separator ?? '')
    .slice(key.startChar);
  return key.flags.includes('b') || /[ngh]/.test(key.flags) ? text.trimStart() : text;
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

function comparator(keys: readonly SortKey[], separator: string | undefined): (a: string, b: string) => number {
  return (a, b) => {
    for (const key of keys) {
      const [x, y] =
        key.start === 0 && key.end === undefined && key.startChar === 0
          ? [a, b]
          : [keyText(a, key, separator), keyText(b, key, separator)];
      const order = compareBy(key.flags, x, y);
      if (order !== 0) return key.flags.includes('r') ? -order : order;
    }
    return 0;
  };
}

function compareBy(flags: string, a: string, b: string): number {
  if (/[ng]/.test(flags)) return numeric(a) - numeric(b);
  if (flags.includes('h')) return human(a) - human(b);
  if (flags.includes('M'))
    return months.indexOf(a.trim().slice(0, 3).toUpperCase()) - months.indexOf(b.trim().slice(0, 3).toUpperCase());
  if (flags.includes('V')) return a.localeCompare(b, 'en', { numeric: true });
  const [x, y] = flags.includes('f') ? [a.toUpperCase(), b.toUpperCase()] : [a, b];
  return x < y ? -1 : x > y ? 1 : 0;
}

const numeric = (text: string) => Number(/^\s*[-+]?\d*\.?\d*(?:[eE][-+]?\d+)?/.exec(text)?.[0] || 0) || 0;
const human = (text: string) =>
  numeric(text) * 1024 ** ' KMGTP'.indexOf(/^\s*[-\d.]+([KMGTP])/i.exec(text)?.[1]?.toUpperCase() ?? ' ');

export const uniq: Utility = {
  names: ['uniq'],
  summary: 'Discard duplicate lines',
  usage: '[-cduiw] [-f N] [INPUT [OUTPUT]]',
  options: 'cduif:s:w:',
  long: { count: 'c', repeated: 'd', unique: 'u', 'ignore-case': 'i' },
  *run(call) {
    const key = (line: string) => {
      const skipped = line
        .split(/(?<=\S)(?=\s)/)
        .slice(call.number('f', 0))
        .join('')
        .slice(call.number('s', 0));
      const text = call.has('w') ? skipped.slice(0, call.number('w', 0)) : skipped;
      return call.has('i') ? text.toLowerCase() : text;
    };
    const runs: { line: string; count: number }[] = [];
    for (const line of yield* call.lines(call.args.slice(0, 1))) {
      const last = runs.at(-1);
      if (last && key(last.line) === key(line)) last.count++;
      else runs.push({ line, count: 1 });
    }
    for (const { line, count } of runs) {
      if ((call.has('d') && count === 1) || (call.has('u') && count > 1)) continue;
      yield* call.out(call.has('c') ? `${String(count).padStart(7)} ${line}\n` : `${line}\n`);
    }
    return 0;
  },
};

export const shuf: Utility = {
  names: ['shuf'],
  summary: 'Randomly permute lines',
  usage: '[-n NUM] [-e ARG... | -i LOW-HIGH | FILE]',
  options: 'n:ei:o:r',
  *run(call) {
    const range = /^(\d+)-(\d+)$/.exec(call.value('i') ?? '');
    const items = range
      ? Array.from({ length: Number(range[2]) - Number(range[1]) + 1 }, (_, index) => String(Number(range[1]) + index))
      : call.has('e')
        ? [...call.args]
        : yield* call.lines(call.args);
    shuffle(items, call);
    for (const item of items.slice(0, call.number('n', items.length))) yield* call.out(`${item}\n`);
    return 0;
  },
};

function shuffle(items: string[], call: Call): void {
  for (let at = items.length - 1; at > 0; at--) {
    const other = Math.floor(call.context.random() * (at + 1));
    [items[at], items[other]] = [items[other] ?? '', items[at] ?? ''];
  }
}
