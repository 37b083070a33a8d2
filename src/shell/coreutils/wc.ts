import type { Utility } from './utility.ts';
import { readAll } from '../streams.ts';
import { decode } from '../text.ts';

export const wc: Utility = {
  names: ['wc'],
  summary: 'Count lines, words, and bytes for FILEs (or stdin)',
  usage: '[-clwmL] [FILE]...',
  options: 'clwmL',
  long: { lines: 'l', words: 'w', bytes: 'c', chars: 'm' },
  *run(call) {
    const kinds = ['l', 'w', 'm', 'c', 'L'].filter((kind) => call.has(kind));
    const shown = kinds.length === 0 ? ['l', 'w', 'c'] : kinds;
    const totals = new Map<string, number>();
    const row = (counts: ReadonlyMap<string, number>, name: string) => {
      const numbers = shown.map((kind) => counts.get(kind) ?? 0);
      const single = shown.length === 1;
      const text = single ? String(numbers[0]) : numbers.map((value) => String(value).padStart(9)).join(' ');
      return `${text}${name === '' ? '' : ` ${name}`}\n`;
    };
    for (const path of call.args.length === 0 ? [''] : call.args) {
      const reader = yield* call.tryOpen(path === '' ? '-' : path);
      if (!reader) continue;
      const bytes = yield* readAll(reader);
      const text = decode(bytes);
      const counts = new Map([
        ['l', (text.match(/\n/g) ?? []).length],
        ['w', (text.match(/\S+/g) ?? []).length],
        ['c', bytes.length],
        ['m', [...text].length],
        ['L', text.split('\n').reduce((longest, line) => Math.max(longest, line.length), 0)],
      ]);
      for (const [kind, value] of counts)
        totals.set(kind, kind === 'L' ? Math.max(totals.get(kind) ?? 0, value) : (totals.get(kind) ?? 0) + value);
      yield* call.out(row(counts, path));
    }
    if (call.args.length > 1) yield* call.out(row(totals, 'total'));
    return 0;
  },
};
