import type { Utility } from './utility.ts';
import { decode, encode } from '../text.ts';

export const cat: Utility = {
  names: ['cat'],
  summary: 'Print FILEs to stdout',
  usage: '[-nbvteA] [FILE]...',
  options: 'nbvteAsu',
  long: { number: 'n', 'show-all': 'A', 'show-ends': 'e' },
  *run(call) {
    const marked = ['n', 'b', 'v', 't', 'e', 'A'].some((option) => call.has(option));
    let line = 0;
    let atStart = true;
    const mark = (text: string): string =>
      text.replace(/[^\n]*\n?/g, (row) => {
        if (row === '') return '';
        const numbered = atStart && (call.has('n') || (call.has('b') && row !== '\n'));
        atStart = row.endsWith('\n');
        let shown = row;
        if (call.has('A') || call.has('t')) shown = shown.replace(/\t/g, '^I');
        if (call.has('A') || call.has('e')) shown = shown.replace(/\n$/, '$\n');
        if (call.has('A') || call.has('v') || call.has('e') || call.has('t')) {
          shown = shown.replace(/[\x00-\x08\x0b-\x1f]/g, (char) => `^${String.fromCharCode(char.charCodeAt(0) + 64)}`);
        }
        return numbered ? `${String(++line).padStart(6)}\t${shown}` : shown;
      });
    for (const path of call.args.length === 0 ? ['-'] : call.args) {
      const reader = yield* call.tryOpen(path);
      if (!reader) continue;
      for (let bytes = yield* reader.read(); bytes; bytes = yield* reader.read()) {
        yield* call.write(marked ? encode(mark(decode(bytes))) : bytes);
      }
    }
    return 0;
  },
};
