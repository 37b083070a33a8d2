import type { Reader } from '../../process/pipe.ts';
import type { Process } from '../../process/process.ts';
import type { Utility } from './utility.ts';

const isSpace = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
/** Whether a byte goes on with a character of UTF-8 that an earlier one began. */
const isContinuation = (byte: number) => (byte & 0xc0) === 0x80;

/** Counts what a stream holds as it comes: lines, words, bytes, characters, and the width of the longest line. */
function* countsOf(reader: Reader): Process<ReadonlyMap<string, number>> {
  const counts = { lines: 0, words: 0, bytes: 0, characters: 0, longest: 0 };
  let isInWord = false;
  let width = 0;
  for (let piece = yield* reader.read(); piece; piece = yield* reader.read()) {
    counts.bytes += piece.length;
    for (const byte of piece) {
      if (isContinuation(byte)) continue;
      counts.characters++;
      if (byte === 0x0a) counts.lines++;
      width = byte === 0x0a ? 0 : byte === 0x09 ? (width | 7) + 1 : width + 1;
      counts.longest = Math.max(counts.longest, width);
      if (!isSpace(byte) && !isInWord) counts.words++;
      isInWord = !isSpace(byte);
    }
  }
  return new Map(
    Object.entries({
      l: counts.lines,
      w: counts.words,
      c: counts.bytes,
      m: counts.characters,
      L: counts.longest,
    }),
  );
}

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
      const counts = yield* countsOf(reader);
      for (const [kind, value] of counts)
        totals.set(kind, kind === 'L' ? Math.max(totals.get(kind) ?? 0, value) : (totals.get(kind) ?? 0) + value);
      yield* call.out(row(counts, path));
    }
    if (call.args.length > 1) yield* call.out(row(totals, 'total'));
    return 0;
  },
};
